"""The control API: everything that people do in the pretend world, as JSON under /sandbox/."""

from starlette.routing import Route

from sandbox.control import asking, doing, watching
from sandbox.world import World


def routes(world: World) -> list[Route]:
    return [*doing.routes(world), *asking.routes(world), *watching.routes(world)]
