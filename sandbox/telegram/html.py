"""parse_mode HTML: tags become entities. The rules and errors of Telegram's parser."""

import html
import re
from dataclasses import dataclass

from sandbox.bot_api.errors import ApiError, bad_request
from sandbox.entities import utf16
from sandbox.facts import Entity

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_CHARACTER = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});?")
_USER_LINK = re.compile(r"tg://user\?id=(\d+)")
_BARE_VALUE = re.compile(r"[A-Za-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    values: dict[str, str]
    start: int
    offset: int


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.pieces: list[str] = []
        self.offset = 0
        self.open: list[_Tag] = []
        self.entities: list[Entity] = []

    def run(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            self._plain()
            if self.at < len(self.source):
                self._end_tag() if self.source.startswith("</", self.at) else self._start_tag()
        if self.open:
            name = self.open[-1].name
            raise _broken(f'Can\'t find end tag corresponding to start tag "{name}"')
        return "".join(self.pieces), self.entities

    def _plain(self) -> None:
        end = self.source.find("<", self.at)
        end = len(self.source) if end < 0 else end
        text = _decoded(self.source[self.at : end])
        self.pieces.append(text)
        self.offset += utf16(text)
        self.at = end

    def _byte(self, at: int) -> int:
        return len(self.source[:at].encode())

    def _skip_to(self, stops: str, spaces: bool = True) -> str:
        start = self.at
        while self.at < len(self.source):
            char = self.source[self.at]
            if char in stops or (spaces and char.isspace()):
                break
            self.at += 1
        return self.source[start : self.at]

    def _skip_spaces(self) -> str:
        """What comes after the spaces, or nothing at the end."""
        while self.at < len(self.source) and self.source[self.at].isspace():
            self.at += 1
        return self.source[self.at : self.at + 1]

    def _start_tag(self) -> None:
        start = self.at
        self.at += 1
        name = self._skip_to(">").lower()
        where = f"at byte offset {self._byte(start)}"
        if self.at >= len(self.source):
            raise _broken(f"Unclosed start tag {where}")
        if name not in _TYPES:
            raise _broken(f'Unsupported start tag "{name}" {where}')
        values: dict[str, str] = {}
        while self._skip_spaces() != ">":
            key, value = self._attribute(name, where)
            values[key] = value
        self.at += 1
        if name == "span" and values.get("class") != "tg-spoiler":
            raise _broken(f'Tag "span" must have class "tg-spoiler" {where}')
        self.open.append(_Tag(name, values, len(self.pieces), self.offset))

    def _attribute(self, tag: str, where: str) -> tuple[str, str]:
        key = self._skip_to("=>")
        if not key:
            raise _broken(f'Empty attribute name in the tag "{tag}" {where}')
        if self._skip_spaces() != "=":
            if tag == "blockquote" and key == "expandable":
                return key, ""
            raise _broken(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" {where}'
            )
        self.at += 1
        quote = self._skip_spaces()
        value = self._quoted(quote) if quote in ('"', "'") else self._bare()
        if self.at >= len(self.source):
            raise _broken(f"Unclosed start tag {where}")
        return key, value

    def _quoted(self, quote: str) -> str:
        self.at += 1
        value = _decoded(self._skip_to(quote, spaces=False))
        self.at += 1
        return value

    def _bare(self) -> str:
        start = self.at
        match = _BARE_VALUE.match(self.source, start)
        self.at = match.end() if match else start
        following = self.source[self.at : self.at + 1]
        if following and following != ">" and not following.isspace():
            raise _broken(f"Unexpected end of name token at byte offset {self._byte(start)}")
        return self.source[start : self.at].lower()

    def _end_tag(self) -> None:
        where = f"at byte offset {self._byte(self.at)}"
        if not self.open:
            raise _broken(f"Unexpected end tag {where}")
        self.at += 2
        name = self._skip_to(">").lower()
        if self._skip_spaces() != ">":
            raise _broken(f"Unclosed end tag {where}")
        self.at += 1
        tag = self.open.pop()
        if name and name != tag.name:
            raise _broken(f'Unmatched end tag {where}, expected "</{tag.name}>", found "</{name}>"')
        if self.offset > tag.offset:
            self._close(tag)

    def _close(self, tag: _Tag) -> None:
        text = "".join(self.pieces[tag.start :])
        if entity := _entity(tag, text, self.offset - tag.offset):
            if tag.name == "pre" and (inner := self._code_inside(entity)):
                entity = inner
            self.entities.append(entity)

    def _code_inside(self, pre: Entity) -> Entity | None:
        """<pre><code class="language-x"> is one entity with a language."""
        last = self.entities[-1] if self.entities else None
        if (
            not last
            or last.type != "code"
            or (last.offset, last.length) != (pre.offset, pre.length)
        ):
            return None
        self.entities.pop()
        return Entity("pre", pre.offset, pre.length, language=last.language)


def _entity(tag: _Tag, text: str, length: int) -> Entity | None:
    kind = _TYPES[tag.name]
    match tag.name:
        case "a":
            url = tag.values.get("href") or text
            if user := _USER_LINK.fullmatch(url):
                return Entity("text_mention", tag.offset, length, user=int(user[1]))
            return Entity(kind, tag.offset, length, url=url) if _is_link(url) else None
        case "code":
            language = tag.values.get("class", "").removeprefix("language-")
            return Entity(kind, tag.offset, length, language=language)
        case "tg-emoji":
            if not (emoji := tag.values.get("emoji-id", "")).isdigit():
                raise bad_request("invalid custom emoji identifier specified")
            return Entity(kind, tag.offset, length, emoji=emoji)
        case "blockquote" if "expandable" in tag.values:
            kind = "expandable_blockquote"
    return Entity(kind, tag.offset, length)


def _is_link(url: str) -> bool:
    return bool(re.fullmatch(r"(?:https?://|tg://|mailto:|tel:)?[^\s/]+[./:][^\s]*", url))


def _decoded(text: str) -> str:
    return _CHARACTER.sub(lambda match: html.unescape(match[0].rstrip(";") + ";"), text)


def _broken(text: str) -> ApiError:
    return bad_request(f"can't parse entities: {text}")


def parse(source: str) -> tuple[str, tuple[Entity, ...]]:
    """The text and its entities. Raises ApiError as Telegram does for broken HTML."""
    text, entities = _Parser(source).run()
    plain = [
        Entity("code", each.offset, each.length) if each.type == "code" else each
        for each in entities
    ]
    return text, tuple(plain)
