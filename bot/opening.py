"""Opening a report: whether it may be filled in, and by whom it was begun."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.filling import Filling, filling_of, go_on, named, show
from bot.turn import Turn
from domain.data_set import Answers, DataSet
from domain.people import Right
from domain.period import Period
from domain.units import Unit
from storage import drafts, locks, reports, units
from storage.answers import from_json, to_json
from storage.drafts import Draft
from storage.reports import Form, Report

GO_ON, AGAIN = "go_on", "again"


def open_report(turn: Turn, data_set_id: str, period: str, given: Answers | None = None) -> None:
    """Begin the report of this turn's unit, go on with it, or show it where it is handed in.

    `given` are answers that are known already. What is not possible is said.
    """
    data_set = turn.house.data_sets.get(data_set_id)
    if data_set is None or Period.parse(period).type is not data_set.period_type:
        turn.say("report.no_such")
        return
    unit = reporting_unit(turn, [data_set])
    if unit is None:
        return
    form = Form(data_set.id, data_set.version, period, unit.id)
    if refused(turn, filling_of(turn, form, {})):
        return
    draft, filed = drafts.load(turn.c, form), reports.find(turn.c, form)
    if draft:
        _go_on_with(turn, replace(form, version=draft.version), draft, given or {})
    elif filed and not given:
        show_filed(turn, form, filed)
    else:
        filling = filed_again(turn, form, filed) if filed else filling_of(turn, form, {})
        go_on(turn, filling.with_answers(given or {}), opening=True)


def _go_on_with(turn: Turn, form: Form, draft: Draft, given: Answers) -> None:
    filling = filling_of(turn, form, draft.answers).with_answers(given)
    if draft.person_id == turn.person.id:
        go_on(turn, filling, opening=True)
    else:
        offer(turn, filling, draft, {"given": to_json(given)})


def offer(turn: Turn, filling: Filling, draft: Draft, data: dict[str, Any]) -> None:
    """Offer to go on with what somebody else began; `data` is kept for then."""
    turn.ask(
        "report.take_over",
        "report.somebody_else",
        [[(GO_ON, turn.words("report.take_over"))]],
        filling.data | data,
        name=draft.person_name,
    )


def reporting_units(turn: Turn) -> Sequence[Unit]:
    """The units that may be reported for here: the group's, else those of the person."""
    held = [turn.chat.unit_id] if turn.in_group else turn.where(Right.REPORT)
    return [units.get(turn.c, unit_id) for unit_id in held if unit_id is not None]


def reporting_unit(turn: Turn, data_sets: Sequence[DataSet]) -> Unit | None:
    """The unit that hands in one of these; None, and a sentence, when there is none."""
    held = reporting_units(turn)
    levels = {level for data_set in data_sets for level in data_set.levels}
    fitting = [unit for unit in held if unit.level in levels]
    if not fitting:
        turn.say("report.wrong_level" if held else "report.no_unit")
    # Who is in a team that has closed and in one that has not reports for the other.
    fitting.sort(key=lambda unit: not unit.open_on(turn.day))
    return fitting[0] if fitting else None


def refused(turn: Turn, filling: Filling) -> bool:
    """Whether the report cannot be filled in now; the person is told why."""
    zone, period = turn.house.zone, filling.period
    unit = units.get(turn.c, filling.form.unit_id)
    if period.first > turn.day:
        why = "report.future"
    elif not unit.open_on(min(turn.day, period.last)):
        why = "report.closed_unit"
    elif filling.data_set.locked(period, turn.now, zone):
        return _locked(turn, filling)
    else:
        return False
    turn.end()
    turn.say(why, **named(turn, filling))
    return True


def _locked(turn: Turn, filling: Filling) -> bool:
    """Whether a coordinator has not unlocked the report; the team may wish for it."""
    form = filling.form
    if locks.unlocked(turn.c, form, turn.now):
        return False
    wish = (f"{form.data_set}/{form.period}/{form.unit_id}", turn.words("unlock.wish"))
    said = named(turn, filling)
    turn.ask("unlock.wish", "report.locked", [[wish]], {}, press="unlock.wish", **said)
    return True


def show_filed(turn: Turn, form: Form, filed: Report) -> None:
    """The report is in: show it, and let it be corrected."""
    answers = reports.values(turn.c, filed.id)
    filling = filling_of(turn, replace(form, version=filed.version), answers)
    choices = [[(AGAIN, turn.words("report.again"))]]
    at = filed.corrected_at or filed.submitted_at
    parts = {"at": at, "no_activity": filed.no_activity, "because": filed.returned_because}
    show(turn, filling, "report_review.filed", "report.is_in", choices, **parts)


def filed_again(turn: Turn, form: Form, filed: Report) -> Filling:
    """A report that is in, to be filled in again: what was skipped is not asked."""
    kept = reports.values(turn.c, filed.id)
    filling = filling_of(turn, replace(form, version=filed.version), kept)
    skipped = filling.data_set.asked(kept) if kept else ()
    return replace(filling, answers={**dict.fromkeys(each.id for each in skipped), **kept})


def take_over(turn: Turn, form: Form) -> None:
    """Go on with what somebody else began."""
    draft, given = drafts.load(turn.c, form), from_json(turn.data["given"])
    if draft is None:
        open_report(turn, form.data_set, form.period, given)
        return
    filling = filling_of(turn, replace(form, version=draft.version), draft.answers)
    go_on(turn, filling.with_answers(given), opening=True)
