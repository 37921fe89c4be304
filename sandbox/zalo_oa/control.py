"""/sandbox/zalo_oa, /sandbox/follow, /sandbox/unfollow: the owners' consoles, and what only an
account's people do."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, fields, replace

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.acts import ActError, bot_of, group_of, open_private, person_of
from sandbox.clock import month
from sandbox.control.requests import answering, body_of, checked
from sandbox.facts import Bot, Listening
from sandbox.rules import Arranged, Enabled
from sandbox.world import World
from sandbox.zalo_oa import ids
from sandbox.zalo_oa.api import Api
from sandbox.zalo_oa.facts import (
    Console,
    ConsoleSet,
    Followed,
    OtherEvent,
    Switches,
    TokensEnded,
    Unfollowed,
)

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Hook:
    """Where events go, and which: None is all."""

    webhook: str
    events: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Account:
    bot: str
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    person: int
    bot: str


@dataclass(frozen=True, slots=True)
class Change:
    """Of a group; what is None stays."""

    chat: str
    title: str | None = None
    about: str | None = None
    locked: bool | None = None
    approval: bool | None = None
    by_link: bool | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Event:
    bot: str
    name: str
    body: dict[str, object] = field(default_factory=dict)


_OBJECT: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])
_CONSOLE, _HOOK = TypeAdapter(Console), TypeAdapter(Hook)
_ACCOUNT, _PAIR = TypeAdapter(Account), TypeAdapter(Pair)
_CHANGE, _EVENT = TypeAdapter(Change), TypeAdapter(Event)


def routes(api: Api) -> list[Route]:
    return [
        Route(f"/sandbox/{path}", _answering(api, endpoint), methods=[method])
        for (method, path), endpoint in _ENDPOINTS.items()
    ]


def _answering(
    api: Api, endpoint: Callable[[Api, Request], Awaitable[Json]]
) -> Callable[[Request], Awaitable[Response]]:
    async def of_world(world: World, request: Request) -> object:
        return await endpoint(api, request) | {"seq": world.seq}

    return answering(api.world, of_world)


def _account(api: Api, name: str) -> Bot:
    bot = bot_of(api.world, name)
    if bot.messenger != "zalo_oa":
        raise ActError(409, f"@{bot.username} is no Official Account")
    return bot


async def _show(api: Api, request: Request) -> Json:
    return _shape(api, _account(api, request.path_params["bot"]))


def _shape(api: Api, bot: Bot) -> Json:
    """What the account's owner sees, and what the account has used."""
    now, queue = api.world.clock.now(), api.queues.of(bot.id)
    tokens = api.tokens
    return asdict(api.consoles.of(bot.id)) | {
        "bot": bot.username,
        "oa_id": ids.oa_id(bot.id),
        "link": ids.oa_link(bot.id),
        "webhook": queue.listening.url,
        "events": queue.listening.allowed,
        "waiting": len(queue.waiting),
        "failure": queue.failure[1] if queue.failure else "",
        "access_tokens": sum(
            each.bot == bot.id and each.until > now for each in tokens.access.values()
        ),
        "refresh_tokens": sum(
            each.bot == bot.id and each.until > now for each in tokens.refresh.values()
        ),
        "messages": api.usage.messages[bot.id, month(now)],
        "uploads": api.usage.uploads[bot.id, month(now)],
    }


async def _set(api: Api, request: Request) -> Json:
    """Changes what is given and leaves the rest, among the switches too."""
    raw = await body_of(request, _OBJECT)
    bot = _account(api, str(raw.pop("bot", "")))
    hook = {name: raw.pop(name) for name in ("webhook", "events") if name in raw}
    console, known = _merged(api.consoles.of(bot.id), raw), api.queues.of(bot.id).listening
    if hook:
        wanted = checked(
            _HOOK.validate_python, {"webhook": known.url, "events": known.allowed} | hook
        )
        api.world.record(Listening(bot.id, wanted.events, wanted.webhook))
    if raw:
        api.world.record(ConsoleSet(bot.id, console))
    return _shape(api, bot)


def _merged(console: Console, raw: Json) -> Console:
    given = raw.get("switches", {})
    switches = given if isinstance(given, dict) else {}
    _check_names(raw, Console)
    _check_names(switches, Switches)
    known = asdict(console)
    return checked(
        _CONSOLE.validate_python, known | raw | {"switches": known["switches"] | switches}
    )


def _check_names(raw: Json, kind: type[Console] | type[Switches]) -> None:
    names = {each.name for each in fields(kind)}
    if unknown := sorted(raw.keys() - names):
        raise ActError(400, f"{', '.join(unknown)}: no such setting")


async def _tokens(api: Api, request: Request) -> Json:
    """A pair at once, as Zalo's API Explorer gives one."""
    bot = _account(api, (await body_of(request, _ACCOUNT)).bot)
    pair = api.tokens.give(bot, renewable=api.consoles.of(bot.id).verified)
    return {**pair, "oa_id": ids.oa_id(bot.id)}


async def _end_tokens(api: Api, request: Request) -> Json:
    wanted = await body_of(request, _ACCOUNT)
    bot = _account(api, wanted.bot)
    api.world.record(TokensEnded(bot.id, wanted.refresh))
    return _shape(api, bot)


async def _follow(api: Api, request: Request) -> Json:
    person, bot = await _pair(api, request)
    chat = open_private(api.world, person, str(bot))
    if (person, bot) not in api.world.followers:
        api.world.record(Followed(person, bot, int(api.world.clock.now())))
    return {"chat": chat.id}


async def _unfollow(api: Api, request: Request) -> Json:
    person, bot = await _pair(api, request)
    if (person, bot) in api.world.followers:
        api.world.record(Unfollowed(person, bot, int(api.world.clock.now())))
    return {}


async def _pair(api: Api, request: Request) -> tuple[int, int]:
    wanted = await body_of(request, _PAIR)
    return person_of(api.world, wanted.person).id, _account(api, wanted.bot).id


async def _change(api: Api, request: Request) -> Json:
    change = await body_of(request, _CHANGE)
    group = group_of(api.world, change.chat)
    if group.messenger != "zalo_oa":
        raise ActError(409, f"{group.id!r} is no group of an Official Account")
    if change.enabled is not None:
        api.world.record(Enabled(group.id, change.enabled))
    asked = {"locked": change.locked, "approval": change.approval, "by_link": change.by_link}
    rules = replace(group.rules, **{name: on for name, on in asked.items() if on is not None})
    title = group.title if change.title is None else change.title
    about = group.about if change.about is None else change.about
    if (title, about, rules) != (group.title, group.about, group.rules):
        api.world.record(Arranged(group.id, title, about, rules))
    return {"group_id": ids.group_id(group.id), "link": ids.group_link(group.id)}


async def _event(api: Api, request: Request) -> Json:
    event = await body_of(request, _EVENT)
    api.world.record(OtherEvent(_account(api, event.bot).id, event.name, event.body))
    return {}


async def _ids(api: Api, request: Request) -> Json:
    """What the API calls the people and groups of the world."""
    rooms = (room for room in api.world.chats.values() if room.messenger == "zalo_oa")
    return {
        "people": {str(each): ids.user_id(each) for each in api.world.people},
        "groups": {room.id: ids.group_id(room.id) for room in rooms if room.kind != "private"},
    }


_ENDPOINTS: dict[tuple[str, str], Callable[[Api, Request], Awaitable[Json]]] = {
    ("POST", "zalo_oa"): _set,
    ("POST", "zalo_oa/tokens"): _tokens,
    ("POST", "zalo_oa/tokens/end"): _end_tokens,
    ("POST", "zalo_oa/group"): _change,
    ("POST", "zalo_oa/event"): _event,
    ("GET", "zalo_oa/ids"): _ids,
    ("GET", "zalo_oa/of/{bot}"): _show,
    ("POST", "follow"): _follow,
    ("POST", "unfollow"): _unfollow,
}
