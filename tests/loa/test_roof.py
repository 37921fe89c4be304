import subprocess
import sys

import pytest

from loa.roof import Roof
from loa.settings import BroadcastSettings, Settings
from storage.company import Always
from storage.store import Store
from tests.loa.test_account import Listening
from tests.messenger import WITH_BUTTONS
from tests.stage import make_house

FILES = {"docx", "docxtpl", "matplotlib", "pypdf", "xlsxwriter"}
"""What reads and writes files: together over 60 MB, of the 150 that a sending process may take."""
ELSEWHERE = {"alembic", "asyncpg", "pgqueuer", "sandbox", "sqlalchemy.orm"}
"""What migrations, PostgreSQL and the demonstration need: over 20 MB."""


@pytest.mark.parametrize(
    ("room", "seldom"), [("loa.roof", FILES | ELSEWHERE), ("loa.cli", ELSEWHERE)]
)
def test_what_is_seldom_used_is_loaded_only_when_it_is(room: str, seldom: set[str]) -> None:
    line = f"import sys, {room}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", line], capture_output=True, text=True, check=True
    )
    assert room in loaded.stdout.split()
    assert not seldom & set(loaded.stdout.split())


@pytest.mark.parametrize("resend", [True, False])
def test_whether_a_lost_message_is_sent_again_is_a_setting(store: Store, resend: bool) -> None:
    settings = Settings(broadcasts=BroadcastSettings(resend_lost=resend))
    roof = Roof(settings, {}, store, make_house())
    with roof._draining(Listening(WITH_BUTTONS, "memory"), Always()) as drain:
        assert drain.hands.resend_lost is resend
