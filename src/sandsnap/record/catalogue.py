"""What vendors call themselves and their products, as vendor.toml has it, beside what is recorded of them."""

import duckdb

from sandsnap.read.statements import names


def write(con: duckdb.DuckDBPyConnection, vendor: str) -> None:
    """Bring the vendor's names to what its file says."""
    known = names(vendor)
    wanted = {
        ("", known.vendor),
        ("*", known.title),
        *((product, str(name)) for product, name in known.products.items()),
    }
    held = con.execute("SELECT product, name FROM store.names WHERE vendor = ?", [vendor]).fetchall()
    if set(held) != wanted:
        con.execute("DELETE FROM store.names WHERE vendor = ?", [vendor])
        con.executemany("INSERT INTO store.names VALUES (?, ?, ?)", [(vendor, *row) for row in sorted(wanted)])
