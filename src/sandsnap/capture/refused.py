"""What is not let in when archived copies are replayed: one record, or all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


class ReplayError(Exception):
    """There is nothing that can be replayed, or a record that cannot: names the file and says what to do next."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One record that was not let in: where it stands, why not, and the page and day it is said to be of, if any."""

    where: str
    why: str
    url: str | None = None
    day: date | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


OnRefused = Callable[[Refused], None]


def strict(refused: Refused) -> None:
    """All or nothing: the first record that is refused ends the replay. Raises ReplayError."""
    raise ReplayError(str(refused))
