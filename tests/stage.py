"""A stage for conversations: people, groups and a messenger in memory, over the real road.

A conversation is data: who says what, where, and what comes back. `tests/bot/conversations/*.yaml`
hold them; every one is played on each kind of messenger and on both engines.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import Connection, delete, insert, select, update

from bot import ticket, training
from bot.broadcast import remind
from bot.calendar import load_calendar
from bot.commands import Vocabulary
from bot.courses import load_courses
from bot.data_sets import load_data_sets, remember
from bot.digest import tell as tell_digest
from bot.faq import FaqRules, load_abbreviations, open_faq
from bot.handlers import make_dispatch, review
from bot.house import House
from bot.launch import start_planned
from bot.lost import tell_trust
from bot.making import Workshop
from bot.passage import pass_by_clock
from bot.progress import Narrator
from bot.prompts import tell as tell_team
from bot.prompts import tell_above
from bot.road import Road
from bot.spell import address, spell
from bot.word_template import WordTemplate
from bot.words import Words
from domain.broadcast import Priority, QuietHours
from domain.channel import (
    PRIVATE_PACE,
    Capabilities,
    Choice,
    Content,
    Refused,
    SendError,
    Sent,
    TryLater,
    WindowClosed,
)
from domain.data_set_body import read_body
from domain.faq import Thresholds
from domain.message import Chat, ChatKind, Departed, FileIn, FileKind, Message, Sender, Update
from domain.people import Role
from domain.silence import Ladder
from domain.ticket import TicketRules
from domain.units import Level, TeamRule
from scheduler.digests import Digests
from scheduler.drain import Drain, Hands
from scheduler.errands import Errands
from scheduler.launch import Launch
from scheduler.progress import Progress
from scheduler.prompts import Prompts
from scheduler.reminders import Reminders
from scheduler.tickets import Climbing, WeeklyList
from scheduler.training import Lessons
from storage import chats, claims, codes, people, reports, schema, units
from storage.codes import JoinCode
from storage.reports import Form
from storage.store import Store
from tests.papers import shelve

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WORLD = Path(__file__).parent / "bot" / "conversations" / "world.yaml"
LEVELS = (
    Level("province", "tỉnh"),
    Level("commune", "xã", ("province",), False),
    Level("village", "thôn", ("commune",), True),
)
NIGHT = QuietHours(time(21), time(6), ZONE)
AFTER = tuple(timedelta(hours=hours) for hours in (24, 36, 48, 72))
PATIENCE, MOMENT = timedelta(seconds=15), timedelta(milliseconds=200)
CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{8}\b")
TAG = re.compile(r"<[^>]+>")

WITH_BUTTONS = Capabilities(albums=True, link="https://t.me/loa_bot", name="@loa_bot")
IN_WORDS = Capabilities(
    buttons=False,
    group_buttons=False,
    edits=False,
    files_in=False,
    files_out=False,
    hears_all=False,
)
OFFICIAL_ACCOUNT = Capabilities(
    max_buttons=5,
    group_buttons=False,
    edits=False,
    notices=False,
    upload_life=timedelta(days=7),
    file_kinds=frozenset({"pdf", "doc", "docx"}),
    mentions=True,
    deep_links=False,
    reply_window=timedelta(days=7),
    max_file_out=5 * 2**20,
    max_photo_out=2**20,
    group_pace=PRIVATE_PACE,
    link="https://zalo.me/388613280878808645",
    name="OA Tỉnh Mẫu",
)
BOT_PLATFORM = Capabilities(
    buttons=False,
    group_buttons=False,
    edits=False,
    documents_in=False,
    files_out=False,
    photo_by_link=True,
    hears_all=False,
    gathers=True,
    counts_inbound=True,
    max_photo_out=5 * 2**20,
    group_pace=PRIVATE_PACE,
    deep_links=False,
    call="@Bot Loa",
    link="https://bot.zaloplatforms.com/bots/1459232241454765289",
    name="Bot Loa",
)
SURFACES = {
    "telegram": WITH_BUTTONS,
    "zalo_oa": OFFICIAL_ACCOUNT,
    "zalo_bot": BOT_PLATFORM,
    "bare": IN_WORDS,
}
"""Each kind of messenger as its channel says that it is, and one that has nothing but words."""
KINDS = {"buttons": ("telegram", "zalo_oa"), "words": ("zalo_bot", "bare")}
"""What a conversation may ask for instead of naming surfaces."""


def surfaces_of(conversation: dict[str, Any]) -> list[str]:
    """The surfaces on which a conversation is played; all, unless it says which."""
    wanted = conversation.get("surfaces", SURFACES)
    return [name for each in wanted for name in KINDS.get(each, (each,))]


@dataclass(frozen=True, slots=True)
class Post:
    """A message of Loa as people see it."""

    id: str
    chat: str
    text: str
    choices: tuple[Choice, ...]
    files: tuple[str, ...] = ()


OTHER = "other"

FAULTS: dict[str, SendError] = {
    "refused": Refused("not allowed here"),
    "later": TryLater("too fast", after=3600),
    "closed": WindowClosed("no interaction in 7 days"),
    "blocked": Refused("blocked by the user", gone=True),
}
"""What the next message to a chat can meet with."""


def posted(message_id: str, chat: str, content: Content) -> Post:
    choices = tuple(choice for row in content.choices for choice in row)
    names = tuple(file.name for file in content.files)
    return Post(message_id, chat, content.text, choices, names)


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
        post = posted(f"m{next(self._ids)}", chat_id, content)
        self.posts.append(post)
        return Sent(post.id)

    async def edit(self, chat_id: str, message_id: str, content: Content) -> None:
        self.posts.append(posted(message_id, chat_id, content))

    async def fetch(self, file: FileIn) -> bytes:
        return b"bytes of " + file.platform_id.encode()

    async def notice(self, press_id: str, text: str) -> None:
        self.notices.append(text)

    async def close(self) -> None:
        pass


def make_house() -> House:
    return House(
        words=Words.load(ZONE),
        vocabulary=Vocabulary.load(),
        faq=open_faq(),
        abbreviations=load_abbreviations(),
        thresholds=Thresholds(),
        data_sets=load_data_sets(),
        courses=load_courses(),
        levels={level.id: level for level in LEVELS},
        team_rules={"village": TeamRule("village", most=5)},
        zone=ZONE,
        calendar=load_calendar(ZONE),
        quiet=NIGHT,
        faq_rules=FaqRules(),
        tickets=TicketRules(),
        word_template=WordTemplate.load(),
    )


@dataclass(frozen=True)
class Side:
    """An account and what sends by it."""

    channel: Memory
    drain: Drain


@dataclass
class Stage:
    """A world with Loa in it, at a clock that the test moves."""

    store: Store
    house: House
    channel: Memory
    now: datetime
    road: Road = field(init=False)
    drain: Drain = field(init=False)
    narrator: Narrator = field(init=False)
    folder: Path | None = None
    """Where files are kept that Loa makes; without it none is made."""
    reports: bool = True
    """Whether teams are asked for reports, and coordinators told of them."""
    other: "Side | None" = None
    """A second messenger account, from the moment when somebody writes there."""
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.narrator = Narrator(self.house, lambda account: self.channel.capabilities)
        self.drain = self._drain_of(self.channel)
        self.road = Road(self.store, self.house, make_dispatch(), lambda: self.now, lambda: None)

    def _drain_of(self, channel: Memory) -> Drain:
        hands = Hands(
            partial(spell, words=self.house.words),
            address=partial(address, words=self.house.words),
            ended=self.narrator.tell_result,
            trusted=lambda c, *trust: tell_trust(c, self.house, *trust),
            folder="",
            zone=ZONE,
            quiet=NIGHT,
        )
        return Drain(self.store, channel, lambda: self.now, hands)

    @classmethod
    async def open(
        cls,
        store: Store,
        house: House,
        can: Capabilities,
        now: datetime,
        folder: Path | None = None,
    ) -> "Stage":
        channel = Memory(can)
        await store.write(build, read_world(), channel, now)
        await store.write(remember, house.data_sets, now)
        # What an earlier database taught is not in this one.
        faq = deepcopy(house.faq)
        return cls(store, replace(house, faq=faq), channel, now, folder)

    async def restart(self, bodies: list[Any]) -> None:
        """Go on with these data sets, as after their files were changed."""
        data_sets = {each.id: each for each in map(read_body, bodies)}
        await self.store.write(remember, data_sets, self.now)
        self.house = replace(self.house, data_sets=data_sets)
        self.road = Road(self.store, self.house, make_dispatch(), lambda: self.now, lambda: None)

    async def take(self, message: Update, *, other: bool = False) -> list[Post]:
        """Let a message in, by the `other` account or the first; what Loa posted because of it."""
        before = len(self.channel.posts)
        channel = (await self._other_side()).channel if other else self.channel
        await self.road.take(channel, message)
        return await self._posted(before)

    async def _other_side(self) -> "Side":
        if self.other is None:
            channel = Memory(self.channel.capabilities, OTHER, self.channel.posts)
            await self.store.write(chats.open_account, OTHER, None, channel.capabilities)
            self.other = Side(channel, self._drain_of(channel))
        return self.other

    async def tick(self) -> list[Post]:
        """Let the clock do what is due now; what Loa posted."""
        before = len(self.channel.posts)
        if self.reports:
            await self._prompt()
        await self._look_at_questions()
        await self._teach()
        await self.work()
        return await self._posted(before)

    async def _look_at_questions(self) -> None:
        climbing = Climbing(
            self.store,
            NIGHT,
            lambda c, *due: ticket.climb(c, self.house, *due),
            lambda c, *some: review.flag(c, self.house, *some),
        )
        await climbing.due(self.now)
        weekly = WeeklyList(self.store, ZONE, lambda c, *one: review.tell(c, self.house, *one))
        await weekly.due(self.now)

    async def _teach(self) -> None:
        lessons = Lessons(
            self.store,
            ZONE,
            NIGHT,
            lambda c, *due: training.go_on(c, self.house, *due),
            lambda c, *due: training.remind(c, self.house, *due),
        )
        await lessons.due(self.now)

    async def _prompt(self) -> None:
        prompts = Prompts(
            self.store,
            self.house.data_sets.values(),
            Ladder(AFTER, self.house.calendar, NIGHT),
            timedelta(hours=18),
            lambda c, *due: tell_team(c, self.house, *due),
            lambda c, *due: tell_above(c, self.house, *due),
        )
        await prompts.call(self.now)
        await prompts.chase(self.now)
        await Digests(
            self.store,
            self.house.data_sets.values(),
            self.house.calendar,
            NIGHT,
            time(8),
            timedelta(hours=30),
            lambda c, *due: tell_digest(c, self.house, lambda _: self.channel.capabilities, *due),
        ).due(self.now)

    async def work(self) -> None:
        """What the clock does for broadcasts: starts, reminders, progress, pictures and tables."""
        await Launch(
            self.store,
            lambda c, *due: start_planned(c, self.house, *due),
            lambda c, *due: pass_by_clock(c, self.house, *due),
            self.narrator.tell_result,
        ).due(self.now)
        after = [timedelta(hours=24), timedelta(hours=72)]
        await Reminders(self.store, after, NIGHT, lambda c, *due: remind(c, self.house, *due)).due(
            self.now
        )
        narrator = self.narrator
        await Progress(self.store, narrator.news, narrator.show, narrator.end).refresh(self.now)
        if self.folder:
            workshop = Workshop(self.house, self.folder)
            errands = Errands(self.store, self.folder, workshop.prepare, workshop.sorry)
            await errands.run(self.now)

    async def _posted(self, before: int) -> list[Post]:
        """What Loa posts within a few seconds: chats are paced, so the clock is moved on to it."""
        end = self.now + PATIENCE
        drains = [self.drain, *([self.other.drain] if self.other else [])]
        while True:
            for drain in drains:
                await drain.settle()
            due = [each for drain in drains if (each := await self._due(drain)) is not None]
            if not due or max(min(due), self.now) > end:
                return self.channel.posts[before:]
            self.now = max(self.now + MOMENT, min(due))

    async def _due(self, drain: Drain) -> datetime | None:
        account = drain.channel.account
        return await self.store.read(claims.next_due, account, Priority.BROADCAST)

    def message(self, who: str, where: str, **parts: Any) -> Message:
        kind = ChatKind.PRIVATE if where == who else ChatKind.GROUP
        parts.setdefault("addressed", kind is ChatKind.PRIVATE)
        chat = Chat(where, kind, where)
        return Message(f"u{next(self._keys)}", chat, Sender(who, who.title()), **parts)

    def departed(self, who: str, where: str) -> Departed:
        kind = ChatKind.PRIVATE if where == who else ChatKind.GROUP
        return Departed(f"u{next(self._keys)}", Chat(where, kind, where))

    def last_with(self, chat: str, label: str) -> tuple[Post, Choice] | None:
        """The newest message in a chat that has a button with that label."""
        for post in reversed(self.channel.posts):
            for choice in post.choices:
                if post.chat == chat and label.lower() in choice.label.lower():
                    return post, choice
        return None


def read_world() -> dict[str, Any]:
    world: dict[str, Any] = yaml.safe_load(WORLD.read_text("utf-8"))
    return world


def build(c: Connection, world: dict[str, Any], channel: Memory, now: datetime) -> None:
    """Make the world's units, groups, people and codes."""
    account = channel.account
    chats.open_account(c, account, None, channel.capabilities)
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
        chat = chats.seen(c, account, Chat(who, ChatKind.PRIVATE, who), now)
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


def rearrange(c: Connection, step: dict[str, Any]) -> None:
    """Close units, or give them another parent, from a day on."""
    ids = {
        code: unit_id for unit_id, code in c.execute(select(schema.unit.c.id, schema.unit.c.code))
    }
    for code, day in step.get("closes", {}).items():
        closed = update(schema.unit).where(schema.unit.c.id == ids[code])
        c.execute(closed.values(closed_on=date.fromisoformat(day)))
    for code, (parent, day) in step.get("moves", {}).items():
        since, link = date.fromisoformat(day), schema.unit_parent
        c.execute(update(link).where(link.c.unit_id == ids[code]).values(until=since))
        c.execute(insert(link).values(unit_id=ids[code], parent_id=ids[parent], since=since))


def file_reports(c: Connection, step: dict[str, Any], now: datetime) -> None:
    """Hand in the same weekly report for each of these periods: by unit, numbers by element."""
    person_id = c.execute(select(schema.person.c.id).limit(1)).scalar_one()
    for code, answers in step["reported"].items():
        unit = units.by_code(c, code)
        assert unit
        given = {element: Decimal(number) for element, number in answers.items()}
        for period in step["periods"]:
            form = Form("weekly_activity", 1, period, unit.id)
            reports.submit(c, form, given, person_id, now, no_activity=not given)


def vanish(c: Connection, name: str) -> None:
    """Lose a file: its bytes, and every account's copy."""
    lost = select(schema.file.c.id).where(schema.file.c.name == name)
    c.execute(delete(schema.file_copy).where(schema.file_copy.c.file_id.in_(lost)))
    c.execute(update(schema.file).where(schema.file.c.id.in_(lost)).values(sha256=None))


def serve_only(c: Connection, account_id: str, code: str) -> None:
    """Let an account be there for one unit and all below it."""
    unit_id = select(schema.unit.c.id).where(schema.unit.c.code == code).scalar_subquery()
    mine = schema.account.c.id == account_id
    c.execute(update(schema.account).where(mine).values(unit_id=unit_id))


Step = dict[str, Any]


@dataclass
class Player:
    """Plays the steps of one conversation and checks what comes back."""

    stage: Stage
    heard: list[Post] = field(default_factory=list)
    pressed: bool = False
    """Whether the last step pressed a button that was there."""

    async def play(self, steps: list[Any]) -> None:
        """Play the steps; one that `needs` an ability is for messengers that have it."""
        for number, step in enumerate(flat(steps), 1):
            self.stage.channel.notices.clear()
            self.pressed = "forges" in step
            where = str(step.get("in", step.get("as", "")))
            if not getattr(self.stage.channel.capabilities, step.get("needs", ""), True):
                continue
            try:
                posts = await self._do(step, where)
                self._check(step, where, posts)
            except AssertionError as wrong:
                raise AssertionError(f"step {number}: {step}\n{wrong}") from None
            self.heard += posts

    async def _do(self, step: Step, where: str) -> list[Post]:
        if "clock" in step:
            self.stage.now = datetime.fromisoformat(str(step["clock"])).replace(tzinfo=ZONE)
            return await self.stage.tick()
        if "serves" in step:
            await self.stage.store.write(serve_only, self.stage.channel.account, step["serves"])
            return []
        if "vanishes" in step:
            await self.stage.store.write(vanish, step["vanishes"])
            return []
        if "fails" in step:
            for chat, how in step["fails"].items():
                self.stage.channel.errors[chat] = [FAULTS[how]]
            return []
        if "restarts_with" in step:
            await self.stage.restart(step["restarts_with"])
            return []
        if "closes" in step or "moves" in step:
            await self.stage.store.write(rearrange, step)
            return []
        if "reported" in step:
            await self.stage.store.write(file_reports, step, self.stage.now)
            return []
        if "leaves" in step:
            other = "by" in step
            return await self.stage.take(self.stage.departed(step["as"], where), other=other)
        if "shelf" in step:
            await self.stage.store.write(shelve, step["shelf"], self.stage.now)
            return []
        if not self._reaches(step, where):
            return []
        message, other = self._message(step, where), "by" in step
        posts = await self.stage.take(message, other=other)
        if step.get("twice"):
            posts += await self.stage.take(message, other=other)
        return posts

    def _reaches(self, step: Step, where: str) -> bool:
        """Whether a messenger hands it over: where it hears only what is said to it, people call
        the bot whenever they want something of it.
        """
        hears = self.stage.channel.capabilities.hears_all or where == step["as"]
        return hears or not step.get("silent")

    def _message(self, step: Step, where: str) -> Message:
        make: Callable[..., Message] = partial(self.stage.message, step["as"], where)
        if "presses" in step:
            return self._press(make, step["presses"], where)
        if "forges" in step:
            return make(press=self._forged(step["forges"], where), press_id="p", addressed=True)
        if "points_to" in step:
            return make(place=step["points_to"])
        if "sends" in step:
            parts = {"text": step.get("caption", ""), "album": step["sends"].get("album", "")}
            make = partial(make, file=sent_file(step["sends"]))
        else:
            parts = {"text": self._filled(str(step["says"])) * step.get("times", 1)}
        if "replies_to" in step:
            told = [p for p in self.stage.channel.posts if p.chat == where]
            parts["reply_to"] = next(
                p.id for p in reversed(told) if step["replies_to"] in plain(p.text)
            )
        if step.get("addressed") or not self.stage.channel.capabilities.hears_all:
            return make(**parts, addressed=True)
        return make(**parts)

    def _press(self, make: Callable[..., Message], label: str, where: str) -> Message:
        found = self.stage.last_with(where, label)
        if found is None:
            # Buttons that the messenger does not have there were spelled out.
            assert self.stage.channel.capabilities != WITH_BUTTONS, f"no {label!r} in {where}"
            return make(text=label)
        self.pressed = True
        post, choice = found
        return make(press=choice.action, press_id="p", reply_to=post.id, addressed=True)

    def _forged(self, value: str, where: str) -> str:
        """A choice of the newest question that was never offered, or a whole action."""
        if ":" in value:
            return value
        asked = [p for p in self.stage.channel.posts if p.chat == where and p.choices]
        return f"{asked[-1].choices[0].action.partition(':')[0]}:{value}"

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
        if "notice" in step and self.pressed:
            said = " ".join([*self.stage.channel.notices, *(plain(p.text) for p in posts)])
            assert step["notice"] in said, f"the notice was {said!r}"
        if "files" in step:
            assert [name for p in posts for name in p.files] == step["files"]
        if "together" in step:
            assert [list(p.files) for p in posts if p.files] == step["together"]
        if "new" in step:
            assert len({p.id for p in posts} - {p.id for p in self.heard}) == step["new"]

    def _check_chat(self, chat: str, wanted: list[str] | str, posts: list[Post]) -> None:
        told = "\n".join(
            f"{plain(p.text)}\n{' | '.join(choice.label for choice in p.choices)}"
            for p in posts
            if p.chat == chat
        )
        for text in [wanted] if isinstance(wanted, str) else wanted:
            assert text in told, f"{text!r} was not said in {chat}, but:\n{told}"


def flat(steps: list[Any]) -> Iterator[Step]:
    """The steps of a conversation; some of them may stand in a list that others share."""
    for step in steps:
        if isinstance(step, list):
            yield from flat(step)
        else:
            yield step


def plain(text: str) -> str:
    """The text as it is read on the screen."""
    return unescape(TAG.sub("", text))


def sent_file(parts: dict[str, Any]) -> FileIn:
    kind = FileKind(parts.get("kind", "document"))
    name = parts.get("name", "")
    mime = parts.get("mime", "application/pdf")
    return FileIn(kind, f"id-{name}", name, mime, parts.get("size", 1000))
