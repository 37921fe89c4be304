"""Something that is out of reach for now, as the log has it: a line as it goes, and one after."""

from dataclasses import dataclass, field
from logging import Logger


@dataclass(frozen=True, slots=True)
class Outage:
    """Told once, however many meet it and however often.

    `waits` is what is logged with the first one's reason, `works` what is logged when it is over.
    """

    log: Logger
    waits: str
    works: str
    _met_by: set[str] = field(default_factory=set, init=False)

    def met(self, why: object, by: str = "") -> None:
        """It was met, by a part of this name."""
        if not self._met_by:
            self.log.warning("%s: %s", self.waits, why)
        self._met_by.add(by)

    def over(self, by: str = "") -> None:
        """A part got through. Of one that never met it this tells nothing: it may need less."""
        if by in self._met_by:
            self.log.info(self.works)
            self._met_by.clear()
