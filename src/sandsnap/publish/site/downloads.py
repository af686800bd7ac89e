"""The tables as CSV and Parquet, as the export writes them: where a reader of the site looks for them."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sandsnap.publish.export.files import write_table
from sandsnap.publish.export.tables import current, edition
from sandsnap.publish.site.context import Context, File
from sandsnap.record import queries
from schemas import TABLES

FOLDER = "data/tables"
FORMATS = ("csv", "parquet")


def pages(context: Context) -> Iterator[File]:
    """data/tables/<table>.csv and .parquet."""
    state = edition(context.con, context.url)
    with TemporaryDirectory(prefix="sandsnap-tables-") as temporary:
        for table in TABLES.values():
            published = current(table)
            written = write_table(
                Path(temporary), published, list(queries.sql(context.con, published.query).rows), state
            )
            for kind in FORMATS:
                yield f"{FOLDER}/{table.name}.{kind}", (Path(temporary) / written.files[kind].path).read_bytes()
