"""How measurements are said wherever they are published: how often, by whom, and what is timed."""

from collections.abc import Mapping
from typing import Any

from sandsnap.read.publishers import publisher, publishers


def how_often(row: Mapping[str, Any]) -> str:
    """median of 100; median of the 71 of 100 that succeeded; none of 100 succeeded."""
    good = round(row["success"] * row["runs"]) if row["success"] is not None else row["runs"]
    if not good:
        return f"none of {row['runs']} succeeded"
    return (
        f"median of {row['runs']}" if good == row["runs"] else f"median of the {good} of {row['runs']} that succeeded"
    )


def name(who: str) -> str:
    """A publisher as people write it; one that is no longer declared keeps its word."""
    return publisher(who).title if who in publishers() else who


def measures() -> str:
    """One sentence on what is measured, of every benchmark that is declared."""
    told = [
        f"{own.title}: {own.measures(b)}"
        for own in map(publisher, publishers())
        for b in own.settings.get("benchmark", {})
    ]
    return "; ".join(told)
