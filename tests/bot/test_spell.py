from html import escape

from hypothesis import given
from hypothesis import strategies as st

from bot.house import House
from bot.spell import spell
from domain.channel import MAX_TEXT, Capabilities, Choice, Content, FileOut
from domain.markup import length, plain
from domain.message import FileKind
from storage.deliveries import Letter, parts
from tests.stage import make_house

IN_WORDS = Capabilities(buttons=False, files_out=False)
LABELS = st.text("aế😀<", min_size=1, max_size=60)


def choices_of(labels: list[str], numbered: bool) -> tuple[tuple[Choice, ...], ...]:
    rows = enumerate(labels, 1)
    return tuple((Choice(label, "a", number if numbered else 0),) for number, label in rows)


HOUSE: House = make_house()


@given(st.text("a ế😀.\n", max_size=5000), st.lists(LABELS, max_size=10), st.booleans())
def test_a_part_fits_also_when_its_buttons_are_spelled_out(
    text: str, labels: list[str], numbered: bool
) -> None:
    letter = Letter(1, escape("a" + text), choices_of(labels, numbered))
    for part in parts(letter):
        spelled = spell(Content(part.text, part.choices), IN_WORDS, HOUSE.words)
        assert length(spelled.text) <= MAX_TEXT
        assert not spelled.choices


def test_files_are_named_where_they_cannot_go() -> None:
    files = (
        FileOut(FileKind.DOCUMENT, "Kế hoạch <1>.pdf", "x"),
        FileOut(FileKind.PHOTO, "", "y"),
        FileOut(FileKind.DOCUMENT, "dài " * 50, "z"),
    )
    spelled = spell(Content("<b>Họp</b>", (), files), IN_WORDS, HOUSE.words)
    assert spelled.files == ()
    shown = plain(spelled.text).split("\n")
    assert shown[0] == "Họp"
    assert [line for line in shown if line.startswith("📎")][:2] == [
        "📎 Kế hoạch <1>.pdf",
        "📎 Ảnh",
    ]
    assert all(len(line) <= 62 for line in shown if line.startswith("📎"))


def test_what_a_messenger_has_stays_as_it_is() -> None:
    content = Content("a", choices_of(["Có"], True), (FileOut(FileKind.PHOTO, "", "x"),))
    assert spell(content, Capabilities(), HOUSE.words) == content
