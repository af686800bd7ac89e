"""measurements: how fast a sandbox starts, as others measured it. A series: one row per day, never a fact, never a change."""

from typing import Annotated

import pandera.polars as pa
import polars as pl

from schemas import vocabulary as v
from schemas._base import Cited, column


class Measurements(Cited):
    """How fast a sandbox starts, as others measured it, day by day."""

    benchmark: str = column("What is measured, as the publisher calls it, e.g. tti.", key=True, str_matches=v.SNAKE)
    mode: str = column(
        "sequential: one at a time; staggered: 200 ms apart; burst: all at once.", key=True, isin=v.MODES
    )
    statistic: str = column(
        "p50, p95, p99: of the runs that succeeded, recomputed from them; success: the share of all runs that did.",
        key=True,
        isin=v.MEASURED_STATISTICS,
    )
    measured_on: pl.Date = column("The day (UTC) of the measurement.", key=True)
    publisher: str = column("Who measured.", key=True, str_matches=v.SNAKE)
    value: Annotated[pl.Decimal, 18, 9] = column("The value in its unit.", ge=0)
    unit: str = column("ms or share (0 to 1).", isin=v.MEASURED_UNITS)
    runs: pl.Int64 = column("How many runs were made, failed ones included.", gt=0)
    source_url: str = column("The file that states the runs.", str_startswith="https://")
    capture: str = column("SHA-256 of the stored file.", str_matches=r"^[0-9a-f]{64}$")

    class Config:
        """Strict, as the tables of facts are."""

        strict = True
        ordered = True
        coerce = False

    @pa.dataframe_check(name="share")
    def share(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805
        """A share is at most 1, and only success is one."""
        return data.lazyframe.select(
            ((pl.col("unit") == "share") == (pl.col("statistic") == "success"))
            & ((pl.col("unit") != "share") | (pl.col("value") <= 1))
        )
