"""People and groups in the sandbox: what they do and what they see, by its control API alone."""

import asyncio
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from sandbox.clock import Bell
from tests.world import ZONE

BOT, TOKEN = "loa_bot", "7000001:secret"
PATIENCE = 45
"""Seconds that somebody waits for Loa before a test fails."""
BETWEEN = timedelta(seconds=5)
"""What a person takes between two messages."""
AFTERNOON = datetime(2026, 11, 20, 14, 0, tzinfo=ZONE)
"""A Friday; the teams are asked for their report at four."""
FOUR = datetime(2026, 11, 20, 16, 0, tzinfo=ZONE)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n\x00\xff"

Json = dict[str, Any]
TELEGRAM: Json = {"username": BOT, "name": "Loa", "token": TOKEN, "reads_all": True}


@dataclass
class Clock:
    """Goes as real time does, and jumps ahead while people read and type."""

    ahead: timedelta = timedelta()
    jumped: Bell = field(default_factory=Bell)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def set(self, moment: datetime) -> None:
        self.advance(moment - self())

    def advance(self, by: timedelta) -> None:
        self.ahead += by
        self.jumped.ring()


@dataclass
class People:
    """Everybody in the sandbox, by key, as they meet Loa by one of its bots.

    Without a `group` a person speaks in their private chat with that bot; `where` is a group or a
    person's private chat.
    """

    http: httpx.AsyncClient
    clock: Clock
    ids: dict[str, int] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    """How far each chat was read, as a place in the sandbox's journal."""
    bot: Json = field(default_factory=TELEGRAM.copy)

    def by(self, bot: Json) -> "People":
        """The same people, who meet Loa by another of its bots."""
        return replace(self, bot=bot)

    async def arrive(
        self,
        people: dict[str, str],
        groups: dict[str, tuple[str, list[str]]],
        **more: object,
    ) -> None:
        """Make the bot, the people (key: name) and the groups (key: title, members).

        `more` holds of every group.
        """
        made = await self.post(
            "bulk",
            bots=[self.bot],
            people=[{"key": key, "name": name} for key, name in people.items()],
            groups=[
                {"key": key, "title": title, "members": members, **more}
                for key, (title, members) in groups.items()
            ],
            quiet=True,
        )
        self.ids.update(zip(people, made["people"], strict=True))
        self.groups.update(zip(groups, made["groups"], strict=True))

    # --- what they do -----------------------------------------------------------------------

    async def act(self, act: str, who: str, **body: object) -> Json:
        """An act of the control API, a moment after the one before."""
        self.clock.advance(BETWEEN)
        return await self.post(act, person=self.ids[who], **body)

    async def say(self, who: str, text: str, group: str = "", reply_to: int = 0) -> None:
        await self.act("say", who, **self._place(group), text=text, reply_to=reply_to)

    async def send_file(
        self, who: str, name: str, data: bytes, text: str = "", mime: str = "application/pdf"
    ) -> None:
        """Upload a file in a private chat, with words under it."""
        form = {"person": str(self.ids[who]), "bot": self.username, "text": text}
        files = {"file": (name, data, mime)}
        answer = await self.http.post("/sandbox/say", data=form, files=files)
        assert answer.status_code == 200, answer.text

    async def press(self, who: str, label: str, group: str = "") -> str:
        """Press the newest button of that label; what the platform calls the press."""
        for message in reversed(await self.history(group or who)):
            if any(label == each["text"] for row in message.get("buttons", ()) for each in row):
                body = {"message": message["id"], "button": label}
                return str((await self.act("press", who, **self._place(group), **body))["query"])
        raise AssertionError(f"no button {label!r} in {group or who}")

    async def open(self, who: str, link: str, group: str = "") -> None:
        """Follow a deep link; `group` is where the bot is added."""
        await self.act("open", who, link=link, chat=self.groups.get(group, ""))

    async def add_bot(self, who: str, group: str) -> None:
        self.clock.advance(BETWEEN)
        await self.post("add", chat=self.groups[group], by=self.ids[who], bot=self.username)

    async def remove_bot(self, who: str, group: str) -> None:
        await self.post("remove", chat=self.groups[group], by=self.ids[who], bot=self.username)

    async def upgrade(self, who: str, group: str) -> None:
        """A group becomes a supergroup, and goes by its old key."""
        made = await self.post("upgrade", chat=self.groups[group], by=self.ids[who])
        self.groups[group] = made["chat"]

    # --- what they see ----------------------------------------------------------------------

    async def hear(self, where: str, *texts: str) -> Json:
        """The next message of Loa in a chat that says all of these; those before it are read."""
        message = await self._await(where, self.read.get(self._chat(where), 0), texts)
        self.read[message["chat"]] = message["seq"]
        return message

    async def find(self, where: str, *texts: str) -> Json:
        """The first message of Loa in a chat, read or not, that says all of these."""
        return await self._await(where, 0, texts)

    async def _await(self, where: str, after: int, texts: tuple[str, ...]) -> Json:
        heard: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    for message in await self._newer(where, after):
                        after = message["seq"]
                        heard.append(screen(message))
                        if message["sender"] == self.bot_id and all(
                            text in heard[-1] for text in texts
                        ):
                            return message
        except TimeoutError:
            raise AssertionError(f"{texts} was not said in {where}, but:\n{heard}") from None

    async def noticed(self, query: str, text: str) -> None:
        """Loa's passing note to a press says that."""
        after = 0
        async with asyncio.timeout(PATIENCE):
            while True:
                found = await self.get(f"log?after={after}&wait={PATIENCE}")
                after = found["seq"]
                for entry in found["entries"]:
                    if entry["fact"] == "Answered" and entry["data"]["query"] == query:
                        assert text in entry["data"].get("text", "")
                        return

    async def history(self, where: str) -> list[Json]:
        """All that was said in a chat, the oldest first."""
        found: list[Json] = (await self.get(f"chats/{self._chat(where)}/messages?limit=500"))[
            "messages"
        ]
        return found

    async def told(self, where: str, text: str) -> int:
        """How many messages of Loa in a chat say that."""
        messages = await self.history(where)
        return sum(each["sender"] == self.bot_id and text in screen(each) for each in messages)

    async def file(self, message: Json) -> bytes:
        """The bytes of the file in a message."""
        return (await self.http.get(f"/sandbox/files/{message['file']['id']}")).content

    # --- on the wire ------------------------------------------------------------------------

    @property
    def username(self) -> str:
        return str(self.bot["username"])

    @property
    def bot_id(self) -> int:
        return int(self.bot["token"].partition(":")[0])

    def _place(self, group: str) -> dict[str, str]:
        return {"chat": self.groups[group]} if group else {"bot": self.username}

    def _chat(self, where: str) -> str:
        return self.groups.get(where) or f"{self.ids[where]}:{self.bot_id}"

    async def _newer(self, where: str, after: int) -> list[Json]:
        query = f"chats/{self._chat(where)}/messages?after={after}&wait={PATIENCE}"
        found: list[Json] = (await self.get(query))["messages"]
        return found

    async def get(self, path: str) -> Json:
        answer = await self.http.get(f"/sandbox/{path}", timeout=2 * PATIENCE)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def post(self, act: str, **body: object) -> Json:
        answer = await self.http.post(f"/sandbox/{act}", json=body)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found


async def answers(people: People, *given: tuple[str, str]) -> None:
    """Lan answers in the group of Thôn Suối; Loa goes on to the next question."""
    for answer, next_question in given:
        await people.say("lan", answer, "suoi")
        await people.hear("suoi", next_question)


def said_in(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[0]


def screen(message: Json) -> str:
    """A message with its buttons, as it stands on the screen."""
    labels = [each["text"] for row in message.get("buttons", ()) for each in row]
    return "\n".join([message.get("text", ""), *labels])
