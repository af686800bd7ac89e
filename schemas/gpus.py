"""gpus: which GPUs can be had."""

from schemas import vocabulary as v
from schemas.columns import day, text
from schemas.table import facts

GPUS = facts(
    "gpus",
    "Which GPUs can be had.",
    text(
        "model",
        "GPU model as the vendor writes it, lower case with dashes; none for no GPU at all.",
        key=True,
        matches=v.SKU,
    ),
    text("status", "Whether it can be had.", terms=v.GPU_STATUSES),
    day("ends_on", "The announced last day, for status ending.", nullable=True),
)
