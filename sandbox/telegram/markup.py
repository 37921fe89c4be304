"""reply_markup: the buttons under a message, or the keyboard under the composer."""

from collections.abc import Iterator, Mapping

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import bad_request
from sandbox.facts import Button, Keyboard

Buttons = tuple[tuple[Button, ...], ...]
_MAX_DATA = 64
_MAX_BUTTONS = 100


def reply_markup(call: Call) -> tuple[Buttons, Keyboard | None]:
    raw = call.json("reply_markup", "reply keyboard markup")
    if raw is None:
        return (), None
    if not isinstance(raw, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in raw:
        return _inline(raw["inline_keyboard"]), None
    return (), _keyboard(raw)


def inline_only(call: Call) -> Buttons:
    """For editing, where only an inline keyboard has a meaning."""
    return reply_markup(call)[0]


def _rows(raw: object) -> Iterator[list[object]]:
    for row in raw if isinstance(raw, list) else [None]:
        if not isinstance(row, list):
            raise bad_request('field "inline_keyboard" must be an Array of Arrays')
        yield row


def _inline(raw: object) -> Buttons:
    rows = tuple(tuple(_button(each) for each in row) for row in _rows(raw))
    if sum(map(len, rows)) > _MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return tuple(row for row in rows if row)


def _button(raw: object) -> Button:
    if not isinstance(raw, dict):
        raise _unreadable("InlineKeyboardButton must be an Object")
    text = str(raw.get("text", ""))
    if not text:
        raise _unreadable('Field "text" must be non-empty')
    if data := raw.get("callback_data"):
        if len(str(data).encode()) > _MAX_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
        return Button(text, data=str(data))
    if url := raw.get("url"):
        return Button(text, url=str(url))
    return _strange(raw)


def _strange(raw: Mapping[str, object]) -> Button:
    if set(raw) <= {"text", "style", "icon_custom_emoji_id", "url", "callback_data"}:
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    raise bad_request("BUTTON_TYPE_INVALID")


def _unreadable(text: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {text}")


def _keyboard(raw: Mapping[str, object]) -> Keyboard:
    placeholder = str(raw.get("input_field_placeholder", ""))
    if raw.get("remove_keyboard"):
        return Keyboard(remove=True)
    if raw.get("force_reply"):
        return Keyboard(force_reply=True, placeholder=placeholder)
    rows = tuple(tuple(_key(each) for each in row) for row in _rows(raw.get("keyboard", [])))
    return Keyboard(rows, placeholder, bool(raw.get("one_time_keyboard")))


def _key(raw: object) -> str:
    return str(raw.get("text", "")) if isinstance(raw, dict) else str(raw)
