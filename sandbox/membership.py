"""Who is in a group: people and bots come and go, and a group grows into a supergroup."""

from sandbox.acts import ActError, group_of
from sandbox.chat import Chat
from sandbox.facts import Joined, Left, Role, Service, Upgraded
from sandbox.posting import announce
from sandbox.world import World


def add_member(world: World, chat_id: str, user: int, by: int, role: Role = "member") -> None:
    """Add a person or a bot; already in, only the role is brought up to date."""
    chat = group_of(world, chat_id)
    if user not in world.people and user not in world.bots:
        raise ActError(404, f"there is nobody with the id {user}")
    if by not in chat.members and by != user:
        raise ActError(403, f"{by} is not in {chat_id!r} and can add nobody")
    if user in world.bots and not world.bots[user].joins_groups:
        raise ActError(409, f"@{world.bots[user].username} does not join groups")
    was = chat.members.get(user)
    if was in (role, "creator"):
        return
    world.record(Joined(chat.id, user, by, int(world.clock.now()), role, was))
    if not was:
        announce(world, chat, by, Service("joined", (user,)))


def remove_member(world: World, chat_id: str, user: int, by: int) -> None:
    """Remove someone, or leave when `by` is the same."""
    chat = group_of(world, chat_id)
    if user not in chat.members:
        raise ActError(404, f"{user} is not in {chat_id!r}")
    if by not in chat.members:
        raise ActError(403, f"{by} is not in {chat_id!r} and can remove nobody")
    announce(world, chat, by, Service("left", (user,)))
    world.record(Left(chat.id, user, by, int(world.clock.now()), chat.members[user]))


def upgrade(world: World, chat_id: str, by: int) -> Chat:
    """The group becomes a supergroup with a new id; both chats say so to their bots."""
    chat = group_of(world, chat_id)
    if chat.kind == "supergroup":
        raise ActError(409, f"{chat_id!r} is a supergroup already")
    if by not in chat.members:
        raise ActError(403, f"person {by} is not in {chat_id!r}")
    new = world.new_group_id(supergroup=True)
    announce(world, chat, by, Service("migrated_to", chat=new))
    world.record(Upgraded(chat.id, new))
    announce(world, world.chats[new], by, Service("migrated_from", chat=chat.id))
    return world.chats[new]
