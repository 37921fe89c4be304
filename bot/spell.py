"""Buttons and files in words, for a messenger that does not have them."""

from dataclasses import replace

from markupsafe import Markup

from bot.words import Words
from domain.channel import Capabilities, Content
from domain.message import ChatKind
from domain.text import shorten

MAX_NAME = 60


def spell(content: Content, can: Capabilities, kind: ChatKind, words: Words) -> Content:
    """The same message with what such a chat cannot have as lines of its text."""
    if not all(map(can.takes, content.files)):
        content = _files(content, words)
    count = sum(map(len, content.choices))
    if can.shows_buttons(kind, count):
        return content
    return _buttons(content, can.call if kind is ChatKind.GROUP else "", words)


def address(text: str, name: str, mention: str, words: Words) -> str:
    """A text as it is said to one person in a group, who is called by `mention` if known."""
    return words("door.for_person", text=Markup(text), name=name, mention=mention)


def _files(content: Content, words: Words) -> Content:
    """Files as lines with the links under which everybody can fetch them."""
    files = [
        {"name": shorten(file.name, MAX_NAME) if file.name else "", "link": file.link}
        for file in content.files
    ]
    text = words("door.files", text=Markup(content.text), files=files)
    return replace(content, text=text, files=())


def _buttons(content: Content, call: str, words: Words) -> Content:
    """Choices as lines to answer by number or by word, and how the answer reaches the bot."""
    choices = [choice for row in content.choices for choice in row]
    if not choices:
        return content
    numbered = [choice for choice in choices if choice.number]
    by_word = [choice for choice in choices if not choice.number]
    how = {"numbered": numbered, "by_word": by_word, "call": call}
    text = words("door.choices", text=Markup(content.text), **how)
    return replace(content, text=text, choices=())
