"""From the contract to the database: renders warehouse/*.sql, creates what is missing, comments everything."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import duckdb

from sandsnap.record.errors import RecordError
from schemas import SERIES, TABLES, Table
from schemas.contract import STATE
from schemas.contract import VERSION as CONTRACT

LAYOUT = 3  # 2: facts beside claims; 3: numbers of 64 bits
ADDED_TABLES = (
    "catalogue.sql",
    "fetches.sql",
    "origins.sql",
    "last_reads.sql",
    "claim_keys.sql",
    "cost_tables.sql",
    "series_tables.sql",
)  # to warehouses of before, too
VIEW_FILES = (
    "views.sql", "change_views.sql", "unit_views.sql", "workload_views.sql", "series_views.sql", "compare_views.sql",
)  # fmt: skip
WORKLOADS = "workloads.toml"
FRESHNESS = "freshness.toml"
VIEW_MACRO = "view_"  # in the schema store: what the view of that name is made of
BLOCK_SIZE = 16384  # bytes; the default of 256 KB makes today's file eight times larger
STORAGE_VERSION = "v1.5.0"  # DuckDB 2 would write files that 1.5 cannot open

COMMENTS = {
    "readings": "Every reading of every source: one row per reader and day, with the capture and code version it had.",
    "history": "Short for facts_history.",
    "facts_history": "Every fact of every table with its valid and known intervals; values as JSON.",
    "claims_history": "What each page said: every claim with its valid and known intervals; values as JSON.",
    "evidence": "Every value that any page states today, whether the tables show it, and why not.",
    "coverage": "How many facts there are, by vendor, table, basis and state.",
    "unconfirmed": "Values that were seen once and wait for a second, independent look.",
    "freshness": "Per vendor and table: how many facts stand, and the oldest and newest day they were verified.",
    "held": "Facts that keep their last good value while the page's newer one waits for a person: since when, and why.",
    "conflicts": "Keys that two sources give different values for, with both citations; the table shows the first.",
    "issues": "What a person must look at, open and closed.",
    "open_issues": "What a person must look at now.",
    "runs": "Every run that wrote, with what it recorded.",
    "sources": "Every source and reader: first, last and last good day.",
    "vendors": "Every vendor: the name it gives itself, sources, readers, days and facts.",
    "products": "Every product of every vendor, by its own name; joins with any table by vendor and product.",
    "captures": "Every stored page that a reading rests on.",
    "prices_per_hour": "Prices per hour and per 730-hour month; a core is two vCPU, GiB is not GB.",
    "limits_in_minutes": "Limits of time in minutes; has_limit false where the page states that there is none.",
    "allowances_in_dollars": "What an allowance would cost at the vendor's own rate; null without one.",
    "compare": "One row per product, one column per thing that decides, in one unit, each with what it rests on.",
    "measurements": SERIES["measurements"].description,
    "measurements_history": "Every measurement that was ever held, with its known interval: measurements are those held now.",
    "measured_weeks": "The medians of measurements, smoothed over the seven days up to each.",
    "claims_beside_measurements": "What vendors say of starting a sandbox beside what others measured; the widest gap first.",
    "publishers_say": "What other publishers state of a key beside what we hold of it, column by column.",
    "unwatched": "Providers that publishers name and we do not watch.",
    "workloads": "The reference workloads: each is all that an account runs in one month.",
    "workload_lines": "The arithmetic of workload_costs, one row per line.",
    "workload_cost_history": "What each reference workload cost over the years, by spells in which nothing of it differed.",
    "workload_costs": "What each reference workload costs in a month, per vendor, product and plan; null is unpriced.",
}

MACROS = {
    "measurements_on": "The last measurement of each key by a day: measurements_on(DATE '2026-05-05').",
    "changes": "How the tables of two days differ, value by value: changes(DATE '2026-07-01', DATE '2026-07-31').",
    "steps": "Every move of every value, from < day <= to; changes is what they add up to.",
    "events": "What happened at vendors, from < day <= to, one sentence each.",
    "page_changes": "What each page began and ceased to say, from < day <= to.",
    "corrections": "What we corrected between two known times: corrections(TIMESTAMPTZ '2026-07-01 00:00Z', now()).",
    "rank_changes": "Products whose order by cost flipped between two days, and what was changed in between.",
}


def sql_file(name: str) -> str:
    """The text of one file of warehouse/: inside the installed package, or at the root of a checkout."""
    here = Path(__file__).resolve()
    for folder in (here.parents[1] / "warehouse", here.parents[3] / "warehouse"):
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8")
    raise FileNotFoundError(f"warehouse/{name} is in neither the package nor the checkout: reinstall sandsnap")


def key_columns(table: Table) -> tuple[str, ...]:
    """Key columns without vendor, product first: what a claim's key holds."""
    return table.key[1:]


def fact_columns() -> dict[str, str]:
    """DuckDB types of the key and value columns of all tables together, vendor first."""
    out: dict[str, str] = {}
    for table in TABLES.values():
        for name in (*table.key, *table.values):
            kind = table.by_name[name].duckdb
            if out.setdefault(name, kind) != kind:
                raise RecordError(
                    f"{table.name}.{name} is {kind}, elsewhere {out[name]}: give one of them another name"
                )
    return out


def made_of(con: duckdb.DuckDBPyConnection) -> str | None:
    """The fingerprint that a database of this layout was last completed with; None for another, or an empty one."""
    found: list[tuple[str | None]] = []
    if _columns_of(con, "layout"):
        found = con.execute("SELECT views::VARCHAR FROM store.layout WHERE version = ?", [LAYOUT]).fetchall()
    return found[0][0] if found else None


def create(con: duckdb.DuckDBPyConnection) -> None:
    """Make an empty database whole, or bring an older one to this layout with everything it holds."""
    columns = {name: f'"{name}" {kind}' for name, kind in fact_columns().items()}
    tables = Template(sql_file("fact_tables.sql")).substitute(typed_columns=", ".join(columns.values()))
    if not _columns_of(con, "layout"):
        con.execute(sql_file("tables.sql"))
        for name in ADDED_TABLES:
            con.execute(sql_file(name))
        con.execute("INSERT INTO store.layout VALUES (?, ?, NULL)", [LAYOUT, CONTRACT])
        con.execute(tables)
        return
    (layout, contract) = con.execute("SELECT version, contract FROM store.layout").fetchall()[0]
    if layout > LAYOUT or contract > CONTRACT:
        raise RecordError(f"the warehouse was written by a newer sandsnap (layout {layout}): upgrade sandsnap")
    if layout < LAYOUT:
        _drop_views(con)
        con.execute("UPDATE store.layout SET version = ?, views = NULL", [LAYOUT])
    if layout == 1:
        con.execute("ALTER TABLE store.facts RENAME TO claims")
    _widen(con)
    con.execute(tables)
    for name in ADDED_TABLES:
        con.execute(sql_file(name))
    if "fee_open" not in _columns_of(con, "costs"):  # the costs are made anew
        con.execute("ALTER TABLE store.costs ADD COLUMN fee_open BOOLEAN DEFAULT false")
        con.execute("DELETE FROM store.costed")
    for table in ("claims", "facts"):
        held = _columns_of(con, table)
        for name, column in columns.items():
            if name not in held:  # null for what was read before, which is no change
                con.execute(f"ALTER TABLE store.{table} ADD COLUMN {column}")
                _fill_key(con, table, name)


def _widen(con: duckdb.DuckDBPyConnection) -> None:
    """Give numbers that were counted room for those that are made of what they name."""
    narrow = con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = 'store' "
        "AND column_name IN ('reader', 'claim', 'contest', 'capture', 'capture_before', 'capture_after', 'version') "
        "AND table_name <> 'layout' AND data_type IN ('USMALLINT', 'INTEGER')"
    ).fetchall()
    for table, column in narrow:
        con.execute(f'ALTER TABLE store.{table} ALTER COLUMN "{column}" TYPE BIGINT')


def outdated(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether claims are held of which no facts were made yet: a warehouse of layout 1."""
    return bool(con.execute("SELECT EXISTS (FROM store.claims) AND NOT EXISTS (FROM store.facts)").fetchall()[0][0])


def _fill_key(con: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    """A column that came into a key later holds what it means where nothing is said: `list` for an offer."""
    for t in TABLES.values():
        if column in t.key:
            con.execute(f'UPDATE store.{table} SET "{column}" = ? WHERE "table" = ?', [t.blank[column], t.name])


def _drop_views(con: duckdb.DuckDBPyConnection) -> None:
    """Take the views and macros of another layout away: they are defined anew, and a table under them may be renamed."""
    where = "database_name = current_database() AND NOT internal"
    for schema, name in con.execute(f"SELECT schema_name, view_name FROM duckdb_views() WHERE {where}").fetchall():
        con.execute(f'DROP VIEW IF EXISTS {schema}."{name}"')
    for schema, name, kind in con.execute(
        f"SELECT DISTINCT schema_name, function_name, function_type FROM duckdb_functions() WHERE {where}"
    ).fetchall():
        con.execute(f'DROP MACRO {"TABLE " if kind == "table_macro" else ""}IF EXISTS {schema}."{name}"')


def _columns_of(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {
        c
        for (c,) in con.execute(
            "SELECT column_name FROM duckdb_columns() "
            "WHERE schema_name = 'store' AND table_name = ? AND database_name = current_database()",
            [table],
        ).fetchall()
    }


def define_views(con: duckdb.DuckDBPyConnection) -> None:
    """(Re)define every view and macro from warehouse/*.sql and comment it from the contract."""
    con.execute(Template(sql_file("citation_views.sql")).substitute(fresh_days=_fresh_days()))
    for table in TABLES.values():
        columns = ", ".join(f'"{c.name}"' for c in table.columns)
        con.execute(Template(sql_file("fact_views.sql")).substitute(table=table.name, columns=columns))
    texts = {
        "key": _key_text(),
        "key_of_h": _key_text("h."),
        "values_of_h": _by_table(lambda t: _values_json(t, "h."), 'h."table"'),
        "key_names": _by_table(lambda t: _quote(" ".join(key_columns(t))), "of_table"),
        "unkeyed": ", ".join(_quote(t.name) for t in TABLES.values() if len(key_columns(t)) == 1),
        "values": _by_table(_values_json, '"table"'),
        "workloads": _quote(json.dumps(workload_rows())),
    }
    for name in VIEW_FILES:
        con.execute(_thin(Template(sql_file(name)).substitute(texts)))
    con.execute(";\n".join(comments(con)))


def _thin(script: str) -> str:
    """Each view as a macro and a view of it: DuckDB stores a view twice, as text and as a tree, a macro only once."""
    return re.sub(
        r"CREATE OR REPLACE VIEW (?:store\.)?(\w+) AS\n(?!FROM \w+_on)(.*?;)\n",
        lambda m: (
            f"CREATE OR REPLACE MACRO store.{VIEW_MACRO}{m[1]}() AS TABLE\n{m[2]}\n"
            f"{m[0].partition(' AS')[0]} AS FROM store.{VIEW_MACRO}{m[1]}();\n"
        ),
        script,
        flags=re.DOTALL,
    )


@cache
def fingerprint() -> int:
    """What the views depend on: when it differs from the stored one they are defined anew.

    A number, because DuckDB keeps a column of one number without a block of its own, and of one text with one.
    """
    import hashlib

    files = ("tables.sql", "fact_tables.sql", *ADDED_TABLES, "citation_views.sql", "fact_views.sql", *VIEW_FILES)
    parts = [sql_file(f) for f in (*files, WORKLOADS, FRESHNESS)]
    tables = (*TABLES.values(), *SERIES.values())
    parts += [f"{t.name} {c.name} {c.duckdb} {c.description}" for t in tables for c in t.columns]
    parts += [f"{t.description} {t.key}" for t in TABLES.values()]
    parts.append(Path(__file__).read_text(encoding="utf-8"))  # what renders and describes them
    return int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest()[:7])


def comments(con: duckdb.DuckDBPyConnection) -> list[str]:
    """COMMENT ON statements for every table, column, view and macro."""
    out = []
    columns: dict[str, list[str]] = {}
    for schema, relation, column in con.execute(
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE database_name = current_database() "
        "ORDER BY table_oid, column_index"
    ).fetchall():
        columns.setdefault(relation if schema == "main" else f"{schema}.{relation}", []).append(column)
    macros = {
        name
        for (name,) in con.execute(
            "SELECT function_name FROM duckdb_functions() WHERE database_name = current_database()"
        ).fetchall()
    }
    for table in TABLES.values():
        told = {c.name: c.description for c in (*table.columns, STATE)}
        out += [
            f"COMMENT ON VIEW {table.name} IS {_quote(table.description)}",
            f"COMMENT ON MACRO TABLE {table.name}_on IS "
            + _quote(f"{table.name} as it stood on a day: {table.name}_on(DATE '2026-07-04')."),
            f"COMMENT ON MACRO TABLE {table.name}_known IS "
            + _quote(f"{table.name} as it stood on a day, as we knew it at a time (UTC)."),
        ]
        out += [f'COMMENT ON COLUMN {table.name}."{c}" IS {_quote(told[c])}' for c in columns[table.name]]
    for name, sentence in COMMENTS.items():
        out.append(f"COMMENT ON VIEW {name} IS {_quote(sentence)}")
        out += [f'COMMENT ON COLUMN {name}."{c}" IS {_quote(told_of(name, c))}' for c in columns[name]]
        if f"{name}_on" in macros:
            out.append(f"COMMENT ON MACRO TABLE {name}_on IS {_quote(f'{name} on a day.')}")
    out += [f"COMMENT ON MACRO TABLE {name} IS {_quote(sentence)}" for name, sentence in MACROS.items()]
    out += [f"COMMENT ON MACRO TABLE store.{name} IS {_quote(sentence)}" for name, sentence in STORE_MACROS.items()]
    out += [f"COMMENT ON MACRO store.{name} IS {_quote(sentence)}" for name, sentence in STORE_FUNCTIONS.items()]
    out += [
        f"COMMENT ON MACRO TABLE store.{name} IS 'Body of the view.'"
        for name in sorted(macros)
        if name.startswith(VIEW_MACRO)
    ]
    for name, sentence in STORE_TABLES.items():
        out.append(f"COMMENT ON {'VIEW' if name.startswith('all_') else 'TABLE'} store.{name} IS {_quote(sentence)}")
        for c in columns[f"store.{name}"]:
            seen = name in COMMENTS and c in columns[name]
            out.append(f'COMMENT ON COLUMN store.{name}."{c}" IS {_quote(f"See {name}." if seen else _stored(c))}')
    return out


STORE_TABLES = {
    "claims": "Every claim on every table of the contract, as intervals; columns of other tables are null.",
    "facts": "What holds: one row per key and span of days, resolved from the claims.",
    "steps": "Every value of a fact that differs from the day before.",
    "claim_keys": "Which fact each claim speaks of.",
    "last_reads": "The last reading of each reader: one of the same bytes by the same code says the same.",
    "waits": "What pages state and the gate did not let in yet.",
    "told": "What happened at vendors: steps gathered into events.",
    "measurements": "What publishers measured, one row per key, day and reading that said something new of it.",
    "statements": "What publishers say of vendors' keys, as intervals.",
    "unwatched": "Providers that publishers name and we do not watch, by reading.",
    "readers": "One reader of one source; its claims are compared only with themselves.",
    "readings": "One small row per reader and day; capture and version only where they differ from the last good one.",
    "versions": "Versions of readers, numbered.",
    "captures": "Stored pages, numbered.",
    "absences": "Days on which good readings lacked a claim.",
    "citations": "The same values on another quote.",
    "events": "What vendors changed, one row per differing field.",
    "corrections": "What we changed about days already recorded.",
    "contested": "Claims whose key another claim states too.",
    "issues": "Issues with their first and their closing day.",
    "runs": "Every run that wrote.",
    "fetches": "What fetching gave, by run and vendor.",
    "costs": "What each reference workload costs in each plan, by spells of days.",
    "costed": "The workloads for which a product's costs were made.",
    "origins": "Where captures come from that somebody else made.",
    "names": "What vendors call themselves and their products.",
    "layout": "Version of this layout and of the contract.",
    "all_history": "All interval tables in one, values as JSON.",
    "all_claims": "All claims that stand today, values as JSON.",
}

STORE_MACROS = {
    "as_known": "A table on a day, as known at a time: one row per key.",
    "last_read": "Per reader, the last good reading by a day, as known at a time.",
    "fees": "What each plan costs a month on a day.",
    "waiting": "What pages state and the gate did not let in on a day.",
    "unseen": "Claims that good readings lacked on a day, each with the last good reading that had it.",
    "cited": "Claims whose values rest on a later citation than their interval began with.",
    "places": "Claims whose key others state too, in the order they are asked: place 1 is shown.",
    "offers": "Products with their plans.",
}

STORE_FUNCTIONS = {
    "said": "What a value rests on, as people cite it.",
    "at": "A time asked for, as it is stored: UTC without zone.",
    "utc": "A stored time with its zone.",
    "day": "A day asked for, at most the last one recorded.",
    "fresh_days": "How many days evidence for a table is fresh.",
    "key_columns": "A key as JSON, product included.",
    "step_id": "The id of a step.",
    "key_names": "The key columns of a table, product first, with a space between.",
    "plain": "A figure as text, without an exponent.",
    "hours": "How many hours the span in a unit lasts.",
    "measure": "What a unit counts, whatever the span.",
    "comparable": "An amount or price in the unit of comparison.",
}

STORED = {
    "kin": "What facts have in common that differ in the plan alone.",
    "agrees": "Whether the two say the same, in one unit; null where we hold nothing.",
    "claim_quote": "The vendor's words.",
    "claim_url": "The vendor's page.",
    "claim_verified_on": "The last day on which the claim was confirmed.",
    "claimed": "Which statistic the vendor claims.",
    "claimed_ms": "What the vendor claims, in milliseconds; the upper end of a range.",
    "files": "In how many files.",
    "measured_at": "When the runs ended (UTC).",
    "measured_ms": "The measured median, in milliseconds.",
    "measured_start_ms": "Measured median of create to first command, one at a time, in milliseconds; by others.",
    "measured_start_ms_why": "Who measured what, when and how often, or that nobody did.",
    "measured_url": "The file of the measurement.",
    "our_basis": "What ours rests on.",
    "our_key": "The key of ours that is compared.",
    "our_quote": "The sentence of the vendor's page that ours rests on; null where none does.",
    "our_since": "Since when ours holds.",
    "our_url": "The page that ours rests on.",
    "ours": "What we hold of it.",
    "ours_on": "The day that ours is of: theirs, or the first day from which we know.",
    "provider": "The publisher's name of it.",
    "ratio": "Measured against claimed: 2 is twice as long.",
    "read_on": "The day of the capture.",
    "success": "Share of the runs that succeeded.",
    "their_capture": "The stored file.",
    "their_date": "The last day on which they said so.",
    "their_quote": "Where their file says so.",
    "their_since": "The first day on which they said so.",
    "their_url": "Their file.",
    "theirs": "What they say.",
    "week_ms": "Median of the medians of seven days, in milliseconds.",
    "fact": "Number of the fact, made from what it is.",
    "sources": "JSON: the claims that columns were filled from, where the leading claim states none.",
    "not_before": "The last day on which it was seen otherwise; null where nobody had looked.",
    "until": "The first day it no longer waits; null while it does.",
    "stated": "What the page states, as JSON.",
    "event": "Id of the event.",
    "significance": "Points by the stated weights.",
    "notice": "Subject and kind of the notice it rests on.",
    "confirmed": "False while a value of it waits for a second look.",
    "reasons": "What the points are for.",
    "reranked": "Workloads for which the product passed another in cost, or was passed.",
    "moved": "What moved, in words: lists of what, before and after.",
    "column": "The column.",
    "value": "The value, as text.",
    "why": "Why it is not shown; null where it is.",
    "quoted": "How many of them carry a quote.",
    "answered": "Pages with a new answer: 200, or that there is no such page (404, 410).",
    "by_vendor": "pages, answered, unchanged, failed, bytes and seconds of each vendor.",
    "bytes": "Bytes of body received.",
    "failed": "Pages that could not be had.",
    "fetched_at": "When the last page was fetched (UTC).",
    "pages": "Pages asked for.",
    "read_at": "When the last page was read (UTC).",
    "recorded_at": "When it was recorded (UTC).",
    "unchanged": "Pages that the server said are unchanged (304).",
    "contest": "The lowest claim number of the key.",
    "after": "The value after, as text; null where the page no longer states it.",
    "attribute": "The columns in which the two disagree, joined by a comma.",
    "basis": "read, quoted or judged.",
    "before": "The value before, as text; null where the page did not state it.",
    "capture": "The stored page.",
    "capture_after": "The stored page the new value was read from.",
    "capture_before": "The stored page the old value was last read from.",
    "cause": "coverage: first read; vendor: the vendor changed it; correction or backfill: we did.",
    "changes": "Change rows written.",
    "cited_from": "First day of this citation.",
    "claim": "Number of the claim: one vendor, page, reader, table and key.",
    "closed_on": "The first day it was no longer reported; null while open.",
    "concurrent_free": "Sandboxes at once without paying.",
    "concurrent_paid": "Sandboxes at once in the first paid plan.",
    "cold_start_ms": "Typical start of a new sandbox, in milliseconds, as the vendor says.",
    "cold_start_ms_why": "Its words and page, or that none states it.",
    "contract": "Version of the contract.",
    "corrected": "Stored rows replaced in known time.",
    "corrected_at": "When it was corrected (UTC).",
    "day": "The day (UTC) of the captured page.",
    "days": "Vendor days recorded.",
    "decided_on": "The day of the reading that decided it; for a removal the second one without the fact.",
    "ended": "Intervals that ended.",
    "ended_at": "When valid_to became known (UTC).",
    "ended_on": "An absence: the day it was seen again, or its removal confirmed; a fact: the day from which it is not to be had.",
    "facts": "Number of facts that stand.",
    "field": "The column that differs; * for all values of an added or removed fact.",
    "finished_at": "When it finished (UTC).",
    "first_on": "First day.",
    "origin": "Where a capture comes from that somebody else made: git:repository@commit:path or web-archive:moment/url.",
    "backfilled": "Whether an archive told it: a copy that somebody else made; an event that was learned after its day.",
    "flow_run_id": "The Prefect run, if one started it.",
    "held": "Whether some of them keep their last good value while a newer one waits for a person.",
    "held_facts": "How many of them are held.",
    "held_since": "First day of the hold.",
    "issue": "Number of the issue.",
    "issues_closed": "Issues closed.",
    "issues_opened": "Issues opened.",
    "judged_on": "The day a person judged it; null unless judged.",
    "key": "The key without vendor and product, joined by ' / '.",
    "kind": "What kind it is.",
    "known_at": "The time (UTC) from which its rows are known.",
    "known_from": "When this dataset began to hold the row (UTC).",
    "known_to": "When the row was replaced (UTC); null for what holds now.",
    "last_good_on": "The last day with a good reading.",
    "last_on": "Last day.",
    "last_outcome": "Outcome of the last reading.",
    "message": "What is wrong and what to do next.",
    "missing_from": "First day a complete reading lacked it; null while it is seen.",
    "missing_on": "First day a complete reading lacked it; null while only excerpts do.",
    "name": "The reader's stable name.",
    "nearest": "The nearest text on the page then.",
    "newest": "The newest verified_on.",
    "oldest": "The oldest verified_on.",
    "opened": "Intervals that began.",
    "other": "The values of the other claim, as JSON.",
    "other_quote": "The quote of the other claim.",
    "other_source_url": "The page of the other claim.",
    "other_verified_on": "verified_on of the other claim.",
    "outcome": "good, failed, bad_page, gone, unpublished or held.",
    "partial": "Whether it came from an excerpt, from which nothing can be missing.",
    "product": "Which of the vendor's products.",
    "quote": "The text of the page that states it.",
    "quote_after": "The quote the new value rests on.",
    "quote_before": "The quote the old value rested on.",
    "rank": "Order among sources of one fact: the lowest is shown.",
    "reader": "The reader: the source URL and the function's name, or its number.",
    "readers": "Number of readers.",
    "readings": "Readings recorded.",
    "reason": "Why it is held.",
    "resolved": "Why the claim shown comes before the other.",
    "removed": "Whether a second complete reading confirmed the removal.",
    "run": "Id of the run.",
    "sha256": "SHA-256 of the stored page.",
    "shown": "The values of the claim that the table shows, as JSON.",
    "shown_from": "When the dataset began to show the mistaken value (UTC).",
    "shown_quote": "The quote of the claim shown.",
    "shown_source_url": "The page of the claim shown.",
    "shown_verified_on": "verified_on of the claim shown.",
    "source_url": "The page.",
    "since": "The first day from which both have said so.",
    "state": STATE.description,
    "started_at": "When it started (UTC).",
    "sticky": "Whether it re-checks quotes: a lost phrase is an issue, never a removal.",
    "table": "The table of the contract.",
    "unpublished": "Whether its page says of itself that it is not published.",
    "unseen_on": "First day a good reading lacked it.",
    "url": "The page's address.",
    "valid_from": "First day on which the page said so.",
    "valid_to": "First day on which it no longer did; null while it does.",
    "values": "The values, as JSON.",
    "vendor": "The vendor's short name.",
    "views": "Fingerprint of what the views were defined from.",
    "verified_on": "The last day on which a good reading confirmed it.",
    "version": "Which code (and quotes) read it.",
    "active_seconds": "Seconds of a run that use the CPU.",
    "arithmetic": "All lines: the base fee, each meter, what is free, what could not be priced.",
    "because": "What it rests on.",
    "computed_from": "What it was computed from.",
    "concurrent": "How many run at once.",
    "allowance_usd": "What free amounts of a month save, at list prices.",
    "cheapest": "Whether no plan of the product costs less that the workload may run on; never one sold for a fee that no page states.",
    "credit_usd": "Credit used of what a month brings, and of a fee that is credit.",
    "fee": "stated, or not stated: then usd is without it.",
    "once_credit_usd": "Credit that is given once; not deducted.",
    "disk_gib": "Disk of one sandbox in GiB.",
    "snapshot_gib": "Snapshots kept for the month in GiB.",
    "egress_gib": "What is sent out in the month in GiB.",
    "fee_open": "Whether the plan is sold for a fee that no page states.",
    "fee_usd": "Base fee of a month; null where no page states it.",
    "states": "The states of what the cost rests on.",
    "weak": "The weakest basis of the line: 1 read to 4 second_hand.",
    "gpu": "Beginning of the GPU model's sku.",
    "has_limit": "False where the page states that there is no limit.",
    "item": "What the line prices.",
    "list_usd": "The line at list price, nothing deducted.",
    "memory_gib": "Memory of one sandbox in GiB.",
    "minutes": "The limit in minutes; null where there is none.",
    "minutes_max": "Upper end of a stated range.",
    "per": "What the price is of: vcpu, gib, gb, gpu, instance ...",
    "runs": "Sandboxes run in the month.",
    "seconds": "Seconds that a run lasts.",
    "step": "Order of the lines: 1 fee, 2-10 usage, 20 credits, 30 limits.",
    "rests_on": "The facts it rests on.",
    "lines": "The arithmetic, line by line.",
    "workloads": "Number of the workloads.",
    "text": "The line in words and numbers.",
    "title": "The workload in one sentence.",
    "credit_once_usd": "Dollars given once, without a fee.",
    "credit_month_usd": "Dollars given every month, without a fee.",
    "credit_why": "Its words and page, or that none states it.",
    "gpus": "Models to be had in sandboxes.",
    "h100_usd_per_hour": "The cheapest listed hour of an H100.",
    "gpus_why": "Each model with its state, words and page, or that nothing is stated.",
    "h100_usd_per_hour_why": "Its words and page, or that none states it.",
    "kept_days": "The longest that something is kept, in days.",
    "kept_indefinitely": "Whether a page says that something is kept without end.",
    "kept_why": "Its words and page, or that none states it.",
    "limits_why": "Words and page of each limit, or that none is stated.",
    "memory_max_gib": "Memory of the largest sandbox, in GiB.",
    "own_kernel": "Whether each sandbox has a kernel of its own.",
    "own_kernel_why": "Its words and page, or that none states it.",
    "regions": "How many regions are to be had.",
    "sdks": "Official SDKs.",
    "self_hostable": "Whether it runs on servers of one's own.",
    "regions_why": "Each region with its words and page, or that none is stated.",
    "sdks_why": "Each language with its words and page, or that none is stated.",
    "self_hostable_why": "What is offered, in which words and where, or that nothing is stated.",
    "session_hours_free": "Longest session without paying, in hours.",
    "session_hours_paid": "Longest session in the first paid plan, in hours.",
    "session_unlimited": "Whether a page says that there is no limit.",
    "usd_per_vcpu_hour": "List price of a vCPU-hour in the cheapest plan without a sales talk.",
    "usd_per_vcpu_hour_why": "Plan, computation, words and page, or that none states it.",
    "usd_per_gib_hour_why": "Plan, computation, words and page, or that none states it.",
    "vcpu_max": "vCPU of the largest sandbox.",
    "unpriced": "Why usd is null.",
    "usage_usd": "Usage at list prices, without fee, allowances and credits.",
    "usd_per_gib_hour": "Dollars per GiB and hour; per GB times 1.073741824, or 1 where the vendor's GB of memory is 1024 MB.",
    "usd_per_hour": "Dollars per hour; null where it is not by time.",
    "usd_per_month": "Dollars per month of 730 hours.",
    "vcpu": "vCPU of one sandbox.",
    "workload": "The workload's name.",
}

OF_VIEW = {
    "vendors.name": "The name that the vendor gives itself.",
    "products.name": "The name that the vendor gives the product.",
    "products.vendor_name": "The name that the vendor gives itself.",
    "vendors.sources": "Number of pages.",
    "runs.seconds": "Seconds on the network, all requests added up.",
    "allowances_in_dollars.usd": "The allowance in dollars; null where no rate exists.",
    "workload_costs.usd": "Dollars in that month: usage + fee - allowance - credit; null where a part is unpriced.",
    "measured_weeks.days": "How many of the seven days were measured.",
    "claims_beside_measurements.runs": "How many runs were made, failed ones included.",
    "workload_lines.usd": "Dollars of the line; null where it cannot be priced.",
}


def told_of(view: str, column: str) -> str:
    """What a column of a view means: there in particular, wherever it stands, or in the table that it comes from."""
    if view in SERIES:
        return SERIES[view].by_name[column].description
    if told := OF_VIEW.get(f"{view}.{column}") or STORED.get(column):
        return told
    return next(t.by_name[column].description for t in (*TABLES.values(), *SERIES.values()) if column in t.by_name)


def _stored(column: str) -> str:
    """What a stored column means: here, or where it is described."""
    tables = (*TABLES.values(), *SERIES.values())
    return STORED.get(column) or f"As in {next(t.name for t in tables if column in t.by_name)}."


def _by_table(expression: Callable[[Table], str], table: str) -> str:
    """CASE over the tables of the contract."""
    return (
        f"CASE {table} "
        + "\n            ".join(f"WHEN '{t.name}' THEN {expression(t)}" for t in TABLES.values())
        + " END"
    )


def _fresh_days() -> str:
    import tomllib

    days = tomllib.loads(sql_file(FRESHNESS))["days"]
    return _by_table(lambda t: str(int(days[t.name])), "of_table")


def _values_json(table: Table, of: str = "") -> str:
    pairs = ", ".join(f"'{c}', {of}{_name(c)}" for c in table.values)
    return f"json_object({pairs})::VARCHAR"


def _key_text(of: str = "") -> str:
    """A key as text: one expression for all tables, because the columns that a table does not have are null."""
    order: list[str] = []
    for table in TABLES.values():
        for column in key_columns(table)[1:]:
            if column not in order:
                order.append(column)
    for table in TABLES.values():
        keys = key_columns(table)[1:]
        if [c for c in order if c in keys] != list(keys):
            raise RecordError(f"the key of {table.name} is in another order than elsewhere: {', '.join(keys)}")

    def part(column: str) -> str:
        """A column that is a value of other tables (the kind of a plan, not that of a notice) counts in its own only."""
        values = ", ".join(_quote(t.name) for t in TABLES.values() if column in t.values)
        named = of + _name(column)
        return f'CASE WHEN {of}"table" NOT IN ({values}) THEN {named} END' if values else named

    return f"coalesce(nullif(concat_ws(' / ', {', '.join(map(part, order))}), ''), '-')"


def workload_rows() -> list[dict[str, Any]]:
    """The reference workloads of warehouse/workloads.toml. Raises RecordError for a field that is missing or unknown."""
    import tomllib

    columns: dict[str, Any] = {
        "workload": ..., "title": ..., "runs": ..., "concurrent": 1, "seconds": ..., "active_seconds": ..., "vcpu": ...,
        "memory_gib": ..., "gpu": None, "disk_gib": 0, "snapshot_gib": 0, "egress_gib": 0,
    }  # fmt: skip
    out = []
    for entry in tomllib.loads(sql_file(WORKLOADS))["workload"]:
        if unknown := entry.keys() - columns.keys():
            raise RecordError(f"{WORKLOADS}: there is no field {', '.join(sorted(unknown))}: {entry}")
        if missing := [c for c, default in columns.items() if default is ... and c not in entry]:
            raise RecordError(f"{WORKLOADS}: {', '.join(missing)} is missing: {entry}")
        out.append({c: entry.get(c, default) for c, default in columns.items()})
    return out


def _name(column: str) -> str:
    return f'"{column}"'


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
