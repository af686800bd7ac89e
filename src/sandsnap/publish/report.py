"""The change report: what changed, with both quotes and a link that scrolls to the sentence, and what waits for a person."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

Row = Mapping[str, Any]


def scroll_link(url: str, text: str | None) -> str:
    """The page's URL with a text fragment, so that a browser scrolls to the quote and marks it."""
    if not text or url.endswith(".json"):
        return url
    # A long quote is given by its first and last words: browsers match them as a range.
    words = text.split()
    parts = [" ".join(words[:5]), " ".join(words[-5:])] if len(words) > 12 else [text]
    fragment = ",".join(quote(p, safe="").replace("-", "%2D") for p in parts)
    return f"{url}#:~:text={fragment}"


def markdown(title: str, changes: Sequence[Row], issues: Sequence[Row], on: date) -> str:
    """The report as Markdown. `changes` and `issues` are rows as record.queries gives them, as dicts."""
    lines = [f"# {title}", "", f"Made on {on.isoformat()} from recorded snapshots.", ""]
    lines += ["## Changes", ""]
    if not changes:
        lines += ["None.", ""]
    for vendor in sorted({str(c["vendor"]) for c in changes}):
        own = [c for c in changes if c["vendor"] == vendor]
        lines += [f"### {vendor}", "", "| day | fact | field | before | after | evidence |", "| --- | --- | --- | --- | --- | --- |"]
        for c in own:
            cells = (c["day"], f"{c['table']}: {c['key']}", f"{c['field']} ({c['kind']})", c["before"], c["after"], _evidence(c))
            lines.append("| " + " | ".join(_cell(x) for x in cells) + " |")
        lines.append("")
    lines += ["## Waiting for a person", ""]
    if not issues:
        lines += ["Nothing."]
    for i in issues:
        lines.append(f"- **{i['kind']}** {i['vendor']}, since {i['first_on']}: {_cell(i['message'])} <{i['source_url']}>")
    return "\n".join(lines).rstrip() + "\n"


def _evidence(change: Row) -> str:
    text = change.get("quote_after") or change.get("quote_before")
    if not text:
        return f"<{change['source_url']}>"
    return f"[“{_short(str(text))}”]({scroll_link(str(change['source_url']), str(text))})"


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _cell(value: object) -> str:
    """Scraped text as one Markdown table cell: it must not end the cell, start a tag or a link of its own."""
    if value is None:
        return "—"
    text = " ".join(str(value).split()).replace("\\", "\\\\").replace("|", "\\|")
    return text.replace("<", "&lt;") if not text.startswith("[“") else text
