import pytest

from tests.sandbox.stage import Stage


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8081"}, 200),
        ({"Host": "[::1]:8081"}, 200),
        ({"Origin": "http://127.0.0.1:8081"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_only_this_machine_comes_in(
    stage: Stage, headers: dict[str, str], status: int
) -> None:
    assert (await stage.http.get("/sandbox", headers=headers)).status_code == status


async def test_the_page_is_served_with_a_strict_policy(stage: Stage) -> None:
    answer = await stage.http.get("/")
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert 'lang="vi"' in answer.text
