"""Which handler a message goes to.

In this order: a button; a further file of an album; a reply to a message that is about something; a
slash command; the answer to the open question; a command in plain words; else, when Loa was spoken
to, a question.
"""

from collections.abc import Callable

from bot.attachment import is_with, say_once
from bot.commands import Call, UnknownCommand
from bot.feature import Feature, Told
from bot.house import House
from bot.turn import Answer, Turn
from domain.answer import picked_number
from domain.message import Message
from domain.text import first_words, fold, has_diacritics
from storage import deliveries


class Dispatch:
    """Takes each message to its handler. `fallback` gets what was said to Loa and fits nothing,
    `shown` a picture or paper without words, `overhear` what was said in a group to nobody.
    """

    def __init__(
        self, table: Feature, fallback: Told, shown: Callable[[Turn], None], overhear: Told
    ) -> None:
        self._table = table
        self._fallback = fallback
        self._shown = shown
        self._overhear = overhear

    def __call__(self, turn: Turn) -> None:
        before = turn.session
        if turn.message.press:
            self._press(turn, turn.message.press)
        else:
            self._heard(turn)
        while turn.next is not None:
            (step, answer), turn.next = turn.next, None
            self._table.steps[step](turn, answer)
        turn.save(before)

    def _press(self, turn: Turn, action: str) -> None:
        if action.startswith("="):
            self._choose(turn, action)
            return
        name, _, argument = action.partition(":")
        handler = self._table.presses.get(name)
        if handler:
            handler(turn, argument)
        else:
            turn.notice = turn.words("door.old_button")

    def _choose(self, turn: Turn, action: str) -> None:
        serial, _, value = action[1:].partition(":")
        session = turn.session
        if session and serial == str(session.serial) and session.step in self._table.steps:
            self._table.steps[session.step](turn, Answer(choice=value))
        else:
            turn.notice = turn.words("door.old_button")

    def _heard(self, turn: Turn) -> None:
        message = turn.message
        if len(message.text) > turn.house.limits.text:
            turn.say("door.too_long", limit=turn.house.limits.text)
        else:
            ways = (self._continued, self._replied, self._slash, self._answered, self._said)
            any(way(turn) for way in ways)

    def _continued(self, turn: Turn) -> bool:
        """A further file of an album goes where its first one went."""
        if not turn.message.file or not turn.message.album:
            return False
        for subject, handler in self._table.albums.items():
            key = deliveries.album_key(turn.c, turn.chat.id, subject, turn.message.album)
            if key is not None:
                handler(turn, key)
                return True
        return False

    def _replied(self, turn: Turn) -> bool:
        if not turn.message.reply_to or turn.message.text.startswith("/"):
            return False
        posted = deliveries.by_message(turn.c, turn.chat.id, turn.message.reply_to)
        subject, _, key = (posted.about or "").partition(":") if posted else ("", "", "")
        handler = self._table.replies.get(subject)
        if handler:
            handler(turn, key)
        return handler is not None and not turn.unanswered

    def _slash(self, turn: Turn) -> bool:
        if not turn.message.text.startswith("/"):
            return False
        self._command(turn)
        return True

    def _answered(self, turn: Turn) -> bool:
        session = turn.session
        if session is None or session.step not in self._table.steps:
            return False
        if _stops(turn):
            turn.end()
            turn.say("door.stopped")
            return True
        turn.unanswered = False
        self._table.steps[session.step](turn, read_answer(turn))
        return not turn.unanswered

    def _said(self, turn: Turn) -> bool:
        message = turn.message
        if self._command(turn):
            return True
        if not message.addressed:
            self._overhear(turn, message.text)
        elif turn.house.vocabulary.stops(message.text):
            turn.say("door.stopped")
        elif is_with(turn) and not message.text:
            self._shown(turn)
        elif message.file and not message.text:
            say_once(turn, "album", "door.sticker")
        elif message.place:
            turn.say("door.place")
        elif message.text:
            self._fallback(turn, message.text)
        else:
            turn.say("door.empty")
        return True

    def _command(self, turn: Turn) -> bool:
        match turn.house.vocabulary.parse(turn.message.text):
            case Call(command, argument):
                self._table.commands[command](turn, argument)
            case UnknownCommand(slash):
                # In a group the command may be meant for another bot.
                if turn.message.addressed or not turn.in_group:
                    turn.say("door.unknown_command", slash=slash)
            case None:
                return False
        return True


def _stops(turn: Turn) -> bool:
    """Whether a message ends the conversation; "dung" not, where an answer begins with "Đúng"."""
    text, vocabulary = turn.message.text, turn.house.vocabulary
    if not vocabulary.stops(text) or has_diacritics(text):
        return vocabulary.stops(text)
    choices = turn.session.choices if turn.session else ()
    heads = [first_words(each.label, text) for each in choices]
    return all(fold(head) != fold(text) or vocabulary.stops(head) for head in heads)


def read_answer(turn: Turn) -> Answer:
    """The answer in a message: a choice by its number or label, else the words themselves."""
    text = turn.message.text
    session, plain = turn.session, fold(text)
    if session is None or not plain:
        return Answer(text)
    named = [each for each in session.choices if plain == fold(each.label)]
    number = picked_number(text)
    numbered = [each for each in session.choices if each.number and number == str(each.number)]
    for choice in named or numbered:
        return Answer(text, choice.action.partition(":")[2])
    return Answer(text)


def speaks_to_us(house: House, message: Message) -> bool:
    """Whether a message wants anything of Loa from somebody who has no conversation open."""
    called = message.addressed or message.press
    # A command that we do not know may be meant for another bot.
    return bool(called) or house.vocabulary.is_command(message.text)
