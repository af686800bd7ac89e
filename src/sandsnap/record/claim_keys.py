"""Which claims speak of one fact: all that state its key, and those of which it must be told apart."""

from collections.abc import Collection, Iterable

import duckdb
import polars as pl

from sandsnap.record.layout import key_columns
from sandsnap.record.load import Loaded
from sandsnap.record.resolve import fact_id
from sandsnap.record.rows import insert
from schemas import TABLES

Known = tuple[str, tuple[str, ...]]  # table, key with product first


def keys_of(loaded: Loaded, claims: Collection[int]) -> set[Known]:
    """The keys of these claims, of those that are in memory."""
    known = {c.id: (c.table, c.key) for r in loaded.awake for c in r.claims.values()}
    idents = {claim: (ident[1], ident[2]) for (_, ident), claim in loaded.former.items()}
    found = {known.get(c) or idents.get(c) for c in claims}
    return {k for k in found if k is not None}


def kin(vendor: str, table: str, key: tuple[str, ...]) -> int:
    """What the facts have in common that differ in the plan alone."""
    names = key_columns(TABLES[table])
    return fact_id(vendor, table, tuple("" if n == "plan" else k for n, k in zip(names, key, strict=True)))


def write(con: duckdb.DuckDBPyConnection, loadeds: Collection[Loaded]) -> None:
    """Note which facts the vendors' claims speak of, those of which nothing is noted."""
    claims = [
        (c.id, r.id, loaded.vendor, c.table, c.key)
        for loaded in loadeds
        for r in loaded.awake
        for c in r.claims.values()
        if not loaded.asleep or (c.id, c.intervals[0].valid_from) not in loaded.stored["claims"]
    ]
    if not claims:
        return
    con.register("claims_held", pl.DataFrame({"claim": [c[0] for c in claims]}, schema={"claim": pl.Int64}))
    found = con.execute(
        "SELECT k.claim FROM store.claim_keys k SEMI JOIN claims_held h ON h.claim = k.claim"
    ).fetchall()
    con.unregister("claims_held")
    noted = {c for (c,) in found}
    insert(con, "claim_keys", [
        (claim, reader, fact_id(vendor, table, key), kin(vendor, table, key))
        for claim, reader, vendor, table, key in claims
        if claim not in noted
    ])  # fmt: skip


def companions(con: duckdb.DuckDBPyConnection, keys: Collection[tuple[str, Known]]) -> list[tuple[int, int, int, int]]:
    """All claims of these keys (with their vendors), and of those that differ from one in the plan alone: (fact, claim, reader, kin)."""
    wanted = {kin(vendor, *key) for vendor, key in keys}
    con.register("kin_wanted", pl.DataFrame({"kin": list(wanted)}, schema={"kin": pl.Int64}))
    found = con.execute(
        "SELECT k.fact, k.claim, k.reader, k.kin FROM store.claim_keys k SEMI JOIN kin_wanted w ON w.kin = k.kin"
    ).fetchall()
    con.unregister("kin_wanted")
    return found


def write_contested(con: duckdb.DuckDBPyConnection, claims: Iterable[tuple[int, int, int, int]]) -> None:
    """Remember which of these claims, given with all others of their facts (see companions), others state, too."""
    groups: dict[int, set[int]] = {}
    for fact, claim, *_ in claims:
        groups.setdefault(fact, set()).add(claim)
    wanted = {c: min(ids) for ids in groups.values() if len(ids) > 1 for c in ids}
    held = dict(con.execute("SELECT claim, contest FROM store.contested").fetchall())
    stale = [(c,) for c, contest in wanted.items() if c in held and held[c] != contest]
    if stale:
        con.executemany("DELETE FROM store.contested WHERE claim = ?", stale)
    insert(con, "contested", sorted((c, contest) for c, contest in wanted.items() if held.get(c) != contest))
