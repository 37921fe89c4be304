"""Who may read the figures."""

from collections.abc import Mapping

import pytest

from loa.settings import WebSettings
from loa.state import shows_figures

TOKEN = {"LOA_METRICS_TOKEN": "m3trics"}
PUBLIC = "https://loa.example.vn"


@pytest.mark.parametrize(
    ("web", "environ", "shown"),
    [
        (WebSettings(), {}, True),
        (WebSettings(host="::1"), {}, True),
        (WebSettings(host="localhost"), {}, True),
        (WebSettings(host="0.0.0.0"), {}, False),
        (WebSettings(host="loa.example.vn"), {}, False),
        (WebSettings(public_url=PUBLIC), {}, False),
        (WebSettings(public_url=PUBLIC), {"LOA_METRICS_TOKEN": ""}, False),
        (WebSettings(public_url=PUBLIC), TOKEN, True),
        (WebSettings(host="0.0.0.0"), TOKEN, True),
        (WebSettings(metrics=False), TOKEN, False),
    ],
)
def test_figures_are_never_for_everybody(
    web: WebSettings, environ: Mapping[str, str], shown: bool
) -> None:
    assert shows_figures(web, environ) is shown
