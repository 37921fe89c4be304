"""parse_mode MarkdownV2: marks become entities, and every stray special character is an error."""

import re

from sandbox.bot_api.errors import ApiError, bad_request
from sandbox.entities import utf16
from sandbox.facts import Entity

_MARKS = {
    "*": "bold",
    "_": "italic",
    "__": "underline",
    "~": "strikethrough",
    "||": "spoiler",
    "`": "code",
    "```": "pre",
    "[": "text_link",
}
_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_LINK = re.compile(r"\]\(((?:\\.|[^\\)])*)\)")
_LANGUAGE = re.compile(r"([!-_a-~]+)\n")
_USER_LINK = re.compile(r"tg://user\?id=(\d+)")


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.pieces: list[str] = []
        self.offset = 0
        self.open: list[tuple[str, int, int, str]] = []
        self.entities: list[Entity] = []

    def run(self) -> tuple[str, tuple[Entity, ...]]:
        while self.at < len(self.source):
            self._step()
        if self.open:
            mark, start, _, _ = self.open[-1]
            name = _MARKS[mark].title().replace("_", "")
            raise _broken(f"Can't find end of {name} entity at byte offset {self._byte(start)}")
        return "".join(self.pieces), tuple(self.entities)

    def _step(self) -> None:
        char = self.source[self.at]
        inside = self.open[-1][0] if self.open else ""
        if char == "\\" and self.source[self.at + 1 : self.at + 2].isascii():
            self._add(self.source[self.at + 1 : self.at + 2], 2)
        elif inside in ("`", "```"):
            self._close(inside) if self._sees(inside) else self._add(char, 1)
        elif inside == "[" and char == "]":
            self._close_link()
        elif mark := next((m for m in ("```", "__", "||") if self._sees(m)), ""):
            self._toggle(mark)
        elif char in _MARKS:
            self._toggle(char)
        elif char in _RESERVED:
            raise _broken(
                f"Character '{char}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            self._add(char, 1)

    def _byte(self, at: int) -> int:
        return len(self.source[:at].encode())

    def _sees(self, mark: str) -> bool:
        return self.source.startswith(mark, self.at)

    def _add(self, text: str, consumed: int) -> None:
        self.pieces.append(text)
        self.offset += utf16(text)
        self.at += consumed

    def _toggle(self, mark: str) -> None:
        if self.open and self.open[-1][0] == mark:
            return self._close(mark)
        start, language = self.at, ""
        self.at += len(mark)
        if mark == "```" and (found := _LANGUAGE.match(self.source, self.at)):
            language, self.at = found[1], found.end()
        self.open.append((mark, start, self.offset, language))
        return None

    def _close(self, mark: str) -> None:
        self.at += len(mark)
        _, _, offset, language = self.open.pop()
        if self.offset > offset:
            self.entities.append(
                Entity(_MARKS[mark], offset, self.offset - offset, language=language)
            )

    def _close_link(self) -> None:
        _, _, offset, _ = self.open.pop()
        match = _LINK.match(self.source, self.at)
        self.at = match.end() if match else self.at + 1
        if not match or self.offset == offset:
            return
        url, length = re.sub(r"\\(.)", r"\1", match[1]), self.offset - offset
        if user := _USER_LINK.fullmatch(url):
            self.entities.append(Entity("text_mention", offset, length, user=int(user[1])))
        else:
            self.entities.append(Entity("text_link", offset, length, url=url))


def _broken(text: str) -> ApiError:
    return bad_request(f"can't parse entities: {text}")


def parse(source: str) -> tuple[str, tuple[Entity, ...]]:
    """The text and its entities. Raises ApiError as Telegram does. Quotes (">") are not read."""
    return _Parser(source).run()
