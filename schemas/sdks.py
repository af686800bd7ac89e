"""sdks: programming interfaces."""

from schemas import vocabulary as v
from schemas._base import Citation, Cited, column


class _Sdks(Cited):
    interface: str = column("Language, or rest, cli, mcp.", key=True, isin=v.INTERFACES)
    official: bool = column("Whether the vendor itself publishes it.")
    package: str = column("Package name as installed; null where the page names none.", nullable=True)


class Sdks(Citation, _Sdks):
    """Programming interfaces."""
