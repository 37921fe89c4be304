from tests.matrix import PAGE, render, wanted


def test_the_page_on_messengers_is_that_of_the_conversations() -> None:
    assert PAGE.read_text("utf-8") == render(wanted()), "run python -m tests.matrix"
