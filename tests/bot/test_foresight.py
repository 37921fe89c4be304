"""What a question means is worked out before its transaction, in which others would wait for it."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection

from bot.embedding import Embedding, Vectors
from bot.faq import Faq, load_abbreviations
from bot.foresight import foreseen
from domain.entry_choice import KeptEntry
from domain.faq import Entry, Index
from storage import chats, entries
from storage.entries import Stroke
from storage.store import Store
from tests.messenger import WITH_BUTTONS, Memory
from tests.stage import Stage, make_house

ENTRIES = [
    Entry("password", "t", "Quên mật khẩu thì làm sao?", "Bấm Quên mật khẩu.", "s"),
    Entry("fee", "t", "Lệ phí khai sinh bao nhiêu?", "Không mất phí.", "s"),
]


@dataclass
class Model:
    """Remembers what was asked one at a time, in which thread, and all that it was asked."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        if len(texts) == 1:
            self.asked.append((texts[0], threading.current_thread().name))
        rows = [[len(text), len(text.split()), 1] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(-1, 3)


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def stage(store: Store, model: Model, now: datetime, runner: asyncio.Runner) -> Stage:
    short, embed = load_abbreviations(), Embedding(model)
    faq = Faq(ENTRIES, lambda entries: Index(entries, short, embed))
    house = replace(make_house(), faq=faq)
    stage = runner.run(Stage.open(store, house, WITH_BUTTONS, now))
    runner.run(store.write(_listen))
    return stage


def _listen(c: Connection) -> None:
    chat = chats.find(c, Memory.account, "nhom_suoi")
    assert chat
    chats.listen(c, chat.id, on=True)


@pytest.mark.parametrize(
    ("where", "text"),
    [("lan", "quen mat khau lam sao"), ("nhom_suoi", "bà con ai biết lệ phí khai sinh bao nhiêu")],
)
async def test_a_question_is_worked_out_once_and_beside_the_database(
    stage: Stage, model: Model, where: str, text: str
) -> None:
    await stage.take(stage.message("lan", where, text=text))
    [(_, thread)] = model.asked
    assert thread.startswith("asyncio_")


async def test_so_is_the_answer_to_what_do_you_want_to_ask(stage: Stage, model: Model) -> None:
    await stage.take(stage.message("lan", "lan", text="/hoi"))
    await stage.take(stage.message("lan", "lan", text="lấy lại mật khẩu"))
    [(_, thread)] = model.asked
    assert thread.startswith("asyncio_")


@pytest.mark.parametrize(
    ("who", "where", "parts", "expected"),
    [
        ("lan", "lan", {"text": "quên mật khẩu"}, "quên mật khẩu"),
        ("lan", "lan", {"text": "/hoi quên mật khẩu"}, "quên mật khẩu"),
        ("moi", "moi", {"text": "quên mật khẩu"}, "quên mật khẩu"),
        ("lan", "nhom_suoi", {"text": "quên mật khẩu"}, "quên mật khẩu"),
        ("lan", "nhom_doi", {"text": "quên mật khẩu"}, ""),
        ("lan", "nhom_doi", {"text": "quên mật khẩu", "addressed": True}, "quên mật khẩu"),
        ("lan", "nhom_la", {"text": "quên mật khẩu"}, ""),
        ("lan", "lan", {"text": "cảm ơn"}, ""),
        ("lan", "lan", {"text": "12"}, ""),
        ("lan", "lan", {"text": "báo cáo"}, ""),
        ("lan", "lan", {"press": "ticket_take.this:1"}, ""),
        ("lan", "lan", {"text": "mật khẩu " * 1000}, ""),
    ],
)
async def test_which_messages_are_questions(
    stage: Stage, who: str, where: str, parts: dict[str, Any], expected: str
) -> None:
    message = stage.message(who, where, **parts)
    account = stage.channel.account
    assert await stage.store.read(foreseen, stage.house, account, message) == expected


async def test_an_answer_in_another_conversation_is_no_question(stage: Stage, model: Model) -> None:
    await stage.take(stage.message("xa1", "xa1", text="gửi văn bản"))
    await stage.take(stage.message("xa1", "xa1", text="số 12 của xã"))
    assert not model.asked


async def test_what_is_new_in_the_faq_is_worked_out_beside_the_database_too(
    stage: Stage, model: Model, now: datetime
) -> None:
    kept = KeptEntry("fee", wordings=("khai sinh cho cháu mất mấy đồng",))
    await stage.store.write(entries.save, kept, Stroke(None, now, "changed"))
    await stage.take(stage.message("lan", "lan", text="giấy khai sinh mấy đồng"))
    assert [text for text, _ in model.asked] == [*kept.wordings, "giấy khai sinh mấy đồng"]
    assert all(thread.startswith("asyncio_") for _, thread in model.asked)
    assert stage.house.faq.version == 1


async def test_many_changes_are_worked_out_before_their_index_is_made(
    store: Store, model: Model, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.faq.REBUILT_ABOVE", 1)
    short, embed = load_abbreviations(), Embedding(model, tmp_path / "meanings.npz")
    faq = Faq(ENTRIES, lambda entries: Index(entries, short, embed))
    for name in ("một", "hai"):
        kept = KeptEntry(name, f"Câu hỏi số {name}?", "Trả lời.")
        await store.write(entries.save, kept, Stroke(None, now, "made"))
    faq.foresee_changes(await store.read(faq.coming))
    known = list(model.texts)
    await store.read(faq.refresh)
    assert faq.get("hai")
    assert model.texts == known
