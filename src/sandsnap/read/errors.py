"""What stops a reader. Each message says what was expected, what was found, and where.

ReadError
├── NotFound     nothing on the page fits the selection
├── Ambiguous    more than one thing fits, and they differ
└── Unreadable   a text is there, but not in a form the grammar knows
"""


class ReadError(Exception):
    """A reader could not read; its facts keep their last value. `nearest` is the closest text on the page, `others`
    are texts that are less so."""

    kind = "unreadable"

    def __init__(self, message: str, nearest: str | None = None, *others: str) -> None:
        super().__init__(message)
        self.nearest, self.others = nearest, others


class NotFound(ReadError):
    """Nothing on the page fits the selection."""


class Ambiguous(ReadError):
    """Several passages fit, and they do not say the same."""

    kind = "conflict"


class Unreadable(ReadError):
    """A text stands where a value was expected, in a form the grammar refuses."""
