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

SELDOM = {"docx", "docxtpl", "matplotlib", "pypdf", "xlsxwriter"}
"""What reads and writes files: together over 60 MB, of the 150 that a sending process may take."""


def test_what_reads_and_writes_files_is_loaded_only_when_it_is_used() -> None:
    line = "import sys, loa.roof; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", line], capture_output=True, text=True, check=True
    )
    assert "loa.roof" in loaded.stdout.split()
    assert not SELDOM & set(loaded.stdout.split())


@pytest.mark.parametrize("resend", [True, False])
def test_whether_a_lost_message_is_sent_again_is_a_setting(store: Store, resend: bool) -> None:
    settings = Settings(broadcasts=BroadcastSettings(resend_lost=resend))
    roof = Roof(settings, {}, store, make_house())
    with roof._draining(Listening(WITH_BUTTONS, "memory"), Always()) as drain:
        assert drain.hands.resend_lost is resend
