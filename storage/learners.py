"""Queries on who learns: how far people and teams are, what is often wrong, who is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Subquery, case, func, select

from storage.people import of_team
from storage.rows import rows_as
from storage.schema import (
    course_run,
    lesson_sent,
    membership,
    person,
    quiz_answer,
    unit,
)
from storage.training import Run
from storage.units import branch_of, subtree


@dataclass(frozen=True, slots=True)
class Learner:
    """A member of a team, with how many lessons they answered, and how many of them rightly."""

    name: str
    answered: int
    correct: int


@dataclass(frozen=True, slots=True)
class Class:
    """Members of some teams, and how many of them have begun and have answered every lesson."""

    name: str
    members: int
    begun: int
    finished: int


def _given(run_id: int) -> Subquery:
    """How many lessons of a run each person answered, and how many rightly."""
    correct = func.sum(case((quiz_answer.c.correct, 1), else_=0))
    query = select(
        quiz_answer.c.person_id, func.count().label("answered"), correct.label("correct")
    ).where(quiz_answer.c.run_id == run_id)
    return query.group_by(quiz_answer.c.person_id).subquery()


def of_unit(c: Connection, run_id: int, unit_id: int) -> Sequence[Learner]:
    """The members of a unit's team, by name."""
    given = _given(run_id)
    query = (
        select(
            person.c.name,
            func.coalesce(given.c.answered, 0),
            func.coalesce(given.c.correct, 0),
        )
        .join(membership, membership.c.person_id == person.c.id)
        .outerjoin(given, given.c.person_id == person.c.id)
        .where(of_team(unit_id))
        .distinct()
    )
    return rows_as(Learner, c.execute(query.order_by(person.c.name)))


def _teams(run: Run, top_id: int, day: date) -> Subquery:
    """The members of the units in a subtree that got a lesson: (unit, begun, finished)."""
    got = select(lesson_sent.c.unit_id).where(lesson_sent.c.run_id == run.id)
    tree, given = subtree(top_id, day), _given(run.id)
    answered = func.coalesce(given.c.answered, 0)
    return (
        select(
            unit.c.id.label("unit_id"),
            membership.c.person_id,
            func.max(case((answered > 0, 1), else_=0)).label("begun"),
            func.max(case((answered >= len(run.course.lessons), 1), else_=0)).label("finished"),
        )
        .select_from(unit)
        .join(tree, tree.c.id == unit.c.id)
        .join(membership, of_team(unit.c.id))
        .outerjoin(given, given.c.person_id == membership.c.person_id)
        .where(unit.c.id.in_(got))
        .group_by(unit.c.id, membership.c.person_id)
        .subquery()
    )


def whole(c: Connection, run: Run, top_id: int, day: date) -> Class:
    """All teams below a unit, and its own."""
    teams = _teams(run, top_id, day)
    name = select(unit.c.name).where(unit.c.id == top_id).scalar_subquery()
    sums = (func.coalesce(func.sum(each), 0) for each in (teams.c.begun, teams.c.finished))
    return rows_as(Class, c.execute(select(name, func.count(teams.c.unit_id), *sums)))[0]


def by_branch(c: Connection, run: Run, top_id: int, day: date) -> Sequence[Class]:
    """The same for each unit right below, where there are teams, by its code."""
    teams, branch = _teams(run, top_id, day), branch_of(top_id, day).subquery()
    query = (
        select(unit.c.name, func.count(), func.sum(teams.c.begun), func.sum(teams.c.finished))
        .select_from(teams)
        .join(branch, branch.c.id == teams.c.unit_id)
        .join(unit, unit.c.id == branch.c.child)
        .group_by(unit.c.name, unit.c.code)
        .order_by(unit.c.code)
    )
    return rows_as(Class, c.execute(query))


@dataclass(frozen=True, slots=True)
class Chosen:
    """How often an option of a lesson's question was chosen."""

    edition_id: int
    lesson: int
    option: int
    correct: bool
    times: int


def chosen(c: Connection, top_id: int, day: date) -> Sequence[Chosen]:
    """What was chosen in a unit and below, question by question."""
    tree = subtree(top_id, day)
    columns = (
        course_run.c.edition_id,
        quiz_answer.c.lesson,
        quiz_answer.c.option,
        quiz_answer.c.correct,
    )
    query = (
        select(*columns, func.count())
        .join(course_run, course_run.c.id == quiz_answer.c.run_id)
        .join(tree, tree.c.id == quiz_answer.c.unit_id)
        .group_by(*columns)
    )
    return rows_as(Chosen, c.execute(query.order_by(*columns)))


@dataclass(frozen=True, slots=True)
class Taken:
    """How far a person is in a run, and when they answered last."""

    run_id: int
    lessons: int
    answered: int
    correct: int
    last_at: datetime

    @property
    def finished(self) -> bool:
        return self.answered >= self.lessons


def taken(c: Connection, person_id: int) -> Sequence[Taken]:
    """The runs in which a person answered anything, the newest first."""
    correct = func.sum(case((quiz_answer.c.correct, 1), else_=0))
    query = (
        select(
            course_run.c.id,
            course_run.c.lessons,
            func.count(),
            correct,
            func.max(quiz_answer.c.at),
        )
        .join(course_run, course_run.c.id == quiz_answer.c.run_id)
        .where(quiz_answer.c.person_id == person_id)
        .group_by(course_run.c.id, course_run.c.lessons)
    )
    return rows_as(Taken, c.execute(query.order_by(course_run.c.id.desc())))
