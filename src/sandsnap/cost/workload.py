"""A workload: what one account runs in one month, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Workload:
    """`runs` sandboxes of `seconds` each, of which `active_seconds` use the CPU; `concurrent` of them at once.

    vcpu, memory_gib and disk_gib are of one sandbox, provisioned all the time; `gpu` is the beginning of a model's sku;
    snapshot_gib is kept for the whole month, egress_gib leaves in it. Parts of a vCPU, GiB or second may be given.
    """

    workload: str
    runs: int
    seconds: int
    active_seconds: Decimal | int
    vcpu: Decimal | int
    memory_gib: Decimal | int
    gpu: str | None = None
    concurrent: int = 1
    disk_gib: Decimal | int = 0
    snapshot_gib: Decimal | int = 0
    egress_gib: Decimal | int = 0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Workload":
        """A workload of a row that may have more columns."""
        return cls(**{f.name: row[f.name] for f in fields(cls) if f.name in row})
