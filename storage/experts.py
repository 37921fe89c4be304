"""Queries on the topics on which experts answer."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, insert, select

from storage.schema import expert_topic


def topics_of(c: Connection, person_ids: Collection[int]) -> dict[int, set[str]]:
    """The topics of these experts; who is not in it answers on all."""
    rows = select(expert_topic.c.person_id, expert_topic.c.topic)
    found: dict[int, set[str]] = {}
    for person_id, topic in c.execute(rows.where(expert_topic.c.person_id.in_(person_ids))):
        found.setdefault(person_id, set()).add(topic)
    return found


def set_topics(c: Connection, person_id: int, topics: Iterable[str]) -> None:
    """On what an expert answers; nothing is everything."""
    c.execute(expert_topic.delete().where(expert_topic.c.person_id == person_id))
    rows = [{"person_id": person_id, "topic": topic} for topic in topics]
    if rows:
        c.execute(insert(expert_topic), rows)
