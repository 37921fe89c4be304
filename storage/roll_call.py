"""Which parts have a process on a PostgreSQL: its table of locks tells.

A process has the lock of each part that it plays, beside others that have it too, as long as it is
seen; see `storage/presence.py`.
"""

import hashlib
from collections.abc import Collection

from sqlalchemy import Connection

LOCKS = """
SELECT pid, (classid::bigint << 32) | objid::bigint AS key FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def key_of(purpose: str, name: str) -> int:
    """The number of an advisory lock, of 64 bits with a sign."""
    digest = hashlib.sha256(f"loa {purpose} {name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def played(c: Connection, parts: Collection[str]) -> frozenset[str]:
    """Those of these parts that a process plays at this moment."""
    held = {row.key for row in c.exec_driver_sql(LOCKS)}
    return frozenset(part for part in parts if key_of("part", part) in held)
