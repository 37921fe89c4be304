"""What is written down when somebody uses a right: the act, and who did it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """Something that only a right, or one's own word on oneself, lets people do."""

    ANNOUNCED = "announced"
    BROADCAST_APPROVED = "broadcast_approved"
    BROADCAST_STARTED = "broadcast_running"
    BROADCAST_PAUSED = "broadcast_paused"
    BROADCAST_CANCELLED = "broadcast_cancelled"
    BROADCAST_REPEATED = "broadcast_repeated"
    BROADCAST_CHASED = "broadcast_chased"
    BROADCAST_PASSED = "broadcast_passed"
    DOCUMENT_WITHDRAWN = "document_withdrawn"
    DOCUMENT_REWORDED = "document_reworded"
    DOCUMENT_SORTED = "document_sorted"
    DOCUMENT_PINNED = "document_pinned"
    DOCUMENT_REPLACED = "document_replaced"
    INVITED = "invited"
    ROLE_GIVEN = "role_given"
    GROUP_BOUND = "group_bound"
    GROUP_MADE = "group_made"
    LISTENING_SET = "listening_set"
    UNITS_IMPORTED = "units_imported"
    PEOPLE_IMPORTED = "people_imported"
    TARGETS_ASSIGNED = "targets_assigned"
    REPORT_APPROVED = "report_approved"
    REPORT_RETURNED = "report_returned"
    REPORT_UNLOCKED = "report_unlocked"
    REPORTS_CHASED = "reports_chased"
    LEAVE_NOTED = "leave_noted"
    LEAVE_DROPPED = "leave_dropped"
    PRACTICE_DECIDED = "practice_decided"
    ENTRY_CHANGED = "entry_changed"
    ENTRY_DECIDED = "entry_decided"
    TICKET_TAKEN = "ticket_taken"
    TICKET_ANSWERED = "ticket_answered"
    TICKET_CORRECTED = "ticket_corrected"
    TICKET_CLOSED = "ticket_closed"
    COURSE_STARTED = "course_started"
    COURSE_APPROVED = "course_approved"
    COURSE_CHANGED = "course_changed"
    EXPORTED = "exported"
    LINKED = "linked"
    UNLINKED = "unlinked"
    DATA_FETCHED = "data_fetched"
    DATA_WIPED = "data_wiped"
    ACCOUNT_AGREED = "account_agreed"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    COPIED = "copied"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts at a moment: a person from a chat, or the `operator` of the command line."""

    at: datetime
    person_id: int | None = None
    account_id: str | None = None
    chat_id: int | None = None
    operator: str = ""
