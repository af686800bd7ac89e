"""sizes: what a named size of a sandbox holds."""

from typing import Annotated

import polars as pl

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Sizes(Cited):
    sku: str = column("The size as the vendor writes it, as in prices.", key=True, str_matches=v.SKU)
    vcpu: Annotated[pl.Decimal, 18, 9] = column("CPUs it holds; null where the page does not say.", nullable=True, gt=0)
    memory: Annotated[pl.Decimal, 18, 9] = column("Memory it holds, in memory_unit.", nullable=True, gt=0)
    memory_unit: str = column("Unit of memory, as stated.", nullable=True, isin=v.SIZE_UNITS)
    disk: Annotated[pl.Decimal, 18, 9] = column("Disk it holds, in disk_unit.", nullable=True, gt=0)
    disk_unit: str = column("Unit of disk, as stated.", nullable=True, isin=v.SIZE_UNITS)
    shared: bool = column("Whether its CPUs are a share of a core; null where the page does not say.", nullable=True)


class Sizes(Citation, _Sizes):
    """What the named sizes hold: one row per size."""
