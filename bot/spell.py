"""Buttons and files in words, for a messenger that does not have them."""

from dataclasses import replace

from markupsafe import Markup

from bot.words import Words
from domain.channel import Capabilities, Content
from domain.text import shorten

MAX_NAME = 60


def spell(content: Content, can: Capabilities, words: Words) -> Content:
    """The same message with what the messenger does not have as lines of its text."""
    if content.files and not can.files_out:
        names = [shorten(file.name, MAX_NAME) if file.name else "" for file in content.files]
        text = words("door.files", text=Markup(content.text), names=names)
        content = replace(content, text=text, files=())
    return content if can.buttons else _buttons(content, words)


def _buttons(content: Content, words: Words) -> Content:
    """Choices as lines to answer by number or by word."""
    choices = [choice for row in content.choices for choice in row]
    if not choices:
        return content
    numbered = [choice for choice in choices if choice.number]
    by_word = [choice for choice in choices if not choice.number]
    text = words("door.choices", text=Markup(content.text), numbered=numbered, by_word=by_word)
    return replace(content, text=text, choices=())
