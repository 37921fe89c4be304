"""One answer of a report: a number, words, a choice, a photo, a place."""

from decimal import Decimal
from typing import Any

from bot.commands import Call
from bot.due import named, period_said
from bot.feature import Feature
from bot.filling import BACK, KEEP, NO, NOTHING, SKIP, YES, Filling, ask, go_on, mine
from bot.handlers.report_review import ask_no_activity
from bot.sentence import correct
from bot.turn import Answer, Turn
from domain.answer import LONGEST_TEXT, BadValue, Photo, read_value, says_nothing
from domain.data_set import FIGURES, DataElement, Value, ValueType
from domain.message import FileKind
from domain.text import fold
from storage import files

feature = Feature("report_answer")


@feature.step("answer")
def answered(turn: Turn, answer: Answer) -> None:
    """Take one answer, and go on."""
    album = turn.message.album
    if album and album == turn.data.get("album"):
        return  # its first photo was the answer
    filling = mine(turn)
    if filling is None:
        return
    element = filling.data_set.element(turn.data["element"])
    if answer.choice == KEEP and element.id in filling.answers:
        go_on(turn, filling)
    elif answer.choice == BACK:
        ask(turn, filling, _before(filling, element))
    elif filling.data_set.takes_no_activity and _says_nothing(turn, answer):
        _nothing(turn, filling)
    elif answer.choice or not correct(turn, filling, answer.text, element):
        _take(turn, filling, element, answer)


def _before(filling: Filling, element: DataElement) -> DataElement:
    """The question before this one, or this one where it is the first."""
    asked = filling.data_set.asked(filling.answers)
    return asked[max(0, asked.index(element) - 1)] if element in asked else asked[0]


def _says_nothing(turn: Turn, answer: Answer) -> bool:
    said = turn.house.vocabulary.parse(answer.text) == Call("no_activity")
    return said or answer.choice == NOTHING


def _nothing(turn: Turn, filling: Filling) -> None:
    """There was no activity, unless it was said of another report: "tháng này …" in a week's."""
    said = period_said(turn)
    if said and not named(turn, [filling.data_set], said):
        turn.hear_anew()
    else:
        ask_no_activity(turn, filling)


def _take(turn: Turn, filling: Filling, element: DataElement, answer: Answer) -> None:
    try:
        value = _value(turn, element, answer)
    except BadValue as bad:
        if turn.house.vocabulary.is_command(answer.text):
            turn.hear_beside()
            return
        counted = element.type in FIGURES
        said: dict[str, Any] = {"least": element.least, "counted": counted} | bad.values
        turn.say(f"report.{bad.why}", **said)
        return
    go_on(turn, filling.with_answers({element.id: value}))
    if turn.message.album:
        turn.reopen(turn.data | {"album": turn.message.album})


def _value(turn: Turn, element: DataElement, answer: Answer) -> Value | None:
    """The value in an answer; None for a skipped question. Raises BadValue."""
    skipped = answer.choice == SKIP or fold(answer.text) == fold(turn.words("report.skip"))
    if turn.house.vocabulary.parse(answer.text) == Call("report"):
        raise BadValue("words_please")  # no words of a report: somebody comes back to it
    if skipped and not element.optional:
        raise BadValue("no_skip")
    nothing = element.type is ValueType.TEXT and says_nothing(answer.text)
    if skipped or (nothing and element.optional):
        return None
    if element.type is ValueType.PHOTO:
        return _photo(turn)
    if element.type is ValueType.PLACE and turn.message.place:
        return turn.message.place
    if (turn.message.file or turn.message.place) and not answer.text:
        raise BadValue("words_please")
    if element.type is ValueType.YES_NO and answer.choice in (YES, NO):
        return Decimal(answer.choice)
    return read_value(answer.choice or answer.text, element)


def _photo(turn: Turn) -> str:
    """The photo that came, with its caption, as a value; raises BadValue for what is none."""
    file = turn.message.file
    if file is None or not (file.kind is FileKind.PHOTO or file.mime.startswith("image/")):
        raise BadValue("photo_please")
    if file.size > turn.house.limits.file:
        raise BadValue("photo_too_big", limit=turn.house.limits.file // 2**20)
    if len(turn.message.text) > LONGEST_TEXT:
        raise BadValue("text_length", limit=LONGEST_TEXT)
    return Photo(
        files.received(turn.c, turn.chat.account_id, file, turn.now), turn.message.text
    ).value
