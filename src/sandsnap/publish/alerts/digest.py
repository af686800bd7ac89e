"""Alerts as one message: at once, or as the digest of a day or a week, most significant first, vendor by vendor."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict

from sandsnap.publish.alerts.alert import Alert
from sandsnap.publish.alerts.channels import Message
from sandsnap.publish.alerts.text import body
from sandsnap.tell import words

MOST = 50  # alerts in one message; a vendor that moves 500 prices is named, not spelled out
_LEADS = {
    "new": "",
    "retracted": "TAKEN BACK, the record no longer holds it: ",
}


def message(told: Sequence[tuple[Alert, str]], level: str, site: str | None = None) -> Message:
    """The message for (alert, phase) pairs; `level` says which mail it is: urgent, daily or weekly. `site`: its address."""
    ordered = sorted(told, key=lambda t: (-t[0].significance, t[0].vendor, t[0].day, t[0].id))
    return Message(
        hashlib.sha256("\n".join(sorted(f"{a.id} {p}" for a, p in told)).encode()).hexdigest()[:12],
        subject(ordered, level),
        text(ordered, site),
        tuple({"phase": p, **asdict(a)} for a, p in ordered),
        severity([a for a, _ in ordered]),
    )


def severity(told: Sequence[Alert]) -> str:
    """How a channel shows it: pages that cannot be read fail, pages that are back succeed, what is urgent warns."""
    kinds = {a.kind for a in told}
    if "outage" in kinds:
        return "failure"
    if kinds == {"outage_ended"}:
        return "success"
    return "warning" if any(a.level == "urgent" for a in told) else "info"


def subject(told: Sequence[tuple[Alert, str]], level: str) -> str:
    """The subject line: the weightiest alert's title, and how many more."""
    alert, phase = told[0]
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    return f"{_LEADS[phase]}{alert.title}"[: 180 - len(more)] + more


def text(told: Sequence[tuple[Alert, str]], site: str | None = None) -> str:
    """The body: each alert up to MOST; of the rest, the number per vendor."""
    parts = [_LEADS[phase] + body(alert, site) for alert, phase in told[:MOST]]
    if rest := told[MOST:]:
        counts = {v: sum(a.vendor == v for a, _ in rest) for v in dict.fromkeys(a.vendor for a, _ in rest)}
        parts.append(
            f"and {len(rest)} more ({', '.join(f'{words.company(v)} {n}' for v, n in counts.items())}): sandsnap alerts --list"
        )
    return "\n\n".join(parts)
