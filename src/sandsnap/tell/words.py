"""How days, dollars, vendors and the terms of the vocabulary are written for people."""

from datetime import date
from decimal import Decimal

from sandsnap.read.statements import names
from sandsnap.tell.measures import figures

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(on: date | None) -> str:
    """4 Jul 2026; a dash for no day."""
    return "–" if on is None else f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def month(on: date) -> str:
    """July 2026."""
    return f"{on:%B} {on.year}"


def usd(amount: Decimal) -> str:
    """$0.0504, $2.50, $150: at most six significant digits, cents whole or not at all."""
    text = figures(amount)
    whole, _, cents = text.partition(".")
    return f"${int(whole):,}.{cents}0" if len(cents) == 1 else f"${int(whole):,}{'.' + cents if cents else ''}"


TERM = {
    "vcpu": "vCPU", "gib": "GiB", "gb": "GB", "mb": "MB", "mib": "MiB", "gpu": "GPU", "core": "core",
    "python": "Python", "typescript": "TypeScript/JavaScript", "go": "Go", "ruby": "Ruby", "java": "Java",
    "rust": "Rust", "php": "PHP", "rest": "REST API", "cli": "CLI", "mcp": "MCP server", "byoc": "In your own cloud",
    "sdk": "SDK", "firecracker": "Firecracker", "gvisor": "gVisor", "sysbox": "Sysbox",
    "kvm": "KVM", "microvm": "microVM", "vm": "virtual machine", "user_space_kernel": "user-space kernel",
    "container": "container", "hypervisor": "hypervisor", "id": "ID", "api": "API",
}  # fmt: skip
TABLE = {
    "prices": "Prices", "allowances": "Free allowances", "isolation": "Isolation", "cold_starts": "Cold starts",
    "gpus": "GPUs", "persistence": "Persistence", "limits": "Limits", "sdks": "SDKs and APIs",
    "self_hosting": "Self-hosting", "positioning": "Positioning", "regions": "Regions", "notices": "Notices",
    "plans": "Plans", "sizes": "Sizes", "billing_rules": "Billing rules", "multipliers": "Multipliers",
}  # fmt: skip


def product(vendor: str, name: str) -> str:
    """What a product besides a vendor's first is called; empty for the first."""
    return names(vendor).products.get(name, "")


def full_product(vendor: str, name: str) -> str:
    """A product with its vendor, as it stands alone: Fly Sprites; of the first product the vendor's title."""
    known = names(vendor)
    return known.full.get(name) or (f"{known.vendor} {known.products[name]}" if name in known.products else known.title)


def vendor(name: str) -> str:
    """A vendor as a column is headed; a page of no known vendor keeps its word."""
    return names(name).title


def company(name: str) -> str:
    """A vendor as a sentence names it: Fly."""
    return names(name).vendor


def term(name: str) -> str:
    """A term of the vocabulary as people write it: vCPU, GiB, filesystem and memory."""
    return TERM.get(name) or name.replace("_", " ")


def plan(name: str) -> str:
    """A plan as a title: Pro, Tier 1; empty for all plans."""
    return "" if name == "any" else name.replace("_", " ").capitalize()


def sku(name: str) -> str:
    """A GPU or a size as people write it: H100, A100 80GB, RTX 4090; sizes stay as they are."""
    head, _, rest = name.partition("-")
    if head in ("rtx", "a100", "h100", "h200", "b200", "b300", "l40s", "l4", "t4", "a10", "a10g", "mi300x"):
        return " ".join("PCIe" if p == "pcie" else p.upper() for p in [head, *rest.split("-")] if p)
    return name


def number(amount: Decimal) -> str:
    """1,024; 0.5: a plain number without trailing zeros."""
    text = f"{amount.normalize():f}"
    whole, _, rest = text.partition(".")
    return f"{int(whole):,}{'.' + rest if rest else ''}"


def amount(value: Decimal, unit: str) -> str:
    """A figure with its unit, the noun in the right number: 1 hour, 45 minutes, 10 GiB, 200 vCPU-hours, $100."""
    text = number(value)
    if unit == "usd":
        return usd(value)
    if unit == "count":
        return text
    if unit in ("gib", "gb"):
        return f"{text} {term(unit)}"
    if unit.startswith("per_"):
        return f"{text} {unit.replace('_', ' ')}"
    many = "" if value == 1 else "s"
    thing, _, time = unit.rpartition("_")
    return f"{text} {'VM' if thing == 'vm' else term(thing)}-{time}{many}" if thing else f"{text} {unit}{many}"


def per(unit: str) -> str:
    """What one price buys: per vCPU-hour, per GB, per month, per million."""
    thing, _, time = unit.rpartition("_")
    if thing == "instance":
        return time
    return f"{term(thing)}-{time}" if thing else term(unit)


def ms(low: Decimal | None, high: Decimal | None) -> str | None:
    """A start time: under 90 ms, about 1 s, 2–4 s; None where there is no figure."""
    if low is None and high is None:
        return None
    if low is None:
        return f"under {_ms(high)}"
    if high is None or low == high:
        return f"about {_ms(low)}"
    a, b = _ms(low), _ms(high)
    same = a.rpartition(" ")[2] == b.rpartition(" ")[2]
    return f"{a.rpartition(' ')[0] if same else a}–{b}"


def _ms(value: Decimal | None) -> str:
    assert value is not None
    value = Decimal(value)
    return f"{number(value / 1000)} s" if value >= 1000 else f"{number(value)} ms"


def listed(words: list[str], last: str = "and") -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def days_between(on: date, then: date) -> str:
    """How far a day lies from another: today, in 12 days, 3 days ago."""
    n = (then - on).days
    if n == 0:
        return "today"
    many = "" if abs(n) == 1 else "s"
    return f"in {n} day{many}" if n > 0 else f"{-n} day{many} ago"


def address(url: str) -> str:
    """A page's address as people say it: e2b.dev/docs/billing."""
    return url.partition("://")[2].rstrip("/") or url


METER = {
    "vcpu": "vCPU", "core": "Physical core", "memory": "Memory", "storage": "Disk", "snapshot_storage": "Snapshots",
    "volume": "Volumes", "egress": "Egress", "gpu": "GPU", "instance": "Size", "creation": "Creations",
    "session": "Session", "plan_fee": "Plan", "addon": "Add-on",
}  # fmt: skip
LIMIT = {
    "session_max": "Longest session", "session_default": "Session by default", "idle_timeout": "Stops when idle",
    "lifetime_max": "Deleted by age", "auto_archive_default": "Archived by default", "auto_archive_max":
    "Archived at the latest", "auto_delete_default": "Deleted by default", "concurrent": "Sandboxes at once",
    "creation_rate": "Creations", "vcpu_rate": "vCPU for new sandboxes",
    "vcpu_max": "vCPU of one sandbox", "memory_max": "Memory of one sandbox",
    "disk_max": "Disk of one sandbox", "vcpu_pool": "vCPU of the account", "memory_pool": "Memory of the account",
    "disk_pool": "Disk of the account", "ports_max": "Open ports", "egress_connections": "Outgoing connections",
}  # fmt: skip


# What other columns of keys are called, where the term alone would say little.
_NAMED = {
    ("operation", "create"): "New sandbox", ("operation", "boot"): "Boot", ("operation", "fork"): "Fork",
    ("statistic", "typical"): "", ("statistic", "max"): "at most", ("statistic", "p50"): "median",
    ("statistic", "p95"): "95th percentile", ("statistic", "p99"): "99th percentile",
    ("mechanism", "pause_resume"): "Pause and resume", ("mechanism", "auto_pause"): "Automatic pause",
    ("mechanism", "filesystem_snapshot"): "Filesystem snapshots", ("mechanism", "memory_snapshot"): "Memory snapshots",
    ("mechanism", "directory_snapshot"): "Directory snapshots", ("mechanism", "auto_snapshot"): "Automatic snapshots",
    ("mechanism", "volume"): "Volumes", ("mechanism", "fork"): "Forks", ("mechanism", "checkpoint"): "Checkpoints",
    ("rule", "increment"): "billed by", ("rule", "minimum"): "least of a run", ("rule", "idle_billed"): "while idle",
    ("rule", "standby_billed"): "in standby", ("rule", "stopped_billed"): "while stopped",
    ("rule", "memory_per_vcpu"): "per vCPU", ("rule", "vcpu_step"): "steps", ("rule", "gigabyte"): "gigabyte",
    ("rule", "month"): "month", ("rule", "included_with"): "included", ("rule", "credit_from_fee"): "fee as credit",
    ("model", "none"): "Any GPU", ("offering", "core"): "Hosting it yourself",
}  # fmt: skip


def subject(table: str, key: dict[str, str]) -> str:
    """Which fact of a table it is: GPU L40S; Memory (Pro); Longest session (Hobby)."""
    parts: list[str] = []
    for column, text in key.items():
        if text in ("-", "any") or (column, text) == ("offer", "list") or (column == "runtime" and text == "default"):
            continue
        if column == "meter":
            parts.insert(0, METER.get(text, term(text)))
        elif column == "limit":
            parts.insert(0, LIMIT.get(text, term(text)))
        elif (column, text) in _NAMED:
            parts.append(_NAMED[column, text])
        elif column in ("sku", "model"):
            parts.append(sku(text))
        elif column == "region":
            parts = [*parts[:-1], f"{parts[-1]}, {text}"] if parts else [text]
        elif column == "condition":
            kind, _, name = text.partition(":")
            parts.append(f"{kind} {name}" if name else term(text))
        elif column != "plan":
            parts.append(term(text))
    text = " ".join(p for p in parts if p)
    if table != "regions" and text[:4] not in ("vCPU", "gVis"):  # a region is written as its vendor writes it
        text = text[:1].upper() + text[1:]
    where = plan(key.get("plan", "any"))
    return f"{text} ({where})" if where and text else text or where or TABLE[table]
