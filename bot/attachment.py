"""The file that somebody sends with what they say, and the albums that such files come in."""

from typing import Any

from bot.turn import Turn
from domain.message import FileIn, FileKind
from storage import deliveries, files


def keep(turn: Turn, person_id: int | None = None) -> list[int] | None:
    """The message's file by its number, none without one; None, and why, where it is not taken.

    `person_id` is whose own it is, where it is nobody else's.
    """
    sent = turn.message.file
    if sent is None or not is_with(turn):
        return []
    if not turn.can.files_in:
        turn.say("door.no_files_in")
        return None
    if too_big(turn, sent):
        return None
    return [files.received(turn.c, turn.chat.account_id, sent, turn.now, person_id)]


def of_question(turn: Turn) -> list[int]:
    """The file that a question is asked with; where it is not taken that is said, and goes on."""
    return keep(turn, turn.person.id) or []


def is_with(turn: Turn) -> bool:
    """Whether the message has a picture or a document."""
    return turn.message.file is not None and turn.message.file.kind is not FileKind.OTHER


def too_big(turn: Turn, sent: FileIn) -> bool:
    """Whether a file is larger than Loa takes; says so."""
    limit = min(turn.can.max_file_in, turn.house.limits.file)
    if sent.size > limit:
        turn.say("door.file_too_big", name=sent.name, limit=limit // 2**20)
    return sent.size > limit


def of_album(turn: Turn, subject: str) -> str | None:
    """What an answer to the message's album is about; None for a message that is of none."""
    return f"{subject}:{turn.message.album}" if turn.message.album else None


def say_once(turn: Turn, subject: str, key: str, **values: Any) -> None:
    """Answer the message, of an album the first one only; `subject` tells answers to one apart."""
    if told_of_album(turn, subject) is None:
        turn.tell(turn.chat.id, key, about=of_album(turn, subject), **values)


def told_of_album(turn: Turn, subject: str) -> int | None:
    """The ledger's row of what was said to the album of this message, if it is of one."""
    about = of_album(turn, subject)
    return None if about is None else deliveries.about(turn.c, turn.chat.id, about)
