"""One report under review: looked at, approved, or sent back with a word."""

from bot.coordinators import of_unit
from bot.data_sets import of_version
from bot.due import form_for, in_words
from bot.feature import Feature
from bot.handlers.report import begin_choice
from bot.reported import lines
from bot.reviewing import NAMED, Review, odd_values, show
from bot.turn import Answer, Turn
from domain.approval import ApprovalState, Reviewed
from domain.data_set import Answers
from domain.people import Right, Role
from domain.text import fold
from storage import approvals, chats, locks, reports, totals
from storage.reports import Form

feature = Feature("approval_one")

APPROVE, RETURN, LIST = "approve", "return", "list"
LONGEST = 500
"""Characters of the word with which a report is sent back."""


def ask_unit(turn: Turn, review: Review, text: str = "") -> None:
    """Let one of the units be picked from which something is in, or those of that name."""
    children = approvals.children(turn.c, review.survey, review.top_id)
    odd = odd_values(turn, review, children)
    there = [each for each in children if each.rate.actual and fold(text) in fold(each.unit.name)]
    if text and len(there) == 1:
        _show_one(turn, review, there[0].unit.id)
        return
    there.sort(key=lambda each: (each.unit.id not in odd, each.state is ApprovalState.APPROVED))
    rows = [
        [(str(each.unit.id), turn.words("approval.row", each=each, odd=each.unit.id in odd))]
        for each in there[:NAMED]
    ]
    key = "approval.ask_unit" if there else "approval.no_such_unit"
    turn.ask("approval_one.unit", key, rows, review.data, more=len(there) > NAMED)


@feature.step("unit")
def unit_picked(turn: Turn, answer: Answer) -> None:
    review = Review.of(turn)
    if answer.choice:
        _show_one(turn, review, int(answer.choice))
    elif turn.house.vocabulary.is_command(answer.text):
        turn.hear_anew()
    else:
        ask_unit(turn, review, answer.text)


def _child(turn: Turn, review: Review, unit_id: int) -> Reviewed | None:
    """The child, if it is one and this person may still decide; else says why not."""
    children = approvals.children(turn.c, review.survey, review.top_id)
    found = next((each for each in children if each.unit.id == unit_id), None)
    if found is None or not turn.may(Right.APPROVE, unit_id):
        turn.end()
        turn.say("door.not_allowed")
        return None
    return found


def _show_one(turn: Turn, review: Review, unit_id: int) -> None:
    """One unit's report, or what it has summed up, and what can be done about it."""
    child = _child(turn, review, unit_id)
    if child is None:
        return
    odd = odd_values(turn, review, [child]).get(unit_id, [])
    choices = [(APPROVE, turn.words("approval.approve"))]
    if child.state is not ApprovalState.READY:
        choices = []
    if child.is_team or child.approved:
        choices.append((RETURN, turn.words("approval.return")))
    choices.append((LIST, turn.words("approval.back")))
    turn.ask(
        "approval_one.one",
        "approval.one",
        [choices],
        review.data | {"unit": unit_id, "shown": turn.now.isoformat()},
        **review.named(turn) | {"unit": child.unit.name},
        lines=_lines(turn, review, child),
        odd=odd,
        child=child,
        no_activity=child.is_team and bool(child.rate.no_activity),
    )


def _lines(turn: Turn, review: Review, child: Reviewed) -> list[tuple[int, str, str]]:
    survey = review.survey
    found = reports.find(turn.c, _form(review, child))
    if found is None:
        summed: Answers = totals.summed(turn.c, [survey], child.unit.id).totals
        return lines(turn.house.words, survey.data_set, summed)
    data_set = of_version(turn.c, turn.house, survey.data_set.id, found.version)
    return lines(turn.house.words, data_set, reports.values(turn.c, found.id))


def _form(review: Review, child: Reviewed) -> Form:
    return form_for((review.survey.data_set, review.survey.period), child.unit)


@feature.step("one")
def decided(turn: Turn, answer: Answer) -> None:
    review, unit_id = Review.of(turn), turn.data["unit"]
    child = _child(turn, review, unit_id)
    if child is None:
        return
    if answer.choice == LIST:
        show(turn, review)
    elif child.changed_at and child.changed_at > review.shown:
        turn.say("approval.changed", unit=child.unit.name)
        _show_one(turn, review, unit_id)
    elif answer.choice == APPROVE:
        new = child.state is ApprovalState.READY and review.approve(turn, unit_id)
        turn.say("approval.approved" if new else "approval.no_more", unit=child.unit.name)
        show(turn, review)
    elif answer.choice == RETURN:
        turn.ask("approval_one.word", "approval.ask_word", unit=child.unit.name)
    else:
        turn.hear_anew()


@feature.step("word")
def word_given(turn: Turn, answer: Answer) -> None:
    """Send the report back with that word; the team's group is told."""
    review, unit_id = Review.of(turn), turn.data["unit"]
    child = _child(turn, review, unit_id)
    word = answer.text.strip()
    if child is None:
        return
    if not 0 < len(word) <= LONGEST:
        turn.say("approval.word_length", limit=LONGEST)
    elif child.is_team and _locked(turn, review, child):
        turn.end()
        turn.say("approval.locked", unit=child.unit.name)
    else:
        told = _return(turn, review, child, word)
        turn.say("approval.returned" if told else "approval.returned_untold", unit=child.unit.name)
        show(turn, review)


def _locked(turn: Turn, review: Review, child: Reviewed) -> bool:
    """Whether the team could not correct its report any more."""
    survey = review.survey
    locked = survey.data_set.locked(survey.period, turn.now, turn.house.zone)
    return locked and not locks.unlocked(turn.c, _form(review, child), turn.now)


def _return(turn: Turn, review: Review, child: Reviewed, word: str) -> int:
    """Send back a team's report, or what a unit has approved; how many chats are told."""
    survey = review.survey
    said = review.named(turn) | {"unit": child.unit.name, "word": word, "by": turn.person.name}
    if child.is_team:
        approvals.send_back(turn.c, survey, child.unit.id, word)
        told = chats.groups_of(turn.c, child.unit.id)
        begin = begin_choice(turn.house, survey.data_set, survey.period)
        said["again"] = in_words(turn.house, survey.data_set, survey.period, turn.now)
        for chat in told:
            turn.tell(chat.id, "approval.sent_back", choices=[[begin]], **said)
    else:
        approvals.withdraw(turn.c, survey, child.unit.id)
        told = of_unit(turn.c, child.unit.id, turn.now, {Role.COORDINATOR})
        for chat in told:
            turn.tell(chat.id, "approval.sent_back_sum", **said)
    return len(told)
