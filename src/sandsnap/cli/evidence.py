"""Commands that hand evidence on: the archive as a WACZ file, a stored page as it was."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap.cli.command import OK, Stop, command

if TYPE_CHECKING:
    from sandsnap.cli.command import Commands
    from sandsnap.model import Capture


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = command(
        commands, "capture", show, "A stored page as it was: `capture show SHA` writes it as a page without scripts."
    )
    p.add_argument("what", choices=["show"], help="show: write the page to a file")
    p.add_argument("sha", help="the sha256 of the capture, or its first digits (column `capture` of any table)")
    p.add_argument(
        "--output", type=Path, metavar="FILE", help="where to write it (default: capture-SHA.html here); - prints it"
    )


def export(args: argparse.Namespace) -> int:
    """Write the archive as a WACZ file."""
    from sandsnap.capture import Archive, wacz
    from sandsnap.cli.output import Progress
    from sandsnap.cli.running import errors, needs_archive, settings_of

    progress = Progress()
    with errors():
        settings = settings_of(args)
        needs_archive(settings)
        path = args.folder / "sandsnap.wacz"
        with Archive(settings.archive) as archive:
            count = wacz.export(archive, path, progress)
        progress.done()
    print(f"{count} captures in {path}: open it in replayweb.page, or with pywb")
    return OK


def show(args: argparse.Namespace) -> int:
    """Write one stored page where a browser can open it, scripts off."""
    import sys

    from sandsnap.capture import Archive
    from sandsnap.cli.running import errors, needs_archive, settings_of

    with errors():
        settings = settings_of(args)
        needs_archive(settings)
        with Archive(settings.archive) as archive:
            found = sorted({e.sha256 for e in archive.entries() if e.sha256.startswith(args.sha.lower())})
            if len(found) != 1:
                raise Stop(
                    f"{len(found)} captures begin with {args.sha!r}; give more of its sha256" if found
                    else f"no capture {args.sha!r} in {settings.archive}; the column `capture` of a table names them"
                )  # fmt: skip
            page = _page(archive.get(found[0]))
        if args.output == Path("-"):
            sys.stdout.write(page)
            return OK
        path = args.output or Path(f"capture-{found[0][:12]}.html")
        path.write_text(page, encoding="utf-8")
    print(f"{path}: open it in a browser; scripts, forms and requests are off")
    return OK


def _page(capture: "Capture") -> str:
    """A page around the stored one, in a frame in which nothing runs and nothing is loaded."""
    from html import escape

    from sandsnap.capture.origins import told
    from sandsnap.read.decode import CharsetError, form_of, text_of

    try:
        text = text_of(capture)
        shown = text if form_of(capture, text) == "html" else f"<pre style='white-space:pre-wrap'>{escape(text)}</pre>"
    except CharsetError as e:
        shown = f"<pre>{escape(str(e))}</pre>"
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    inner = f'<meta http-equiv="Content-Security-Policy" content="{policy}">{shown}'
    day = f"{capture.captured_at:%Y-%m-%d %H:%M} UTC" if capture.captured_at else "a day that nobody knows"
    where, link = told(capture.origin) if capture.origin else (capture.file, None)
    head = f"{capture.url} as of {day}" + (f" ({where})" if where else "")
    made = f'<br><a href="{escape(link, quote=True)}">{escape(str(where))}</a>' if link else ""
    return (
        f'<!doctype html><meta charset="utf-8"><title>{escape(head)}</title>'
        f"<p>{escape(head)}<br>sha256 {capture.sha256}{made}</p>"
        f'<iframe sandbox="" style="width:100%;height:90vh;border:1px solid #888" srcdoc="{escape(inner, quote=True)}"></iframe>\n'
    )
