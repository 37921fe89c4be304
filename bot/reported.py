"""What a report says, as people read it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.words import Words, number
from domain.answer import Photo
from domain.data_set import Answers, DataElement, DataSet, Value, ValueType


def shown(words: Words, element: DataElement, value: Value | None) -> str:
    """An answer in words."""
    match element.type, value:
        case _, None:
            return words("value.none")
        case ValueType.YES_NO, _:
            return words("value.yes" if value else "value.no")
        case ValueType.CHOICE, _:
            names = {option.id: option.name for option in element.options}
            return names.get(str(value), str(value))
        case ValueType.PHOTO, str():
            return words("value.photo", caption=Photo.of(value).caption)
        case _, Decimal():
            return number(value)
    return str(value)


def lines(words: Words, data_set: DataSet, answers: Answers) -> list[tuple[int, str, str]]:
    """The answers to the questions that were asked: (number of the question, its name, answer)."""
    asked = enumerate(data_set.asked(answers), 1)
    return [(place, each.name, shown(words, each, answers.get(each.id))) for place, each in asked]


def sums(
    data_set: DataSet, totals: Mapping[str, Decimal]
) -> Sequence[tuple[int, str, Decimal | None]]:
    """Sums by element, in the order of the questions: (number, name, sum)."""
    numbered = enumerate(data_set.elements, 1)
    return [(place, each.name, totals.get(each.id)) for place, each in numbered]
