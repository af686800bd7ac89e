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


def _place(order: Sequence[str], name: str) -> int:
    """Where a term stands in an order; one that is not in it comes last."""
    return order.index(name) if name in order else len(order)


def _upper(text: str) -> str:
    return text if text[:4] in ("vCPU", "gVis") else text[:1].upper() + text[1:]


def _cheap(facts: Iterable[Fact]) -> list[Fact]:
    """Prices, the lowest first; of one amount the plan for all, then by name."""
    return sorted(
        facts, key=lambda f: (Decimal(f.span.values["usd"]), f.text("plan") != "any", f.text("plan"), f.text("sku"))
    )


def _rate(fact: Fact) -> str:
    """$0.0504/vCPU-hour: by time as an hour, a core as its two vCPU."""
    usd, unit = Decimal(fact.span.values["usd"]), fact.text("unit")
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
    listed = [f for f in facts if f.span.table == "prices" and f.text("offer") == "list"]
    plain = [f for f in listed if f.text("region") == "-" and f.text("sku") == "-"]
    rules = {(f.text("rule"), f.text("meter")): f for f in facts if f.span.table == "billing_rules"}

    def meter(*names: str) -> Fact | None:
        return next(iter(_cheap(f for f in plain if f.text("meter") in names)), None)

    session, cpu, memory = meter("session"), meter("vcpu", "core"), meter("memory")
    sizes = _cheap(f for f in listed if f.text("meter") == "instance")
    lead = session or cpu or memory or next(iter(sizes), None)
    if lead is None:
        return None
    step = rules.get(("increment", "any")) or rules.get(("increment", lead.text("meter").replace("core", "vcpu")))
    beside = (step,) if step is not None else ()
    if session is not None:
        return Headline(_rate(session), f"flat, of {_span(step)}" if step else "flat", (session,), beside)
    told = [f for f in (cpu, memory) if f is not None]
    if told:
        notes = [
            f"by the {step.text('unit')}"
            if step and step.number("amount") == 1
            else f"by {_span(step)}"
            if step
            else ""
        ]
        notes.append(BILLED.get(lead.text("billed_on"), ""))
        if cpu is None and ("included_with", "vcpu") in rules:
            notes.insert(0, "CPU included")
        same = {
            words.plan(f.text("plan"))
            for f in plain
            if f.text("meter") == lead.text("meter") and _rate(f) == _rate(lead)
        } - {""}
        if lead.text("plan") != "any":
            notes.append(words.listed(sorted(same)))
        parts = [_rate(f) for f in told]
        return Headline(" + ".join(parts), ", ".join(n for n in notes if n), tuple(told), beside)
    if sizes:
        low = sizes[0]
        where = f", {low.text('region')}" if low.text("region") != "-" else ""
        note = f"{low.text('sku')}{where}" + (
            f"; by the {step.text('unit')}" if step and step.number("amount") == 1 else ""
        )
        return Headline(f"from {_rate(low)}", note, (low,), beside)
    return None


def _span(step: Fact) -> str:
    size = step.number("amount")
    return words.amount(size, step.text("unit")) if size is not None else step.text("unit")


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
        (f for f in facts if f.text("allowance") in FREE_FIRST), key=lambda f: FREE_FIRST.index(f.text("allowance"))
    )
    if not known:
        return None
    first = known[0]
    what = first.text("allowance")
    # Time of CPU and memory are one offer, of the same plan and period.
    beside = [f for f in known[1:] if what.endswith("_time") and f.text("allowance") == "memory_time"
              and (f.text("plan"), f.text("period")) == (first.text("plan"), first.text("period"))][:1]  # fmt: skip
    trial = [f for f in known if f.text("allowance") == "trial"]
    if what != "trial" and trial and trial[0].number("amount") and not beside:
        beside, first = [first], trial[0]
    parts = [_allowed(f) for f in (first, *beside)]
    notes = [words.plan(first.text("plan"))]
    card = next((f for f in (first, *beside) if f.span.values.get("card_required") is not None), None)
    if card is not None:
        notes.append("no card" if card.span.values["card_required"] is False else "with a card")
    return Headline(_upper(" + ".join(parts)), ", ".join(n for n in notes if n), (first, *beside))


def _allowed(fact: Fact) -> str:
    size, unit, what = fact.number("amount"), fact.text("unit"), fact.text("allowance")
    if what == "trial":
        return (
            "no free trial" if size == 0 else f"{words.amount(size, unit)} of trial" if size is not None else "a trial"
        )
    return (f"unlimited {words.term(what)}" if size is None else words.amount(size, unit) + NOUN[what]) + PERIOD[
        fact.text("period")
    ]


def _isolation(facts: Sequence[Fact]) -> Headline | None:
    f = next((f for f in facts if f.text("runtime") == "default"), facts[0])
    technology, boundary = words.term(f.text("technology")), words.term(f.text("boundary"))
    kernel = {True: "a kernel of its own", False: "a shared kernel", None: ""}[f.span.values.get("dedicated_kernel")]
    if kernel and f.span.values["dedicated_kernel"] and f.text("boundary") in ("container", "user_space_kernel"):
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
    stated = [f for f in facts if f.number("low_ms") is not None or f.number("high_ms") is not None]
    order = sorted(
        stated,
        key=lambda f: (
            STARTS.index(f.text("operation")),
            -f.verified_on.toordinal(),
            STATISTIC.index(f.text("statistic")),
        ),
    )
    return order[0] if order else None


def _cold_starts(facts: Sequence[Fact]) -> Headline | None:
    lead = start(facts)
    if lead is None:
        return Headline("No figure published", "", (facts[0],))
    text = words.ms(lead.number("low_ms"), lead.number("high_ms")) or ""
    others = [
        f
        for f in facts
        if f.text("operation") in ("resume", "restart") and f.text("operation") != lead.text("operation")
    ]
    again = start(others)
    notes = [
        DOES[lead.text("operation")]
        + {"p50": ", median", "p95": ", 95th percentile", "p99": ", 99th percentile"}.get(lead.text("statistic"), "")
    ]
    if again is not None:
        notes.append(f"{DOES[again.text('operation')]} {words.ms(again.number('low_ms'), again.number('high_ms'))}")
    return Headline(_upper(text), "; ".join(notes), (lead,), (again,) if again else ())


# The largest first, as a buyer asks for them; a model that is not here comes after them.
MODELS = ("b300", "b200", "h200", "h100", "rtx-pro-6000", "a100-80gb", "a100", "l40s", "rtx-5090", "rtx-4090")


def _gpus(facts: Sequence[Fact]) -> Headline | None:
    for status in ("available", "preview", "ending"):
        own = sorted((f for f in facts if f.text("status") == status), key=_model)
        if own:
            names = [words.sku(f.text("model")) for f in own]
            more = f" and {len(names) - 3} more" if len(names) > 4 else ""
            text = ", ".join(names[:3]) + more if more else words.listed(names)
            ends = own[0].span.values.get("ends_on") if status == "ending" else None
            return Headline(text, f"until {words.day(ends)}" if ends else "", tuple(own))
    ended = [f for f in facts if f.text("status") == "ended"]
    day = max((f.span.values["ends_on"] for f in ended if f.span.values.get("ends_on")), default=None)
    return Headline("", f"ended {words.day(day)}" if day else "", tuple(ended or facts))


def _model(fact: Fact) -> tuple[int, str]:
    name = fact.text("model")
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
            f.text("preserves") != "filesystem_and_memory" or f.text("mechanism") == "fork",
            _place(KEPT, f.text("mechanism")),
        ),
    )
    kept = WHAT.get(f.text("preserves"), "")
    days = f.number("retention_days")
    notes = [
        f"for {words.amount(days, 'day')}"
        if days is not None
        else "without end"
        if f.span.values.get("indefinite")
        else ""
    ]
    notes.append({True: "by default", False: "not by default", None: ""}[f.span.values.get("by_default")])
    others = len({o.text("mechanism") for o in facts}) - 1
    if others:
        notes.append(f"{others} other way{'s' if others > 1 else ''}")
    return Headline(
        f"{HOW.get(f.text('mechanism'), _upper(words.term(f.text('mechanism'))))}{': ' + kept if kept else ''}",
        ", ".join(n for n in notes if n),
        (f,),
    )


def _length(fact: Fact) -> Decimal:
    """How long a limit is, in seconds; none is the longest."""
    span = measure("limits", fact.span.values)
    return span.amount if span is not None else Decimal("Infinity")


def _limits(facts: Sequence[Fact]) -> Headline | None:
    idle = next((f for f in facts if f.text("limit") == "idle_timeout"), None)
    note = ""
    if idle is not None:
        size = idle.number("amount")
        note = "no idle timeout" if size is None else f"stops after {words.amount(size, idle.text('unit'))} idle"
    usual = next((f for f in facts if f.text("limit") == "session_default" and f.number("amount") is not None), None)
    if idle is None and usual is not None:
        note = f"{words.amount(usual.number('amount') or Decimal(0), usual.text('unit'))} by default"
    beside = tuple(f for f in (idle or usual,) if f is not None)
    most = [f for f in facts if f.text("limit") == "session_max"]
    if most:
        told: dict[str, list[Fact]] = {}
        for f in sorted(most, key=_length):
            size = f.number("amount_max") or f.number("amount")
            told.setdefault("no limit" if size is None else words.amount(size, f.text("unit")), []).append(f)
        ends = list(told.items())
        if len(ends) == 1:
            return Headline(_upper(ends[0][0]), note, tuple(most), beside)
        (low, first), (high, last) = ends[0], ends[-1]
        plans = [words.plan(own[0].text("plan")) for own in (first, last)]
        text = f"{low} ({plans[0]}), {high} ({plans[1] or 'others'})" if plans[0] else f"{low} to {high}"
        return Headline(_upper(text), note, (*first, *last), beside)
    life = [f for f in facts if f.text("limit") == "lifetime_max"]
    if life:
        f = min(life, key=_length)
        size, plan = f.number("amount"), words.plan(f.text("plan"))
        text = "Never deleted by age" if size is None else f"Deleted after {words.amount(size, f.text('unit'))}"
        return Headline(f"{text}{f' ({plan})' if plan else ''}", note, (f,), beside)
    if idle is not None:
        return Headline("No longest session stated", note, beside)
    f = facts[0]
    size = f.number("amount")
    text = words.LIMIT[f.text("limit")] + (
        f": {words.amount(size, f.text('unit'))}" if size is not None else ": no limit"
    )
    return Headline(text, "", (f,))


def _sdks(facts: Sequence[Fact]) -> Headline | None:
    own = sorted(
        (f for f in facts if f.span.values.get("official") is not False),
        key=lambda f: INTERFACES.index(f.text("interface")),
    )
    if not own:
        return None
    languages = [
        words.term(f.text("interface")).replace("TypeScript/JavaScript", "TypeScript")
        for f in own
        if f.text("interface") not in ("rest", "cli", "mcp")
    ]
    others = [
        words.term(f.text("interface")).replace(" server", "").replace(" API", "")
        for f in own
        if f.text("interface") in ("rest", "cli", "mcp")
    ]
    if not languages:
        return Headline(f"{words.listed(others)} only", "no SDK in a language", tuple(own))
    return Headline(", ".join(languages), f"and {words.listed(others)}" if others else "", tuple(own))


def _self_hosting(facts: Sequence[Fact]) -> Headline | None:
    offers = {f.text("offering"): f for f in facts}
    core, byoc = offers.get("core"), offers.get("byoc")
    if core is not None and core.text("status") in ("supported", "beta", "frozen"):
        note = "own cloud too" if byoc is not None and byoc.text("status") in ("supported", "beta") else ""
        licence = core.text("licence")
        return Headline(
            f"{licence} core" if licence else "Core", note, tuple(f for f in (core, byoc if note else None) if f)
        )
    if byoc is not None and byoc.text("status") in ("supported", "beta"):
        return Headline("In your own cloud", byoc.text("status") if byoc.text("status") == "beta" else "", (byoc,))
    return Headline("", "managed cloud only" if core is not None else "", (core or facts[0],))


def _positioning(facts: Sequence[Fact]) -> Headline | None:
    notes = {"purpose_built": "", "primitive": "one primitive of a general platform", "general": "a general platform"}
    return Headline("", notes[facts[0].text("fit")], (facts[0],))


OF: dict[str, Callable[[Sequence[Fact]], Headline | None]] = {
    "prices": _prices, "allowances": _allowances, "isolation": _isolation, "cold_starts": _cold_starts, "gpus": _gpus,
    "persistence": _persistence, "limits": _limits, "sdks": _sdks, "self_hosting": _self_hosting, "positioning": _positioning,
}  # fmt: skip
