"""measurements: how fast a sandbox starts, as others measured it. A series: one row per day, never a fact, never a change."""

from schemas import vocabulary as v
from schemas.columns import amount, day, text, whole
from schemas.table import SHA256, series

MEASUREMENTS = series(
    "measurements",
    "How fast a sandbox starts, as others measured it, day by day.",
    text("benchmark", "What is measured, as the publisher calls it, e.g. tti.", key=True, matches=v.SNAKE),
    text("mode", "sequential: one at a time; staggered: 200 ms apart; burst: all at once.", key=True, terms=v.MODES),
    text(
        "statistic",
        "p50, p95, p99: of the runs that succeeded, recomputed from them; success: the share of all runs that did.",
        key=True,
        terms=v.MEASURED_STATISTICS,
    ),
    day("measured_on", "The day (UTC) of the measurement.", key=True),
    text("publisher", "Who measured.", key=True, matches=v.SNAKE),
    amount("value", "The value in its unit.", least=0),
    text("unit", "ms or share (0 to 1).", terms=v.MEASURED_UNITS),
    whole("runs", "How many runs were made, failed ones included.", above=0),
    text("source_url", "The file that states the runs.", starts="https://"),
    text("capture", "SHA-256 of the stored file.", matches=SHA256),
)
