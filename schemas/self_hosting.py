"""self_hosting: whether it can be run on one's own machines."""

from schemas import vocabulary as v
from schemas.columns import text
from schemas.table import facts

SELF_HOSTING = facts(
    "self_hosting",
    "Whether it can be run on one's own machines.",
    text(
        "offering",
        "core: the runtime; byoc: the vendor's runtime in one's own cloud; sdk: clients only.",
        key=True,
        terms=v.OFFERINGS,
    ),
    text(
        "status",
        "Whether it can be had; null where the page states only a licence.",
        nullable=True,
        terms=v.HOSTING_STATUSES,
    ),
    text("licence", "SPDX identifier; null where not stated.", nullable=True),
    text("repository", "Where the code is; null where not stated.", nullable=True),
)
