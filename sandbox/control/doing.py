"""POST /sandbox/<act>: make people, bots and groups, and let people do things."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TypeVar

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.routing import Route

from sandbox import acts, links, making, membership, views
from sandbox.acts import ActError
from sandbox.control.requests import Endpoint, answering, body_of, form_of
from sandbox.facts import File, FileKind, Message, Role
from sandbox.pictures import size_of
from sandbox.posting import Upload, sticker, store
from sandbox.world import World

Json = dict[str, object]
Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class InChat:
    """Who, and where: a `chat` id, or the `bot` (username or id) of a private chat."""

    person: int
    chat: str = ""
    bot: str = ""

    def place(self, world: World) -> str:
        if self.bot:
            return acts.open_private(world, self.person, self.bot).id
        if not self.chat:
            raise ActError(400, "chat: a chat id, or bot: a username, is needed")
        return self.chat


@dataclass(frozen=True, slots=True)
class Say(InChat):
    text: str = ""
    reply_to: int = 0
    sticker: str = ""
    as_document: bool = False


@dataclass(frozen=True, slots=True)
class OnMessage(InChat):
    message: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Press(InChat):
    message: int = 0
    button: str = ""


@dataclass(frozen=True, slots=True)
class Vote(InChat):
    message: int = 0
    options: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Follow:
    person: int
    link: str
    chat: str = ""


@dataclass(frozen=True, slots=True)
class WithBot:
    person: int
    bot: str


@dataclass(frozen=True, slots=True)
class Membership:
    """`user` is the id of a person or bot; `bot` a bot's username instead."""

    chat: str
    by: int
    user: int = 0
    bot: str = ""
    role: Role = "member"

    def who(self, world: World) -> int:
        return acts.bot_of(world, self.bot).id if self.bot else self.user


@dataclass(frozen=True, slots=True)
class Somebody:
    person: int


def routes(world: World) -> list[Route]:
    return [
        Route(f"/sandbox/{name}", answering(world, endpoint), methods=["POST"])
        for name, endpoint in _ACTS.items()
    ]


def _act(body: type[Body], act: Callable[[World, Body], Json]) -> Endpoint:
    """The endpoint of an act: its body is read, it is done, and the journal's place is told."""
    adapter = TypeAdapter(body)

    async def do(world: World, request: Request) -> Json:
        return act(world, await body_of(request, adapter)) | {"seq": world.seq}

    return do


_SAY = TypeAdapter(Say)


async def _say(world: World, request: Request) -> Json:
    body, upload = await form_of(request, _SAY)
    chat = body.place(world)
    file = _file(world, body, upload)
    return _message(world, acts.say(world, body.person, chat, body.text, file, body.reply_to))


def _file(world: World, body: Say, upload: Upload | None) -> File | None:
    """A picture goes as a photo, unless it is asked to go as a document."""
    if body.sticker:
        return sticker(world, body.sticker)
    if not upload:
        return None
    picture = not body.as_document and size_of(upload.data)
    kind: FileKind = "photo" if picture else "document"
    return store(world, upload, kind)


def _message(world: World, message: Message) -> Json:
    seq = world.chats[message.chat].changed[message.id]
    return views.message(world, seq, message)


def _bulk(world: World, body: making.Bulk) -> Json:
    return asdict(making.make_all(world, body))


def _bot(world: World, body: making.NewBot) -> Json:
    return views.bot(making.make_bot(world, body))


def _person(world: World, body: making.NewPerson) -> Json:
    return views.person(making.make_person(world, body))


def _group(world: World, body: making.NewGroup) -> Json:
    return {"id": making.make_group(world, body)}


def _edit(world: World, body: OnMessage) -> Json:
    return _message(
        world, acts.edit(world, body.person, body.place(world), body.message, body.text)
    )


def _delete(world: World, body: OnMessage) -> Json:
    acts.erase(world, body.person, body.place(world), body.message)
    return {}


def _press(world: World, body: Press) -> Json:
    done = acts.press(world, body.person, body.place(world), body.message, body.button)
    return _message(world, done) if isinstance(done, Message) else {"query": done.query}


def _vote(world: World, body: Vote) -> Json:
    acts.vote(world, body.person, body.place(world), body.message, body.options)
    return {}


def _read(world: World, body: OnMessage) -> Json:
    acts.read(world, body.person, body.place(world), body.message)
    return {}


def _open(world: World, body: Follow) -> Json:
    return {"chat": links.follow(world, body.person, body.link, body.chat).id}


def _block(world: World, body: WithBot) -> Json:
    acts.block(world, body.person, body.bot)
    return {}


def _unblock(world: World, body: WithBot) -> Json:
    acts.unblock(world, body.person, body.bot)
    return {}


def _add(world: World, body: Membership) -> Json:
    membership.add_member(world, body.chat, body.who(world), body.by, body.role)
    return {}


def _remove(world: World, body: Membership) -> Json:
    membership.remove_member(world, body.chat, body.who(world), body.by)
    return {}


def _upgrade(world: World, body: Membership) -> Json:
    return {"chat": membership.upgrade(world, body.chat, body.by).id}


def _deactivate(world: World, body: Somebody) -> Json:
    making.deactivate(world, acts.person_of(world, body.person))
    return {}


_ACTS: dict[str, Endpoint] = {
    "say": _say,
    "bulk": _act(making.Bulk, _bulk),
    "bots": _act(making.NewBot, _bot),
    "people": _act(making.NewPerson, _person),
    "groups": _act(making.NewGroup, _group),
    "edit": _act(OnMessage, _edit),
    "delete": _act(OnMessage, _delete),
    "press": _act(Press, _press),
    "vote": _act(Vote, _vote),
    "read": _act(OnMessage, _read),
    "open": _act(Follow, _open),
    "block": _act(WithBot, _block),
    "unblock": _act(WithBot, _unblock),
    "add": _act(Membership, _add),
    "remove": _act(Membership, _remove),
    "upgrade": _act(Membership, _upgrade),
    "deactivate": _act(Somebody, _deactivate),
}
