"""Dates as pages write them."""

import re
from datetime import date, timedelta

from sandsnap.read.errors import Unreadable

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def on_day(text: str, seen: date | None = None) -> date:
    """A date as pages write it: 2026-08-01, 8/1/26 (the month first), August 1, 2026, 1 August 2026, Aug 1 2026. Raises
    Unreadable. Without a year ("August 1") it is the one within nine months of the day on which the page was `seen`, or that
    went by in the three before: a notice that was left standing."""
    plain = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", text.strip().lower().replace(",", ""))
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
        r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d\d)",
        r"(?P<m>[a-z]+)\.? (?P<d>\d{1,2})(?: (?P<y>\d{4}))?",
        r"(?P<d>\d{1,2}) (?P<m>[a-z]+)\.?(?: (?P<y>\d{4}))?",
    ):
        if not (m := re.fullmatch(pattern, plain)):
            continue
        spelt = (i for i, n in enumerate(MONTHS, 1) if m["m"].startswith(n))
        month = int(m["m"]) if m["m"].isdigit() else next(spelt, 0)
        years = [int(m["y"]) + 2000 * (len(m["y"]) == 2)] if m["y"] else []
        years = years or ([seen.year - 1, seen.year, seen.year + 1] if seen else [])
        try:
            days = [date(year, month, int(m["d"])) for year in years]
        except ValueError:
            break
        if seen and not m["y"]:
            days = [d for d in days if seen - timedelta(days=95) <= d < seen + timedelta(days=270)]
        if days:
            return days[0]
        break
    raise Unreadable(f"expected a date, found {text!r}")
