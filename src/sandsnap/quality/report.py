"""The rates, added up: per mutation, per vendor, in all; as data for JSON and as a table for people."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sandsnap.quality.judge import Verdict

TARGETS = {
    "recall": 0.97, "wrong_values_in": 0, "false_alerts_per_1000_page_days": 1.0, "needless_issues_per_1000_page_days": 5.0,
    "alerts_without_quote_or_reason": 0,
}  # fmt: skip


def rates(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The rates of some verdicts; `recall` is None where none of the cases changes a fact."""
    changes = [v.changed for v in verdicts if v.changed is not None]
    days = sum(v.page_days for v in verdicts)
    return {
        "cases": len(verdicts),
        "right": sum(v.right for v in verdicts),
        "page_days": days,
        "recall": round(sum(changes) / len(changes), 4) if changes else None,
        "wrong_values_in": sum(len({w.partition(":")[0] for w in v.wrong}) for v in verdicts),
        "false_alerts": sum(len(v.false_alerts) for v in verdicts),
        "false_alerts_per_1000_page_days": _per_1000(sum(len(v.false_alerts) for v in verdicts), days),
        "needless_issues_per_1000_page_days": _per_1000(sum(len(v.needless) for v in verdicts), days),
        "alerts": sum(v.alerts for v in verdicts),
        "alerts_without_quote_or_reason": sum(bool(v.unexplained) for v in verdicts),
    }


def _per_1000(n: int, days: int) -> float:
    return round(1000 * n / days, 3) if days else 0.0


def report(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Everything measured, and each case that was not answered rightly with what went wrong."""
    return {
        **rates(verdicts),
        "pages": len({id(v.case.page) for v in verdicts}),
        "met": met(rates(verdicts)),
        "by_mutation": _by(verdicts, lambda v: v.case.mutation),
        "by_vendor": _by(verdicts, lambda v: v.case.page.vendor),
        "failures": [_failure(v) for v in verdicts if not v.right],
    }


def _by(verdicts: Sequence[Verdict], group: Callable[[Verdict], str]) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Verdict]] = {}
    for v in verdicts:
        groups.setdefault(group(v), []).append(v)
    return {name: {"answer": _answers(groups[name]), **rates(groups[name])} for name in groups}


def _answers(verdicts: Sequence[Verdict]) -> str:
    """The right answers of some cases: "nothing", or "issue or nothing" where it hangs on what the edit touched."""
    return " or ".join(sorted({v.case.answer for v in verdicts}))


def met(total: dict[str, Any]) -> bool:
    """Whether the rates reach their targets."""
    return bool(
        (total["recall"] is None or total["recall"] >= TARGETS["recall"])
        and total["wrong_values_in"] <= TARGETS["wrong_values_in"]
        and total["false_alerts_per_1000_page_days"] <= TARGETS["false_alerts_per_1000_page_days"]
        and total["needless_issues_per_1000_page_days"] <= TARGETS["needless_issues_per_1000_page_days"]
        and total["alerts_without_quote_or_reason"] <= TARGETS["alerts_without_quote_or_reason"]
    )


def _failure(v: Verdict) -> dict[str, Any]:
    missed = [f"{k[0]} {' / '.join(k[2])}: not moved" for k in v.case.changed] if v.changed is False else []
    silent = ["no issue"] if v.case.answer in ("issue", "either") and not v.noticed else []
    return {
        "mutation": v.case.mutation, "answer": v.case.answer, "vendor": v.case.page.vendor, "page": v.case.page.name,
        "url": v.case.page.capture.url, "wrong": v.wrong, "false_alerts": v.false_alerts, "needless": v.needless,
        "unexplained": v.unexplained, "missed": missed + silent,
    }  # fmt: skip


def lines(result: dict[str, Any]) -> Iterable[str]:
    """The report as a Markdown table."""
    yield (
        "| mutation | right answer | cases | right | recall | wrong values in | false alerts / 1000 page days "
        "| needless issues / 1000 page days |"
    )
    yield "| :-- | :-- | --: | --: | --: | --: | --: | --: |"
    for name, r in sorted(result["by_mutation"].items()):
        yield _line(name, r["answer"], r)
    for name, r in sorted(result["by_vendor"].items()):
        yield _line(f"*{name}*", "", r)
    yield _line("**all**", "", result)


def _line(name: str, answer: str, r: dict[str, Any]) -> str:
    recall = "" if r["recall"] is None else f"{100 * r['recall']:.1f} %"
    return (
        f"| {name} | {answer} | {r['cases']} | {r['right']} | {recall} | {r['wrong_values_in']} "
        f"| {r['false_alerts_per_1000_page_days']:g} | {r['needless_issues_per_1000_page_days']:g} |"
    )
