"""A fault of ours, as the log has it."""

from traceback import format_tb


def described(error: Exception) -> str:
    """Its kind and place; not its words, which may quote what somebody wrote."""
    return f"{type(error).__name__}\n{''.join(format_tb(error.__traceback__))}"
