"""A report being filled in: one question at a time, looked over, corrected.

The answers so far are a draft of the unit, not of the person: it outlives a restart, and somebody
else of the team may go on with it. It goes on by the version of the data set with which it began.
"""

from dataclasses import dataclass, replace
from typing import Any

from bot.data_sets import of_version
from bot.reported import lines, shown
from bot.turn import Turn
from domain.data_set import Answers, DataElement, DataSet, ValueType
from domain.period import Period
from storage import drafts, reports, units
from storage.reports import Form

SEND, FIX, KEEP, SKIP, BACK, NOTHING = "send", "fix", "keep", "skip", "back", "nothing"
YES, NO = "1", "0"


@dataclass(frozen=True, slots=True)
class Filling:
    """Which report, its questions, and the answers so far."""

    form: Form
    data_set: DataSet
    answers: Answers

    @property
    def period(self) -> Period:
        return Period.parse(self.form.period)

    @property
    def data(self) -> dict[str, Any]:
        """What a conversation keeps of it."""
        form = self.form
        return {
            "data_set": form.data_set,
            "version": form.version,
            "period": form.period,
            "unit": form.unit_id,
        }

    def with_answers(self, answers: Answers) -> "Filling":
        return replace(self, answers={**self.answers, **answers})


def form_of(turn: Turn) -> Form:
    """The report that the open conversation is about."""
    data = turn.data
    return Form(data["data_set"], data["version"], data["period"], data["unit"])


def filling_of(turn: Turn, form: Form, answers: Answers) -> Filling:
    return Filling(form, of_version(turn.c, turn.house, form.data_set, form.version), answers)


def mine(turn: Turn) -> Filling | None:
    """What this person is filling in; None, and a sentence, when it is theirs no more."""
    form = form_of(turn)
    draft = drafts.load(turn.c, form)
    if draft and draft.person_id == turn.person.id:
        return filling_of(turn, replace(form, version=draft.version), draft.answers)
    if turn.house.vocabulary.is_command(turn.message.text):
        turn.hear_anew()
        return None
    turn.end()
    name = draft.person_name if draft else ""
    turn.say("report.taken" if draft else "report.finished", name=name)
    return None


def keep(turn: Turn, filling: Filling) -> None:
    drafts.save(turn.c, filling.form, dict(filling.answers), turn.person.id, turn.now)


def go_on(turn: Turn, filling: Filling, *, opening: bool = False) -> None:
    """Keep the answers and ask what is still open, or show the whole for a last look."""
    keep(turn, filling)
    element = filling.data_set.next_unanswered(filling.answers)
    if element is None:
        review(turn, filling)
    else:
        ask(turn, filling, element, opening=opening)


def ask(turn: Turn, filling: Filling, element: DataElement, *, opening: bool = False) -> None:
    """Put one question."""
    asked = filling.data_set.asked(filling.answers)
    position = asked.index(element) + 1
    choices = _choices(turn, element)
    turn.ask(
        "report_answer.answer",
        "report.question",
        [*([each] for each in choices), *_moves(turn, filling, element, position)],
        filling.data | {"element": element.id},
        numbered=bool(choices),
        opening=opening,
        **(named(turn, filling) if opening else {}),
        position=position,
        count=len(asked),
        question=element.question,
        help=element.help,
        now=_now(turn, filling, element),
        before=_before(turn, filling, element),
    )


def _choices(turn: Turn, element: DataElement) -> list[tuple[str, str]]:
    """The answers that can be given by a button."""
    if element.type is ValueType.YES_NO:
        return [(YES, turn.words("value.yes")), (NO, turn.words("value.no"))]
    return [(option.id, option.name) for option in element.options]


def _moves(
    turn: Turn, filling: Filling, element: DataElement, position: int
) -> list[list[tuple[str, str]]]:
    offered = (
        (KEEP, element.id in filling.answers),
        (SKIP, element.optional),
        (BACK, position > 1),
        (NOTHING, not filling.answers and filling.data_set.takes_no_activity),
    )
    moves = [(move, turn.words(f"report.{move}")) for move, possible in offered if possible]
    return [moves] if moves else []


def _now(turn: Turn, filling: Filling, element: DataElement) -> str:
    """What is answered already, where somebody has come back to a question."""
    answered = element.id in filling.answers
    value = filling.answers.get(element.id)
    return shown(turn.house.words, element, value) if answered else ""


def _before(turn: Turn, filling: Filling, element: DataElement) -> str:
    """What was answered a period ago, for a number; empty when there is none."""
    if not element.is_number:
        return ""
    form = replace(filling.form, period=filling.period.previous().id)
    value = reports.value(turn.c, form, element.id)
    return "" if value is None else shown(turn.house.words, element, value)


def review(turn: Turn, filling: Filling) -> None:
    """Show all answers, and what does not fit together, before they are handed in."""
    broken = filling.data_set.broken(filling.answers)
    send = (SEND, turn.words("report.send_anyway" if broken else "report.send"))
    fix = (FIX, turn.words("report.fix"))
    warnings = [rule.message for rule in broken]
    choices = [[fix, send] if broken else [send, fix]]
    show(turn, filling, "report_review.review", "report.review", choices, warnings=warnings)


def which(turn: Turn, filling: Filling) -> None:
    """Ask which answer is to be corrected."""
    asked = enumerate(filling.data_set.asked(filling.answers), 1)
    rows = [[(each.id, f"{place}. {each.name}")] for place, each in asked]
    turn.ask("report_review.which", "report.ask_which", rows, filling.data)


def show(
    turn: Turn,
    filling: Filling,
    step: str,
    key: str,
    choices: list[list[tuple[str, str]]],
    **values: Any,
) -> None:
    """Show the answers, and ask something about them."""
    told = lines(turn.house.words, filling.data_set, filling.answers)
    turn.ask(step, key, choices, filling.data, lines=told, **named(turn, filling), **values)


def named(turn: Turn, filling: Filling) -> dict[str, Any]:
    """What sentences call a report: the data set's name, the period, the unit's name."""
    unit = units.get(turn.c, filling.form.unit_id)
    return {"name": filling.data_set.name, "period": filling.period, "unit": unit.name}
