"""Which message will turn out to be a question, told before it is worked.

What a question means takes a model some hundredths of a second: it is worked out before the
transaction in which everybody else would have to wait for it. What is not foreseen here is worked
out there.
"""

from sqlalchemy import Connection

from bot.commands import Call
from bot.handlers import ask
from bot.house import House
from domain.message import Message
from storage import chats, people, sessions


def foreseen(c: Connection, house: House, account_id: str, message: Message) -> str:
    """The question that a message will ask, as far as can be seen; empty for none."""
    text = _asked(house, message)
    chat = chats.find(c, account_id, message.chat.id) if text else None
    if chat is None:
        return text if message.addressed else ""
    person = people.find(c, account_id, message.sender.id)
    session = sessions.load(c, chat.id, person.id) if person else None
    other = session is not None and not session.step.startswith(f"{ask.feature.id}.")
    return text if (message.addressed or chat.listens) and not other else ""


def _asked(house: House, message: Message) -> str:
    """What could be a question in a message, by its words alone."""
    match house.vocabulary.parse(message.text):
        case Call("ask", argument):
            text = argument
        case None if not message.press and len(message.text) <= house.limits.text:
            text = message.text
        case _:
            return ""
    in_words = any(map(str.isalpha, text))
    return text if in_words and not house.vocabulary.small_talk(text) else ""
