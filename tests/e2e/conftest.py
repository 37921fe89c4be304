import pytest

from bot.house import House
from loa.roof import make_house
from loa.settings import Settings


@pytest.fixture(scope="session")
def house() -> House:
    """What Loa reads once when it starts; the same under every roof."""
    return make_house(Settings())
