"""Every version of the data at an address of its own: `DIR/<version>/` never changes, `DIR/latest/` is the newest of them.

`DIR/versions.json` lists them, newest first: version, as_of, path, url (null without one), sha256 of its SHA256SUMS.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandsnap.publish.export.build import SUMS, export, is_export
from sandsnap.publish.export.tables import edition
from sandsnap.publish.replace_folder import ReplaceError, replacing
from sandsnap.record import queries

INDEX, LATEST = "versions.json", "latest"


def publish(
    warehouse: Path, folder: Path, url: str | None = None, progress: Callable[[str, int, int], None] | None = None
) -> list[dict[str, Any]]:
    """Export the warehouse as a version below `folder`, beside those that are there, and return what INDEX lists.

    A version that is there already stays as it is. `url`: where `folder` will be published. Raises as `export`;
    ReplaceError for a folder that holds something else.
    """
    with queries.connect_readonly(warehouse) as con:
        version = edition(con).version
    strangers = (
        [p.name for p in folder.iterdir() if p.name not in (INDEX, LATEST) and not _hidden(p)]
        if folder.is_dir()
        else []
    )
    if other := next((name for name in sorted(strangers) if not is_export(folder / name)), None):
        raise ReplaceError(
            f"{folder / other} is no version that an export wrote: choose another folder, or move it away"
        )
    kept = folder / version
    if not kept.is_dir():
        export(warehouse, kept, f"{url.rstrip('/')}/{version}/" if url else None, progress)
    with replacing(folder / LATEST, is_export) as scratch:
        shutil.copytree(kept, scratch, copy_function=_linked, dirs_exist_ok=True)
    listed = [_listed(folder / name) for name in {*strangers, version}]
    listed.sort(key=lambda v: (v["as_of"], v["version"]), reverse=True)
    scratch_index = folder / f".{INDEX}.partial"
    scratch_index.write_text(json.dumps(listed, indent=1) + "\n", "utf-8", newline="\n")
    scratch_index.replace(folder / INDEX)
    return listed


def _hidden(path: Path) -> bool:
    """What an export that was killed left beside: the next one removes it."""
    return path.name.startswith(".")


def _linked(source: str, target: str) -> None:
    """The same bytes under a second name; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _listed(folder: Path) -> dict[str, Any]:
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    return {
        "version": package["version"],
        "as_of": package["created"],
        "path": f"{folder.name}/",
        "url": package.get("homepage"),
        "sha256": hashlib.sha256((folder / SUMS).read_bytes()).hexdigest(),
    }
