"""Vietnamese text: one folding for every comparison, and clean, short, divided text for people."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+(?:(?<=\d)[.,](?=\d)[^\W_]+)*")
_MARKS = re.compile(r"[\u0300-\u036f]")
_MARKED = re.compile(r"[đĐ\u0300-\u036f]")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")

_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?…;:])\s|\n")
_SPACE = re.compile(r"\s")


def nfc(text: str) -> str:
    """The same text with each letter and its marks as one code point."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """What two texts are compared by: lower-case words without marks, one space between.

    "Hoà-Bình, 1.200 hộ Đăng ký!" gives "hoa binh 1.200 ho dang ky". A point or comma stays only
    between two digits. Folding twice changes nothing.
    """
    lower = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = _MARKS.sub("", lower).replace("đ", "d")
    if not plain.isascii():
        plain = _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), plain)
    return " ".join(_WORD.findall(plain))


def marked(text: str) -> str:
    """The lower-case words of a text with their marks, one space between: "Hoà-Bình!" gives
    "hoà bình".
    """
    return " ".join(_WORD.findall(nfc(text).casefold()))


def words(text: str) -> list[str]:
    """The folded words of a text."""
    return fold(text).split()


def has_diacritics(text: str) -> bool:
    """Whether any letter carries a Vietnamese mark or is đ."""
    return _MARKED.search(unicodedata.normalize("NFD", text)) is not None


def first_words(text: str, like: str) -> str:
    """As many first words of a text as the other one has."""
    return " ".join(text.split()[: len(like.split())])


def clean(text: str) -> str:
    """Text fit to be kept: NFC, trimmed, nothing invisible in it but spaces and line ends.

    Control, format (zero-width, bidirectional) and lone surrogate characters go.
    """
    if not text.isprintable():
        lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        text = "".join(sign for sign in lines if _is_kept(sign))
    return nfc(text).strip()


def shorten(text: str, n: int) -> str:
    """At most `n` characters (n ≥ 1), cut at a word and ended by "…" where something is lost."""
    if len(text) <= n:
        return text
    head = text[:n]
    last_space = head.rstrip().rfind(" ") if not head[-1].isspace() else n
    kept = head[: min(last_space, n - 1)] if last_space > 0 else head[: n - 1]
    return kept.rstrip(" \n.,;:") + "…"


def split_message(text: str, limit: int) -> list[str]:
    """The text as messages of at most `limit` UTF-16 units, the count that messengers use.

    Cut between paragraphs, else between sentences, where that leaves a message at least a third
    full, else between words; a longer word is cut between characters. Blank text gives no message.
    Raises ValueError for a limit below 2, the width of the widest character.
    """
    if limit < 2:
        raise ValueError(f"a message of {limit} units holds no text")
    parts, rest = [], text.strip()
    while (room := _fitting(rest, limit)) < len(rest):
        cut = _cut(rest, room)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def _is_kept(sign: str) -> bool:
    return sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}


def _fitting(text: str, limit: int) -> int:
    """How many characters of the text fit into `limit` UTF-16 units."""
    room = min(len(text), limit)
    excess = room + sum(sign > "\uffff" for sign in text[:room]) - limit
    while excess > 0:
        room -= 1
        excess -= 2 if text[room] > "\uffff" else 1
    return room


def _cut(text: str, room: int) -> int:
    head = text[: room + 1]
    for mark, least in ((_PARAGRAPH, room // 3), (_SENTENCE, room // 3), (_SPACE, 1)):
        ends = [found.start() for found in mark.finditer(head, least)]
        if ends:
            return ends[-1]
    whole = room
    while whole > 1 and unicodedata.combining(text[whole]):
        whole -= 1
    return whole
