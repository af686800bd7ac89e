"""What vendors call themselves and their products, as vendor.toml has it, beside what is recorded of them."""

from collections.abc import Collection

import duckdb

from sandsnap.read.statements import names


def write(con: duckdb.DuckDBPyConnection, vendors: Collection[str]) -> None:
    """Bring the vendors' names to what their files say."""
    wanted = set()
    for vendor in vendors:
        known = names(vendor)
        wanted |= {(vendor, "", known.vendor), (vendor, "*", known.title)}
        wanted |= {(vendor, product, str(name)) for product, name in known.products.items()}
    given = [list(vendors)]
    held = con.execute("SELECT vendor, product, name FROM store.names WHERE list_contains(?, vendor)", given).fetchall()
    if set(held) != wanted:
        con.execute("DELETE FROM store.names WHERE list_contains(?, vendor)", given)
        con.executemany("INSERT INTO store.names VALUES (?, ?, ?)", sorted(wanted))
