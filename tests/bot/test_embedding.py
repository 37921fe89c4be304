from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.embedding import Embedding, Vectors, open_embedding


class Model:
    """Counts what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


@pytest.fixture
def model() -> Model:
    return Model()


def test_meanings_are_kept_for_the_next_start(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "var" / "meanings.npz"
    first = Embedding(model.query, path)(["một", "hai hai"])
    again = Embedding(model.query, path)(["hai hai", "một", "mới"])
    assert first.tolist() == [[3, 1], [7, 1]]
    assert again.tolist() == [[7, 1], [3, 1], [3, 1]]
    assert model.asked == ["một", "hai hai", "mới"]


def test_a_question_is_not_kept(model: Model, tmp_path: Path) -> None:
    embedding = Embedding(model.query, tmp_path / "meanings.npz")
    embedding(["mật khẩu"])
    assert not list(tmp_path.iterdir())


def test_a_question_is_remembered(model: Model) -> None:
    embedding = Embedding(model.query)
    first = embedding(["mật khẩu"])
    assert embedding(["mật khẩu"]).tolist() == first.tolist()
    assert model.asked == ["mật khẩu"]


def test_a_spoilt_file_is_made_anew(
    model: Model, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "meanings.npz"
    path.write_bytes(b"PK\x03\x04 cut off")
    assert Embedding(model.query, path)(["một", "hai"]).shape == (2, 2)
    assert "made anew" in caplog.text
    Embedding(model.query, path)(["một", "hai"])
    assert model.asked == ["một", "hai"]


def test_without_the_extra_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.embedding.find_spec", lambda name: None)
    assert open_embedding() is None
