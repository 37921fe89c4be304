"""The words of the page stand in one file, and none is missing or left over."""

import re
from pathlib import Path

import sandbox

PAGE = Path(sandbox.__file__).parent / "page"
WORDS = (PAGE / "words.js").read_text()
CODE = {path.name: path.read_text() for path in PAGE.glob("*.js") if path.name != "words.js"}


def test_each_word_is_there_and_used() -> None:
    known = set(re.findall(r"^  (\w+):", WORDS, re.MULTILINE))
    used = re.findall(r"(?<!/)\bwords\.(\w+)", WORDS + "".join(CODE.values()))
    assert known == set(used)


def test_no_other_file_speaks_vietnamese() -> None:
    spoken = {
        name: found
        for name, text in CODE.items()
        if (found := re.findall(r"[ăâêôơư\u00e0-\u00e3\u00e8-\u00ed\u1ea0-\u1ef9]", text))
    }
    assert spoken == {}
