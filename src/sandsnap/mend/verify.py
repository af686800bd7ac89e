"""Whether a vendor's folder still holds together: its declarations, its statements and its golden pages.

    python -m sandsnap.mend.verify VENDOR

Prints what was looked at; ends with 1 and what is wrong where something is.
"""

import json
import sys
from decimal import Decimal

from sandsnap.quality.pages import golden
from sandsnap.read import statements
from sandsnap.read.entries import entries
from sandsnap.read.reading import read
from sandsnap.read.residue.ignored import ignores
from sandsnap.read.sources import vendor
from sandsnap.vendors import folder


def verify(name: str) -> tuple[int, list[str]]:
    """How many golden pages a vendor has, and what is wrong with its folder. Raises ValueError for what cannot be loaded."""
    vendor(name), statements.quoted(name), statements.judged(name), ignores(name), entries(name)
    wrong, pages = [], list(golden([name]))
    for page in pages:
        expected = (folder(name) / "pages" / str(page.file)).with_suffix(".expected.json")
        if not expected.is_file():
            wrong.append(f"{page.file} has no expectation")
            continue
        wanted = {_plain(f) for f in json.loads(expected.read_text("utf-8"))}
        got = {
            _plain(
                {
                    "table": f.table,
                    "key": dict(f.key),
                    "values": {k: _value(v) for k, v in f.values.items()},
                    "quote": f.quote,
                }
            )
            for r in read(page)
            for f in r.facts
        }
        if got != wanted:
            wrong.append(
                f"{page.file} reads otherwise: {len(wanted - got)} facts are missing, {len(got - wanted)} are new"
            )
    return len(pages), wrong


def _plain(fact: dict[str, object]) -> str:
    return json.dumps({k: fact[k] for k in ("table", "key", "values", "quote")}, sort_keys=True, ensure_ascii=False)


def _value(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if value is None or isinstance(value, bool | str) else value.isoformat()  # type: ignore[attr-defined]


def main() -> int:
    """Verify the vendor that is named."""
    count, wrong = verify(sys.argv[1])
    print("\n".join(wrong) or f"{count} golden pages of {sys.argv[1]} read as before")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
