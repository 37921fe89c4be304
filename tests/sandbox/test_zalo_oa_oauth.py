"""Consent, PKCE, the pair of tokens and its renewal."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.zalo_oa.oauth import challenge
from tests.sandbox.oa import USERNAME, Json, Oa

VERIFIER = "v" * 43
BACK = "https://loa.example/zalo"
TOKEN_URL = "/zalo/oauth/v4/oa/access_token"


async def _consent(oa: Oa, **asked: str) -> httpx.Response:
    console = await oa.set()
    form = {
        "app_id": console["app_id"],
        "redirect_uri": BACK,
        "code_challenge": challenge(VERIFIER),
        "state": "s1",
        "oa_id": oa.oa_id,
    } | asked
    url = "/zalo/oauth/v4/oa/permission"
    page = await oa.stage.http.get(url, params={k: v for k, v in form.items() if k != "oa_id"})
    if page.headers["content-type"].startswith("text/html"):
        assert f'value="{oa.oa_id}"' in page.text
    return await oa.stage.http.post(url, data=form)


async def _code(oa: Oa) -> str:
    answer = await _consent(oa)
    assert answer.status_code == 302
    target = urlsplit(answer.headers["location"])
    query = parse_qs(target.query)
    assert (query["oa_id"], query["state"]) == ([oa.oa_id], ["s1"])
    return query["code"][0]


async def _ask(oa: Oa, secret: str = "", **form: str) -> Json:
    console = await oa.set()
    answer = await oa.stage.http.post(
        TOKEN_URL,
        data={"app_id": console["app_id"]} | form,
        headers={"secret_key": secret or console["app_secret"]},
    )
    assert answer.status_code == 200
    found: Json = answer.json()
    return found


async def _by_code(oa: Oa, code: str, verifier: str = VERIFIER) -> Json:
    return await _ask(oa, grant_type="authorization_code", code=code, code_verifier=verifier)


async def _renew(oa: Oa, refresh: str, secret: str = "") -> Json:
    return await _ask(oa, secret, grant_type="refresh_token", refresh_token=refresh)


def test_a_challenge_is_that_of_the_rfc() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_a_consent_gives_a_pair_that_works(oa: Oa) -> None:
    pair = await _by_code(oa, await _code(oa))
    assert pair["expires_in"] == "90000"
    headers = {"access_token": pair["access_token"]}
    answer = await oa.stage.http.get("/zalo/oa/v2.0/oa/getoa", headers=headers)
    assert answer.json()["data"]["oa_id"] == oa.oa_id


async def test_a_code_is_good_once_and_for_ten_minutes(oa: Oa) -> None:
    code = await _code(oa)
    await _by_code(oa, code)
    assert (await _by_code(oa, code))["error"] == -14019
    late = await _code(oa)
    oa.stage.clock.time += 601
    assert (await _by_code(oa, late))["error"] == -14019


async def test_the_verifier_must_fit(oa: Oa) -> None:
    code = await _code(oa)
    assert (await _by_code(oa, code, "w" * 43))["error"] == -14019
    assert "access_token" in await _by_code(oa, code)


async def test_a_refresh_token_is_good_once(oa: Oa) -> None:
    fresh = await _renew(oa, oa.refresh)
    assert fresh["refresh_token"] != oa.refresh
    again = await _renew(oa, oa.refresh)
    assert again["error"] == -14020
    assert {"error_name", "error_reason", "error_description"} <= set(again)
    assert "access_token" in await _renew(oa, fresh["refresh_token"])


async def test_a_refresh_token_lives_three_months(oa: Oa) -> None:
    oa.stage.clock.time += 91 * 24 * 3600
    assert (await _renew(oa, oa.refresh))["error"] == -14020


async def test_the_wrong_secret_spends_nothing(oa: Oa) -> None:
    assert (await _renew(oa, oa.refresh, "wrong"))["error"] == -14004
    assert "access_token" in await _renew(oa, oa.refresh)


@pytest.mark.parametrize(
    ("console", "asked", "code"),
    [
        ({}, {"app_id": "1"}, -14005),
        ({"app_active": False}, {}, -14002),
        ({"redirect_uri": "https://other.example"}, {}, -14003),
        ({}, {"code_challenge": ""}, -14001),
        ({}, {"oa_id": "1"}, -14001),
    ],
)
async def test_a_wrong_consent_is_refused(
    oa: Oa, console: Json, asked: dict[str, str], code: int
) -> None:
    await oa.set(**console)
    answer = await _consent(oa, **asked)
    assert (answer.status_code, answer.json()["error"]) == (200, code)


async def test_an_unverified_account_gets_no_refresh_token(oa: Oa) -> None:
    await oa.set(verified=False)
    pair = await _by_code(oa, await _code(oa))
    assert set(pair) == {"access_token", "expires_in"}


async def test_an_unknown_grant_is_refused(oa: Oa) -> None:
    assert (await _ask(oa, grant_type="password"))["error"] == -14001


async def test_a_token_is_asked_for_and_ends(oa: Oa) -> None:
    answer = await oa.stage.http.get("/zalo/oa/v2.0/oa/getoa")
    assert answer.json()["error"] == -216
    await oa.call("/v2.0/oa/getoa")
    oa.stage.clock.time += 90_000
    assert await oa.fail("/v2.0/oa/getoa") == -220


@pytest.mark.parametrize(("refresh", "renewal"), [(False, None), (True, -14020)])
async def test_an_owner_ends_the_tokens(oa: Oa, *, refresh: bool, renewal: int | None) -> None:
    await oa.stage.act("zalo_oa/tokens/end", bot=USERNAME, refresh=refresh)
    assert await oa.fail("/v2.0/oa/getoa") == -220
    assert (await _renew(oa, oa.refresh)).get("error") == renewal


async def test_a_renewal_may_get_lost_on_its_way(oa: Oa) -> None:
    await oa.stage.act("faults", kind="drop", taken=True, methods=["access_token"], times=1)
    with pytest.raises(httpx.TransportError):
        await _renew(oa, oa.refresh)
    assert (await _renew(oa, oa.refresh))["error"] == -14020


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"kind": "error", "code": -14002}, 200, -14002),
        ({"kind": "revoked"}, 200, -14020),
        ({"kind": "500"}, 500, -1),
    ],
)
async def test_a_renewal_may_be_refused(oa: Oa, fault: Json, status: int, code: int) -> None:
    await oa.stage.act("faults", **fault, methods=["access_token"], times=1)
    console = await oa.set()
    form = {"app_id": console["app_id"], "grant_type": "refresh_token"}
    answer = await oa.stage.http.post(
        TOKEN_URL,
        data=form | {"refresh_token": oa.refresh},
        headers={"secret_key": console["app_secret"]},
    )
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert "access_token" in await _renew(oa, oa.refresh)


async def test_one_app_may_act_for_several_accounts(oa: Oa) -> None:
    await oa.stage.act("bots", username="xa_hai", name="Xã Hai", messenger="zalo_oa")
    app = await oa.set()
    same = {"app_id": app["app_id"], "app_secret": app["app_secret"]}
    other = await oa.stage.act("zalo_oa", bot="xa_hai", **same)
    answer = await _consent(oa, oa_id=other["oa_id"])
    (code,) = parse_qs(urlsplit(answer.headers["location"]).query)["code"]
    pair = await _by_code(oa, code)
    headers = {"access_token": pair["access_token"]}
    told = await oa.stage.http.get("/zalo/oa/v2.0/oa/getoa", headers=headers)
    assert told.json()["data"]["oa_id"] == other["oa_id"]
    assert "access_token" in await _renew(oa, oa.refresh)


async def test_of_many_renewals_at_once_one_succeeds(oa: Oa) -> None:
    answers = await asyncio.gather(*(_renew(oa, oa.refresh) for _ in range(8)))
    assert sorted("access_token" in each for each in answers) == [False] * 7 + [True]
