"""Data sets as a coordinator writes them, in `bot/content/data_sets/*.yaml`."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

import yaml

from bot.words import CONTENT
from domain.data_set import DataElement, DataSet, ValueType


class BadDataSet(Exception):
    """A data set file that cannot be used; the text names the file and the fault."""


def load_data_sets(folder: Path = CONTENT / "data_sets") -> Mapping[str, DataSet]:
    """Every data set by its id; raises BadDataSet."""
    found = [_read(path) for path in sorted(folder.glob("*.yaml"))]
    return {each.id: each for each in found}


def _read(path: Path) -> DataSet:
    try:
        return _data_set(yaml.safe_load(path.read_text("utf-8")))
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise BadDataSet(f"{path.name}: {error!r}") from error


def _data_set(row: dict[str, Any]) -> DataSet:
    rest = {key: value for key, value in row.items() if key not in ("elements", "levels", "hour")}
    return DataSet(
        levels=tuple(row["levels"]),
        hour=time.fromisoformat(row["hour"]),
        elements=tuple(_element(each) for each in row["elements"]),
        **rest,
    )


def _element(row: dict[str, Any]) -> DataElement:
    return DataElement(**row | {"type": ValueType(row.get("type", "whole"))})
