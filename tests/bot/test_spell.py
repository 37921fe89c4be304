from dataclasses import replace
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.house import House
from bot.spell import spell
from domain.channel import MAX_TEXT, Capabilities, Choice, Content, FileOut
from domain.markup import length, plain
from domain.message import ChatKind, FileKind
from storage.deliveries import Letter, parts
from tests.messenger import BOT_PLATFORM, OFFICIAL_ACCOUNT
from tests.stage import make_house

IN_WORDS = Capabilities(buttons=False, files_out=False)
PRIVATE = ChatKind.PRIVATE
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
        spelled = spell(Content(part.text, part.choices), IN_WORDS, PRIVATE, HOUSE.words)
        assert length(spelled.text) <= MAX_TEXT
        assert not spelled.choices


def test_files_are_named_where_they_cannot_go() -> None:
    files = (
        FileOut(FileKind.DOCUMENT, "Kế hoạch <1>.pdf", "x"),
        FileOut(FileKind.PHOTO, "", "y"),
        FileOut(FileKind.DOCUMENT, "dài " * 50, "z"),
    )
    spelled = spell(Content("<b>Họp</b>", (), files), IN_WORDS, PRIVATE, HOUSE.words)
    assert spelled.files == ()
    shown = plain(spelled.text).split("\n")
    assert shown[0] == "Họp"
    assert [line for line in shown if line.startswith("📎")][:2] == [
        "📎 Kế hoạch <1>.pdf",
        "📎 Ảnh",
    ]
    assert all(len(line) <= 62 for line in shown if line.startswith("📎"))


def test_in_a_group_it_is_said_how_an_answer_reaches_the_bot() -> None:
    content = Content("a", choices_of(["Có"], True))
    can = Capabilities(buttons=False, group_buttons=False, call="@Bot Loa")
    said = plain(spell(content, can, ChatKind.GROUP, HOUSE.words).text)
    assert said.endswith("bấm Trả lời tin này, hoặc viết @Bot Loa trước lời nhắn nhé.")
    assert "@Bot Loa" not in spell(content, can, PRIVATE, HOUSE.words).text


def test_what_a_messenger_has_stays_as_it_is() -> None:
    content = Content("a", choices_of(["Có"], True), (FileOut(FileKind.PHOTO, "", "x"),))
    assert spell(content, Capabilities(), PRIVATE, HOUSE.words) == content


@pytest.mark.parametrize(
    ("can", "file", "goes"),
    [
        (Capabilities(), FileOut(FileKind.DOCUMENT, "a.zip", "x", size=10**6), True),
        (Capabilities(max_file_out=5), FileOut(FileKind.DOCUMENT, "a.pdf", "x", size=6), False),
        (OFFICIAL_ACCOUNT, FileOut(FileKind.DOCUMENT, "A.PDF", "x", size=6), True),
        (OFFICIAL_ACCOUNT, FileOut(FileKind.DOCUMENT, "a.xlsx", "x", size=6), False),
        (OFFICIAL_ACCOUNT, FileOut(FileKind.PHOTO, "", "x", size=2**20 + 1), False),
        (BOT_PLATFORM, FileOut(FileKind.DOCUMENT, "a.pdf", "x"), False),
        (BOT_PLATFORM, FileOut(FileKind.PHOTO, "", "x"), True),
    ],
)
def test_a_file_that_cannot_go_is_a_link(can: Capabilities, file: FileOut, goes: bool) -> None:
    file = replace(file, link="https://loa.example/file/x")
    spelled = spell(Content("Họp", (), (file,)), can, PRIVATE, HOUSE.words)
    assert bool(spelled.files) == goes
    assert (file.link in spelled.text) != goes
    assert ("bấm vào đường dẫn" in spelled.text) != goes


@pytest.mark.parametrize(
    ("kind", "count", "shown"),
    [
        (ChatKind.PRIVATE, 5, True),
        (ChatKind.PRIVATE, 6, False),
        (ChatKind.GROUP, 1, False),
    ],
)
def test_buttons_are_words_where_there_are_none_or_too_many(
    kind: ChatKind, count: int, shown: bool
) -> None:
    content = Content("Chọn", choices_of([f"số {each}" for each in range(count)], True))
    assert bool(spell(content, OFFICIAL_ACCOUNT, kind, HOUSE.words).choices) == shown
