"""The export: the whole warehouse as a folder that explains itself and can be published as it is.

Same warehouse, same bytes: every date in it is that of the last run, never of the export. It is written beside its
place and exchanged with the former export in one step.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandsnap.publish.export import dataset_card
from sandsnap.publish.export.changelog import changelog
from sandsnap.publish.export.croissant import croissant
from sandsnap.publish.export.files import File, Written, digest, write_table
from sandsnap.publish.export.frictionless import datapackage
from sandsnap.publish.export.tables import Edition, edition, promised
from sandsnap.publish.export.workloads import workloads
from sandsnap.publish.replace_folder import replacing
from sandsnap.record import queries

SUMS = "SHA256SUMS"
LIMIT_S = 3600.0


@dataclass(frozen=True)
class Exported:
    """What was written where."""

    folder: Path
    edition: Edition
    tables: tuple[Written, ...]
    files: tuple[File, ...]


def export(
    warehouse: Path, folder: Path, url: str | None = None, progress: Callable[[str, int, int], None] | None = None
) -> Exported:
    """Write the warehouse's tables and their descriptions into `folder`, replacing an earlier export.

    `url`: where it will be published; goes into its metadata. Raises QueryError (no such warehouse),
    ExportError (nothing is recorded, or a row breaks the contract), ReplaceError (the folder holds something else);
    then `folder` is what it was.
    """
    with queries.connect_readonly(warehouse) as con, replacing(folder, is_export) as scratch:
        state = edition(con, url)
        tables = (*promised(), *workloads(con))
        written = []
        for done, table in enumerate(tables):
            if progress is not None:
                progress(table.name, done, len(tables))
            rows = list(queries.sql(con, table.query, LIMIT_S).rows)
            written.append(write_table(scratch, table, rows, state))
        texts = {
            "CITATION.cff": dataset_card.citation_file(state),
            "DATA-CHANGELOG.md": changelog(con, state),
            "DICTIONARY.md": dataset_card.dictionary(state, written),
            "LICENSE": dataset_card.LICENCE,
            "README.md": dataset_card.card(state, written),
            "croissant.json": _json(croissant(state, written)),
            "datapackage.json": _json(datapackage(state, written)),
        }
        for name, text in texts.items():
            (scratch / name).write_text(text, "utf-8", newline="\n")
        files = [*(digest(scratch, name) for name in texts), *(f for w in written for f in w.files.values())]
        files.sort(key=lambda f: f.path)
        sums = "".join(f"{f.sha256}  {f.path}\n" for f in files)
        (scratch / SUMS).write_text(sums, "utf-8", newline="\n")
    return Exported(folder, state, tuple(written), tuple(files))


def is_export(folder: Path) -> bool:
    """Whether every file of a folder is one that an export wrote there."""
    sums = folder / SUMS
    if not sums.is_file():
        return False
    listed = {line.partition("  ")[2] for line in sums.read_text("utf-8").splitlines()}
    return all(p.relative_to(folder).as_posix() in {*listed, SUMS} for p in folder.rglob("*") if not p.is_dir())


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
