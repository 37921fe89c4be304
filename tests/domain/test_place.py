import pytest

from domain.place import NoPlace, read_place


@pytest.mark.parametrize(
    "text",
    [
        "21.02776,105.85222",
        "(21.02776; 105.85222)",
        " 21.02776  105.85222. ",
        "https://www.google.com/maps/@21.02776,105.85222,17z",
        "https://maps.google.com/?q=21.02776,105.85222",
        "Tổ ở đây: https://www.google.com/maps/place/X/@1.5,2.5,17z/data=!3d21.02776!4d105.85222",
        "https://www.openstreetmap.org/?mlat=21.02776&mlon=105.85222#map=17/1.0/2.0",
        "https://www.google.com/maps/search/?api=1&query=21.02776%2C105.85222",
    ],
)
def test_a_place_is_read(text: str) -> None:
    assert read_place(text) == "21.02776,105.85222"


@pytest.mark.parametrize(
    "text", ["", "đầu làng", "12, 5", "91.5,105.5", "21.5,181.5", "https://maps.app.goo.gl/abc"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(NoPlace):
        read_place(text)
