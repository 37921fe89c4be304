"""Plays a conversation: who says what, where, and what comes back.

A conversation is data: `tests/bot/conversations/*.yaml` hold them; every one is played on each kind
of messenger and on both engines.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.house import House
from domain.message import FileIn, FileKind, Message
from storage.store import Store
from tests.messenger import (
    FAULTS,
    SURFACES,
    WITH_BUTTONS,
    Post,
    plain,
)
from tests.papers import shelve
from tests.stage import Stage
from tests.world import (
    ZONE,
    file_reports,
    rearrange,
    serve_only,
    vanish,
)

CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{8}\b")
Step = dict[str, Any]

CHANGES: Mapping[str, Callable[[Connection, Step, Stage], object]] = {
    "serves": lambda c, step, stage: serve_only(c, stage.channel.account, step["serves"]),
    "vanishes": lambda c, step, _: vanish(c, step["vanishes"]),
    "closes": lambda c, step, _: rearrange(c, step),
    "moves": lambda c, step, _: rearrange(c, step),
    "reported": lambda c, step, stage: file_reports(c, step, stage.now),
    "shelf": lambda c, step, stage: shelve(c, step["shelf"], stage.now),
}
"""What a step does to the world behind Loa's back."""


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
        stage, other = self.stage, "by" in step
        if "clock" in step:
            stage.now = datetime.fromisoformat(str(step["clock"])).replace(tzinfo=ZONE)
            return await stage.tick()
        if change := next((CHANGES[key] for key in CHANGES if key in step), None):
            await stage.store.write(change, step, stage)
        elif "fails" in step:
            for chat, how in step["fails"].items():
                stage.channel.errors[chat] = [FAULTS[how]]
        elif "restarts_with" in step:
            await stage.restart(step["restarts_with"])
        elif "leaves" in step:
            return await stage.take(stage.departed(step["as"], where), other=other)
        elif self._reaches(step, where):
            message = self._message(step, where)
            posts = await stage.take(message, other=other)
            return posts + (await stage.take(message, other=other) if step.get("twice") else [])
        return []

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


async def perform(
    store: Store, house: House, script: dict[str, Any], surface: str, now: datetime, folder: Path
) -> None:
    """Play a conversation of a file on a surface; raises AssertionError where it goes wrong."""
    limits = replace(house.limits, **script.get("limits", {}))
    house = replace(house, limits=limits, quotas=script.get("quotas", {}))
    stage = await Stage.open(store, house, SURFACES[surface], now, folder)
    stage.reports = script.get("reports", True)
    await Player(stage).play(script["steps"])


def flat(steps: list[Any]) -> Iterator[Step]:
    """The steps of a conversation; some of them may stand in a list that others share."""
    for step in steps:
        if isinstance(step, list):
            yield from flat(step)
        else:
            yield step


def sent_file(parts: dict[str, Any]) -> FileIn:
    kind = FileKind(parts.get("kind", "document"))
    name = parts.get("name", "")
    mime = parts.get("mime", "application/pdf")
    return FileIn(kind, f"id-{name}", name, mime, parts.get("size", 1000))
