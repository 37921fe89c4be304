"""Run by Alembic around its commands: works in the transaction that the caller has begun."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage import schema, types


def render(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types by their names in `storage/types.py`."""
    for name in ("BigId", "Json", "Moment"):
        ours = getattr(types, name)
        if item is ours or type(item) is ours:
            autogen.imports.add(f"from storage.types import {name}")
            return name if item is ours else f"{name}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    render_as_batch=True,
    render_item=render,
)
context.run_migrations()
