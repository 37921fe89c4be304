"""A feature: what people can do, and the commands, questions, buttons and replies to it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bot.turn import Answer, Turn

Told = Callable[[Turn, str], None]
Asked = Callable[[Turn, Answer], None]


@dataclass(slots=True)
class Feature:
    """One file of `bot/handlers`. Handlers are named `feature.name` throughout."""

    id: str
    commands: dict[str, Told] = field(default_factory=dict)
    steps: dict[str, Asked] = field(default_factory=dict)
    presses: dict[str, Told] = field(default_factory=dict)
    replies: dict[str, Told] = field(default_factory=dict)
    albums: dict[str, Told] = field(default_factory=dict)

    def command(self, command_id: str) -> Callable[[Told], Told]:
        """Handle a command of `commands.yaml`; gets what was written after it."""
        return lambda handler: self.commands.setdefault(command_id, handler)

    def step(self, name: str) -> Callable[[Asked], Asked]:
        """Handle the answer to a question that was asked with `turn.ask`."""
        return lambda handler: self.steps.setdefault(f"{self.id}.{name}", handler)

    def press(self, name: str) -> Callable[[Told], Told]:
        """Handle a button that anybody may press at any time; gets what follows the colon."""
        return lambda handler: self.presses.setdefault(f"{self.id}.{name}", handler)

    def choice(self, name: str, *, ends: bool = False) -> Callable[[Told], Told]:
        """The same, and the answer to the question that has these buttons, which it `ends`."""

        def choose(turn: Turn, answer: Answer) -> None:
            if not answer.choice:
                turn.hear_anew()
                return
            if ends:
                turn.end()
            self.presses[f"{self.id}.{name}"](turn, answer.choice)

        self.step(name)(choose)
        return self.press(name)

    def reply(self, subject: str) -> Callable[[Told], Told]:
        """Handle a reply to a message that is about `subject:id`; gets the id."""
        return lambda handler: self.replies.setdefault(subject, handler)

    def album(self, subject: str) -> Callable[[Told], Told]:
        """Handle the further files of an album whose first one was answered by a message about
        `subject:id:album`; gets the id.
        """
        return lambda handler: self.albums.setdefault(subject, handler)


def gather(features: Iterable[Feature]) -> Feature:
    """All features as one table; raises ValueError when two claim the same thing."""
    whole = Feature("all")
    for feature in features:
        for mine, theirs in (
            (whole.commands, feature.commands),
            (whole.steps, feature.steps),
            (whole.presses, feature.presses),
            (whole.replies, feature.replies),
            (whole.albums, feature.albums),
        ):
            if both := mine.keys() & theirs.keys():
                raise ValueError(f"{feature.id} claims again: {sorted(both)}")
            mine.update(theirs)  # type: ignore[arg-type]  # each pair has one type of its own
    return whole
