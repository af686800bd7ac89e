"""isolation: what separates one sandbox from the next."""

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Isolation(Cited):
    runtime: str = column("default, or the vendor's name of an alternative.", key=True, str_matches=v.SNAKE)
    technology: str = column(
        "The technology named; null where only a property is stated.", nullable=True, isin=v.TECHNOLOGIES
    )
    boundary: str = column("The kind of boundary.", nullable=True, isin=v.BOUNDARIES)
    dedicated_kernel: bool = column("Whether each sandbox has its own kernel; null where not stated.", nullable=True)


class Isolation(Citation, _Isolation):
    """What separates one sandbox from the next."""
