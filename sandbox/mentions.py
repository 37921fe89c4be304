"""Mentions as Zalo's picker makes them: "@" and a full name, spaces and all."""

from collections.abc import Iterator

from sandbox.chat import Chat
from sandbox.entities import utf16
from sandbox.facts import Entity
from sandbox.world import World

EVERYBODY = -1
"""The `user` of an entity that means everybody in the group."""
EVERYBODY_NAME = "Tất cả"


def spoken(world: World, chat: Chat, text: str) -> tuple[Entity, ...]:
    """The mentions of a group's members in a text; of two names that fit the longer is meant."""
    if chat.kind == "private" or "@" not in text:
        return ()
    names = {EVERYBODY_NAME: EVERYBODY} | {world.name_of(user): user for user in chat.members}
    return tuple(_found(text, sorted(names.items(), key=lambda each: -len(each[0]))))


def _found(text: str, names: list[tuple[str, int]]) -> Iterator[Entity]:
    start = text.find("@")
    while start >= 0:
        rest = text[start + 1 :]
        named = next((each for each in names if rest.startswith(each[0])), None)
        if named:
            yield mention(text[:start], *named)
        start = text.find("@", start + 1)


def mention(before: str, name: str, user: int) -> Entity:
    """The entity of "@name" that follows a text."""
    return Entity("text_mention", utf16(before), utf16(name) + 1, user=user)
