"""Good practices: a team shares one with photos, and its coordinator lets it go to the others."""

from collections.abc import Sequence
from typing import Any

from bot.collecting import DONE, take
from bot.coordinators import nearest, of_unit
from bot.feature import Feature
from bot.handlers import plan
from bot.network import team_levels
from bot.parcel import send
from bot.turn import Answer, Turn
from domain.channel import Choice
from domain.message import FileKind
from domain.people import Right
from domain.text import words
from storage import documents, files, practices, units
from storage.broadcasts import Plan
from storage.chats import KnownChat
from storage.deliveries import Letter
from storage.practices import Practice, State

feature = Feature("practice")

LEAST_WORDS, LONGEST = 6, 2000
MOST_PHOTOS = 5
LONGEST_WORD = 500


@feature.command("practice")
def practice(turn: Turn, argument: str) -> None:
    """A team begins to share; a coordinator sees the first that waits."""
    unit_id = _team(turn)
    if argument and not turn.spoken_to:
        return  # praise in the group's own talk
    if unit_id is not None:
        _text(turn, {"unit": unit_id, "files": []}, argument)
    elif turn.where(Right.APPROVE):
        if found := _first(turn):
            _show(turn, found, turn.chat)
        else:
            turn.say("practice.none_waiting")
    else:
        turn.say("practice.no_unit")


def _first(turn: Turn) -> Practice | None:
    """What has waited longest for this person's word."""
    tops = turn.where(Right.APPROVE)
    return next(filter(None, (practices.first_asked(turn.c, top, turn.day) for top in tops)), None)


def _team(turn: Turn) -> int | None:
    """The team that shares: the group's, else the person's own."""
    held = [turn.chat.unit_id] if turn.in_group else turn.where(Right.REPORT)
    teams = team_levels(turn.house.levels.values())
    found = (each for each in held if each and units.get(turn.c, each).level in teams)
    return next(found, None)


def _text(turn: Turn, data: dict[str, Any], text: str) -> None:
    """Take the text, where it is one, and ask for photos."""
    if not text:
        turn.ask("practice.text", "practice.ask_text", data=data)
    elif len(words(text)) < LEAST_WORDS:
        turn.ask("practice.text", "practice.words_please", data=data, least=LEAST_WORDS)
    elif len(text) > LONGEST:
        turn.ask("practice.text", "practice.too_long", data=data, limit=LONGEST, length=len(text))
    elif turn.can.files_in:
        none = [[(DONE, turn.words("practice.none"))]]
        data = data | {"text": text}
        turn.ask("practice.photos", "practice.ask_photos", none, data, most=MOST_PHOTOS)
    else:
        _share(turn, data | {"text": text})


@feature.step("text")
def text_given(turn: Turn, answer: Answer) -> None:
    """The text, or a photo with the text under it."""
    sent, data = turn.message.file, turn.data
    if sent and sent.kind is FileKind.PHOTO:
        data = data | {"files": [files.received(turn.c, turn.chat.account_id, sent, turn.now)]}
    _text(turn, data, answer.text)


@feature.step("photos")
def photo_given(turn: Turn, answer: Answer) -> None:
    sent = turn.message.file
    if sent is None and answer.choice == DONE:
        _share(turn, turn.data)
    elif sent is None or sent.kind is not FileKind.PHOTO:
        turn.say("practice.photo_please")
    elif len(turn.data["files"]) == MOST_PHOTOS:
        turn.say("practice.enough", most=MOST_PHOTOS)
    else:
        take(turn, sent, "practice.photos", "practice")


def _share(turn: Turn, data: dict[str, Any]) -> None:
    """Keep it, and ask the coordinators."""
    turn.end()
    place = (data["unit"], turn.person.id, turn.chat.id)
    number = practices.share(turn.c, *place, data["text"], data["files"], turn.now)
    told = nearest(turn, data["unit"])
    shared = practices.find(turn.c, number)
    assert shared
    for chat in told:
        _show(turn, shared, chat)
    turn.say("practice.thanks" if told else "practice.kept")


def _show(turn: Turn, shared: Practice, chat: KnownChat) -> None:
    """Show it to somebody who may decide on it."""
    _photos(turn, shared, chat)
    ways = ("approve", "refuse")
    choices = [[_choice(turn, way, shared.id)] for way in ways]
    above = _above(turn, shared)
    turn.tell(chat.id, "practice.asked", choices=choices, **_named(shared), above=above)


def _photos(turn: Turn, shared: Practice, chat: KnownChat) -> None:
    file_ids = [each.id for each in practices.files_of(turn.c, shared.id)]
    if file_ids:
        send(turn.c, Letter(chat.id, ""), file_ids, turn.now)


def _choice(turn: Turn, way: str, number: int) -> Choice:
    return Choice(turn.words(f"practice.{way}", number=number), f"practice.{way}:{number}")


def _named(shared: Practice) -> dict[str, Any]:
    """What sentences say of it."""
    return {
        "number": shared.id,
        "unit": shared.unit_name,
        "by": shared.by,
        "text": shared.text,
    }


def _above(turn: Turn, shared: Practice) -> str:
    return units.get(turn.c, _parent(turn, shared)).name


def _parent(turn: Turn, shared: Practice) -> int:
    """The unit whose teams get it first."""
    return units.parent(turn.c, shared.unit_id, turn.day) or shared.unit_id


@feature.command("approve_practice")
@feature.press("approve")
def approved(turn: Turn, argument: str) -> None:
    """Let it go to the other teams, and offer those above to let it go further."""
    shared = _waiting(turn, argument)
    if shared is None or not _decide(turn, shared, State.APPROVED):
        return
    said = _named(shared) | {"by": turn.person.name}
    turn.say("practice.approved", **said)
    turn.tell(shared.chat_id, "practice.approved_team", **said)
    _tell_others(turn, shared, "practice.others_approved", **said)
    parent = _parent(turn, shared)
    _offer_above(turn, shared, units.line(turn.c, parent, turn.day)[1:], said)
    _send(turn, shared, parent)


def _offer_above(turn: Turn, shared: Practice, line: Sequence[int], said: dict[str, Any]) -> None:
    for unit_id in line:
        above = units.get(turn.c, unit_id).name
        for chat in of_unit(turn.c, unit_id, turn.now):
            choice = _choice(turn, "spread", shared.id)
            turn.tell(chat.id, "practice.offer_spread", choices=[[choice]], **said, above=above)


def _send(turn: Turn, shared: Practice, unit_id: int) -> None:
    """Send it to the teams of a unit that have not had it, as any document is sent."""
    document_id = documents.add(
        turn.c,
        number=turn.words("practice.number", number=shared.id),
        issued_on=turn.day,
        issuer=shared.unit_name,
        summary=shared.text,
        file_ids=[file.id for file in practices.files_of(turn.c, shared.id)],
        unit_id=unit_id,
        created_by=turn.person.id,
        now=turn.now,
    )
    documents.set_topic(turn.c, documents.get(turn.c, document_id), turn.words("practice.topic"))
    levels = team_levels(turn.house.levels.values())
    confirmation = f"practice:{shared.id}:{unit_id}"
    plan.make(turn, Plan(document_id, unit_id, levels, confirmation, turn.now))


@feature.command("spread_practice")
@feature.press("spread")
def spread(turn: Turn, argument: str) -> None:
    """Let an approved one go to all teams of the highest unit where this person decides."""
    shared = _meant(turn, argument)
    if shared is None:
        return
    if shared.state != State.APPROVED:
        turn.say("practice.not_approved", number=shared.id)
        return
    mine = set(turn.where(Right.APPROVE))
    _send(turn, shared, [unit_id for unit_id in turn.line(shared.unit_id) if unit_id in mine][-1])


@feature.command("refuse_practice")
@feature.press("refuse")
def refused(turn: Turn, argument: str) -> None:
    if shared := _waiting(turn, argument):
        turn.ask("practice.word", "practice.ask_word", data={"practice": shared.id})


@feature.step("word")
def word_given(turn: Turn, answer: Answer) -> None:
    """Why not: the team and the other coordinators are told."""
    word = answer.text.strip()
    if not 0 < len(word) <= LONGEST_WORD:
        turn.say("practice.word_please", limit=LONGEST_WORD)
        return
    shared = _waiting(turn, str(turn.data["practice"]))
    turn.end()
    if shared and _decide(turn, shared, State.REFUSED):
        said = _named(shared) | {"by": turn.person.name, "word": word}
        turn.say("practice.refused", **said)
        turn.tell(shared.chat_id, "practice.refused_team", **said)
        _tell_others(turn, shared, "practice.others_refused", **said)


def _meant(turn: Turn, argument: str) -> Practice | None:
    """The practice of that number, if this person may decide on it; else says why not."""
    shared = turn.by_number(practices.find, argument)
    if shared is None:
        turn.say("practice.unknown" if argument else "practice.none_waiting")
    elif not turn.may(Right.APPROVE, shared.unit_id):
        turn.say("door.not_allowed")
    else:
        return shared
    return None


def _waiting(turn: Turn, argument: str) -> Practice | None:
    """The same, if it still waits; without a number the first that waits."""
    first = _first(turn) if not argument else None
    shared = first or _meant(turn, argument)
    if shared and shared.state != State.ASKED:
        turn.say("practice.decided_before", **_named(shared))
        return None
    return shared


def _decide(turn: Turn, shared: Practice, state: State) -> bool:
    return practices.decide(turn.c, shared.id, turn.person.id, state, turn.now)


def _tell_others(turn: Turn, shared: Practice, key: str, **said: Any) -> None:
    for chat in nearest(turn, shared.unit_id):
        if chat.person_id != turn.person.id:
            turn.tell(chat.id, key, **said)
