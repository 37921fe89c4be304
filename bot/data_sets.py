"""Data sets as a coordinator writes them, in `bot/content/data_sets/*.yaml`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.house import House
from bot.words import CONTENT, Words
from bot.yaml_file import Unreadable, YamlFile, spelt
from domain.data_set import DataSet
from domain.data_set_body import BadBody, read_body
from domain.fault import Fault
from storage import data_sets as kept

DATA_SETS = CONTENT / "data_sets"


class BadDataSet(ValueError):
    """Data sets that cannot be used; `faults` has a sentence for each fault, by file and line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


def load_data_sets(folder: Path = DATA_SETS) -> Mapping[str, DataSet]:
    """Every data set by its id; raises BadDataSet with the faults of all files."""
    found: dict[str, DataSet] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            data_set = load_data_set(path)
        except BadDataSet as bad:
            faults += bad.faults
            continue
        if data_set.id in found:
            faults.append(told(path.name, 1, Fault(("id",), "repeated", {"id": data_set.id})))
        found[data_set.id] = data_set
    if faults:
        raise BadDataSet(faults)
    return found


def load_data_set(path: Path) -> DataSet:
    """The data set of a file; raises BadDataSet with all its faults."""
    try:
        file = YamlFile.read(path)
    except Unreadable as error:
        raise BadDataSet([told(path.name, error.line, unreadable(error))]) from error
    faults = [Fault(place, "twice") for place in file.repeated()]
    try:
        data_set = read_body(file.data)
    except BadBody as bad:
        faults += bad.faults
    else:
        if not faults:
            return data_set
    raise BadDataSet(told_in(file, faults))


def unreadable(error: Unreadable) -> Fault:
    return Fault((), "unreadable", {"error": str(error)})


def remember(c: Connection, data_sets: Mapping[str, DataSet], now: datetime) -> None:
    """Keep the versions that are in force now, by which their reports will be read for ever.

    Raises BadDataSet for a file that was changed under the version that it had.
    """
    changed = [each for each in data_sets.values() if not kept.keep(c, each, now)]
    if changed:
        raise BadDataSet(told(each.id, 0, _changed(each)) for each in changed)


def _changed(data_set: DataSet) -> Fault:
    numbers = {"version": data_set.version, "next": data_set.version + 1}
    return Fault(("version",), "changed", numbers)


def of_version(c: Connection, house: House, data_set_id: str, version: int) -> DataSet:
    """A data set as it was in a version; every version that a report was begun by is kept."""
    now = house.data_sets.get(data_set_id)
    if now and now.version == version:
        return now
    found = kept.find(c, data_set_id, version)
    assert found is not None, f"{data_set_id} has had no version {version}"
    return found


def told_in(file: YamlFile, faults: Iterable[Fault]) -> list[str]:
    """The faults of a file in plain words, in the order of their lines."""
    in_order = sorted(faults, key=lambda fault: (file.line(fault.path), spelt(fault.path)))
    return [told(file.name, file.line(fault.path), fault) for fault in in_order]


def told(name: str, line: int, fault: Fault) -> str:
    """A fault in plain words: which file and line, which key, what is wrong."""
    words = Words.load(ZoneInfo("UTC"))
    why = words.plain(f"data_set.{fault.why}", **fault.values)
    at = words.plain("data_set.at", file=name, line=line, place=spelt(fault.path))
    return f"{at}: {why}"
