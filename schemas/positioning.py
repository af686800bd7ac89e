"""positioning: what the vendor says the product is for."""

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Positioning(Cited):
    fit: str = column("purpose_built for agents, one primitive of a general platform, or general.", isin=v.FITS)
    statement: str = column("The vendor's own statement, short.")


class Positioning(Citation, _Positioning):
    """What the vendor says the product is for."""
