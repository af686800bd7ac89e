"""The tables of the contract, in the order in which they are published."""

from collections.abc import Mapping

from schemas.allowances import ALLOWANCES
from schemas.billing_rules import BILLING_RULES
from schemas.cold_starts import COLD_STARTS
from schemas.columns import Column, day
from schemas.gpus import GPUS
from schemas.isolation import ISOLATION
from schemas.limits import LIMITS
from schemas.measurements import MEASUREMENTS
from schemas.multipliers import MULTIPLIERS
from schemas.notices import NOTICES
from schemas.persistence import PERSISTENCE
from schemas.plans import PLANS
from schemas.positioning import POSITIONING
from schemas.prices import PRICES
from schemas.regions import REGIONS
from schemas.sdks import SDKS
from schemas.self_hosting import SELF_HOSTING
from schemas.sizes import SIZES
from schemas.table import CITATION, Table

__all__ = ["CITATION", "DERIVED", "MINOR", "SERIES", "STATE", "TABLES", "VERSION", "Column", "Table"]

VERSION = 2  # 2 put `offer` into the key of prices, `unconfirmed` and `second_hand` into the vocabulary
MINOR = 3  # 2.1 added measurements; 2.2 events, evidence, claims_history, vendors, products, ended_on; 2.3 valid_from of tables

STATE = Column(
    "state",
    "current; unconfirmed or held: the page states another value, which a second look or a person has not let in yet; "
    "missing: the next reading decides; stale: not confirmed for long; ended.",
    terms=("current", "unconfirmed", "held", "missing", "stale", "ended"),
)
"""How a row of a current table stands."""

DERIVED = (
    STATE,
    day(
        "valid_from",
        "Since when the row says this on the word of its page: the first day of its interval in history. "
        "Another page may have said the same before; the values that moved, and the days between, are in changes.",
    ),
)
"""What the dataset says of a row of a current table. Not part of a fact: views and exports add it behind the table's columns."""

TABLES: Mapping[str, Table] = {
    t.name: t
    for t in (
        PRICES, ALLOWANCES, ISOLATION, COLD_STARTS, GPUS, PERSISTENCE, LIMITS, SDKS, SELF_HOSTING, POSITIONING, REGIONS, NOTICES,
        PLANS, SIZES, BILLING_RULES, MULTIPLIERS,
    )
}  # fmt: skip

SERIES: Mapping[str, Table] = {"measurements": MEASUREMENTS}
"""What others measured, day by day: not facts, because a new value every day is no change."""
