"""What ComputeSDK's files say: the runs of a day, and its table of prices."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from sandsnap.model import Fact, Measurement
from sandsnap.read.measured import median, nearest_rank, trimmed
from sandsnap.read.publishers import Found, Page, RefusedError
from schemas import TABLES

_CENT = Decimal("0.011")  # the file's summary is rounded to two places
_SLACK = timedelta(hours=14)  # a commit's time may be in the zone of who made it
_STATISTICS = (("median", "p50"), ("p95", "p95"), ("p99", "p99"))


class _GapError(Exception):
    """No value of one provider is taken; the others are. `kind` is the issue's."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


# -- start times --------------------------------------------------------------------------------------------------


def start_times(page: Page) -> Found:
    """The measurements of a day's runs, recomputed from the runs that succeeded. Raises RefusedError."""
    benchmark = page.publisher.settings["benchmark"][page.source.of["benchmark"]]
    file = _dict(page.content, "the file")
    if file.get("version") not in benchmark["versions"]:
        raise RefusedError(
            "version",
            f"version {file.get('version')!r}, not {' or '.join(benchmark['versions'])}; look at what changed",
        )
    at = _measured_at(file, page)
    platform = _dict(file.get("environment", {}), "environment").get("platform")
    if platform != benchmark["platform"]:
        raise RefusedError("conditions", f"run on {platform!r}, not on {benchmark['platform']!r} as every day's")
    timeout = _dict(file.get("config", {}), "config").get("timeoutMs")
    if not isinstance(timeout, Decimal) or not timeout.is_finite():
        raise RefusedError("unreadable", f"config.timeoutMs is {timeout!r}, no number")
    results = file.get("results")
    if not isinstance(results, list):
        raise RefusedError("unreadable", "results is no list")
    found, named, quick = Found(), set[str](), list[bool]()
    for result in results:
        name = str(_dict(result, "a result").get("provider"))
        ours = page.publisher.providers.get(name)
        if ours and name in named:
            raise RefusedError("conflict", f"{name} stands twice")
        named.add(name)
        if ours is None:
            found.unknown.append(name)
        try:
            times, runs = _runs(result, timeout)
            middle = median(trimmed(times, benchmark["trim"])) if times else None
            quick += [middle < benchmark["least_ms"]] if middle is not None else []
            if ours:
                found.measurements += _rows(page, result, ours, at, times, runs, benchmark, found)
        except _GapError as e:
            if ours:
                found.troubles.append((e.kind, f"{name}: {e}"))
    if sum(quick) * 2 > len(quick):
        raise RefusedError("unit", f"most medians lie under {benchmark['least_ms']} ms: seconds?")
    found.troubles += [
        ("unmeasured", f"{name} is not in the file: no measurement of {at.date()}")
        for name in page.publisher.providers
        if name not in named
    ]
    return found


def _measured_at(file: Mapping[str, Any], page: Page) -> datetime:
    """When the runs ended (UTC)."""
    text = file.get("timestamp")
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        raise RefusedError("unreadable", f"timestamp {text!r} is no time") from None
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    seen = page.capture.captured_at
    if seen is not None:
        seen = seen if seen.tzinfo else seen.replace(tzinfo=UTC)
        whole_day = (seen.hour, seen.minute, seen.second) == (0, 0, 0)
        if at > seen + (timedelta(days=1) if whole_day else _SLACK):
            raise RefusedError("future", f"it says {text}, and was captured on {seen.date()}")
    if page.day and abs((at.date() - page.day).days) > 1:
        raise RefusedError("future", f"it says {text}, and is named {page.day}")
    return at


def _runs(result: Mapping[str, Any], timeout: Decimal) -> tuple[list[Decimal], int]:
    """The times (ms) of the runs that succeeded, and how many there were in all."""
    runs = result.get("iterations")
    if not isinstance(runs, list):
        raise _GapError("unreadable", "iterations is no list")
    if not runs:
        raise _GapError("unmeasured", f"no run was made: {result.get('skipReason') or 'no reason given'}")
    times = []
    for run in runs:
        if not isinstance(run, dict):
            raise _GapError("unreadable", "an iteration is no object")
        if run.get("error"):
            continue
        ms = run.get("ttiMs")
        if not isinstance(ms, Decimal) or not ms.is_finite():
            raise _GapError("unreadable", f"an iteration that succeeded has ttiMs {ms!r}")
        if ms <= 0:
            raise _GapError("unreadable", f"an iteration that succeeded took {ms} ms")
        if ms > timeout:
            raise _GapError(
                "unit", f"an iteration that succeeded took {ms} ms, longer than the timeout of {timeout} ms"
            )
        times.append(Decimal(ms))
    return times, len(runs)


def _rows(
    page: Page, result: Mapping[str, Any], ours: tuple[str, str], at: datetime, times: list[Decimal], runs: int,
    benchmark: Mapping[str, Any], found: Found,
) -> list[Measurement]:  # fmt: skip
    """One provider's rows. No run that succeeded: only the share of those that did."""
    mode, name = page.source.of["mode"], result["provider"]
    if result.get("mode") != page.source.of.get("stated"):
        raise _GapError("unreadable", f"mode {result.get('mode')!r} in a file of {mode} runs")
    kept = trimmed(times, benchmark["trim"]) if times else []
    ms = {"p50": median(kept), "p95": nearest_rank(kept, 95), "p99": nearest_rank(kept, 99)} if kept else {}
    if ms and ms["p50"] < benchmark["least_ms"]:
        raise _GapError("unit", f"a median of {ms['p50']} ms: seconds?")
    success = round(Decimal(len(times)) / runs, 9)
    stated = result.get("summary")
    summary = stated.get("ttiMs") if isinstance(stated, dict) else None
    for theirs, statistic in _STATISTICS:
        said = summary.get(theirs) if isinstance(summary, dict) else None
        if not _same(said, ms.get(statistic, Decimal(0)), _CENT):
            found.troubles.append(
                ("summary", f"{name}: {theirs} is {said} in the summary, {ms.get(statistic, 0)} by its own runs")
            )
    if not _same(result.get("successRate"), success, Decimal("0.005")):
        found.troubles.append(
            ("summary", f"{name}: successRate is {result.get('successRate')}, {success} by its own runs")
        )
    values = {**{s: (v, "ms") for s, v in ms.items()}, "success": (success, "share")}
    return [
        Measurement(
            *ours, page.source.of["benchmark"], mode, statistic, value, unit, runs, at, page.url, page.capture.sha256,
        )
        for statistic, (value, unit) in values.items()
    ]  # fmt: skip


def _same(said: Any, computed: Decimal, within: Decimal) -> bool:
    return isinstance(said, Decimal) and said.is_finite() and abs(said - computed) <= within


def _dict(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise RefusedError("unreadable", f"{what} is no object")
    return value


# -- prices, plans and limits -------------------------------------------------------------------------------------


def prices(page: Page) -> Found:
    """What its table says of our vendors' keys. Raises RefusedError."""
    file, rules = _dict(page.content, "the file"), page.publisher.settings["pricing"]
    stated = _dict(file.get("meta", {}), "meta").get("version")
    if stated not in rules["versions"]:
        raise RefusedError("version", f"version {stated!r}, not {' or '.join(rules['versions'])}; look at what changed")
    entries = file.get("providers")
    if not isinstance(entries, list):
        raise RefusedError("unreadable", "providers is no list")
    found, named = Found(), set[str]()
    for entry in entries:
        name = str(_dict(entry, "a provider").get("id"))
        if name in named:
            raise RefusedError("conflict", f"{name} stands twice")
        named.add(name)
        if name in page.publisher.providers:
            _of_provider(page, rules, name, entry, found)
        else:
            found.unknown.append(name)
    found.troubles += [
        ("unmeasured", f"{name} is not in the file") for name in page.publisher.providers if name not in named
    ]
    return found


def _of_provider(page: Page, rules: Mapping[str, Any], name: str, entry: Mapping[str, Any], found: Found) -> None:
    stated: list[tuple[str, dict[str, str], dict[str, Any], str]] = []  # table, key, values, quote
    pricing = entry.get("pricing")
    found.troubles += [("unknown_key", f"{name}: nobody reads {path}") for path in _unread(entry, rules)]
    for path, rule in rules["rates"].items():
        figure, unit = _at(pricing, path), _at(pricing, rule["unit"])
        if figure is None:
            continue
        quote = f"{name} pricing.{path}: {_text(figure)}" + (f" per {unit}" if unit else "")
        if not isinstance(figure, Decimal) or not figure.is_finite():
            found.troubles.append(("unreadable", f"{quote} is no price"))
        elif figure == 0:
            continue
        elif (ours := rules["units"].get(unit)) is None:
            found.troubles.append(("unreadable", f"{quote}: a unit that we do not know"))
        else:
            named = rules["meters"].get(name, {}).get(rule["meter"], rule["meter"])
            meter = "core" if ours.startswith("core") else named
            values = {"usd": Decimal(figure), "unit": ours}
            key = {"plan": "any", "meter": meter, "sku": "-", "region": "-", "offer": "list"}
            stated.append(("prices", key, values, quote))
    for plan in entry.get("plans") or ():
        stated += _of_plan(rules, name, _dict(plan, "a plan"), found)
    if (word := entry.get("isolation")) is not None:
        if (values := rules["isolation"].get(word)) is None:
            found.troubles.append(("unreadable", f"{name} isolation: {word!r} is a word that we do not know"))
        else:
            stated.append(("isolation", {"runtime": "default"}, dict(values), f'{name} isolation: "{word}"'))
    vendor, product = page.publisher.providers[name]
    for table, key, values, quote in stated:
        key = {"product": product, **key}
        columns = TABLES[table].by_name
        wrong = [o for c, v in {**key, **values}.items() if (o := columns[c].objection(v))]
        if wrong:
            found.troubles.append(("invalid", f"{quote}: {'; '.join(wrong)}"))
            continue
        found.statements.append(
            Fact(table, vendor, key, values, "second_hand", page.url, quote, page.capture.sha256, page.capture.day)
        )


def _of_plan(
    rules: Mapping[str, Any], name: str, plan: Mapping[str, Any], found: Found
) -> list[tuple[str, dict[str, str], dict[str, Any], str]]:
    label = str(plan.get("name"))
    out = []
    for column, rule in rules["plans"].items():
        figure = plan.get(column)
        if figure is None:
            continue
        quote = f"{name} plans.{label}.{column}: {_text(figure)}"
        if not isinstance(figure, Decimal) or not figure.is_finite():
            found.troubles.append(("unreadable", f"{quote} is no number"))
            continue
        values = {rule["column"]: Decimal(figure), **rule.get("beside", {})}
        out.append((rule["table"], {"plan": label, **rule.get("key", {})}, values, quote))
    credit = plan.get("credits")
    if isinstance(credit, Decimal) and credit.is_finite() and credit >= 0:
        once = plan.get("one_time_credit")
        quote = f"{name} plans.{label}.credits: {_text(credit)}" + (
            f", one_time_credit: {_text(once)}" if once is not None else ""
        )
        # Without a word on how often it comes, it is said of no period of ours.
        if isinstance(once, bool):
            values = {"amount": Decimal(credit), "unit": "usd"}
            if isinstance(card := plan.get("requires_cc"), bool):
                values["card_required"] = card
                quote += f", requires_cc: {_text(card)}"
            key = {"plan": label, "allowance": "credit", "period": "once" if once else "month"}
            out.append(("allowances", key, values, quote))
    return out


def _unread(entry: Mapping[str, Any], rules: Mapping[str, Any]) -> list[str]:
    """The fields of a provider's entry that are neither read nor left out by name."""
    rates = {f"pricing.{p}" for path, rule in rules["rates"].items() for p in (path, rule["unit"])}
    plans = {f"plans.{c}" for c in (*rules["plans"], "name", "credits", "one_time_credit", "requires_cc")}
    known = rates | plans | {"isolation"}
    return [
        path
        for path in dict.fromkeys(_paths(entry, ""))
        if path not in known and not any(fnmatchcase(path, pattern) for pattern in rules["left_out"])
    ]


def _paths(value: Any, path: str) -> Iterator[str]:
    """Every field that holds a value; those of a list are named as the list is."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _paths(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, path)
    elif value is not None:
        yield path


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    return str(getattr(value, "text", None) or str(value).lower())
