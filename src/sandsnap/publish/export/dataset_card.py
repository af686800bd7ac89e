"""The texts of an export that people read: the dataset card, the data dictionary, the licence, the citation."""

from collections.abc import Sequence

from sandsnap.publish.export.files import Written
from sandsnap.publish.export.frictionless import DESCRIPTION, KEYWORDS, TITLE
from sandsnap.publish.export.tables import HISTORY, Edition
from schemas import Column

LICENCE = """\
The data in this folder
=======================

© The sandsnap authors. Licensed under the Creative Commons Attribution 4.0 International licence (CC BY 4.0):
https://creativecommons.org/licenses/by/4.0/

You may share and adapt it, for any purpose, if you give credit (CITATION.cff says how), link to the licence,
and say what you changed.

Not covered: the columns `quote`, `quote_before`, `quote_after`, `shown_quote` and `other_quote` (and the quotes in any
other column) are short excerpts of the vendors' own pages. They belong to the vendors and are given as evidence,
each with the address of its page. Names and marks of vendors and products belong to their owners.

The data comes as it is, without warranty. What binds a vendor is the vendor's own page.
"""

_CARD = """\
---
license: cc-by-4.0
language:
- en
pretty_name: {title}
size_categories:
- {size}
tags:
{tags}
configs:
{configs}
---

# {title}

{description}

- **Vendors:** {vendors}
- **Days covered:** {first_on} to {last_on}
- **As of:** {as_of}, when something was last recorded. Version {version}: the first number stands for the columns.
- **What changed since the version before:** DATA-CHANGELOG.md.
- **Addresses:** the paths of the files stay as they are through all versions with the same first number; with `sandsnap export
  --versions` a version stays under its own name, beside `latest/` and the list `versions.json`.
- **Licence:** CC BY 4.0; the quotes belong to the vendors. See LICENSE; CITATION.cff says how to cite.

## Use it

```python
import polars as pl

prices = pl.read_parquet("prices.parquet")
gpus = pl.read_parquet("history/prices.parquet").filter(pl.col("meter") == "gpu", pl.col("known_to").is_null())
```

With sandsnap installed, days and times are arguments:

```python
import sandsnap
from datetime import date

data = sandsnap.open(".")
then = data.table("prices", on=date({last_args}))
what_happened = data.events(date(2020, 1, 1), date({last_args}), min_significance=50)
why = data.evidence(table="prices")
```

```sql
-- DuckDB: what each vendor changed last
SELECT vendor, max(day) AS last_change, count(*) AS fields FROM 'changes.parquet' GROUP BY vendor;
-- prices as they stood on a day
SELECT * FROM 'history/prices.parquet'
WHERE known_to IS NULL AND valid_from <= DATE '{last_on}' AND (valid_to IS NULL OR valid_to > DATE '{last_on}');
-- what a plan is called, and which ones cost nothing
SELECT v.name, l.name AS plan, l.kind FROM 'plans.parquet' l JOIN 'vendors.parquet' v USING (vendor) WHERE l.usd_per_month = 0;
```

## What is in it

| file | rows | what it holds |
| --- | ---: | --- |
{tables}

Every table is there as Parquet, as CSV (`csv/`) and as JSON Lines (`jsonl/`), with the same rows in the same order.
In CSV, text that a spreadsheet would run as a formula begins with an apostrophe; Parquet and JSON Lines are exact.
DICTIONARY.md explains every column. `datapackage.json` (Frictionless) and `croissant.json` say the same to programs,
`SHA256SUMS` is checked by `sha256sum -c SHA256SUMS`.

## How to read it

- **A row is a fact on one vendor's page.** `source_url` is the page, `quote` its shortest exact text that states it,
  `capture` the SHA-256 of the stored page, `verified_on` the last day on which a reading confirmed it.
- **No row means unknown**, never zero. A null `amount` of `limits` means: stated to have no limit.
- **Units are the page's own.** A `core` is two vCPU; a GiB is not a GB. Convert before you compare.
- **Two time axes.** `valid_from` and `valid_to`: the days on which the vendor's page said so. `known_from` and
  `known_to`: when this dataset held it. The plain tables have `valid_from` too: since when the row stands on the word of
  its page; another page may have said the same before. Take `known_to IS NULL` for what holds now. A move in valid time is the
  vendor's change; a move in known time is our correction.
- **A day is the day of a captured page.** Between two captures nothing is known: a change is dated by the first capture
  that shows it, and may have happened at any time since the one before (`readings` lists them all).
- **Ends are exclusive:** `valid_to` is the first day on which it no longer held.
- **Several pages, one fact.** The plain tables and `history/` hold one row per key, resolved value by value; `evidence`
  lists what every page says today and why a value is not shown, `claims_history` what every page said, `conflicts` the
  keys that pages disagree on.
- **`state` says how a row stands.** `held`: it is the last good value; the page's newer one looks wrong and waits for a
  person (`held` says since when, and why). `missing`: one complete reading lacks it, the next one decides.

## Limits

Pages are read by code and by quotes that are checked on every run; both can be wrong, and the vendor's own page is what
binds. Prices are list prices in US dollars without taxes, discounts or negotiated terms. Vendors that publish little
have few rows, which says nothing about their products.
"""

_CITATION = """\
cff-version: 1.2.0
message: If you use this dataset, please cite it as below.
type: dataset
title: "sandsnap: {title}"
abstract: >-
  {description}
authors:
  - name: The sandsnap authors
version: "{version}"
date-released: {date}
license: CC-BY-4.0
"""


def card(edition: Edition, written: Sequence[Written]) -> str:
    """README.md: the front matter that Hugging Face reads, and the dataset card."""
    total = sum(w.rows for w in written)
    configs = []
    for i, w in enumerate(written):
        configs += [f"- config_name: {w.table.slug}", f"  data_files: {w.files['parquet'].path}"]
        if i == 0:
            configs.append("  default: true")
    return _CARD.format(
        title=TITLE,
        description=DESCRIPTION,
        size=_size(total),
        tags="\n".join(f"- {k.lower().replace(' ', '-')}" for k in KEYWORDS),
        configs="\n".join(configs),
        vendors=", ".join(edition.vendors),
        first_on=edition.first_on,
        last_on=edition.last_on,
        last_args=f"{edition.last_on.year}, {edition.last_on.month}, {edition.last_on.day}",
        as_of=edition.as_of_text,
        version=edition.version,
        tables="\n".join(f"| `{w.files['parquet'].path}` | {w.rows:,} | {w.table.description} |" for w in written),
    )


def dictionary(edition: Edition, written: Sequence[Written]) -> str:
    """DICTIONARY.md: every table, every column, every closed list of terms."""
    lines = [f"# Data dictionary, contract version {edition.contract_text}", ""]
    lines += [
        "Generated from the schemas. **Bold**: the columns that tell rows apart. null: the column may be empty.",
        "",
    ]
    for w in written:
        lines += [f"## {w.table.name}", "", w.table.description, ""]
        if w.table.name.startswith(HISTORY):
            lines += [
                "Terms are those of the day a row was read on; today's are in the table of the same name above.",
                "",
            ]
        lines += ["| column | type | null | what it says |", "| --- | --- | --- | --- |"]
        lines += [_column(c) for c in w.table.columns] + [""]
    return "\n".join(lines)


def citation(edition: Edition) -> str:
    """How to cite, in one line."""
    where = f" {edition.url}" if edition.url else ""
    return f"The sandsnap authors ({edition.as_of.year}). {TITLE}, version {edition.version}. CC BY 4.0.{where}"


def citation_file(edition: Edition) -> str:
    """CITATION.cff (Citation File Format 1.2.0)."""
    text = _CITATION.format(
        title=TITLE, description=DESCRIPTION, version=edition.version, date=f"{edition.as_of:%Y-%m-%d}"
    )
    return text + (f'url: "{edition.url}"\n' if edition.url else "")


def _column(c: Column) -> str:
    name = f"**{c.name}**" if c.key else c.name
    terms = f" One of: {', '.join(f'`{t}`' for t in c.terms)}." if c.terms is not None else ""
    text = (c.description + terms).replace("|", "\\|")
    return f"| {name} | {type_name(c)} | {'null' if c.nullable else ''} | {text} |"


def type_name(c: Column) -> str:
    """A column's type as people write it."""
    return f"decimal({c.digits[0]},{c.digits[1]})" if c.kind == "amount" else _TYPES[c.kind]


_TYPES = {
    "text": "text",
    "flag": "boolean",
    "day": "date",
    "time": "timestamp (UTC)",
    "whole": "integer",
    "float": "float",
}


def _size(rows: int) -> str:
    """The size class as Hugging Face names it."""
    bounds = (
        (1_000, "n<1K"),
        (10_000, "1K<n<10K"),
        (100_000, "10K<n<100K"),
        (1_000_000, "100K<n<1M"),
        (10_000_000, "1M<n<10M"),
    )
    return next((name for most, name in bounds if rows < most), "10M<n<100M")
