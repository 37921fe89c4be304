"""Places on the map, as people send them: coordinates, or a link to a map that has them."""

import re

_DEGREES = r"(-?\d{1,3}\.\d+)"
_WRITTEN = re.compile(rf"{_DEGREES}\s*[,;\s]\s*{_DEGREES}")
_LINKED = (
    re.compile(rf"!3d{_DEGREES}!4d{_DEGREES}"),  # the pin, which the view's middle may miss
    re.compile(rf"mlat={_DEGREES}&mlon={_DEGREES}"),
    re.compile(rf"(?:[@=/]|loc:){_DEGREES}(?:,|%2C)\+?{_DEGREES}", re.IGNORECASE),
)


class NoPlace(ValueError):
    """The text tells of no place."""


def read_place(text: str) -> str:
    """The place in a text as "latitude,longitude" in degrees; raises NoPlace.

    Reads "10.7769, 106.7009" and the addresses of Google's maps and OpenStreetMap. A shortened
    link says nothing by itself.
    """
    linked = (pattern.search(text) for pattern in _LINKED if "://" in text)
    found = next(filter(None, linked), None) or _WRITTEN.fullmatch(text.strip(" ()."))
    if found is None:
        raise NoPlace(text)
    return place(float(found[1]), float(found[2]))


def place(latitude: float, longitude: float) -> str:
    """A place as it is kept, to a metre; raises NoPlace for what is not on the globe."""
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise NoPlace(f"{latitude},{longitude}")
    return f"{latitude:.5f},{longitude:.5f}"
