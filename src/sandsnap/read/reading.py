"""From a capture to readings. Pure: no network, no clock, no database."""

import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from sandsnap.model import Capture, Fact, Issue, Reading, or_now
from sandsnap.read import diagnose, publishers, statements
from sandsnap.read.addresses import canonical
from sandsnap.read.decode import CharsetError, form_of, text_of
from sandsnap.read.errors import NotFound, ReadError
from sandsnap.read.general.redesigned import filled
from sandsnap.read.page import Page
from sandsnap.read.passage import same_text
from sandsnap.read.sentences import Absent, cited, pattern_tokens, speaking
from sandsnap.read.sources import Source, set_aside, source_of, vendor, vendor_of, version
from sandsnap.read.statements import quoted, read_quoted
from sandsnap.read.unread import unread_tables
from sandsnap.vendors import VENDORS
from schemas import TABLES
from schemas.vocabulary import DENIED

_SEVERAL = 2


def read(capture: Capture) -> list[Reading]:
    """One reading per reader of the capture's source; a single failed one where nobody declared the URL."""
    source = source_of(capture.url)
    if source is None:
        at = publishers.address_of(capture.url)
        return publishers.read(capture, at) if at else [_unknown(capture)]
    names = _names(source)
    try:
        page = page_of(capture)
    except CharsetError as e:
        return _all(source, capture, names or ["page"], "charset", str(e))
    try:
        trouble = diagnose.bad_page(page)
    except RecursionError:
        trouble = ("unreadable", "the page is nested too deeply to be read")
    if trouble:
        outcome = "gone" if capture.status in diagnose.GONE else "bad_page"
        return _all(source, capture, names or ["page"], *trouble, outcome=outcome)
    found = diagnose.remarks(page)
    wrong: list[Reading] = []
    if any(phrase in page.text for phrase in source.must) or _says_one(page, source.must):
        readings = _readings(source, page, names) or [_reading(source, capture, "page", "good")]
    else:
        expected = " or ".join(map(repr, source.must))
        message = f"the page does not contain {expected}; has it moved?"
        readings = wrong = _all(source, capture, names or ["page"], "wrong_page", message)
        page.lost.update(source.readers)
    # Of a page that is not whole (placeholders, flattened tables) only its own readers take anything; the source of one is.
    if all(kind == "template" and _is_template_file(capture) for kind, _ in found):
        readings = _filled(page, readings)
    # A page that states several of its own items is that page all the same, in a new shape and under new headings.
    if wrong and len({f.id for r in readings for f in r.facts}) < _SEVERAL:
        return wrong
    # What a placeholder stands for, or an amount that nobody can read, is not missing from the page.
    doubtful = {"unreadable"} if _is_template_file(capture) else {"unreadable", "template"}
    unclear = bool(page.unknown) or any(kind in doubtful for kind, _ in found)
    readings = [replace(r, text=page.running_text, partial=r.partial or unclear, log=source.log) for r in readings]
    remarks = [Issue(kind, source.vendor, source.url, message) for kind, message in found]
    remarks += [Issue("unknown_key", source.vendor, source.url, message) for message in page.unknown]
    remarks += [Issue("unread_table", source.vendor, source.url, message) for message in unread_tables(page, readings)]
    remarks += [Issue("appeared", source.vendor, source.url, message) for message in statements.appeared(page)]
    if said := diagnose.unpublished(page):
        remarks.append(
            Issue(
                "unpublished",
                source.vendor,
                source.url,
                f"the page says that it is not published ({said}); nothing rests on it",
            )
        )
        readings = [replace(r, outcome="unpublished") if r.outcome == "good" else r for r in readings]
    if remarks:
        readings[0] = replace(readings[0], issues=(*readings[0].issues, *remarks))
    return stamped(_agreed(_unless_swapped(readings)), capture)


def _says_one(page: Page, phrases: Iterable[str]) -> bool:
    """Whether a page says one of the phrases; a title is written Like This on one day and like this on another."""
    raw = page.text.lower()
    return any(phrase.lower() in raw or page.says(phrase) for phrase in phrases)


def unread(capture: Capture, kind: str, message: str) -> list[Reading]:
    """What a page gave that could not be read at all, for a reason that lies outside it: every fact carries forward."""
    source = source_of(capture.url)
    if source is None:
        at = publishers.address_of(capture.url)
        return publishers.unread(capture, at, kind, message) if at else [_unknown(capture)]
    return _all(source, capture, _names(source) or ["page"], kind, message)


def _names(source: Source) -> list[str]:
    """What reads a page of the source."""
    quotes = any(canonical(source.url) in q.urls for q in quoted(source.vendor))
    return [*source.readers, *(["quoted"] if quotes else [])]


def page_of(capture: Capture) -> Page:
    """The capture as a page of its source, as it was when its bytes were first captured: they say the same ever after.
    The last one is kept: what its facts leave is asked next (read/residue/).

    Raises CharsetError, and ValueError for a URL that nobody declared.
    """
    first = capture.first_seen if capture.first_day != capture.day else capture.captured_at
    return _page_of(replace(capture, captured_at=first))


def stamped(readings: Sequence[Reading], capture: Capture) -> list[Reading]:
    """The readings of a page's bytes as those of this capture of them, whenever they were read first."""

    def of_today(r: Reading) -> Reading:
        facts = tuple(replace(f, verified_on=capture.day) for f in r.facts)
        return replace(r, captured_at=capture.captured_at, facts=facts)

    return [r if r.captured_at == capture.captured_at else of_today(r) for r in readings]


def forget() -> None:
    """Drop the page that was read last: what a vendor's file says of its names is not what it was."""
    _page_of.cache_clear()


@lru_cache(maxsize=1)
def _page_of(capture: Capture) -> Page:
    source = source_of(capture.url)
    if source is None:
        raise ValueError(f"{capture.url} is not declared as a source")
    text = text_of(capture)
    form = form_of(capture, text)
    return Page(capture, text, form, source.vendor, source.url, source.product, source.log, source.chapters)


def _filled(page: Page, readings: list[Reading]) -> list[Reading]:
    """What the general layer makes of readings; a defect of it costs no reader its day."""
    try:
        return filled(page, readings)
    except Exception as e:
        issue = Issue("defect", page.vendor, page.source_url, f"general: {defect(e)}")
        return [replace(readings[0], issues=(*readings[0].issues, issue)), *readings[1:]]


def _is_template_file(capture: Capture) -> bool:
    """Whether the docs' own source was captured, where tags are to be expected, and not a page that failed to render."""
    return (capture.file or capture.url.split("?")[0]).lower().endswith((".erb", ".markerb"))


def _readings(source: Source, page: Page, names: list[str]) -> list[Reading]:
    """Each reader's reading; partial, with an issue, where what a reader did not find is still spoken of."""
    readings: list[Reading] = []
    absent: list[list[Absent]] = []
    for name in names:
        page.absent.clear()
        readings.append(_read(source, page, name))
        absent.append(list(page.absent) if readings[-1].outcome == "good" else [])
    quotes = frozenset(same_text(f.quote) for r in readings for f in r.facts if f.quote)
    return [_reworded(r, page, own, quotes) for r, own in zip(readings, absent, strict=True)]


def _reworded(reading: Reading, page: Page, absent: list[Absent], quotes: frozenset[str]) -> Reading:
    issues, whole = [], True
    for what in dict.fromkeys(absent):
        spoken = [s for s in speaking(page, what) if not cited(s, quotes)]
        if not spoken:
            continue
        whole &= not what.part
        ranked = page.candidates(pattern_tokens(" ".join((what.what, *what.topic))))
        likely = [s for s in ranked if s in spoken] + [s for s in spoken if s not in ranked]
        message = f"{reading.reader.rpartition('#')[2]}: the page speaks of it, but in other words than {what.what!r}"
        nearest, *others = likely[:3]
        issues.append(Issue("reworded", page.vendor, page.source_url, or_now(message, others), reading.reader, nearest))
    if not whole:
        return replace(reading, outcome="failed", facts=(), issues=(*reading.issues, *issues))
    return replace(reading, issues=(*reading.issues, *issues), partial=True) if issues else reading


def _read(source: Source, page: Page, name: str) -> Reading:
    capture = page.capture
    if name == "quoted":
        facts, troubles = read_quoted(page)
        reader = f"{source.url}#{name}"
        issues = tuple(
            Issue(kind, source.vendor, source.url, message, reader, nearest) for kind, message, nearest in troubles
        )
        return _in_scope(_reading(source, capture, name, "good", tuple(facts), issues, sticky=True))
    try:
        facts = list(source.readers[name](page))
    except ReadError as e:
        if isinstance(e, NotFound):
            page.lost.add(name)
        message = or_now(f"{name}: {e}", e.others)
        issue = Issue(e.kind, source.vendor, source.url, message, f"{source.url}#{name}", e.nearest)
        return _reading(source, capture, name, "failed", (), (issue,))
    except MemoryError:
        raise  # of the page's budget: whoever reads it in a worker says so
    except Exception as e:
        # A reader that breaks is a defect of ours, not of the page; it must not cost the other readers their day.
        issue = Issue("defect", source.vendor, source.url, f"{name}: {defect(e)}", f"{source.url}#{name}")
        return _reading(source, capture, name, "failed", (), (issue,))
    denials = tuple(f for f in facts if f.basis == DENIED and not f.refused)
    facts = [page.of_its_row(f) for f in facts if f.basis != DENIED]
    return replace(_in_scope(_reading(source, capture, name, "good", tuple(facts))), denials=denials)


def _in_scope(reading: Reading) -> Reading:
    """The reading without what is said in another scope: that is an issue, and the fact keeps its last value, unless the
    page states it in scope as well. What is announced is told in any case."""
    if not any(f.refused for f in reading.facts):
        return reading
    taken = tuple(f for f in reading.facts if not f.refused)
    stated = {f.id for f in taken}
    refused = {f.refused: f.id not in stated for f in reading.facts if f.refused}
    issues = tuple(
        Issue(r.kind, reading.vendor, reading.source_url, r.why, reading.reader)
        for r, alone in refused.items()
        if alone or r.kind == "announced"
    )
    taken += tuple(_notice(reading.facts, stated))
    partial = reading.partial or any(refused.values())
    restricted = tuple(f for f in reading.facts if f.refused and f.refused.by == "some")
    return replace(reading, facts=taken, issues=(*reading.issues, *issues), partial=partial, restricted=restricted)


def _unless_swapped(readings: list[Reading]) -> list[Reading]:
    """The readings of a page without rates by which memory costs more than a vCPU of the same time, whichever readers found
    them. No vendor has ever sold it so: the figures of two rows have traded places, and both are doubtful."""
    rates: dict[tuple[object, ...], Fact] = {}
    for f in (f for r in readings for f in r.facts):
        if f.table == "prices" and f.key["meter"] in ("vcpu", "memory"):
            rest = tuple(v for k, v in f.key.items() if k != "meter")
            rates[f.key["meter"], rest, str(f.values["unit"]).rpartition("_")[2]] = f
    doubtful: dict[object, str] = {}
    for (meter, *others), memory in rates.items():
        vcpu = rates.get(("vcpu", *others))
        if meter == "memory" and vcpu and Decimal(str(memory.values["usd"])) > Decimal(str(vcpu.values["usd"])):
            why = f"memory costs more than a vCPU; are rows swapped? {vcpu.quote!r}, {memory.quote!r}"
            doubtful |= {vcpu.id: why, memory.id: why}
    return (
        [_without(r, doubtful) if any(f.id in doubtful for f in r.facts) else r for r in readings]
        if doubtful
        else readings
    )


def _without(reading: Reading, doubtful: Mapping[object, str]) -> Reading:
    """The reading without doubtful facts, which keep their last values, and an issue for each reason."""
    why = dict.fromkeys(doubtful[f.id] for f in reading.facts if f.id in doubtful)
    issues = tuple(Issue("unreadable", reading.vendor, reading.source_url, text, reading.reader) for text in why)
    facts = tuple(f for f in reading.facts if f.id not in doubtful)
    return replace(reading, facts=facts, issues=(*reading.issues, *issues), partial=True)


def _notice(facts: tuple[Fact, ...], stated: Collection[object]) -> Iterator[Fact]:
    """The notice of a change of prices whose one day the page states. Since when it is announced, the record says."""
    prices = [f for f in facts if f.table == "prices" and f.refused and f.refused.kind == "announced"]
    days = {f.refused.begins for f in prices if f.refused}
    if len(days) != 1 or None in days:
        return
    spec = TABLES["notices"]
    key = {**dict.fromkeys(spec.key[1:], "-"), "product": prices[0].key["product"]}
    key |= {"subject": "pricing", "kind": "price_change"}
    values = {**dict.fromkeys(spec.values), "effective_on": days.pop(), "status": "announced"}
    notice = replace(prices[0], table="notices", key=key, values=values, refused=None)
    if notice.id not in stated:
        yield notice


def defect(error: Exception) -> str:
    """An unexpected error in one line, with the last line of ours that it passed."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "sandsnap" in f.filename]
    at = f" ({frames[-1].filename.rpartition('/')[2]}, line {frames[-1].lineno})" if frames else ""
    return f"the reader failed: {type(error).__name__}: {error}{at}; please report it with the capture"


def _agreed(readings: list[Reading]) -> list[Reading]:
    """One fact once. Two values for one fact on one page: neither is taken, and the readings that made them
    are partial, so that the fact keeps its last value rather than going missing. So it is where unknown words keep one of
    the two to some cases: that it is not the fact's, nobody knows."""
    ids = [f.id for r in readings for f in r.facts]
    restricted = [f for r in readings for f in r.restricted]
    if len(set(ids)) == len(ids) and not restricted:
        return readings
    first: dict[object, Fact] = {}
    clash: dict[object, Fact] = {}
    for fact in (f for r in readings for f in r.facts):
        kept = first.setdefault(fact.id, fact)
        if kept.values != fact.values:
            clash.setdefault(fact.id, fact)
    for fact in restricted:
        if fact.id in first and first[fact.id].values != fact.values:
            clash.setdefault(fact.id, fact)
    out = []
    seen: set[object] = set()
    for r in readings:
        own = {f.id for f in r.facts} & clash.keys()
        issues = tuple(
            Issue(
                "conflict", r.vendor, r.source_url,
                f"{clash[i].table} {' / '.join(clash[i].key.values())}: the page says both {first[i].quote!r} and {clash[i].quote!r}",
                r.reader,
            )
            for i in sorted(own, key=str)
        )  # fmt: skip
        facts = tuple(f for f in r.facts if f.id not in own and not (f.id in seen or seen.add(f.id)))  # type: ignore[func-returns-value]
        out.append(replace(r, facts=facts, issues=(*r.issues, *issues), partial=r.partial or bool(own)))
    return out


def _all(
    source: Source, capture: Capture, names: list[str], kind: str, message: str, outcome: str = "bad_page"
) -> list[Reading]:
    """The same outcome for every reader of the page; the page's one issue stands on the first reading."""
    issue = Issue(kind, source.vendor, source.url, message)
    return [
        _reading(source, capture, n, outcome, (), (issue,) if i == 0 else (), n == "quoted")
        for i, n in enumerate(names)
    ]


def _unknown(capture: Capture) -> Reading:
    issue = Issue("no_reader", vendor_of(capture.url) or "unknown", capture.url, "no source is declared for this URL")
    looked = issue.vendor in VENDORS and canonical(capture.url) in set_aside(
        issue.vendor
    )  # a person: it states nothing
    return Reading(
        issue.vendor, capture.url, f"{canonical(capture.url)}#none", "", "good" if looked else "failed", (), () if looked else (issue,),
        captured_at=capture.captured_at, capture=capture.sha256, origin=capture.origin,
    )  # fmt: skip


def _reading(
    source: Source, capture: Capture, name: str, outcome: str, facts: tuple[Fact, ...] = (), issues: tuple[Issue, ...] = (),
    sticky: bool = False,
) -> Reading:  # fmt: skip
    return Reading(
        source.vendor, source.url, f"{source.url}#{name}", version(source.vendor), outcome, facts, issues,
        partial=not capture.complete, sticky=sticky, rank=source.rank, captured_at=capture.captured_at, capture=capture.sha256,
        origin=capture.origin,
    )  # fmt: skip


def judgements(name: str) -> list[Reading]:
    """A vendor's judged facts as readings, one for each day on which one was made, each with all made by then."""
    from datetime import UTC, date, datetime, time

    # In order of their days, so that of two judgements on one fact the later holds.
    entries = sorted(statements.judged(name), key=lambda j: j.fact.verified_on or date.min)
    days = sorted({j.fact.verified_on for j in entries if j.fact.verified_on})
    return [
        Reading(
            name, f"https://{vendor(name).hosts[0]}", f"{name}#judged", version(name), "good",
            tuple({j.fact.id: j.fact for j in entries if j.fact.verified_on and j.fact.verified_on <= day}.values()),
            rank=10_000, captured_at=datetime.combine(day, time(), UTC),
        )
        for day in days
    ]  # fmt: skip
