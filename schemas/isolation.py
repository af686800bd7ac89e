"""isolation: what separates one sandbox from the next."""

from schemas import vocabulary as v
from schemas.columns import flag, text
from schemas.table import facts

ISOLATION = facts(
    "isolation",
    "What separates one sandbox from the next.",
    text("runtime", "default, or the vendor's name of an alternative.", key=True, matches=v.SNAKE),
    text(
        "technology", "The technology named; null where only a property is stated.", nullable=True, terms=v.TECHNOLOGIES
    ),
    text("boundary", "The kind of boundary.", nullable=True, terms=v.BOUNDARIES),
    flag("dedicated_kernel", "Whether each sandbox has its own kernel; null where not stated.", nullable=True),
)
