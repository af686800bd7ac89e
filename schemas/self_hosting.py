"""self_hosting: whether it can be run on one's own machines."""

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _SelfHosting(Cited):
    offering: str = column(
        "core: the runtime; byoc: the vendor's runtime in one's own cloud; sdk: clients only.",
        key=True,
        isin=v.OFFERINGS,
    )
    status: str = column(
        "Whether it can be had; null where the page states only a licence.", nullable=True, isin=v.HOSTING_STATUSES
    )
    licence: str = column("SPDX identifier; null where not stated.", nullable=True)
    repository: str = column("Where the code is; null where not stated.", nullable=True)


class SelfHosting(Citation, _SelfHosting):
    """Whether it can be run on one's own machines."""
