"""The sentences of the comparison page, made from typed facts: one function per row. No text of a vendor but quotes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sandsnap.publish.site.headlines import Headline, headline
from sandsnap.publish.site.spans import Fact
from sandsnap.record.coverage import OF_TIME
from sandsnap.tell import words
from sandsnap.tell.measures import per_hour
from sandsnap.vendors import PRODUCTS
from schemas.vocabulary import INTERFACES, MECHANISMS

YES, NO, PARTLY, ENDING = "yes", "no", "partly", "ending"


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, and the facts it is made of."""

    text: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A cell: yes, no, partly or ending with the word to show (None: not such a row), its headline, and all its sentences."""

    verdict: str | None
    word: str | None
    head: Headline | None
    statements: tuple[Statement, ...]


def say(table: str, vendor: str, facts: Sequence[Fact]) -> Said:
    """The cell of a vendor in the row that a table answers. `facts`: those of the table and vendor; may be empty."""
    out: list[Statement] = []
    verdict: tuple[str, str] | None = None
    head: Headline | None = None
    for place, product in enumerate(PRODUCTS[vendor]):
        own = [f for f in facts if f.span.product == product]
        if not own:
            continue
        name = words.product(vendor, product)
        if head is None and (head := headline(table, own)) is not None and place:
            head = replace(head, note=f"{name}: {head.note}" if head.note else name)
        if place == 0 and table in VERDICTS:
            verdict = VERDICTS[table](own)
        out += [replace(s, text=f"{name}: {s.text}") if name else s for s in ROWS[table](own)]
    return Said(verdict and verdict[0], verdict and verdict[1], head, tuple(out))


def _by(facts: Iterable[Fact], *names: str) -> dict[tuple[str, ...], list[Fact]]:
    out: dict[tuple[str, ...], list[Fact]] = {}
    for f in facts:
        out.setdefault(tuple(f.text(n) for n in names), []).append(f)
    return out


def _plans(facts: Iterable[Fact]) -> str:
    return words.listed(sorted({words.plan(f.text("plan")) for f in facts} - {""}))


def hourly(values: Mapping[str, Any]) -> tuple[Decimal, str]:
    """A price as the figure of an hour where it is by time of use; of a month for what is kept; else as stated."""
    usd, unit = Decimal(values["usd"]), str(values["unit"])
    if unit.endswith(("_month", "_hour")) or (same := per_hour(usd, unit)) is None:
        return usd, unit
    return same.amount, same.unit


def price_text(values: Mapping[str, Any]) -> str:
    """$0.0504 per vCPU-hour."""
    usd, unit = hourly(values)
    text = f"{words.usd(usd)} {'a month' if unit == 'month' else 'per ' + words.per(unit)}"
    if values["meter"] == "memory":
        text += " of memory"
    return f"{text} ({words.usd(usd / 2)} per vCPU-hour)" if unit == "core_hour" else text


def price(fact: Fact) -> str:
    """A price's sentence."""
    return price_text(fact.span.values)


BILLED = {
    "active": " of CPU time in use",
    "provisioned": " as provisioned",
    "max_of_request_and_use": " on the larger of request and use",
    "": "",
}


def _prices(facts: Sequence[Fact]) -> list[Statement]:
    out: list[Statement] = []
    paid = [f for f in facts if f.span.table == "allowances"]
    rules = [f for f in facts if f.span.table == "billing_rules"]
    facts = [f for f in facts if f.span.table == "prices" and f.text("offer") == "list"]
    plain = [f for f in facts if f.text("region") == "-"]
    compute = [f for f in plain if f.text("meter") in ("vcpu", "core", "memory") and f.text("sku") == "-"]
    rates: dict[tuple[str, ...], list[Fact]] = {}
    for key, own in sorted(_by(compute, "plan").items()):
        said = [(price(f), BILLED[f.text("billed_on")]) for f in sorted(own, key=_meter)]
        same = {b for _, b in said}
        texts = [p if len(same) == 1 else p + b for p, b in said]
        rates.setdefault(
            (" and ".join(texts) + ("," + same.pop() if len(same) == 1 and any(same) else ""),), []
        ).extend(own)
        del key
    for (text,), own in rates.items():
        plans = _plans(own)
        out.append(Statement(f"{text}{f' ({plans})' if plans else ''}", _one_plan(own)))
    for f in plain:
        if f.text("meter") == "session":
            out.append(Statement(price(f), (f,)))
    out += _ends([f for f in facts if f.text("meter") == "instance"], "Sizes")
    out += _ends([f for f in plain if f.text("meter") == "gpu"], "GPUs")
    kept = sorted((f for f in plain if f.text("meter") in ("storage", "volume", "snapshot_storage")), key=_meter)
    names = {"storage": "Disk", "volume": "Volumes", "snapshot_storage": "Snapshots"}
    seen: dict[str, Fact] = {}
    for f in kept:
        what = f.text("sku").capitalize() if f.text("sku") != "-" else names[f.text("meter")]
        seen.setdefault(f"{what} {price(f)}", f)
    if seen:
        out.append(Statement("; ".join(seen), tuple(seen.values())))
    fees = sorted((f for f in plain if f.text("meter") == "plan_fee"), key=lambda f: Decimal(f.span.values["usd"]))
    if fees:
        told = [f"{words.plan(f.text('plan'))} plan {price(f)}" for f in fees]
        out.append(Statement("; ".join(told), tuple(fees)))
    out += [replace(s, text=f"With {s.text}") for s in _allowances(paid)]
    out += [
        Statement(rule(f.span.values), (f,)) for f in sorted(rules, key=lambda f: (f.text("rule"), f.text("meter")))
    ]
    return out


def rule(values: Mapping[str, Any]) -> str:
    """A rule of the bill: billed by the second; nothing is charged for memory in standby."""
    what, of = str(values["rule"]), str(values["meter"])
    thing = "" if of == "any" else words.METER[of] + ": "
    size, unit, applies = values.get("amount"), str(values.get("unit") or ""), values.get("applies")
    if what in ("increment", "minimum") and size is not None:
        span = words.amount(Decimal(size), unit)
        text = (
            f"billed by {span.replace('1 ', 'the ', 1) if size == 1 else span}"
            if what == "increment"
            else f"at least {span} each run"
        )
    elif what == "included_with":
        text = f"{'included' if applies else 'not included'} with {words.term(unit)}"
    elif what in ("idle_billed", "standby_billed", "stopped_billed"):
        text = f"{'charged' if applies else 'nothing charged'} while {what.removesuffix('_billed').replace('standby', 'in standby')}"
    elif size is not None and what in _OF_SIZE:
        told = f"{words.number(Decimal(size))} vCPU" if unit == "vcpu" else words.amount(Decimal(size), unit)
        thing, text = "", _OF_SIZE[what].format(told)
    else:
        text = words.term(what) if applies else f"no {words.term(what)}"
    return capital(f"{thing}{text}")


_OF_SIZE = {
    "memory_per_vcpu": "{} of memory for each vCPU",
    "vcpu_step": "in steps of {}",
    "month": "a month counts as {}",
    "gigabyte": "a gigabyte is {}",
}


def _meter(fact: Fact) -> tuple[int, str]:
    order = ("vcpu", "core", "memory", "storage", "volume", "snapshot_storage")
    return order.index(fact.text("meter")), fact.text("sku")


def _one_plan(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Facts of several plans that say the same in the same words: those of the first plan speak for all."""
    first: dict[tuple[str, ...], Fact] = {}
    for f in facts:
        first.setdefault((f.text("meter"), f.span.quote or f.text("plan"), f.span.source_url), f)
    return tuple(first.values())


def _ends(facts: Sequence[Fact], what: str) -> list[Statement]:
    """From the cheapest to the dearest of many."""
    if not facts:
        return []
    units = _by(facts, "unit")
    (_, own) = max(units.items(), key=lambda g: len(g[1]))
    ordered = sorted(own, key=lambda f: (Decimal(f.span.values["usd"]), f.text("sku")))
    low, high = ordered[0], ordered[-1]
    unit = words.per(hourly(low.span.values)[1])

    def one(f: Fact) -> str:
        where = f", {f.text('region')}" if f.text("region") != "-" else ""
        return f"{words.usd(hourly(f.span.values)[0])} ({words.sku(f.text('sku'))}{where})"

    if low is high:
        return [Statement(f"{what[:-1]}: {one(low)} per {unit}", (low,))]
    return [Statement(f"{what} from {one(low)} to {one(high)} per {unit}", (low, high))]


def _allowances(facts: Sequence[Fact]) -> list[Statement]:
    out = []
    order = ("trial", "credit", "vcpu_time", "vm_time", "memory_time", "storage_time", "creations", "concurrent",
             "transfer", "storage", "snapshot_storage")  # fmt: skip
    nouns = {"storage": " disk", "snapshot_storage": " of snapshots", "transfer": " transfer", "creations": " creations",
             "concurrent": " at once", "storage_time": " disk", "memory_time": " memory", "credit": " credit"}  # fmt: skip
    when = {"once": ", once", "day": " a day", "month": " a month", "lifetime": " in all", "session": " a session",
            "at_once": ""}  # fmt: skip
    groups: dict[str, list[Fact]] = {}
    for f in sorted(facts, key=lambda f: order.index(f.text("allowance"))):
        what, size, unit = f.text("allowance"), f.number("amount"), f.text("unit")
        if what == "trial":
            text = (
                "no free trial" if size == 0 else f"{words.amount(size, unit)} trial" if size is not None else "trial"
            )
            text = text.replace("days trial", "days' trial")
        else:
            text = f"unlimited {words.term(what)}" if size is None else words.amount(size, unit) + nouns.get(what, "")
            text = f"no {words.term(what)}" if size == 0 else text + when[f.text("period")]
        if f.span.values.get("card_required") is False:
            text += ", no card needed"
        groups.setdefault(text, []).append(f)
    by_plan: dict[str, list[tuple[str, list[Fact]]]] = {}
    for text, own in groups.items():
        by_plan.setdefault(_plans(own), []).append((text, own))
    for plan, told in by_plan.items():
        line = "; ".join(t for t, _ in told)
        out.append(Statement(f"{plan}: {line}" if plan else capital(line), tuple(f for _, own in told for f in own)))
    return out


def capital(text: str) -> str:
    """A sentence's first letter as a capital, but of words that are written small."""
    return text if text[:4] in ("vCPU", "gVis") else text[:1].upper() + text[1:]


def _isolation(facts: Sequence[Fact]) -> list[Statement]:
    out = []
    for f in sorted(facts, key=lambda f: (f.text("runtime") != "default", f.text("runtime"))):
        technology, boundary = words.term(f.text("technology")), words.term(f.text("boundary"))
        text = " ".join(dict.fromkeys(w for w in (technology, boundary) if w))
        kernel = f.span.values.get("dedicated_kernel")
        text += {True: ", a kernel of its own", False: ", a shared kernel", None: ""}[kernel]
        runtime = f.text("runtime")
        out.append(Statement(capital(text) if runtime == "default" else f"Runtime “{runtime}”: {text}", (f,)))
    return out


def _cold_starts(facts: Sequence[Fact]) -> list[Statement]:
    out = []
    verbs = {"create": "Creates", "resume": "Resumes", "restart": "Restarts", "boot": "Boots", "fork": "Forks",
             "snapshot": "Snapshots"}  # fmt: skip
    stat = {"typical": "", "max": "", "p50": " (median)", "p95": " (95th percentile)", "p99": " (99th percentile)"}
    order = ("create", "boot", "restart", "resume", "fork", "snapshot")
    for f in sorted(facts, key=lambda f: (order.index(f.text("operation")), f.text("statistic"))):
        time = words.ms(f.number("low_ms"), f.number("high_ms"))
        text = f"{verbs[f.text('operation')]} in {time}{stat[f.text('statistic')]}"
        if time is None:
            text = f"No figure is published for how fast it {verbs[f.text('operation')].lower()}"
        if f.text("claimed_by") == "third_party":
            text += ", as measured by others"
        out.append(Statement(text, (f,)))
    return out


def _gpus(facts: Sequence[Fact]) -> list[Statement]:
    out = []
    groups = _by(facts, "status", "ends_on")
    order = ("available", "preview", "ending", "ended", "not_offered")
    for (status, _), own in sorted(groups.items(), key=lambda g: (order.index(g[0][0]), g[0][1])):
        models = words.listed([words.sku(f.text("model")) for f in sorted(own, key=lambda f: f.text("model"))])
        if status == "not_offered":
            text = "No GPU is offered for sandboxes"
        elif own[0].text("model") == "none":
            text = "GPUs are no longer offered"
        elif status == "ending":
            ends = own[0].span.values.get("ends_on")
            text = f"Until {words.day(ends)}: {models}" if ends else f"Being ended: {models}"
        else:
            text = {"available": models, "preview": f"In preview: {models}", "ended": f"Ended: {models}"}[status]
        out.append(Statement(text, tuple(own)))
    return out


def _gpu_verdict(facts: Sequence[Fact]) -> tuple[str, str]:
    statuses = {f.text("status") for f in facts}
    if "available" not in statuses and any(f.text("model") == "none" and f.text("status") == "ended" for f in facts):
        return NO, "No longer"
    if "available" in statuses:
        return YES, "Yes"
    if "preview" in statuses:
        return PARTLY, "In preview"
    if "ending" in statuses:
        return ENDING, "Ending"
    return (NO, "No longer") if "ended" in statuses else (NO, "No")


def _persistence(facts: Sequence[Fact]) -> list[Statement]:
    out = []
    names = {"pause_resume": "Pause and resume", "auto_pause": "Automatic pause", "filesystem_snapshot":
             "Filesystem snapshots", "directory_snapshot": "Directory snapshots", "memory_snapshot": "Memory snapshots",
             "auto_snapshot": "Automatic snapshots", "volume": "Volumes", "fork": "Forks", "standby": "Standby",
             "archive": "Archives",
             "session_state": "Session state", "checkpoint": "Checkpoints"}  # fmt: skip
    keeps = {"filesystem": "keep files", "memory": "keep memory", "filesystem_and_memory": "keep files and memory",
             "process": "keep processes", "": ""}  # fmt: skip
    one = {"pause_resume", "auto_pause", "standby", "session_state"}
    for f in sorted(facts, key=lambda f: MECHANISMS.index(f.text("mechanism"))):
        what = f.text("mechanism")
        kept = keeps[f.text("preserves")]
        text = f"{names[what]} {kept.replace('keep', 'keeps', 1) if what in one else kept}".rstrip()
        days = f.number("retention_days")
        if days is not None:
            text += f", for {words.amount(days, 'day')}"
        elif f.span.values.get("indefinite"):
            text += ", without end"
        default = f.span.values.get("by_default")
        text += {True: " (by default)", False: " (not by default)", None: ""}[default]
        out.append(Statement(text, (f,)))
    return out


def _limits(facts: Sequence[Fact]) -> list[Statement]:
    out = []
    forms = {"session_max": ("A session lasts up to {}", "No maximum session length"),
             "session_default": ("{} by default", "No limit by default"),
             "idle_timeout": ("Stops after {} idle", "No fixed idle timeout"),
             "lifetime_max": ("Deleted after {}", "Never deleted by age"),
             "auto_archive_default": ("Archived {} after it stops", "Not archived by default"),
             "auto_archive_max": ("archived after {} at the latest", "no latest day for archiving"),
             "auto_delete_default": ("Deleted {} after it stops", "Not deleted by default")}  # fmt: skip
    for limit in OF_TIME:
        told: dict[str, list[Fact]] = {}
        for f in sorted(
            (f for f in facts if f.text("limit") == limit), key=lambda f: f.number("amount") or Decimal(10**9)
        ):
            size, top, unit = f.number("amount"), f.number("amount_max"), f.text("unit")
            text = "" if size is None else words.amount(top or size, unit)
            if size is not None and top is not None:
                text = f"{words.number(size)}–{text}"
            told.setdefault(text, []).append(f)
        parts = []
        for text, own in told.items():
            plans = _plans(own) or ("other plans" if len(told) > 1 else "")
            parts.append((f"{text or 'no limit'} ({plans})" if plans else text, own))
        if not parts:
            continue
        stated, none = forms[limit]
        if len(parts) == 1 and "" in told:
            text = none + (f" ({_plans(parts[0][1])})" if _plans(parts[0][1]) else "")
        else:
            text = stated.format(words.listed([t or "no limit" for t, _ in parts]))
        out.append(Statement(capital(text), tuple(f for _, own in parts for f in own)))
    return out


def _sdks(facts: Sequence[Fact]) -> list[Statement]:
    out = []
    ordered = sorted(facts, key=lambda f: INTERFACES.index(f.text("interface")))
    for official in (True, None, False):
        own = [f for f in ordered if f.span.values.get("official") is official]
        languages = [f for f in own if f.text("interface") not in ("rest", "cli", "mcp")]
        others = [f for f in own if f not in languages]
        parts = []
        if languages:
            names = words.listed([words.term(f.text("interface")) for f in languages])
            parts.append(f"{names} SDK{'s' if len(languages) > 1 else ''}")
        parts += [words.term(f.text("interface")) for f in others]
        if parts:
            text = words.listed(parts) if official is not False else f"Not official: {words.listed(parts)}"
            out.append(Statement(text, tuple(own)))
    return out


def _self_hosting(facts: Sequence[Fact]) -> list[Statement]:
    out = []
    names = {"core": "Core", "byoc": "In your own cloud", "sdk": "SDK"}
    forms = {"supported": "supported", "beta": "in beta", "frozen": "frozen, no longer developed in public",
             "ended": "ended", "none": "managed cloud only", "": ""}  # fmt: skip
    for f in sorted(facts, key=lambda f: tuple(names).index(f.text("offering"))):
        parts = [forms[f.text("status")], f"{f.text('licence')} licence" if f.text("licence") else ""]
        if not any(parts) and f.text("repository"):
            parts = ["source is public"]
        text = ", ".join(p for p in parts if p)
        closed = f.text("offering") == "core" and f.text("status") == "none"
        out.append(Statement("Managed cloud only" if closed else f"{names[f.text('offering')]}: {text}", (f,)))
    return out


def _hosting_verdict(facts: Sequence[Fact]) -> tuple[str, str] | None:
    offers = {f.text("offering"): f.text("status") for f in facts}
    core, byoc = offers.get("core"), offers.get("byoc")
    if core in ("supported", "beta"):
        return YES, "Yes" if core == "supported" else "In beta"
    if core == "frozen":
        return PARTLY, "Frozen"
    if byoc in ("supported", "beta"):
        return PARTLY, "Own cloud only"
    return (NO, "No") if core in ("none", "ended") else None


def _positioning(facts: Sequence[Fact]) -> list[Statement]:
    forms = {"purpose_built": "Built for AI agents", "primitive": "One primitive of a general platform",
             "general": "A general platform"}  # fmt: skip
    out = []
    for f in facts:
        said = f.text("statement")
        out.append(Statement(f"{forms[f.text('fit')]}{f': “{said}”' if said else ''}", (f,)))
    return out


def _fit_verdict(facts: Sequence[Fact]) -> tuple[str, str]:
    return {"purpose_built": (YES, "Yes"), "primitive": (PARTLY, "Partly"), "general": (NO, "No")}[facts[0].text("fit")]


ROWS: dict[str, Callable[[Sequence[Fact]], list[Statement]]] = {
    "prices": _prices,
    "allowances": _allowances,
    "isolation": _isolation,
    "cold_starts": _cold_starts,
    "gpus": _gpus,
    "persistence": _persistence,
    "limits": _limits,
    "sdks": _sdks,
    "self_hosting": _self_hosting,
    "positioning": _positioning,
}
VERDICTS: dict[str, Callable[[Sequence[Fact]], tuple[str, str] | None]] = {
    "gpus": _gpu_verdict,
    "self_hosting": _hosting_verdict,
    "positioning": _fit_verdict,
}
