"""Someone else's SQL: one statement that only reads, on a copy of the warehouse that nobody can write, within limits.

The statement's kind is asked of DuckDB's own parser. That is the first fence and not the last: DuckDB lets SQL attach
again, for writing, whatever path it was once given. So it is given none that leads anywhere: a private copy, open for
reading, whose name is gone before the SQL is read.
"""

import re
import shutil
import tempfile
import threading
from pathlib import Path

import duckdb

from sandsnap.record.errors import QueryError
from sandsnap.record.queries import Answer, attached, line, must_exist

MEMORY = "1GB"
MOST_ROWS = 1_000_000
MOST_CHARACTERS = 500_000_000  # of all text and bytes in an answer
_CHUNK = 2_000
_READS = {"SELECT", "MULTI", "EXPLAIN"}  # MULTI is a PIVOT whose columns are looked up first
_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(?:ANALYZE\s+)?(?:\([^()]*\)\s*)?", re.I)


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a copy of the warehouse that has no name any more: no file, no network, no setting, no writing.

    Raises QueryError if there is no such file, it is not a warehouse, or there is no room for the copy.
    """
    must_exist(path)
    try:
        with tempfile.TemporaryDirectory(prefix="sandsnap-sql-") as folder:
            copy = Path(folder) / path.name
            shutil.copyfile(path, copy)
            con = attached(copy, called=path)
    except OSError as error:
        raise QueryError(
            f"{path} cannot be copied for reading: {error.strerror or error}; free space in {tempfile.gettempdir()}"
        ) from None
    con.execute("SET temp_directory = ''")
    con.execute(f"SET memory_limit = '{MEMORY}'")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def ask(con: duckdb.DuckDBPyConnection, query: str, timeout_s: float = 60.0) -> Answer:
    """The answer to one reading statement, within `timeout_s` seconds, MOST_ROWS rows and MOST_CHARACTERS of text.

    Raises QueryError in one line for bad SQL, anything but one statement that reads, and for each limit.
    """
    late = threading.Event()

    def stop() -> None:
        late.set()
        con.interrupt()

    timer = threading.Timer(timeout_s, stop)
    timer.daemon = True
    timer.start()
    try:
        _refuse_writing(con, query)
        done = con.execute(query)
        columns = tuple(d[0] for d in done.description or ())
        rows: list[tuple[object, ...]] = []
        characters = 0
        while chunk := done.fetchmany(_CHUNK):
            rows += chunk
            characters += sum(len(v) for row in chunk for v in row if isinstance(v, str | bytes))
            if len(rows) > MOST_ROWS or characters > MOST_CHARACTERS:
                raise QueryError(f"an answer holds {MOST_ROWS:,} rows and {MOST_CHARACTERS:,} characters: add a LIMIT")
            if late.is_set():
                break
        if late.is_set():
            raise QueryError(_late(timeout_s))
        return Answer(columns, rows)
    except (duckdb.Error, MemoryError) as error:
        if late.is_set():
            raise QueryError(_late(timeout_s)) from None
        if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
            raise QueryError(f"a query may use {MEMORY} of memory: narrow it") from None
        raise QueryError(line(error)) from None
    finally:
        timer.cancel()


def _late(timeout_s: float) -> str:
    return f"stopped after {timeout_s:g} s: narrow the query, or give it more time"


def _refuse_writing(con: duckdb.DuckDBPyConnection, query: str) -> None:
    """Raise QueryError unless the text is one statement that reads."""
    statements = con.extract_statements(query)
    if len(statements) != 1:
        raise QueryError(f"{len(statements)} statements; ask one at a time, it may use WITH")
    kind = statements[0].type.name
    if kind == "EXPLAIN":
        explained = con.extract_statements(_EXPLAIN.sub("", statements[0].query, count=1))
        kind = explained[0].type.name if len(explained) == 1 else "EXPLAIN"
        if kind == "EXPLAIN":
            raise QueryError("write EXPLAIN or EXPLAIN ANALYZE directly before the query")
    if kind not in _READS:
        raise QueryError(
            f"{kind.replace('_', ' ')} is refused: sql only reads (SELECT, FROM, WITH, VALUES, DESCRIBE, SHOW, "
            "SUMMARIZE, PIVOT, EXPLAIN); to work on a copy, copy the warehouse file"
        )
