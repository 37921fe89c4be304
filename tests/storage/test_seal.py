import pytest

from storage.seal import BadSeal, Seal

SEAL = Seal("a long secret")


def test_what_is_closed_opens_again() -> None:
    sealed = SEAL.close("mã truy cập")
    assert "truy cập" not in sealed
    assert sealed != SEAL.close("mã truy cập")
    assert SEAL.open(sealed) == "mã truy cập"


@pytest.mark.parametrize(
    "sealed",
    ["", "nonsense", Seal("another").close("x"), SEAL.close("x")[:-4]],
    ids=["empty", "nonsense", "another", "cut"],
)
def test_what_was_sealed_otherwise_stays_closed(sealed: str) -> None:
    with pytest.raises(BadSeal):
        SEAL.open(sealed)


def test_every_purpose_has_a_key_of_its_own() -> None:
    keys = {SEAL.key("press"), SEAL.key("link"), Seal("another").key("press")}
    assert (len(keys), {len(key) for key in keys}) == (3, {32})
    assert SEAL.key("press") == Seal("a long secret").key("press")


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Seal("")


def test_the_secret_is_not_shown() -> None:
    assert "long" not in repr(SEAL)
