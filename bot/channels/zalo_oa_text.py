"""Texts of an Official Account, which are plain: links as words, members called by `[@id]`."""

import re

from domain.channel import MAX_TEXT
from domain.markup import linked, plain
from domain.text import clean, nfc, split_message

MENTION = "mention:"
EVERYBODY = "all"

_CALLED = re.compile(r" *\[@(\w+)\] *")
_FORGED = re.compile(r"\[(?=[\s\u200b-\u200f\u2060\ufeff]*@)")
_PLACE = re.compile("\0([0-9]+)\0")


def to_texts(html: str, group_id: str = "") -> list[str]:
    """The messages that say a text of ours, at most 2,000 signs each.

    In a group with an id, `<a href="mention:ID">` calls a member and `mention:all` everybody; in a
    private chat it is the bare name. What other people wrote calls nobody.
    """
    calls: list[str] = []

    def shown(text: str, address: str) -> str:
        if not address.startswith(MENTION):
            return linked(text, address)
        who = address.removeprefix(MENTION)
        if not group_id or not who.isalnum():
            return text
        calls.append(f"[@{group_id if who == EVERYBODY else who}]")
        return f"\0{len(calls) - 1}\0"

    text = _FORGED.sub("(", nfc(plain(html.replace("\0", ""), shown)))
    return split_message(_PLACE.sub(lambda place: calls[int(place[1])], text), MAX_TEXT)


def from_text(text: str, oa_id: str, *, in_group: bool) -> tuple[str, bool]:
    """What somebody wrote without the calls in it, and whether it called the account.

    A group's messages may have to begin with "#", where its console says so.
    """
    called = oa_id in _CALLED.findall(text)
    said = clean(_CALLED.sub(" ", text)) if "[@" in text else clean(text)
    if in_group and said.startswith("#"):
        return said.lstrip("# "), True
    return said, called
