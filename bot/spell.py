"""Buttons in words, for a messenger that has none."""

from dataclasses import replace

from markupsafe import Markup

from bot.words import Words
from domain.channel import Content


def spell(content: Content, words: Words) -> Content:
    """The same message with its choices as lines to answer by number or by word."""
    choices = [choice for row in content.choices for choice in row]
    if not choices:
        return content
    numbered = [choice for choice in choices if choice.number]
    by_word = [choice for choice in choices if not choice.number]
    text = words("door.choices", text=Markup(content.text), numbered=numbered, by_word=by_word)
    return replace(content, text=text, choices=())
