"""The whole number phrase around an amount, so that no part of one is ever read as an amount.

What a pattern's hole took is judged by what stands before and behind it in the block: "250" of "1 250 hours", "4" of
"1/4 vCPU", "6" of "between 1 and 6", "30 minutes" of "1 hour 30 minutes", "12" of "5 or 12 machines" and "$0.11" of
"first 10 TB: $0.11, then $0.15" are parts. Words that the pattern itself takes are its author's. Work is constant per
amount: no more than REACH letters on either side are looked at.
"""

import re

# ruff: noqa: E501  (one rule, one line)
REACH = 60
_COUNTED = r"\d+(?:\.\d+)?[\s-]?"
SPACES = " \u00a0\u2007\u2009\u202f"  # between thousands: a space, no-break, figure, thin, narrow no-break
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
_APOSTROPHES = "'\u2019\u02bc"
_VULGAR = "\u00bc-\u00be\u2150-\u215e"
_CURRENCY = r"(?:(?:US|CA|CAD|AU|A|C|NZ|HK|S|R)?\\?[$€£¥]\s?|(?:USD|EUR|GBP|CAD|AUD) ?)?"
_NEAR = (
    r"(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|min|m|hours?|hrs?|h|days?|d|weeks?|months?|years?|[KMGT]i?B)"
)
_RANGE = rf"(?:\s*[{DASHES}]\s*|\s+(?:to|through|or|up to)\s+)"

# Before an amount, up to its first character. The group "n" is the neighbour's number where there is one.
_BEFORE = [
    (re.compile(rf"(?P<n>\d)[{SPACES}{_APOSTROPHES}]$"), "the thousands before it", re.compile(r"\D{0,3}\d{3}(?!\d)")),
    (re.compile(r"(?P<n>\d)\s?[/\u2044\u2215]\s?$"), "a fraction", None),
    (re.compile(rf"(?P<n>[{_VULGAR}])\s?$"), "a fraction", None),
    (re.compile(rf"(?P<n>\d)\+?\s?{_NEAR}?{_RANGE}{_CURRENCY}$", re.I), "a range or a choice", None),
    (re.compile(rf"\bbetween\s[^.;]{{0,8}}?(?P<n>\d)(?:[^.;]|\.\d){{0,20}}\sand\s+{_CURRENCY}$", re.I), "a range", None),
    (re.compile(rf"(?P<n>\d)\s?{_NEAR}(?:\s*,\s*|\s+and\s+|\s*){_CURRENCY}$", re.I), "a compound", re.compile(rf"{_COUNTED}{_NEAR}\b", re.I)),
    (re.compile(r"(?:^|[\s(|:])[-\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d]$"), "a minus sign", None),
    (re.compile(r"\b(?:(?:CAD|AUD|NZD|HKD|SGD|EUR|GBP|CA|AU|NZ|HK)\s?|[ACRS])$"), "another currency", re.compile(r"\\?\$")),
    (re.compile(r"\b(?:first|next|additional)\s+(?P<n>\d)[\w.,]*\s?\w{0,12}\s?[:,\u2013-]?\s*(?:at |for |is )?$", re.I), "a tier", re.compile(r"(?:US)?\\?\$")),
    (re.compile(r"\b(?:as low as|as little as|starting (?:at|from)|starts at|upwards? of|no less than|not less than|almost|nearly)\s*$", re.I), "a bound", None),
]  # fmt: skip
_BEHIND = [
    (re.compile(rf"[{SPACES}{_APOSTROPHES}](?P<n>\d){{3}}(?!\d)"), "the thousands behind it", re.compile(r"\d$")),
    (re.compile(r"\s?[/\u2044\u2215]\s?(?P<n>\d)"), "a fraction", re.compile(r"\d$")),
    (re.compile(rf"\s?(?P<n>[{_VULGAR}])"), "a fraction", None),
    # "0.5-2s or 10-60s if archived": the first is what holds otherwise.
    (re.compile(rf"(?:\s*[{DASHES}]\s*|\s+(?:to|through|or(?![^.;]{{1,20}} (?:if|when)\b)|up to)\s+){_CURRENCY}(?P<n>\d)", re.I), "a range or a choice", None),
    (re.compile(rf"(?:\s*,\s*|\s+and\s+|\s*)(?P<n>\d)[\d.]*[\s-]?{_NEAR}\b", re.I), "a compound", re.compile(rf"\d[\s-]?{_NEAR}$", re.I)),
    (re.compile(r"\s+(?:or|and) (?:more|less|fewer|longer|higher|above|over|up)\b", re.I), "a bound", None),
    (re.compile(r"\s?\+"), "a bound", re.compile(r"[A-Za-z]$")),
    (re.compile(r"\s?(?:million|billion|thousand|mn|bn)\b|\s?[kMB]\b(?![- ]?i?B)", re.I), "a multiple", re.compile(r"\d$")),
    (re.compile(r"[^.;|]{0,45}?\b(?:then|thereafter|after that)\s+(?:only )?\\?\$(?P<n>\d)", re.I), "a tier", re.compile(r"\$")),
    (re.compile(r"\s*(?:/|per\b)\s*(?:[KMGT]i?bit|[KMGT]i?bps|[KMGT]i?b\b)"), "another unit", None),
    (re.compile(r"\s?(?:CAD|AUD|NZD|HKD|SGD|EUR|GBP)\b"), "another currency", None),
]  # fmt: skip


def part_of(
    text: str, start: int, end: int, own: tuple[int, int] | None = None, taken: tuple[int, ...] = ()
) -> str | None:
    """What larger phrase the amount text[start:end] is only a part of, or None where it is a whole one.

    `own`: the span that a pattern matched; words in it are its author's, numbers only where they begin or end in one of
    its other holes (`taken`: the positions of all figures in them).
    """
    amount, (first, last) = text[start:end], own or (start, end)
    for pattern, what, fits in _BEFORE:
        if fits and not fits.match(amount):
            continue
        # Leading space of the amount belongs to what stands before it.
        m = pattern.search(text[max(0, start - REACH) : start])
        if m and not _is_excused(m, max(0, start - REACH), taken, m.start() + max(0, start - REACH) >= first):
            return what
    for pattern, what, fits in _BEHIND:
        if fits and not fits.search(amount):
            continue
        m = pattern.match(text[end : end + REACH])
        if m and not _is_excused(m, end, taken, end + m.end() <= last):
            return what
    return None


def _is_excused(m: re.Match[str], offset: int, taken: tuple[int, ...], authors: bool) -> bool:
    if "n" in m.re.groupindex:
        return offset + m.start("n") in taken
    return authors
