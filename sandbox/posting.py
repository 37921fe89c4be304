"""Putting messages and files into the world, for people and bots alike."""

import hashlib
from base64 import b64decode
from dataclasses import dataclass
from typing import TypedDict, Unpack

from sandbox import pictures
from sandbox.chat import Chat
from sandbox.facts import (
    Button,
    Entity,
    File,
    FileKind,
    Keyboard,
    Message,
    Origin,
    Poll,
    Posted,
    Service,
    Stored,
)
from sandbox.world import World

# A lossless WebP of one clear pixel: the bytes of every sticker.
_CLEAR_PIXEL = b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")


class Parts(TypedDict, total=False):
    text: str
    entities: tuple[Entity, ...]
    file: File | None
    album: str
    reply_to: int
    buttons: tuple[tuple[Button, ...], ...]
    keyboard: Keyboard | None
    poll: Poll | None
    origin: Origin | None
    service: Service | None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in."""

    name: str
    data: bytes
    mime: str = "application/octet-stream"


def post(world: World, chat: Chat, sender: int, **parts: Unpack[Parts]) -> Message:
    """A new message in a chat. Raises JournalError when it cannot be kept."""
    message = Message(chat.id, chat.next_id, sender, int(world.clock.now()), **parts)
    world.record(Posted(message))
    return message


def announce(world: World, chat: Chat, sender: int, service: Service) -> Message:
    """A line of the messenger itself, in the name of the one who caused it."""
    return post(world, chat, sender, service=service)


def store(world: World, upload: Upload, kind: FileKind, emoji: str = "") -> File:
    """Keep a file; the same file again is the same `File`."""
    blob = world.keeper.keep(upload.data)
    label = f"{kind}/{blob}/{upload.name}/{upload.mime}/{emoji}"
    file_id = hashlib.sha256(label.encode()).hexdigest()[:40]
    if known := world.files.get(file_id):
        return known
    width, height = (pictures.size_of(upload.data) or (0, 0)) if kind == "photo" else (0, 0)
    file = File(
        file_id, kind, blob, len(upload.data), upload.name, upload.mime, width, height, emoji
    )
    world.record(Stored(file))
    return file


def sticker(world: World, emoji: str) -> File:
    upload = Upload("sticker.webp", _CLEAR_PIXEL, "image/webp")
    return store(world, upload, "sticker", emoji)
