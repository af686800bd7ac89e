"""The one line of a cell: the value that answers the row, and in a few words what it is of. One function per row.

Everything else that is known stands behind it, in `sentences`. Facts are those of one product.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandsnap.publish.site.spans import Fact
from sandsnap.tell import words
from sandsnap.tell.measures import measure, per_hour
from schemas.vocabulary import INTERFACES


@dataclass(frozen=True, slots=True)
class Headline:
    """`text` is the value and `facts` what it rests on; `note` says in a few words what it is of, and rests on `beside` too."""

    text: str
    note: str
    facts: tuple[Fact, ...]
    beside: tuple[Fact, ...] = ()


def headline(table: str, facts: Sequence[Fact]) -> Headline | None:
    """The headline of a row from one product's facts; None where the row's verdict says it all, or nothing does."""
    return OF[table](facts) if facts else None


def _v(fact: Fact, name: str) -> str:
    value = fact.span.values.get(name)
    return "" if value is None else str(value)


def _n(fact: Fact, name: str) -> Decimal | None:
    value = fact.span.values.get(name)
    return None if value is None else Decimal(value)


def _place(order: Sequence[str], name: str) -> int:
    """Where a term stands in an order; one that is not in it comes last."""
    return order.index(name) if name in order else len(order)


def _upper(text: str) -> str:
    return text if text[:4] in ("vCPU", "gVis") else text[:1].upper() + text[1:]


def _cheap(facts: Iterable[Fact]) -> list[Fact]:
    """Prices, the lowest first; of one amount the plan for all, then by name."""
    return sorted(
        facts, key=lambda f: (Decimal(f.span.values["usd"]), _v(f, "plan") != "any", _v(f, "plan"), _v(f, "sku"))
    )


def _rate(fact: Fact) -> str:
    """$0.0504/vCPU-hour: by time as an hour, a core as its two vCPU."""
    usd, unit = Decimal(fact.span.values["usd"]), _v(fact, "unit")
    if (same := per_hour(usd, unit)) is not None:
        usd, unit = same.amount, same.unit
    if unit == "core_hour":
        usd, unit = usd / 2, "vcpu_hour"
    return f"{words.usd(_short(usd))}/{words.per(unit)}"


def _short(usd: Decimal) -> Decimal:
    """Three significant digits are enough in a cell; what stands behind it has them all."""
    return round(usd, 2 - usd.adjusted()) if 0 < usd < 1 else usd


BILLED = {
    "active": "CPU time in use",
    "provisioned": "as provisioned",
    "max_of_request_and_use": "the larger of request and use",
}


def _prices(facts: Sequence[Fact]) -> Headline | None:
    listed = [f for f in facts if f.span.table == "prices" and _v(f, "offer") == "list"]
    plain = [f for f in listed if _v(f, "region") == "-" and _v(f, "sku") == "-"]
    rules = {(_v(f, "rule"), _v(f, "meter")): f for f in facts if f.span.table == "billing_rules"}

    def meter(*names: str) -> Fact | None:
        return next(iter(_cheap(f for f in plain if _v(f, "meter") in names)), None)

    session, cpu, memory = meter("session"), meter("vcpu", "core"), meter("memory")
    sizes = _cheap(f for f in listed if _v(f, "meter") == "instance")
    lead = session or cpu or memory or next(iter(sizes), None)
    if lead is None:
        return None
    step = rules.get(("increment", "any")) or rules.get(("increment", _v(lead, "meter").replace("core", "vcpu")))
    beside = (step,) if step is not None else ()
    if session is not None:
        return Headline(_rate(session), f"flat, of {_span(step)}" if step else "flat", (session,), beside)
    told = [f for f in (cpu, memory) if f is not None]
    if told:
        notes = [
            f"by the {_v(step, 'unit')}" if step and _n(step, "amount") == 1 else f"by {_span(step)}" if step else ""
        ]
        notes.append(BILLED.get(_v(lead, "billed_on"), ""))
        if cpu is None and ("included_with", "vcpu") in rules:
            notes.insert(0, "CPU included")
        same = {
            words.plan(_v(f, "plan")) for f in plain if _v(f, "meter") == _v(lead, "meter") and _rate(f) == _rate(lead)
        } - {""}
        if _v(lead, "plan") != "any":
            notes.append(words.listed(sorted(same)))
        parts = [_rate(f) for f in told]
        return Headline(" + ".join(parts), ", ".join(n for n in notes if n), tuple(told), beside)
    if sizes:
        low = sizes[0]
        where = f", {_v(low, 'region')}" if _v(low, "region") != "-" else ""
        note = f"{_v(low, 'sku')}{where}" + (f"; by the {_v(step, 'unit')}" if step and _n(step, "amount") == 1 else "")
        return Headline(f"from {_rate(low)}", note, (low,), beside)
    return None


def _span(step: Fact) -> str:
    size = _n(step, "amount")
    return words.amount(size, _v(step, "unit")) if size is not None else _v(step, "unit")


FREE_FIRST = ("credit", "vcpu_time", "vm_time", "memory_time", "trial", "creations", "concurrent", "storage")
PERIOD = {
    "once": " once",
    "day": " a day",
    "month": " a month",
    "lifetime": " in all",
    "session": " a session",
    "at_once": "",
}
NOUN = {"credit": " credit", "vcpu_time": "", "vm_time": "", "memory_time": " memory", "creations": " creations", "concurrent": " at once",
        "storage": " disk"}  # fmt: skip


def _allowances(facts: Sequence[Fact]) -> Headline | None:
    known = sorted(
        (f for f in facts if _v(f, "allowance") in FREE_FIRST), key=lambda f: FREE_FIRST.index(_v(f, "allowance"))
    )
    if not known:
        return None
    first = known[0]
    what = _v(first, "allowance")
    # Time of CPU and memory are one offer, of the same plan and period.
    beside = [f for f in known[1:] if what.endswith("_time") and _v(f, "allowance") == "memory_time"
              and (_v(f, "plan"), _v(f, "period")) == (_v(first, "plan"), _v(first, "period"))][:1]  # fmt: skip
    trial = [f for f in known if _v(f, "allowance") == "trial"]
    if what != "trial" and trial and _n(trial[0], "amount") and not beside:
        beside, first = [first], trial[0]
    parts = [_allowed(f) for f in (first, *beside)]
    notes = [words.plan(_v(first, "plan"))]
    card = next((f for f in (first, *beside) if f.span.values.get("card_required") is not None), None)
    if card is not None:
        notes.append("no card" if card.span.values["card_required"] is False else "with a card")
    return Headline(_upper(" + ".join(parts)), ", ".join(n for n in notes if n), (first, *beside))


def _allowed(fact: Fact) -> str:
    size, unit, what = _n(fact, "amount"), _v(fact, "unit"), _v(fact, "allowance")
    if what == "trial":
        return (
            "no free trial" if size == 0 else f"{words.amount(size, unit)} of trial" if size is not None else "a trial"
        )
    return (f"unlimited {words.term(what)}" if size is None else words.amount(size, unit) + NOUN[what]) + PERIOD[
        _v(fact, "period")
    ]


def _isolation(facts: Sequence[Fact]) -> Headline | None:
    f = next((f for f in facts if _v(f, "runtime") == "default"), facts[0])
    technology, boundary = words.term(_v(f, "technology")), words.term(_v(f, "boundary"))
    kernel = {True: "a kernel of its own", False: "a shared kernel", None: ""}[f.span.values.get("dedicated_kernel")]
    if kernel and f.span.values["dedicated_kernel"] and _v(f, "boundary") in ("container", "user_space_kernel"):
        kernel = f"its page says: {kernel}"  # which that boundary does not give
    return Headline(_upper(" ".join(dict.fromkeys(w for w in (technology, boundary) if w))), kernel, (f,))


STARTS = ("create", "boot", "restart", "resume", "fork", "snapshot")
STATISTIC = ("typical", "max", "p50", "p95", "p99")
DOES = {
    "create": "new sandbox",
    "boot": "boot",
    "restart": "restart",
    "resume": "resume",
    "fork": "fork",
    "snapshot": "snapshot",
}


def start(facts: Sequence[Fact]) -> Fact | None:
    """The figure that stands for how fast a product starts: of a new sandbox before a boot before a resume, the newest
    confirmed, the typical one first; None where no figure is stated."""
    stated = [f for f in facts if _n(f, "low_ms") is not None or _n(f, "high_ms") is not None]
    order = sorted(
        stated,
        key=lambda f: (
            STARTS.index(_v(f, "operation")),
            -f.verified_on.toordinal(),
            STATISTIC.index(_v(f, "statistic")),
        ),
    )
    return order[0] if order else None


def _cold_starts(facts: Sequence[Fact]) -> Headline | None:
    lead = start(facts)
    if lead is None:
        return Headline("No figure published", "", (facts[0],))
    text = words.ms(_n(lead, "low_ms"), _n(lead, "high_ms")) or ""
    others = [
        f for f in facts if _v(f, "operation") in ("resume", "restart") and _v(f, "operation") != _v(lead, "operation")
    ]
    again = start(others)
    notes = [
        DOES[_v(lead, "operation")]
        + {"p50": ", median", "p95": ", 95th percentile", "p99": ", 99th percentile"}.get(_v(lead, "statistic"), "")
    ]
    if again is not None:
        notes.append(f"{DOES[_v(again, 'operation')]} {words.ms(_n(again, 'low_ms'), _n(again, 'high_ms'))}")
    return Headline(_upper(text), "; ".join(notes), (lead,), (again,) if again else ())


# The largest first, as a buyer asks for them; a model that is not here comes after them.
MODELS = ("b300", "b200", "h200", "h100", "rtx-pro-6000", "a100-80gb", "a100", "l40s", "rtx-5090", "rtx-4090")


def _gpus(facts: Sequence[Fact]) -> Headline | None:
    for status in ("available", "preview", "ending"):
        own = sorted((f for f in facts if _v(f, "status") == status), key=_model)
        if own:
            names = [words.sku(_v(f, "model")) for f in own]
            more = f" and {len(names) - 3} more" if len(names) > 4 else ""
            text = ", ".join(names[:3]) + more if more else words.listed(names)
            ends = own[0].span.values.get("ends_on") if status == "ending" else None
            return Headline(text, f"until {words.day(ends)}" if ends else "", tuple(own))
    ended = [f for f in facts if _v(f, "status") == "ended"]
    day = max((f.span.values["ends_on"] for f in ended if f.span.values.get("ends_on")), default=None)
    return Headline("", f"ended {words.day(day)}" if day else "", tuple(ended or facts))


def _model(fact: Fact) -> tuple[int, str]:
    name = _v(fact, "model")
    return _place(MODELS, name), name


KEPT = (
    "pause_resume", "standby", "auto_pause", "checkpoint", "memory_snapshot", "filesystem_snapshot", "auto_snapshot",
    "directory_snapshot", "session_state", "volume", "fork",
)  # fmt: skip
HOW = {
    "pause_resume": "Pause", "auto_pause": "Automatic pause", "filesystem_snapshot": "Snapshots",
    "directory_snapshot": "Directory snapshots", "memory_snapshot": "Snapshots", "auto_snapshot": "Automatic snapshots",
    "volume": "Volumes", "fork": "Forks", "standby": "Standby", "session_state": "Within the session",
    "checkpoint": "Checkpoints",
}  # fmt: skip
WHAT = {"filesystem": "files", "memory": "memory", "filesystem_and_memory": "files and memory", "process": "processes"}


def _persistence(facts: Sequence[Fact]) -> Headline | None:
    # What keeps most comes first, then the usual order.
    f = min(
        facts,
        key=lambda f: (
            _v(f, "preserves") != "filesystem_and_memory" or _v(f, "mechanism") == "fork",
            _place(KEPT, _v(f, "mechanism")),
        ),
    )
    kept = WHAT.get(_v(f, "preserves"), "")
    days = _n(f, "retention_days")
    notes = [
        f"for {words.amount(days, 'day')}"
        if days is not None
        else "without end"
        if f.span.values.get("indefinite")
        else ""
    ]
    notes.append({True: "by default", False: "not by default", None: ""}[f.span.values.get("by_default")])
    others = len({_v(o, "mechanism") for o in facts}) - 1
    if others:
        notes.append(f"{others} other way{'s' if others > 1 else ''}")
    return Headline(
        f"{HOW.get(_v(f, 'mechanism'), _upper(words.term(_v(f, 'mechanism'))))}{': ' + kept if kept else ''}",
        ", ".join(n for n in notes if n),
        (f,),
    )


def _length(fact: Fact) -> Decimal:
    """How long a limit is, in seconds; none is the longest."""
    span = measure("limits", fact.span.values)
    return span.amount if span is not None else Decimal("Infinity")


def _limits(facts: Sequence[Fact]) -> Headline | None:
    idle = next((f for f in facts if _v(f, "limit") == "idle_timeout"), None)
    note = ""
    if idle is not None:
        size = _n(idle, "amount")
        note = "no idle timeout" if size is None else f"stops after {words.amount(size, _v(idle, 'unit'))} idle"
    usual = next((f for f in facts if _v(f, "limit") == "session_default" and _n(f, "amount") is not None), None)
    if idle is None and usual is not None:
        note = f"{words.amount(_n(usual, 'amount') or Decimal(0), _v(usual, 'unit'))} by default"
    beside = tuple(f for f in (idle or usual,) if f is not None)
    most = [f for f in facts if _v(f, "limit") == "session_max"]
    if most:
        told: dict[str, list[Fact]] = {}
        for f in sorted(most, key=_length):
            size = _n(f, "amount_max") or _n(f, "amount")
            told.setdefault("no limit" if size is None else words.amount(size, _v(f, "unit")), []).append(f)
        ends = list(told.items())
        if len(ends) == 1:
            return Headline(_upper(ends[0][0]), note, tuple(most), beside)
        (low, first), (high, last) = ends[0], ends[-1]
        plans = [words.plan(_v(own[0], "plan")) for own in (first, last)]
        text = f"{low} ({plans[0]}), {high} ({plans[1] or 'others'})" if plans[0] else f"{low} to {high}"
        return Headline(_upper(text), note, (*first, *last), beside)
    life = [f for f in facts if _v(f, "limit") == "lifetime_max"]
    if life:
        f = min(life, key=_length)
        size, plan = _n(f, "amount"), words.plan(_v(f, "plan"))
        text = "Never deleted by age" if size is None else f"Deleted after {words.amount(size, _v(f, 'unit'))}"
        return Headline(f"{text}{f' ({plan})' if plan else ''}", note, (f,), beside)
    if idle is not None:
        return Headline("No longest session stated", note, beside)
    f = facts[0]
    size = _n(f, "amount")
    text = words.LIMIT[_v(f, "limit")] + (
        f": {words.amount(size, _v(f, 'unit'))}" if size is not None else ": no limit"
    )
    return Headline(text, "", (f,))


def _sdks(facts: Sequence[Fact]) -> Headline | None:
    own = sorted(
        (f for f in facts if f.span.values.get("official") is not False),
        key=lambda f: INTERFACES.index(_v(f, "interface")),
    )
    if not own:
        return None
    languages = [
        words.term(_v(f, "interface")).replace("TypeScript/JavaScript", "TypeScript")
        for f in own
        if _v(f, "interface") not in ("rest", "cli", "mcp")
    ]
    others = [
        words.term(_v(f, "interface")).replace(" server", "").replace(" API", "")
        for f in own
        if _v(f, "interface") in ("rest", "cli", "mcp")
    ]
    if not languages:
        return Headline(f"{words.listed(others)} only", "no SDK in a language", tuple(own))
    return Headline(", ".join(languages), f"and {words.listed(others)}" if others else "", tuple(own))


def _self_hosting(facts: Sequence[Fact]) -> Headline | None:
    offers = {_v(f, "offering"): f for f in facts}
    core, byoc = offers.get("core"), offers.get("byoc")
    if core is not None and _v(core, "status") in ("supported", "beta", "frozen"):
        note = "own cloud too" if byoc is not None and _v(byoc, "status") in ("supported", "beta") else ""
        licence = _v(core, "licence")
        return Headline(
            f"{licence} core" if licence else "Core", note, tuple(f for f in (core, byoc if note else None) if f)
        )
    if byoc is not None and _v(byoc, "status") in ("supported", "beta"):
        return Headline("In your own cloud", _v(byoc, "status") if _v(byoc, "status") == "beta" else "", (byoc,))
    return Headline("", "managed cloud only" if core is not None else "", (core or facts[0],))


def _positioning(facts: Sequence[Fact]) -> Headline | None:
    notes = {"purpose_built": "", "primitive": "one primitive of a general platform", "general": "a general platform"}
    return Headline("", notes[_v(facts[0], "fit")], (facts[0],))


OF: dict[str, Callable[[Sequence[Fact]], Headline | None]] = {
    "prices": _prices, "allowances": _allowances, "isolation": _isolation, "cold_starts": _cold_starts, "gpus": _gpus,
    "persistence": _persistence, "limits": _limits, "sdks": _sdks, "self_hosting": _self_hosting, "positioning": _positioning,
}  # fmt: skip
