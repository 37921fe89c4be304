"""What a free sentence says of a report: shown to whoever wrote it, before it is gone on with."""

from bot.filling import Filling, go_on
from bot.turn import Turn
from domain.data_set import Answers, DataElement, DataSet
from domain.sentence import Understood, fill


def understand(turn: Turn, text: str, data_set: DataSet) -> Understood:
    return fill(text, data_set, turn.house.abbreviations)


def take(turn: Turn, data_set: DataSet, understood: Understood, answers: Answers) -> Answers:
    """Say what was understood and what was not sure; the new answers, beside those before.

    "còn lại không có" is of what has no answer yet.
    """
    new = {
        key: value
        for key, value in understood.values.items()
        if key not in understood.rest or answers.get(key) is None
    }
    asked = enumerate(data_set.elements, 1)
    lines = [(place, each.name, new[each.id]) for place, each in asked if each.id in new]
    doubts = [(data_set.element(each.element).name, each) for each in understood.doubtful]
    turn.say("sentence.understood", lines=lines, doubts=doubts)
    return new


def correct(turn: Turn, filling: Filling, text: str, asked: DataElement | None = None) -> bool:
    """Take numbers that are said of other questions than the one `asked`; False if there are none.

    "nộp hồ sơ 13 hộ" corrects that answer, whatever is being asked.
    """
    understood = understand(turn, text, filling.data_set)
    if asked and (not asked.is_number or understood.values.keys() <= {asked.id}):
        return False
    if not understood.values:
        return False
    new = take(turn, filling.data_set, understood, filling.answers)
    go_on(turn, filling.with_answers(new))
    return True
