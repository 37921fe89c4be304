"""OAuth v4: the page on which an account's owner consents, and the tokens that come of it."""

import hashlib
from base64 import urlsafe_b64encode
from functools import partial
from html import escape
from urllib.parse import urlencode

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.control.requests import as_response
from sandbox.facts import Bot
from sandbox.faults import Fault, Target
from sandbox.zalo_oa import ids
from sandbox.zalo_oa.api import Api
from sandbox.zalo_oa.errors import OauthError

PREFIX = "/zalo/oauth"
"""Where oauth.zaloapp.com is in the sandbox."""
_ASKED = ("app_id", "redirect_uri", "code_challenge", "state")
_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Zalo OA</title>
<h1>Cho ứng dụng {app} dùng Official Account?</h1>
<form method="post">{hidden}{choices}</form></html>"""
_CHOICE = '<p><button name="oa_id" value="{oa_id}">Cho phép: {name}</button></p>'
_HIDDEN = '<input type="hidden" name="{name}" value="{value}">'


def routes(api: Api) -> list[Route]:
    page = f"{PREFIX}/v4/oa/permission"
    return [
        Route(page, partial(_ask, api), methods=["GET"]),
        Route(page, partial(_consent, api), methods=["POST"]),
        Route(f"{PREFIX}/v4/oa/access_token", partial(_token, api), methods=["POST"]),
    ]


def _refused(error: OauthError) -> Response:
    return as_response(error.body(), error.status)


async def _ask(api: Api, request: Request) -> Response:
    try:
        bots = _accounts(api, request.query_params)
    except OauthError as error:
        return _refused(error)
    asked = {name: request.query_params.get(name, "") for name in _ASKED}
    hidden = "".join(_HIDDEN.format(name=k, value=escape(v)) for k, v in asked.items())
    choices = "".join(
        _CHOICE.format(oa_id=ids.oa_id(bot.id), name=escape(bot.name)) for bot in bots
    )
    page = _PAGE.format(app=escape(asked["app_id"]), hidden=hidden, choices=choices)
    return HTMLResponse(page)


async def _consent(api: Api, request: Request) -> Response:
    """Back to the app with a code, as `?code=…&oa_id=…`."""
    form = await request.form()
    try:
        bots = {ids.oa_id(bot.id): bot for bot in _accounts(api, form)}
    except OauthError as error:
        return _refused(error)
    if not (bot := bots.get(_text(form, "oa_id"))):
        return _refused(OauthError(-14001, "the account is not one of this application's"))
    code = api.tokens.give_code(bot, _text(form, "code_challenge"))
    back = {"code": code, "oa_id": ids.oa_id(bot.id)}
    if state := _text(form, "state"):
        back["state"] = state
    target = _text(form, "redirect_uri")
    return RedirectResponse(f"{target}{'&' if '?' in target else '?'}{urlencode(back)}", 302)


def _text(form: FormData | QueryParams, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _accounts(api: Api, asked: FormData | QueryParams) -> list[Bot]:
    """The accounts whose owner may consent to what is asked. Raises OauthError."""
    bots = _active(api, _text(asked, "app_id"))
    target = _text(asked, "redirect_uri")
    fitting = [
        bot for bot in bots if api.consoles.of(bot.id).redirect_uri in ("", target) and target
    ]
    if not fitting:
        raise OauthError(-14003, "redirect_uri is not the registered one")
    if not _text(asked, "code_challenge"):
        raise OauthError(-14001, "code_challenge is missing")
    return fitting


def _active(api: Api, app_id: str) -> list[Bot]:
    bots = api.consoles.of_app(app_id)
    if not bots:
        raise OauthError(-14005, "there is no such application")
    if not all(api.consoles.of(bot.id).app_active for bot in bots):
        raise OauthError(-14002, "the application is not active")
    return bots


async def _token(api: Api, request: Request) -> Response:
    """Always HTTP 200; an error has error_name, error_reason and error_description."""
    form = await request.form()
    try:
        bots = _active(api, _text(form, "app_id"))
        secrets = {api.consoles.of(bot.id).app_secret for bot in bots}
        if request.headers.get("secret_key", "") not in secrets:
            raise OauthError(-14004, "secret_key is not the application's")
        response = await _answer(api, *_redeemed(api, form, {bot.id for bot in bots}))
    except OauthError as error:
        response = _refused(error)
    await api.trouble.hold()
    return response


async def _answer(api: Api, bot: Bot, spent: str) -> Response:
    """The new pair, or what a fault makes of it."""

    async def answer() -> Response:
        renewable = api.consoles.of(bot.id).verified
        return as_response(api.tokens.give(bot, spent, renewable=renewable))

    return await api.trouble.meet(Target(bot, "access_token"), answer, _refusal)


def _refusal(fault: Fault) -> OauthError:
    match fault.kind:
        case "error":
            return OauthError(fault.code, "on request")
        case "revoked":
            return OauthError(-14020, "the refresh token is unknown, used or expired")
        case _:
            return OauthError(-1, "on request", status=500)


def _redeemed(api: Api, form: FormData, bots: set[int]) -> tuple[Bot, str]:
    """The account of a code or a refresh token that is good, and its text."""
    match _text(form, "grant_type"):
        case "authorization_code":
            text = _text(form, "code")
            known = api.tokens.valid(api.tokens.codes, text)
            if not known or known.bot not in bots:
                raise OauthError(-14019, "the code is unknown, used or expired")
            if challenge(_text(form, "code_verifier")) != known.challenge:
                raise OauthError(-14019, "code_verifier does not fit the code_challenge")
        case "refresh_token":
            text = _text(form, "refresh_token")
            known = api.tokens.valid(api.tokens.refresh, text)
            if not known or known.bot not in bots:
                raise OauthError(-14020, "the refresh token is unknown, used or expired")
        case other:
            raise OauthError(-14001, f"grant_type {other!r}")
    return api.world.bots[known.bot], text


def challenge(verifier: str) -> str:
    """What a verifier of PKCE hashes to: S256, base64url without padding."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
