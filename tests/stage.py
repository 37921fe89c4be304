"""A stage for conversations: people, groups and a messenger in memory, over the real road.

A conversation is data: who says what, where, and what comes back. `tests/bot/conversations/*.yaml`
hold them; every one is played on each kind of messenger and on both engines.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import Connection, insert

from bot.commands import Vocabulary
from bot.data_sets import load_data_sets
from bot.faq import load_abbreviations, load_faq
from bot.handlers import make_dispatch
from bot.handlers.report import prompt
from bot.handlers.status import tell_result
from bot.house import House
from bot.road import Road
from bot.spell import spell
from bot.words import Words
from domain.channel import Capabilities, Choice, Content, SendError, Sent
from domain.faq import Index, Thresholds
from domain.message import Chat, ChatKind, FileIn, FileKind, Message, Sender
from domain.people import Role
from domain.units import Level, TeamRule
from scheduler.drain import Drain
from scheduler.prompts import Prompts
from storage import chats, codes, people, schema
from storage.codes import JoinCode
from storage.store import Store

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WORLD = Path(__file__).parent / "bot" / "conversations" / "world.yaml"
LEVELS = (
    Level("province", "tỉnh"),
    Level("commune", "xã", ("province",), False),
    Level("village", "thôn", ("commune",), True),
)
CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{8}\b")
TAG = re.compile(r"<[^>]+>")

WITH_BUTTONS = Capabilities(link="https://t.me/loa_bot", name="@loa_bot")
IN_WORDS = Capabilities(buttons=False, edits=False, files_in=False, hears_all=False)
SURFACES = {"buttons": WITH_BUTTONS, "words": IN_WORDS}


@dataclass(frozen=True, slots=True)
class Post:
    """A message of Loa as people see it."""

    id: str
    chat: str
    text: str
    choices: tuple[Choice, ...]
    file: str


@dataclass
class Memory:
    """A messenger in memory. `errors` are raised by the next sends to a chat."""

    capabilities: Capabilities
    account: str = "memory"
    posts: list[Post] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    errors: dict[str, list[SendError]] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    async def send(self, chat_id: str, content: Content) -> Sent:
        if waiting := self.errors.get(chat_id):
            raise waiting.pop(0)
        choices = tuple(choice for row in content.choices for choice in row)
        name = content.file.name if content.file else ""
        post = Post(f"m{next(self._ids)}", chat_id, content.text, choices, name)
        self.posts.append(post)
        return Sent(post.id)

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None:
        self.posts.append(Post(message_id, chat_id, content.text, (), ""))

    async def fetch(self, file: FileIn) -> bytes:
        return b"bytes of " + file.platform_id.encode()

    async def notice(self, press_id: str, text: str) -> None:
        self.notices.append(text)


def make_house() -> House:
    entries = load_faq()
    return House(
        words=Words.load(ZONE),
        vocabulary=Vocabulary.load(),
        faq=Index(entries, load_abbreviations()),
        entries={entry.id: entry for entry in entries},
        thresholds=Thresholds(),
        data_sets=load_data_sets(),
        levels={level.id: level for level in LEVELS},
        team_rules={"village": TeamRule("village", most=5)},
        zone=ZONE,
    )


@dataclass
class Stage:
    """A world with Loa in it, at a clock that the test moves."""

    store: Store
    house: House
    channel: Memory
    now: datetime
    road: Road = field(init=False)
    drain: Drain = field(init=False)
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.drain = Drain(
            self.store,
            self.channel,
            lambda: self.now,
            lambda c, ended, now: tell_result(c, self.house, ended, now),
            partial(spell, words=self.house.words),
            data_dir="",
        )
        self.road = Road(self.store, self.house, make_dispatch(), lambda: self.now, lambda: None)

    @classmethod
    async def open(cls, store: Store, house: House, can: Capabilities, now: datetime) -> "Stage":
        world = yaml.safe_load(WORLD.read_text("utf-8"))
        channel = Memory(can)
        await store.write(build, world, channel.account, now)
        return cls(store, house, channel, now)

    async def take(self, message: Message) -> list[Post]:
        """Let a message in; what Loa posted because of it."""
        before = len(self.channel.posts)
        await self.road.take(self.channel, message)
        return await self._posted(before)

    async def prompt(self) -> list[Post]:
        """Let the clock ask for reports; what Loa posted."""
        before = len(self.channel.posts)
        prompts = Prompts(
            self.store,
            self.house.data_sets.values(),
            ZONE,
            timedelta(hours=12),
            lambda c, *due: prompt(c, self.house, *due),
        )
        await prompts.due(self.now)
        return await self._posted(before)

    async def _posted(self, before: int) -> list[Post]:
        # Chats are paced; a moment later the rest may go too.
        for _ in range(20):
            await self.drain.settle()
            self.now += timedelta(milliseconds=700)
        return self.channel.posts[before:]

    def message(self, who: str, where: str, **parts: Any) -> Message:
        kind = ChatKind.PRIVATE if where == who else ChatKind.GROUP
        parts.setdefault("addressed", kind is ChatKind.PRIVATE)
        chat = Chat(where, kind, where)
        return Message(f"u{next(self._keys)}", chat, Sender(who, who.title()), **parts)

    def last_with(self, chat: str, label: str) -> tuple[Post, Choice]:
        """The newest message in a chat that has a button with that label."""
        for post in reversed(self.channel.posts):
            for choice in post.choices:
                if post.chat == chat and label.lower() in choice.label.lower():
                    return post, choice
        raise AssertionError(f"no button {label!r} in {chat}")


def build(c: Connection, world: dict[str, Any], account: str, now: datetime) -> None:
    """Make the world's units, groups, people and codes."""
    chats.open_account(c, account, None)
    ids = {}
    for code, (name, level, parent) in world["units"].items():
        row = insert(schema.unit).values(code=code, name=name, level=level)
        ids[code] = c.execute(row.returning(schema.unit.c.id)).scalar_one()
        if parent:
            link = {"unit_id": ids[code], "parent_id": ids[parent], "since": date(2025, 7, 1)}
            c.execute(insert(schema.unit_parent).values(**link))
    for group, code in world["groups"].items():
        chat = chats.seen(c, account, Chat(group, ChatKind.GROUP, group))
        if code:
            chats.bind(c, chat.id, ids[code])
    for who, roles in world["people"].items():
        person = people.add(c, account, Sender(who, who.title()), now)
        chat = chats.seen(c, account, Chat(who, ChatKind.PRIVATE, who))
        chats.belongs_to(c, chat.id, person.id)
        for role, code in roles:
            people.give_role(c, person.id, ids[code], Role(role), now.date())
    for code, made in world["codes"].items():
        role = Role(made["role"]) if made.get("role") else None
        expires_at = now + timedelta(days=made.get("days", 30))
        join_code = JoinCode(code, ids[made["unit"]], role, expires_at, made.get("uses", 1))
        codes.add(c, join_code, None, now)
    for name, code, role in world["listed"]:
        row = insert(schema.person).values(name=name, created_at=now)
        listed = c.execute(row.returning(schema.person.c.id)).scalar_one()
        people.give_role(c, listed, ids[code], Role(role), now.date())


Step = dict[str, Any]


@dataclass
class Player:
    """Plays the steps of one conversation and checks what comes back."""

    stage: Stage
    heard: list[Post] = field(default_factory=list)

    async def play(self, steps: list[Step]) -> None:
        for number, step in enumerate(steps, 1):
            self.stage.channel.notices.clear()
            where = str(step.get("in", step.get("as", "")))
            try:
                posts = await self._do(step, where)
                self._check(step, where, posts)
            except AssertionError as wrong:
                raise AssertionError(f"step {number}: {step}\n{wrong}") from None
            self.heard += posts

    async def _do(self, step: Step, where: str) -> list[Post]:
        if "clock" in step:
            self.stage.now = datetime.fromisoformat(str(step["clock"])).replace(tzinfo=ZONE)
            return await self.stage.prompt()
        message = self._message(step, where)
        posts = await self.stage.take(message)
        if step.get("twice"):
            posts += await self.stage.take(message)
        return posts

    def _message(self, step: Step, where: str) -> Message:
        make: Callable[..., Message] = partial(self.stage.message, step["as"], where)
        if "presses" in step:
            return self._press(make, step["presses"], where)
        if "sends" in step:
            return make(file=sent_file(step["sends"]), text=step.get("caption", ""))
        parts = {"text": self._filled(str(step["says"]))}
        if "replies_to" in step:
            told = [p for p in self.stage.channel.posts if p.chat == where]
            parts["reply_to"] = next(
                p.id for p in reversed(told) if step["replies_to"] in plain(p.text)
            )
        if step.get("addressed"):
            return make(**parts, addressed=True)
        return make(**parts)

    def _press(self, make: Callable[..., Message], label: str, where: str) -> Message:
        if not self.stage.channel.capabilities.buttons:
            return make(text=label)
        post, choice = self.stage.last_with(where, label)
        return make(press=choice.action, press_id="p", reply_to=post.id, addressed=True)

    def _filled(self, text: str) -> str:
        """`{code}` stands for the newest code that Loa told anybody."""
        if "{code}" not in text:
            return text
        found = [code for post in self.heard for code in CODE.findall(post.text)]
        return text.replace("{code}", found[-1])

    def _check(self, step: Step, where: str, posts: list[Post]) -> None:
        self._check_chat(where, step.get("hears", []), posts)
        for chat, wanted in step.get("hears_in", {}).items():
            self._check_chat(chat, wanted, posts)
        for chat in step.get("silent_in", []):
            assert not [p for p in posts if p.chat == chat], f"{chat} was not silent: {posts}"
        if step.get("silent"):
            assert not posts, f"not silent: {[p.text for p in posts]}"
        for text in step.get("never", []):
            assert text not in " ".join(plain(p.text) for p in posts), f"{text!r} was said"
        if "notice" in step and self.stage.channel.capabilities.buttons:
            said = " ".join(self.stage.channel.notices)
            assert step["notice"] in said, f"the notice was {said!r}"
        if "files" in step:
            assert [p.file for p in posts if p.file] == step["files"]

    def _check_chat(self, chat: str, wanted: list[str] | str, posts: list[Post]) -> None:
        told = "\n".join(
            f"{plain(p.text)}\n{' | '.join(choice.label for choice in p.choices)}"
            for p in posts
            if p.chat == chat
        )
        for text in [wanted] if isinstance(wanted, str) else wanted:
            assert text in told, f"{text!r} was not said in {chat}, but:\n{told}"


def plain(text: str) -> str:
    """The text as it is read on the screen."""
    return unescape(TAG.sub("", text))


def sent_file(parts: dict[str, Any]) -> FileIn:
    kind = FileKind(parts.get("kind", "document"))
    name = parts.get("name", "")
    return FileIn(kind, f"id-{name}", name, "application/pdf", parts.get("size", 1000))
