"""What an account is told of the world: one event for each thing that happens to it."""

from collections.abc import Iterator

from sandbox.chat import Chat
from sandbox.facts import Bot, Fact, GroupMade, Joined, Left, Message, Posted, Pressed, Read
from sandbox.queues import Json
from sandbox.rules import Arranged, Asked, Dissolved, Enabled, TurnedAway
from sandbox.world import World
from sandbox.zalo_oa import ids, shapes
from sandbox.zalo_oa.consoles import Consoles
from sandbox.zalo_oa.facts import Followed, OtherEvent, Switches, Unfollowed

Event = tuple[int, str, Json]


class Hearing:
    """`seen` is up to which message a person has read a private chat; `asked` are those who wait
    to come into a group."""

    def __init__(self, world: World, consoles: Consoles) -> None:
        self._world, self._consoles = world, consoles
        self._seen: dict[str, int] = {}
        self._asked: set[tuple[str, int]] = set()

    def told(self, fact: Fact) -> Iterator[Event]:
        """Account, name and body of each event of a fact; the body has no timestamp yet."""
        match fact:
            case Posted(message):
                if not message.service:
                    yield from self._said(message)
            case Pressed():
                yield self._pressed(fact)
            case Read():
                yield from self._read(fact)
            case Followed() | Unfollowed():
                yield self._followed(fact)
            case OtherEvent(bot, name, body):
                yield bot, name, self._usual(bot) | {"event_name": name} | body
            case _:
                yield from self._of_group(fact)

    def _said(self, message: Message) -> Iterator[Event]:
        room = self._world.chats[message.chat]
        if room.kind == "private":
            person, bot = self._world.partner(room)
            yield from self._said_alone(bot, person.id, message)
        else:
            for bot in self._world.bots_in(room):
                yield from self._said_in_group(bot, room, message)

    def _said_alone(self, bot: Bot, person: int, message: Message) -> Iterator[Event]:
        content = shapes.message(self._world, message)
        kind = shapes.kind_of(message)
        if message.sender == person:
            yield self._alone(bot.id, person, f"user_send_{kind}", content)
            return
        if self._switches(bot.id).echoes:
            yield self._alone(bot.id, person, f"oa_send_{kind}", content, from_oa=True)
        got: Json = {"msg_id": content["msg_id"]}
        yield self._alone(bot.id, person, "user_received_message", got, from_oa=True)

    def _said_in_group(self, bot: Bot, room: Chat, message: Message) -> Iterator[Event]:
        switches, own = self._switches(bot.id), message.sender == bot.id
        if (own and not switches.echoes) or (
            not own and switches.only_hash and not message.text.startswith("#")
        ):
            return
        sender = ids.oa_id(bot.id) if own else ids.user_id(message.sender)
        name = f"{'oa' if own else 'user'}_send_group_{shapes.kind_of(message)}"
        body = {
            "oa_id": ids.oa_id(bot.id),
            "sender": {"id": sender},
            "recipient": {"id": ids.group_id(room.id)},
            "event_name": name,
            "message": shapes.message(self._world, message),
        }
        yield bot.id, name, self._usual(bot.id) | body

    def _alone(
        self, bot: int, person: int, name: str, content: Json, *, from_oa: bool = False
    ) -> Event:
        """An event between a person and an account."""
        user, account = {"id": ids.user_id(person)}, {"id": ids.oa_id(bot)}
        sender, recipient = (account, user) if from_oa else (user, account)
        body: Json = {
            "sender": sender,
            "recipient": recipient,
            "user_id_by_app": ids.user_id_by_app(person),
            "event_name": name,
            "message": content,
        }
        return bot, name, self._usual(bot) | body

    def _pressed(self, fact: Pressed) -> Event:
        person, bot = self._world.partner(self._world.chats[fact.chat])
        content: Json = {"text": fact.data, "msg_id": ids.press_id(fact.query)}
        return self._alone(bot.id, person.id, "user_send_text", content)

    def _read(self, fact: Read) -> Iterator[Event]:
        room = self._world.chats[fact.chat]
        if room.kind != "private":
            return
        person, bot = self._world.partner(room)
        fresh = range(self._seen.get(room.id, 0) + 1, fact.message + 1)
        self._seen[room.id] = fact.message
        own = (room.messages[each] for each in fresh if each in room.messages)
        found = [ids.message_id(room.id, each.id) for each in own if each.sender == bot.id]
        if found:
            content: Json = {"msg_ids": found}
            yield self._alone(bot.id, person.id, "user_seen_message", content, from_oa=True)

    def _followed(self, fact: Followed | Unfollowed) -> Event:
        name = "follow" if isinstance(fact, Followed) else "unfollow"
        body: Json = {
            "oa_id": ids.oa_id(fact.bot),
            "follower": {"id": ids.user_id(fact.person)},
            "user_id_by_app": ids.user_id_by_app(fact.person),
            "event_name": name,
            "source": "oa_profile",
        }
        return fact.bot, name, self._usual(fact.bot) | body

    def _of_group(self, fact: Fact) -> Iterator[Event]:
        if isinstance(fact, GroupMade) or not (chat := getattr(fact, "chat", "")):
            return
        room = self._world.chats[chat]
        for bot in self._world.bots_in(room):
            for name, users in self._happened(bot.id, room, fact):
                yield bot.id, name, self._lifecycle(bot.id, room, name, users)

    def _happened(self, bot: int, room: Chat, fact: Fact) -> Iterator[tuple[str, list[int]]]:
        """The names of a group's events, and whom each concerns."""
        switches = self._switches(bot)
        match fact:
            case Joined(user=user) if user == bot:
                yield "create_group", [each for each in room.members if each != bot]
            case Joined(user=user, was=None):
                if (room.id, user) in self._asked:
                    self._asked.discard((room.id, user))
                    yield switches.accept_event, [user]
                yield "user_join_group", [user]
            case Joined(user=user, role=role):
                yield f"{'remove' if role == 'member' else 'add'}_group_admin", [user]
            case Left(user=user):
                yield switches.out_event, [user]
            case Asked(user=user):
                self._asked.add((room.id, user))
                yield "user_request_join_group", [user]
            case TurnedAway(user=user):
                self._asked.discard((room.id, user))
                yield "reject_request_join_group", [user]
            case Arranged() | Enabled():
                yield "update_group_info", []
            case Dissolved():
                yield switches.delete_event, []

    def _lifecycle(self, bot: int, room: Chat, name: str, users: list[int]) -> Json:
        body: Json = {
            "event_name": name,
            "oa_id": ids.oa_id(bot),
            "group_id": ids.group_id(room.id),
            "users": [{"id": ids.user_id(each)} for each in users],
        }
        return self._usual(bot) | body

    def _usual(self, bot: int) -> Json:
        return {"app_id": self._consoles.of(bot).app_id}

    def _switches(self, bot: int) -> Switches:
        return self._consoles.of(bot).switches
