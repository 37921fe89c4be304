"""Questions that the FAQ could not answer: when they climb, and which of them are one question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.broadcast import QuietHours
from domain.faq import Abbreviations, Entry, Index
from domain.text import fold, words

_PROMISE = re.compile(
    r"(?:(?:da|vang|ok|oke|u) )*(?:de|cho|doi) (?:em|minh|toi|anh|chi|tui|chu|bac) "
    r"(?:hoi|xem|coi|kiem tra|tim hieu|xac minh|tra)\b.*"
)
_PROMISE_WORDS = 10
"""A longer one says something of use besides."""

_WHO = "(?:em|minh|toi|anh|chi|tui|chau|con|co|chu|bac)"
_NOT = "(?:khong|ko|k|kg|hong|chua)"
_COMPLAINT = re.compile(
    rf"(?:(?:da|vang|thua|ua|a|o|oi|loa|ban|nhung|ma|sao|nhu|the|{_WHO}) )*"
    # "vẫn chưa được", with whatever they add
    rf"(?:(?:{_WHO} |thay |no )*van (?:con )?(?:{_NOT}|bi|bao|loi|the|vay|y nhu)\b.*"
    # "em làm rồi mà không được": of what, only the answer says
    r"|(?:da )?(?:lam|thu|bam|vao|xem)"
    r"(?: nhu the| nhu| theo| dung| vay| cach| huong dan| nay| do| ban| bao| het| lai)*"
    r" (?:roi|xong)(?: a| ah)? (?:ma |nhung |thay |no |van |cung )*"
    rf"(?:{_NOT}|bi|bao|loi)\b.*"
    # "không phải cái em hỏi", "em không hỏi cái đó", "em hỏi cái khác cơ"
    rf"|{_NOT} phai (?:cai |cau |y |dieu |viec |the )*(?:ma )?{_WHO} (?:dang |can |muon )*hoi\b.*"
    rf"|{_NOT} hoi (?:cai|cau|viec|dieu|chuyen|the|vay)\b.*"
    rf"|hoi (?:cai |cau |viec |chuyen |dieu )?khac\b.*"
    # "chưa được ạ"
    rf"|(?:cung )?{_NOT} (?:duoc|dc|xong|on)(?: (?:a|ah|gi|nua|roi|dau|nhe|ban|loa|oi|{_WHO}))*)"
)

_SETTLED = re.compile(r"\b(?:duoc|dc|xong|hieu|ro|on|ok|ra) roi\b|\bcam on\b|\b(?:lam|vao) duoc\b")
_SETTLED_WORDS = 10
_DOUBTFUL = "khong ko k kg chua nhung ma sao gi nao dau hoi bao"
_DOUBTS = frozenset(_DOUBTFUL.split())

_ASKED = "asked"
_SAME_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class TicketRules:
    """How long each rung has to answer, the last wait holding for all further ones.

    `alike` is the score (0..1) from which an open question may be the one just answered.
    """

    climb_after: tuple[timedelta, ...] = (timedelta(hours=24),)
    alike: float = 0.7

    def climb_at(self, told: int, now: datetime, quiet: QuietHours) -> datetime:
        """When the next rung is told, if so many have been now; never at night."""
        rung = min(max(told, 1), len(self.climb_after))
        return quiet.over(now + self.climb_after[rung - 1])


def alike(
    question: str,
    others: Mapping[int, str],
    among: Sequence[Entry],
    abbreviations: Abbreviations,
    least: float,
) -> list[int]:
    """Which of some questions an entry for this one would answer, standing among these entries.

    By their words and letters alone: what so many questions mean would take seconds to work out.
    """
    index = Index([*among, Entry(_ASKED, "", question, "", "")], abbreviations)
    found = []
    for number, text in others.items():
        hits = index.search(text, 1)
        if hits and hits[0].entry.id == _ASKED and hits[0].score >= least:
            found.append(number)
    return found


def promises(text: str) -> bool:
    """Whether words say no more than that an answer will follow: "để em hỏi lại rồi báo nhé"."""
    return len(words(text)) <= _PROMISE_WORDS and bool(_PROMISE.fullmatch(fold(text)))


def settles(text: str) -> bool:
    """Whether words say no more than that an answer helped: "em làm được rồi ạ, cảm ơn"."""
    said = words(text)
    doubts = _DOUBTS.intersection(said)
    return len(said) <= _SETTLED_WORDS and not doubts and bool(_SETTLED.search(fold(text)))


def complains(text: str) -> bool:
    """Whether words say that an answer did not help, and make no sense without one.

    As "vẫn chưa được ạ, nó báo lỗi", "em làm rồi mà không được", "không phải cái em hỏi".
    """
    return bool(_COMPLAINT.fullmatch(fold(text)))


def reformulates(later: str, earlier: str) -> bool:
    """Whether a question says an earlier one in other words: half of the shorter one's stand."""
    now, before = set(words(later)), set(words(earlier))
    shorter = min(len(now), len(before))
    return now != before and len(now & before) >= max(shorter * _SAME_SHARE, 1)
