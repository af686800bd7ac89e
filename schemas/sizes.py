"""sizes: what a named size of a sandbox holds."""

from schemas import vocabulary as v
from schemas.columns import amount, flag, text
from schemas.table import facts

SIZES = facts(
    "sizes",
    "What the named sizes hold: one row per size.",
    text("sku", "The size as the vendor writes it, as in prices.", key=True, matches=v.SKU),
    amount("vcpu", "CPUs it holds; null where the page does not say.", nullable=True, above=0),
    amount("memory", "Memory it holds, in memory_unit.", nullable=True, above=0),
    text("memory_unit", "Unit of memory, as stated.", nullable=True, terms=v.SIZE_UNITS),
    amount("disk", "Disk it holds, in disk_unit.", nullable=True, above=0),
    text("disk_unit", "Unit of disk, as stated.", nullable=True, terms=v.SIZE_UNITS),
    flag("shared", "Whether its CPUs are a share of a core; null where the page does not say.", nullable=True),
)
