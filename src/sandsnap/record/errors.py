"""What can go wrong in the warehouse, each in one line that says what to do next.

RecordError
├── LockedError        another process is writing
├── DamagedError       the result of a run breaks an invariant: it is not published
└── QueryError         no such file, table or column, or bad SQL
"""


class RecordError(Exception):
    """The run is refused; the warehouse is as it was."""


class LockedError(RecordError):
    """Another process writes."""


class DamagedError(RecordError):
    """The new file breaks an invariant and was not published."""


class QueryError(RecordError):
    """A question that the warehouse cannot answer."""
