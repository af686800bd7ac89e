"""The command that builds the static site and shows it: site."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandsnap.cli.command import OK, WAREHOUSE, Stop, command

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands

PORT = 8430


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands,
        "site",
        site,
        "Build the static site of the comparison: no server, no request to another host; opens from a folder.",
        as_json=True,
        public=True,
    )
    p.add_argument(
        "folder", metavar="DIR", type=Path, nargs="?",
        help="where to; an earlier site there is replaced in one step (with --serve: a temporary folder without it)",
    )  # fmt: skip
    p.add_argument("--url", metavar="URL", help="where it will be published; feeds then link to themselves")
    p.add_argument(
        "--quality", metavar="FILE", type=Path, help="what `sandsnap quality --json` printed, for the page on method"
    )
    p.add_argument("--text", metavar="DIR", type=Path, help="folder of the editorial text (see `sandsnap editorial`)")
    p.add_argument("--serve", action="store_true", help="show it on this machine only, until interrupted")
    p.add_argument("--port", type=int, default=PORT, help=f"port of --serve on 127.0.0.1; 0 takes a free one ({PORT})")


def site(args: argparse.Namespace) -> int:
    """Build, and serve if asked."""
    if args.folder is not None:
        return _site(args, args.folder)
    if not args.serve:
        raise Stop("say where to: sandsnap site DIR, or --serve to look at it without keeping it")
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="sandsnap-site-") as temporary:
        return _site(args, Path(temporary) / "site")


def _site(args: argparse.Namespace, folder: Path) -> int:
    from sandsnap.publish.replace_folder import ReplaceError
    from sandsnap.publish.site.build import SiteError, build
    from sandsnap.publish.site.editorial_text import EditorialError
    from sandsnap.record import queries
    from sandsnap.record.errors import RecordError
    from sandsnap.settings import SettingsError, load

    try:
        with queries.connect_readonly(load(args.home).warehouse) as con:
            built = build(con, folder, url=args.url, quality=_quality(args.quality), text=args.text)
    except (SettingsError, ReplaceError, EditorialError) as e:
        raise Stop(str(e)) from None
    except (RecordError, SiteError) as e:
        raise Stop(str(e), WAREHOUSE) from None
    except OSError as e:
        raise Stop(
            f"{e.strerror or e}: {e.filename or folder}; nothing was replaced: free space or choose another folder"
        ) from None
    index = built.folder.absolute() / "index.html"
    if args.as_json:
        print(json.dumps({"folder": str(built.folder), "index": str(index), "files": dict(built.files)}))
    else:
        print(f"built {len(built.files)} files, {sum(built.files.values()):,} bytes")
        print(f"open {index.as_uri()}")
    return _serve(built.folder, args.port) if args.serve else OK


def _quality(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as e:
        raise Stop(f"{path}: {e}; make it with `sandsnap quality --json > {path}`") from None
    wanted = {"cases", "pages", "recall", "wrong_values_in", "false_alerts_per_1000_page_days", "met"}
    if not isinstance(found, dict) or not wanted <= found.keys():
        raise Stop(f"{path} is not what `sandsnap quality --json` prints")
    return found


def _serve(folder: Path, port: int) -> int:
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nobody wants a line per file."""

        def list_directory(self, path: object) -> None:
            """A folder without a page shows nothing of what is in it."""
            self.send_error(404)

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=str(folder)))
    except OSError as e:
        raise Stop(f"port {port} cannot be used: {e.strerror}; choose another one with --port, or --port 0") from None
    print(f"showing it on http://127.0.0.1:{server.server_port}/ until Ctrl-C", flush=True)
    with server:
        server.serve_forever()
    return OK
