"""Files that somebody sends one after another, or together as an album, to a question for them."""

from bot.attachment import of_album, told_of_album, too_big
from bot.turn import Turn
from domain.message import FileIn
from storage import deliveries, files
from storage.deliveries import Letter

DONE = "done"


def take(turn: Turn, sent: FileIn, step: str, words: str) -> None:
    """Keep a file in the conversation's `files`, and ask for more; one too big is refused.

    Those of one album share one answer, which tells how many there are by now. The sentences are
    `more` and `done` of the file `words`.
    """
    if too_big(turn, sent):
        return
    file_ids = [*turn.data["files"], files.received(turn.c, turn.chat.account_id, sent, turn.now)]
    told = told_of_album(turn, "album")
    data = turn.data | {"files": file_ids}
    if told is None:
        done = [[(DONE, turn.words(f"{words}.done"))]]
        about = of_album(turn, "album")
        turn.ask(step, f"{words}.more", done, data, about=about, count=len(file_ids))
        return
    turn.reopen(data)
    if turn.can.edits and turn.session:
        text = turn.words(f"{words}.more", count=len(file_ids))
        rows = tuple((choice,) for choice in turn.session.choices)
        letter = Letter(turn.chat.id, text, rows, edits_id=told)
        deliveries.queue(turn.c, letter, turn.now)
