"""Who is in a group: people and bots come and go, and a group grows into a supergroup."""

from sandbox.acts import ActError, group_of
from sandbox.chat import Chat
from sandbox.facts import Bot, Joined, Left, Messenger, Role, Service, Upgraded
from sandbox.posting import announce
from sandbox.rules import Asked
from sandbox.world import World

_MOST_GROUPS: dict[Messenger, int] = {"zalo_bot": 3}
"""In how many groups one bot may be, where the messenger says so."""


def check_room_for(world: World, bot: Bot, messenger: Messenger) -> None:
    """Raises ActError (409) when the bot cannot be in one group more of this messenger."""
    if bot.messenger != messenger:
        raise ActError(409, f"@{bot.username} is on {bot.messenger}, the group on {messenger}")
    if not bot.joins_groups:
        raise ActError(409, f"@{bot.username} does not join groups")
    most = _MOST_GROUPS.get(messenger)
    if most and sum(bot.id in chat.members for chat in world.chats.values()) >= most:
        raise ActError(409, f"@{bot.username} is in {most} groups, and may not be in more")


def add_member(world: World, chat_id: str, user: int, by: int, role: Role = "member") -> None:
    """Add a person or a bot; already in, only the role is brought up to date.

    Where newcomers need an approval, whoever a plain member brings waits for it.
    """
    chat = group_of(world, chat_id)
    if user not in world.people and user not in world.bots:
        raise ActError(404, f"there is nobody with the id {user}")
    if by not in chat.members and by != user:
        raise ActError(403, f"{by} is not in {chat_id!r} and can add nobody")
    was = chat.members.get(user)
    if was in (role, "creator"):
        return
    if user in world.bots and not was:
        check_room_for(world, world.bots[user], chat.messenger)
    if not was and chat.rules.approval and chat.members.get(by, "member") == "member":
        world.record(Asked(chat.id, user, by, int(world.clock.now())))
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
    if chat.messenger != "telegram":
        raise ActError(409, f"{chat.messenger} has no supergroups")
    if chat.kind == "supergroup":
        raise ActError(409, f"{chat_id!r} is a supergroup already")
    if by not in chat.members:
        raise ActError(403, f"person {by} is not in {chat_id!r}")
    new = world.new_group_id(supergroup=True)
    announce(world, chat, by, Service("migrated_to", chat=new))
    world.record(Upgraded(chat.id, new))
    announce(world, world.chats[new], by, Service("migrated_from", chat=chat.id))
    return world.chats[new]
