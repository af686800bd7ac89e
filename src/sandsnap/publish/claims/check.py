"""Which sentences of a published page are true, became false, cannot be verified, or rest on sources that disagree.

A page and its bindings go in; one verdict per claim comes out, with what the facts say, since when, and their citations.
`broken_claims` asks the same of the two days around a change: which claims it broke. The warehouse is only read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandsnap.publish.claims.bindings import SHOWN, Binding, Bindings
from sandsnap.publish.claims.evaluate import Outcome, evaluate
from sandsnap.publish.claims.facts import Claim, claims
from sandsnap.publish.claims.language import ExpressionError
from sandsnap.publish.claims.lookup import Groups, Unknown
from sandsnap.publish.claims.page import Published
from sandsnap.read.passage import same_text
from sandsnap.record import claim_queries
from sandsnap.vendors import VENDORS

_FACT = ("vendor", "product", "table", "key")
VERDICTS = {
    "false": "the facts say otherwise",
    "conflicting": "the sources disagree, and the claim hangs on which is right",
    "not_verifiable": "no fact says whether it is true",
    "true": "the facts say so",
    "true_second_hand": "the facts say so, and another publisher read one of them on a page of which there is no copy",
    "circular": "nothing but this page itself says so",
    "lost": "its phrase does not stand on the page as bound: the page was edited, or the binding is wrong",
}


@dataclass(frozen=True)
class Judgement:
    """What is to be said of one claim.

    `found` is the right value in words. `since` is the first day from which the verdict holds without a break and
    `before` the verdict until then: not_verifiable where the dataset begins there, so that it may be older. Both are
    None for claims that are not false or conflicting. `at_publication` is the verdict on the day the page was published.
    `used` are the claims it rests on, `rivals` those that contradict them.
    """

    binding: Binding
    verdict: str
    found: tuple[str, ...] = ()
    since: date | None = None
    before: str | None = None
    at_publication: str | None = None
    used: tuple[Claim, ...] = ()
    rivals: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Broken:
    """A claim that was true before a change and no longer is: `verdict` false, conflicting or not_verifiable."""

    binding: Binding
    verdict: str
    found: tuple[str, ...]
    change: Any


class _Record:
    """The warehouse by vendor and day, each asked once."""

    def __init__(self, con: claim_queries.Connection) -> None:
        self._con = con
        self._facts: dict[tuple[str, date], Groups] = {}
        self._spans: dict[str, list[dict[str, Any]]] = {}

    def facts(self, vendor: str, on: date) -> Groups:
        if (vendor, on) not in self._facts:
            self._facts[vendor, on] = claims(vendor, claim_queries.standing(self._con, vendor, on).records())
        return self._facts[vendor, on]

    def spans(self, vendor: str) -> list[dict[str, Any]]:
        if vendor not in self._spans:
            self._spans[vendor] = claim_queries.spans(self._con, vendor).records()
        return self._spans[vendor]

    def judge(self, binding: Binding, on: date) -> tuple[str, Outcome, tuple[Claim, ...]]:
        """The verdict on a day, with the claims of other sources on which it hangs. Raises ExpressionError."""

        def facts(vendor: str) -> Groups:
            return self.facts(vendor, on)

        try:
            outcome = evaluate(binding.expression, facts, on)
            if isinstance(outcome.truth, Unknown):
                return ("conflicting" if outcome.truth.disagree else "not_verifiable"), outcome, ()
            against = []
            for rival in outcome.rivals:
                other = evaluate(binding.expression, facts, on, prefer=rival).truth
                if not isinstance(other, Unknown) and other is not outcome.truth:
                    against.append(rival)
        except ExpressionError as e:
            raise ExpressionError(f"{binding.where} {binding.phrase!r}: {e}") from None
        if against:
            return "conflicting", outcome, tuple(against)
        return ("true" if outcome.truth else "false"), outcome, ()

    def since(self, binding: Binding, verdict: str, outcome: Outcome, on: date) -> tuple[date | None, str]:
        """The first day of the unbroken time up to `on` in which the verdict was this one, and the verdict before it."""
        days = {d + timedelta(days=n) for d in outcome.days for n in (0, 1)}
        for selection in binding.expression.selections.values():
            spans = self.spans(selection.vendor)
            own = [s for s in spans if selection.names(s["product"], s["table"], s["key"])]
            # A fact that was never stated begins to be missing with what the pages state in its place.
            own = own or [s for s in spans if (s["product"], s["table"]) == (selection.product, selection.table)]
            days |= {s[end] for s in own for end in ("valid_from", "valid_to")}
        first = None
        for day in sorted((d for d in days if d is not None and d <= on), reverse=True):
            before = self.judge(binding, day)[0]
            if before != verdict:
                return first, before
            first = day
        return first, "not_verifiable"


def check(
    con: claim_queries.Connection, page: Published, bindings: Bindings, on: date,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> list[Judgement]:  # fmt: skip
    """Every claim of the page with its verdict on a day, in the order of the bindings. Raises ExpressionError, QueryError."""
    record = _Record(con)
    cells = page.cells(bindings.vendors, bindings.rows)
    made = []
    for i, binding in enumerate(bindings.claims):
        progress("claims", i, len(bindings.claims))
        if missing := lost(page, cells, binding):
            made.append(Judgement(binding, "lost", (missing,)))
            continue
        verdict, outcome, rivals = record.judge(binding, on)
        since = before = then = None
        if verdict in ("false", "conflicting"):
            since, before = record.since(binding, verdict, outcome, on)
            if bindings.published_on is not None and bindings.published_on <= on:
                then = record.judge(binding, bindings.published_on)[0]
        if verdict == "true":
            verdict = _rests_on(outcome.used, bindings.written_by)
        made.append(Judgement(binding, verdict, outcome.found, since, before, then, outcome.used, rivals))
    return made


def standing(con: claim_queries.Connection, on: date) -> dict[str, Groups]:
    """The claims of every vendor that stood on a day. Raises QueryError."""
    record = _Record(con)
    return {vendor: record.facts(vendor, on) for vendor in VENDORS}


def _rests_on(used: Iterable[Claim], written_by: str | None) -> str:
    """Whether what is true was read by us, by others, or by whoever wrote the page."""
    others = [c for c in used if c.basis == "second_hand"]
    if any(written_by is not None and read_by(c) == written_by for c in others):
        return "circular"
    return "true_second_hand" if others else "true"


def read_by(claim: Claim) -> str | None:
    """Who read what others read: as the vendor's file names them."""
    from sandsnap.read.statements import judged

    for j in judged(claim.vendor):
        fact = j.fact
        key = " / ".join(v for k, v in fact.key.items() if k != "product") or "-"
        if fact.basis == "second_hand" and (fact.table, fact.key["product"], key) == (
            claim.table,
            claim.product,
            claim.key,
        ):
            return j.by
    return None


def lost(page: Published, cells: Mapping[tuple[str, str], str], binding: Binding) -> str | None:
    """Why a claim does not stand on the page as bound; None where it does."""
    if binding.vendor is None or binding.row is None:
        times = page.count(binding.phrase)
        return None if times == 1 else f"the phrase stands {times} times on the page, and must stand once"
    cell = cells.get((binding.vendor, binding.row))
    if cell is None:
        return "the page has no such cell, or its row's cells cannot be told apart"
    if binding.shows is not None:
        right = not cell or cell.casefold() in SHOWN[binding.shows]
        return (
            None
            if right
            else f"bound as an icon for {binding.shows!r}, and the cell says {cell[:60]!r}: bind those words"
        )
    times = cell.count(same_text(binding.phrase))
    return None if times == 1 else f"the phrase stands {times} times in the cell, and must stand once"


def fitting(page: Published, candidates: Iterable[Bindings]) -> Bindings | None:
    """The bindings most of whose phrases stand on the page; None where none has any."""

    def found(bindings: Bindings) -> int:
        cells = page.cells(bindings.vendors, bindings.rows)
        return sum(b.shows is None and lost(page, cells, b) is None for b in bindings.claims)

    best = max(candidates, key=found, default=None)
    return best if best is not None and found(best) else None


def claims_resting_on(bindings: Bindings, change: Any) -> list[Binding]:
    """The claims whose expressions name the fact of a change (a row of `queries.changes`, or an alert's Change)."""
    vendor, product, table, key = (_of(change, name) for name in _FACT)
    return [
        b for b in bindings.claims
        if any(s.vendor == vendor and s.names(product, table, key) for s in b.expression.selections.values())
    ]  # fmt: skip


def broken_claims(con: claim_queries.Connection, bindings: Bindings, changes: Iterable[Any]) -> list[Broken]:
    """The claims that each change breaks: true on the day before it, and not on its day.

    `changes` are rows of `queries.changes(…).records()` or `alerts_changes.Change`s; of several rows on one fact and
    day (a row is one field) the first stands for all. Raises ExpressionError, QueryError.
    """
    record = _Record(con)
    unique = {(*(_of(c, n) for n in _FACT), _of(c, "day")): c for c in reversed(list(changes))}
    out = []
    for change in reversed(unique.values()):
        day: date = _of(change, "day")
        for binding in claims_resting_on(bindings, change):
            if record.judge(binding, day - timedelta(days=1))[0] != "true":
                continue
            verdict, outcome, rivals = record.judge(binding, day)
            # On a day of several changes each claim goes to the one whose fact decides it.
            decides = {(c.vendor, c.product, c.table, c.key) for c in (*outcome.used, *rivals)}
            gone = verdict == "not_verifiable" or str(_of(change, "kind")).startswith("removed")
            if verdict != "true" and (gone or tuple(_of(change, n) for n in _FACT) in decides):
                out.append(Broken(binding, verdict, outcome.found, change))
    return out


def _of(change: Any, name: str) -> Any:
    return change[name] if isinstance(change, Mapping) else getattr(change, name)
