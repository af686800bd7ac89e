"""A day's readings as one per reader."""

from collections.abc import Sequence
from dataclasses import replace

from sandsnap.model import Issue, Published, Reading
from sandsnap.record.timeline import UNPUBLISHED


def merge(readings: Sequence[Reading]) -> list[Reading]:
    """One reading per reader of a day: the last complete good one, else all good excerpts together, else the last."""
    by_reader: dict[str, list[Reading]] = {}
    for reading in readings:
        by_reader.setdefault(reading.reader, []).append(reading)
    out = []
    for given in by_reader.values():
        if len(given) == 1 and not given[0].partial and given[0].published is None:
            out += given
            continue
        given = sorted(given, key=lambda r: (r.captured_at is not None, str(r.captured_at)))
        if given[-1].outcome == UNPUBLISHED:
            out.append(given[-1])
            continue
        good = [r for r in given if r.outcome == "good"]
        complete = [r for r in good if not r.partial]
        if complete or not (good or given[-1].published):
            out.append(_beside_copies(complete) if complete else given[-1])
            continue
        facts = {f.id: f for r in good for f in r.facts}
        denials = {f.id: f for r in good for f in r.denials if f.id not in facts}
        # Each file of a publisher is one of its own: what is wrong with one stays to be said.
        issues = {i: None for r in given if r.outcome == "good" or r.published for i in r.issues}
        out.append(
            replace(
                (good or given)[-1],
                facts=tuple(facts.values()),
                issues=tuple(issues),
                published=_together(good),
                denials=tuple(denials.values()),
            )
        )
    return out


def _beside_copies(complete: Sequence[Reading]) -> Reading:
    """The last of a day's complete readings; where copies that others made disagree with it, an issue of it says so.

    Versions of one repository follow each other within a day; copies of an archive that differ are of two pages.
    """
    last = complete[-1]
    if len(complete) == 1:
        return last
    stated = {f.id: f for f in last.facts}
    issues = []
    for other in complete[:-1]:
        if not (last.origin or other.origin) or (_git(last) and _git(other)):
            continue
        for fact in other.facts:
            shown = stated.get(fact.id)
            if shown is not None and shown.values != fact.values:
                issues.append(Issue(
                    "conflict", last.vendor, last.source_url,
                    f"two copies of {last.day} disagree on {fact.table} {' / '.join(fact.key.values())}: {shown.quote!r} "
                    f"({last.origin or last.capture}) and {fact.quote!r} ({other.origin or other.capture}); "
                    "put the one that is another page in quarantine", last.reader,
                ))  # fmt: skip
    return replace(last, issues=(*last.issues, *issues)) if issues else last


def _git(reading: Reading) -> bool:
    return reading.origin is not None and reading.origin.startswith("git:")


def _together(readings: Sequence[Reading]) -> Published | None:
    """What the files of a publisher gave, in their order."""
    found = [r.published for r in readings if r.published is not None]
    if not found:
        return None
    return Published(
        tuple(m for p in found for m in p.measurements), tuple(f for p in found for f in p.statements),
        tuple(dict.fromkeys(n for p in found for n in p.unknown)),
    )  # fmt: skip
