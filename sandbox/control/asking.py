"""GET /sandbox/...: bots, people, groups, chats and their messages, files."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import acts, views
from sandbox.acts import ActError
from sandbox.chat import Chat
from sandbox.control.requests import answering, number
from sandbox.control.watching import until
from sandbox.numbers import whole
from sandbox.world import World

_MAX_LIMIT = 5000
_SHOWN_IN_PLACE = ("image/png", "image/jpeg", "image/gif", "image/webp")


def routes(world: World) -> list[Route]:
    paths = {
        "": _state,
        "/people": _people,
        "/people/{person:int}": _person,
        "/names": _names,
        "/people/{person:int}/chats": _chats,
        "/groups": _groups,
        "/chats/{chat}": _chat,
        "/chats/{chat}/messages": _messages,
        "/files/{file}": _file,
    }
    return [Route(f"/sandbox{path}", answering(world, each)) for path, each in paths.items()]


async def _state(world: World, _: Request) -> object:
    return {
        "seq": world.seq,
        "people": len(world.people),
        "groups": sum(
            room.kind != "private" and not room.moved_to for room in world.chats.values()
        ),
        "bots": [views.bot(each) for each in world.bots.values()],
    }


async def _people(world: World, request: Request) -> object:
    query = request.query_params.get("search", "")
    limit = number(request, "limit", 200, _MAX_LIMIT)
    return {"people": views.people(world, query, number(request, "after", 0), limit)}


async def _person(world: World, request: Request) -> object:
    return views.person(acts.person_of(world, request.path_params["person"]))


async def _names(world: World, request: Request) -> object:
    """The names of these people and bots; ids that are nobody's are left out."""
    ids = (whole(each) for each in request.query_params.get("ids", "").split(","))
    known = (each for each in ids if each in world.people or each in world.bots)
    return {"names": {str(each): world.name_of(each) for each in known}}


async def _chats(world: World, request: Request) -> object:
    person = acts.person_of(world, request.path_params["person"])
    return {"seq": world.seq, "chats": views.chats_of(world, person)}


async def _groups(world: World, request: Request) -> object:
    query, after = request.query_params.get("search", ""), request.query_params.get("after", "")
    limit = number(request, "limit", 1000, _MAX_LIMIT)
    return {"seq": world.seq, "groups": views.groups(world, query, after, limit)}


def _room(world: World, request: Request) -> Chat:
    return acts.chat_of(world, request.path_params["chat"])


async def _chat(world: World, request: Request) -> object:
    return views.chat(world, _room(world, request))


async def _messages(world: World, request: Request) -> object:
    """With `after`: what was posted or edited since, waiting up to `wait` seconds for the first.
    Without: a page of history, the newest, or those before the message `before`."""
    room = _room(world, request)
    if "after" in request.query_params:
        after = number(request, "after", 0)
        await until(world, number(request, "wait", 0, 60), lambda: bool(room.changed_after(after)))
        found = views.messages_after(world, room, after)
    else:
        limit = number(request, "limit", 50, _MAX_LIMIT)
        found = views.messages_before(world, room, number(request, "before", 0), limit)
    return {"seq": world.seq, "messages": found}


async def _file(world: World, request: Request) -> object:
    """A picture is shown in its place; anything else is saved, never opened as a page."""
    file = world.files.get(request.path_params["file"])
    if not file:
        raise ActError(404, "there is no such file")
    shown = file.mime in _SHOWN_IN_PLACE
    way = "inline" if shown else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(file.name)}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    mime = file.mime if shown else "application/octet-stream"
    return Response(world.keeper.bytes_of(file.blob), media_type=mime, headers=headers)
