"""Where the schema keeps what belongs to one person, and what becomes of it when they ask.

Every column that points to a person or a chat, and every column of free words, is in `HOLDINGS` or
in `STAYS`: a test goes through the schema. Columns of fixed length are codes, but for those that
`HOLDINGS` names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, String, cast, literal
from sqlalchemy.sql.elements import ColumnElement

from storage.schema.audit import audit
from storage.schema.chats import account, chat, identity, inbox, oa_token, session
from storage.schema.ledger import (
    acknowledgement,
    broadcast,
    content,
    delivery,
    document,
    errand,
    file,
    file_copy,
    page,
    passage,
)
from storage.schema.people import (
    join_code,
    link_code,
    membership,
    person,
    person_link,
    team,
    unit,
    wrong_code,
)
from storage.schema.questions import (
    entry,
    entry_change,
    entry_proposal,
    expert_topic,
    given_answer,
    review_told,
    ticket,
    ticket_told,
)
from storage.schema.reports import (
    approval,
    data_set_version,
    draft,
    good_practice,
    leave,
    lock_exception,
    report,
    report_change,
    report_value,
    tally,
    target,
)
from storage.schema.training import course_edition, course_run, lesson_sent, quiz_answer

WIPED = "wiped"
"""Why a chat of somebody who was wiped is out of reach, and the beginning of its new id."""


class Fate(StrEnum):
    """What a wipe does to a row. Who is only a number in a row that stays has no name any more."""

    GO = "go"
    BLANK = "blank"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows that a person has: `of` is a column with their number, or with their private chat's.

    `blanks` are the new values of what is blanked, in `only` those rows.
    """

    of: Column[Any]
    fate: Fate
    blanks: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[ColumnElement[bool], ...] = ()


ADDRESS = literal(f"{WIPED}:") + cast(chat.c.id, String)
_OPEN = ticket.c.answered_at.is_(None) & ticket.c.closed_at.is_(None)
NAME, DAY, NOW = object(), object(), object()
"""Stand for the name of the nameless, the day and the moment of the wipe."""

HOLDINGS = (
    # What is of no use to anybody else.
    Holding(session.c.person_id, Fate.GO),
    Holding(link_code.c.person_id, Fate.GO),
    Holding(person_link.c.person_id, Fate.GO),
    Holding(person_link.c.other_id, Fate.GO),
    Holding(wrong_code.c.person_id, Fate.GO),
    Holding(expert_topic.c.person_id, Fate.GO),
    Holding(review_told.c.person_id, Fate.GO),
    Holding(errand.c.chat_id, Fate.GO),
    Holding(ticket_told.c.chat_id, Fate.GO),
    Holding(delivery.c.chat_id, Fate.GO),  # what it said is emptied
    Holding(delivery.c.for_person, Fate.GO),
    Holding(identity.c.person_id, Fate.GO),
    Holding(file.c.person_id, Fate.GO),
    # What others count, or wait for, without knowing whose it was.
    Holding(ticket.c.asker_id, Fate.BLANK, {"question": "", "added": "", "question_files": ()}),
    Holding(ticket.c.asker_id, Fate.BLANK, {"closed_at": NOW}, (_OPEN,)),
    Holding(ticket.c.taken_by, Fate.BLANK, {"taken_by": None}, (_OPEN,)),
    Holding(given_answer.c.person_id, Fate.BLANK, {"question": "", "files": ()}),
    Holding(leave.c.created_by, Fate.BLANK, {"reason": ""}),
    Holding(broadcast.c.chat_id, Fate.BLANK, {"chat_id": None, "progress_id": None}),
    Holding(membership.c.person_id, Fate.BLANK, {"until": DAY}, (membership.c.until.is_(None),)),
    Holding(
        chat.c.id,
        Fate.BLANK,
        {
            "person_id": None,
            "title": "",
            "heard_at": None,
            "gone_because": WIPED,
            "platform_id": ADDRESS,
        },
    ),
    Holding(person.c.id, Fate.BLANK, {"name": NAME, "phone": None, "it_knowledge": False}),
    # The work of the team and of those who coordinate it.
    Holding(report.c.submitted_by, Fate.STAY),
    Holding(report_change.c.person_id, Fate.STAY),
    Holding(draft.c.person_id, Fate.STAY),
    Holding(good_practice.c.person_id, Fate.STAY),
    Holding(good_practice.c.decided_by, Fate.STAY),
    Holding(acknowledgement.c.person_id, Fate.STAY),
    Holding(quiz_answer.c.person_id, Fate.STAY),
    Holding(course_run.c.started_by, Fate.STAY),
    Holding(course_run.c.approved_by, Fate.STAY),
    Holding(ticket.c.answered_by, Fate.STAY),
    Holding(document.c.created_by, Fate.STAY),
    Holding(broadcast.c.created_by, Fate.STAY),
    Holding(broadcast.c.approved_by, Fate.STAY),
    Holding(passage.c.passed_by, Fate.STAY),
    Holding(approval.c.approved_by, Fate.STAY),
    Holding(lock_exception.c.granted_by, Fate.STAY),
    Holding(target.c.assigned_by, Fate.STAY),
    Holding(join_code.c.created_by, Fate.STAY),
    Holding(entry.c.author_id, Fate.STAY),
    Holding(entry.c.verified_by, Fate.STAY),
    Holding(entry_change.c.person_id, Fate.STAY),
    Holding(entry_proposal.c.author_id, Fate.STAY),
    Holding(entry_proposal.c.decided_by, Fate.STAY),
    Holding(audit.c.person_id, Fate.STAY),
    Holding(audit.c.other_id, Fate.STAY),
)

STAYS: Mapping[str, tuple[Column[Any], ...]] = {
    "the organisation's own, and nobody's": (
        unit.c.name,
        team.c.decision_number,
        course_edition.c.body,
        data_set_version.c.body,
        tally.c.sums,
        broadcast.c.levels,
        account.c.lost_because,
        *(oa_token.c[name] for name in ("sealed", "lost_because")),
    ),
    "official papers, and what was added to them on their way": (
        *(document.c[name] for name in ("number", "issuer", "summary", "topic", "folded")),
        passage.c.line,
        file_copy.c.platform_id,
        page.c.text,
        page.c.folded,
    ),
    "the answers of the team, credited to it": (
        draft.c.answers,
        report.c.returned_because,
        report_change.c.before,
        report_value.c.text,
        good_practice.c.text,
    ),
    "answers for everybody": (
        *(ticket.c[name] for name in ("topic", "answer", "files")),
        *(
            entry.c[name]
            for name in ("question", "answer", "topic", "source", "audience", "wordings")
        ),
        entry.c.files,
        entry.c.hidden_in,
        entry_change.c.after,
        entry_proposal.c.lesson,
    ),
    "numbers and codes only": (audit.c.detail,),
    "empty once the update is worked off, at once as a rule": (inbox.c.payload, inbox.c.error),
    "emptied with its delivery": (content.c.body,),
    "the same rows are found by their person": (
        session.c.chat_id,
        ticket.c.chat_id,
        given_answer.c.chat_id,
        good_practice.c.chat_id,
    ),
    "only ever a group": (course_run.c.chat_id, lesson_sent.c.chat_id),
}
"""By the reason why: the columns that a wipe leaves as they are."""
