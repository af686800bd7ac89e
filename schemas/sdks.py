"""sdks: programming interfaces."""

from schemas import vocabulary as v
from schemas.columns import flag, text
from schemas.table import facts

SDKS = facts(
    "sdks",
    "Programming interfaces.",
    text("interface", "Language, or rest, cli, mcp.", key=True, terms=v.INTERFACES),
    flag(
        "official",
        "Whether the vendor itself publishes it.",
    ),
    text("package", "Package name as installed; null where the page names none.", nullable=True),
)
