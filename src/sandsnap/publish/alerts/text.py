"""How an alert reads: its figures, its evidence. Plain text; scraped text is defused, never trusted."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from sandsnap.publish.alerts.events import Citation
from sandsnap.tell import words
from schemas.vocabulary import UNCAPTURED

if TYPE_CHECKING:
    from sandsnap.publish.alerts.alert import Alert

LONGEST_QUOTE = 300
NOTHING = "nothing stated"
NO_QUOTE = "none: the recorded fact carried no quote on this side"  # no reason: this must not happen
_MENTION = re.compile(r"@(?=(?:everyone|here|channel)\b)|<(?=[!@#])")


def scroll_link(url: str, text: str | None) -> str:
    """The page's URL with a text fragment, so that a browser scrolls to the quote and marks it."""
    if not text or url.endswith(".json"):
        return url
    # A long quote is given by its first and last words, a table row by its first and last cell (the bars between
    # cells are ours): browsers match them as a range.
    said = text.split()
    cells = [c for c in (" ".join(c.split()) for c in text.split(" | ")) if c]
    parts = [" ".join(said)]
    if len(cells) > 1:
        parts = [cells[0], cells[-1]]
    elif len(said) > 12:
        parts = [" ".join(said[:5]), " ".join(said[-5:])]
    fragment = ",".join(quote(p, safe="").replace("-", "%2D") for p in parts)
    return f"{url.partition('#')[0]}#:~:text={fragment}"


def defused(text: str, longest: int = LONGEST_QUOTE) -> str:
    """Scraped text as one safe line: no control characters, no @everyone and no <!channel> for a chat to act on."""
    line = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
    line = line if len(line) <= longest else line[: longest - 1] + "…"
    return _MENTION.sub(lambda m: m.group() + "\u200b", line)


def missing(kind: str, side: str, citation: Citation) -> str:
    """Why there is no quote on one side."""
    if citation.basis in UNCAPTURED:
        return "none: a person's judgement, which rests on no sentence"
    if kind in ("outage", "outage_ended"):
        return "none: the page could not be read"
    if kind == "held":
        return "none here: the held change was not recorded; the note has both"
    if kind == "reminder":
        return "none: nothing changed; the notice stands"
    kind = citation.kind or kind
    if side == "before" and kind == "coverage":
        return f"none: nobody had read it there before {words.day(citation.day)}"
    if side == "after" and kind == "coverage":
        return "none: no page that is still read states it"
    if side == "before" and kind == "changed":
        return "none: until then it was known from others, from no page that was read"
    if side == "before" and kind in ("added", "returned"):
        return f"none: the page did not state it before {words.day(citation.day)}"
    if side == "after" and kind in ("removed", "ended", "unconfirmed"):
        return f"none: the page no longer states it since {words.day(citation.day)}"
    return NO_QUOTE


BODY = 1_200  # characters: what a phone shows of a chat message


def body(alert: "Alert", site: str | None = None) -> str:
    """An alert as plain text under BODY characters: title, moves, one quote a side, what it breaks, where the rest is."""
    when = f"between {words.day(alert.not_before)} and " if alert.not_before else ""
    head = [
        defused(alert.title, 200),
        f"{when}{words.day(alert.day)} · {alert.kind.replace('_', ' ')} · {alert.level} {alert.significance}",
    ]
    if alert.state == "retracted":
        head.append("the record no longer holds it")
    lines = ["note: " + defused(n, 160) for n in alert.notes[:2]]
    lines += ["breaks " + defused(b, 160) for b in alert.breaks[:2]]
    if len(alert.breaks) > 2:
        lines.append(f"breaks {len(alert.breaks) - 2} more published claims")
    lines += list(_quotes(alert))
    lines += _moves(alert)
    more = [event_link(site, alert.day, alert.id)] if site and alert.moves else []
    last = [*more, f"id {alert.id}"]
    out = head
    for line in lines:  # the weightiest first; what does not fit stands on the site
        if sum(len(x) + 1 for x in (*out, line, *last)) < BODY:
            out.append(line)
    return "\n".join([*out, *last])


def event_link(site: str, day: date, event: str) -> str:
    """Where the site shows an event."""
    return f"{site}changes/{day:%Y-%m}.html#{event}"


def _quotes(alert: "Alert") -> Iterator[str]:
    if not alert.citations:
        return
    c = alert.citations[0]
    if alert.kind in ("outage", "outage_ended", "held"):
        yield from (f"page: {x.source_url}" for x in alert.citations[:3])
        return
    for side in ("before", "after"):
        text = getattr(c, f"quote_{side}")
        if text:
            yield f"{side}: “{defused(text, 160)}”"
        elif alert.kind != "reminder":
            yield f"{side}: {missing(alert.moves[0].kind if alert.moves else alert.kind, side, c)}"
    shown = c.quote_after or c.quote_before
    link = scroll_link(c.source_url, shown)
    yield link if len(link) <= 300 else c.source_url


MOVES = 4  # of an event; the site has them all


def _moves(alert: "Alert") -> list[str]:
    """before → after, in words."""
    out = [defused(f"{what}: {before or NOTHING} → {after or NOTHING}", 200) for what, before, after in alert.moved]
    return out[:MOVES] + ([f"… and {len(out) - MOVES} more"] if len(out) > MOVES else [])
