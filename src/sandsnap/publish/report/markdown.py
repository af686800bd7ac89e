"""The report as Markdown. Scraped text is escaped: it starts no tag, no table cell and no link of its own."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sandsnap.publish.alerts.text import scroll_link
from sandsnap.publish.measured import measures
from sandsnap.publish.quotes import Quote
from sandsnap.publish.report.build import SENTENCES, Entry, Report
from sandsnap.publish.report.measured import Beside
from sandsnap.tell import words

Row = Mapping[str, Any]
NOTHING = "nothing stated"


def markdown(report: Report) -> str:
    """The whole report."""
    out = [f"# Code sandboxes, {words.day(report.start)} to {words.day(report.end)}", ""]
    if report.empty:
        return "\n".join([*out, "Nothing to report.", ""])
    if report.entries:
        out += ["## In short", "", *(f"- {cell(e.sentence)}" for e in report.entries[:SENTENCES]), ""]
        out += ["## What happened", "", *(line for e in report.entries for line in _entry(e)), ""]
    if report.corrections:
        out += ["## Corrected: our mistakes", ""]
        for c in report.corrections:
            many = f"{c.values} values, as " if c.values > 1 else ""
            table = words.TABLE.get(c.table, c.table).lower()
            out.append(f"- {words.company(c.vendor)}, {table}: {many}{cell(c.example)}; {c.days}")
        out.append("")
    if report.waits:
        out += ["## Waits for a person", ""]
        for w in report.waits:
            more = f"; and {w.count - len(w.examples)} more" if w.count > len(w.examples) else ""
            out.append(f"- **{w.title} ({w.count}):** {'; '.join(cell(x) for x in w.examples)}{more}")
        out.append("")
    if report.unverified:
        out += ["## Could not be verified", "", *(f"- {unverified(u)}" for u in report.fell_silent)]
        out += [f"- Not once in the period: {s.line}" for s in report.silent] + [""]
    if report.beside:
        out += ["## Claims beside measurements", "", f"Measured is {measures()}. The widest gap first.", ""]
        out += ["| vendor | claims | measured | measured / claimed |", "| --- | --- | --- | --- |"]
        out += [_beside(b) for b in report.beside]
    return "\n".join(out).rstrip() + "\n"


def run_report(title: str, happened: Sequence[Row], issues: Sequence[Row], on: date) -> str:
    """What one run found, as Markdown. `happened` and `issues` are rows as record.queries gives them, as dicts."""
    out = [f"# {title}", "", f"Made on {on.isoformat()} from recorded snapshots.", "", "## What happened", ""]
    out += [f"- {e['day']}: {cell(e['title'])} ({e['significance']})" for e in happened] or ["Nothing."]
    out += ["", "## Waiting for a person", ""]
    out += [
        f"- **{i['kind'].replace('_', ' ')}** {words.company(i['vendor'])}, since {i['first_on']}: {cell(i['message'])} <{i['source_url']}>"
        for i in issues
    ] or ["Nothing."]  # fmt: skip
    return "\n".join(out).rstrip() + "\n"


def _entry(e: Entry) -> list[str]:
    head = f"- **{cell(e.title)}** ({e.when}; {e.significance})"
    if e.brief:
        return [head]
    moves = [
        f"{cell(what)} {cell(before) if before else NOTHING} → {cell(after) if after else NOTHING}"
        for what, before, after in e.moves
    ]
    moves += [f"{e.more} more"] if e.more else []
    quotes = [q for q in (_quote(q) for q in e.quotes) if q]
    return [head, *([f"  {'; '.join(moves)}"] if moves else []), *([f"  {' · '.join(quotes)}"] if quotes else [])]


def _quote(quote: Quote) -> str:
    if not quote.text:
        return ""
    side = {"before": "was", "after": "is"}[quote.side]
    return f"{side} {link(quote.url, quote.text)}"


def _beside(row: Beside) -> str:
    claim = (
        f"{cell(row.claimed)} {link(row.claim_url, row.quote or row.claim_url)}"
        if row.claimed and row.claim_url
        else "no figure"
    )
    return f"| {cell(row.vendor)} | {claim} | {cell(row.measured)} <{row.measured_url}> | {row.ratio} |"


def unverified(row: Row) -> str:
    """A source that nobody could verify, in one line."""
    since = f"not since {words.day(row['verified_on'])}" if row["verified_on"] else "never"
    return f"{words.address(row['source_url'])}: {since}, {row['facts']} fact{'' if row['facts'] == 1 else 's'}"


def link(url: str, text: str, most: int = 90) -> str:
    """A Markdown link that scrolls to the quote; scraped text cannot end it."""
    short = " ".join(text.split())
    short = short if len(short) <= most else short[: most - 1] + "…"
    said = cell(short).replace("[", "\\[").replace("]", "\\]")
    target = scroll_link(url, text).replace("(", "%28").replace(")", "%29")
    return f"[“{said}”]({target})"


def cell(value: object) -> str:
    """Scraped text as Markdown on one line."""
    text = " ".join(str(value).split()).replace("\\", "\\\\").replace("|", "\\|").replace("&", "&amp;")
    return text.replace("<", "&lt;").replace("](", "]\\(").replace("`", "\\`")
