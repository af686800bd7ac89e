"""The command that publishes the dataset: export."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import OK, WAREHOUSE, Stop, command

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands,
        "export",
        export,
        "Write the dataset as a folder to publish: Parquet, CSV, JSON Lines, and what explains them.",
        as_json=True,
        public=True,
    )
    p.add_argument("folder", metavar="DIR", type=Path, help="where to; an earlier export there is replaced in one step")
    p.add_argument("--url", metavar="URL", help="where it will be published; goes into its metadata")
    p.add_argument(
        "--versions", action="store_true",
        help="keep each version at its own address: DIR/VERSION/ (never changed), DIR/latest/ and DIR/versions.json",
    )  # fmt: skip


def export(args: argparse.Namespace) -> int:
    """Export the warehouse."""
    from sandsnap.cli.output import Progress
    from sandsnap.publish.export import build as publish
    from sandsnap.publish.export import versions
    from sandsnap.publish.export.tables import ExportError
    from sandsnap.publish.replace_folder import ReplaceError
    from sandsnap.record.errors import RecordError
    from sandsnap.settings import SettingsError, load

    progress = Progress()
    try:
        warehouse = load(args.home).warehouse
        if args.versions:
            return _versions(args, versions.publish(warehouse, args.folder, args.url, progress))
        done = publish.export(warehouse, args.folder, args.url, progress)
    except (SettingsError, ReplaceError) as e:
        raise Stop(str(e)) from None
    except (RecordError, ExportError) as e:
        raise Stop(str(e), WAREHOUSE) from None
    except OSError as e:
        raise Stop(
            f"{e.strerror or e}: {e.filename or args.folder}; nothing was replaced: free space or choose another folder"
        ) from None
    finally:
        progress.done()
    rows, size = sum(w.rows for w in done.tables), sum(f.size for f in done.files)
    if args.as_json:
        import json

        said = {"folder": str(done.folder), "version": done.edition.version, "as_of": done.edition.as_of_text}
        print(json.dumps({**said, "bytes": size, "tables": {w.table.name: w.rows for w in done.tables}}))
        return OK
    state = done.edition
    print(f"exported {len(done.tables)} tables, {rows:,} rows, as of {state.as_of_text}, version {state.version}")
    print(f"{done.folder}: {len(done.files) + 1} files, {size:,} bytes; start with README.md")
    return OK


def _versions(args: argparse.Namespace, listed: list[dict[str, Any]]) -> int:
    if args.as_json:
        import json

        print(json.dumps({"folder": str(args.folder), "versions": listed}))
        return OK
    newest = listed[0]
    print(f"version {newest['version']}, as of {newest['as_of']}: {args.folder / newest['path']}, also under latest/")
    print(f"{len(listed)} version{'' if len(listed) == 1 else 's'} in {args.folder / 'versions.json'}")
    return OK
