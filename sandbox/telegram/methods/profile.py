"""Methods about the bot itself: who it is, its commands, its name and descriptions."""

import json
from functools import partial

from sandbox.bot_api.call import Call
from sandbox.bot_api.errors import bad_request
from sandbox.facts import Described
from sandbox.telegram import shapes
from sandbox.telegram.api import Api

_MAX_COMMANDS = 100
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_TEXTS = {"name": 64, "description": 512, "short_description": 120}


async def get_me(api: Api, call: Call) -> object:
    return shapes.me(call.bot)


def _place(call: Call, what: str) -> str:
    """What is kept apart for each scope and language."""
    scope = json.dumps(call.json("scope") or {"type": "default"}, sort_keys=True)
    return f"{what} {scope} {call.text('language_code')}"


async def set_my_commands(api: Api, call: Call) -> object:
    raw = call.json("commands", "commands")
    if not isinstance(raw, list):
        raise bad_request("expected an Array of BotCommand")
    if len(raw) > _MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(each) for each in raw]
    _describe(api, call, _place(call, "commands"), json.dumps(commands, ensure_ascii=False))
    return True


def _command(raw: object) -> dict[str, str]:
    if not isinstance(raw, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, text = str(raw.get("command", "")).removeprefix("/"), str(raw.get("description", ""))
    if not (1 <= len(name) <= 32) or not all(char in _LETTERS for char in name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(text) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": text}


async def get_my_commands(api: Api, call: Call) -> object:
    return json.loads(api.described.get((call.bot.id, _place(call, "commands")), "[]"))


async def delete_my_commands(api: Api, call: Call) -> object:
    _describe(api, call, _place(call, "commands"), "[]")
    return True


def _describe(api: Api, call: Call, what: str, value: str) -> None:
    if api.described.get((call.bot.id, what)) != value:
        api.world.record(Described(call.bot.id, what, value))


async def _set_text(what: str, api: Api, call: Call) -> object:
    text = call.text(what)
    if len(text) > _TEXTS[what]:
        raise bad_request(f"{what} is too long")
    _describe(api, call, f"{what} {call.text('language_code')}", text)
    return True


async def _get_text(what: str, api: Api, call: Call) -> object:
    own = api.described.get((call.bot.id, f"{what} {call.text('language_code')}"), "")
    return {what: own or (call.bot.name if what == "name" else "")}


METHODS = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": partial(_set_text, "name"),
    "getMyName": partial(_get_text, "name"),
    "setMyDescription": partial(_set_text, "description"),
    "getMyDescription": partial(_get_text, "description"),
    "setMyShortDescription": partial(_set_text, "short_description"),
    "getMyShortDescription": partial(_get_text, "short_description"),
}
