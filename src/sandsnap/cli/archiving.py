"""`sandsnap archive`: what may be done with the stored pages as a whole."""

from pathlib import Path
from typing import TYPE_CHECKING

from sandsnap.cli import evidence
from sandsnap.cli.app import command

if TYPE_CHECKING:
    from sandsnap.cli.app import Commands


def add(commands: "Commands") -> None:
    """The commands of this group."""
    p = commands.add_parser("archive", help="The stored pages: write them as a WACZ file.")
    actions = p.add_subparsers(title="actions", metavar="ACTION", required=True)
    p = command(
        actions, "export", evidence.export, "Write the stored pages as one WACZ file, for replayweb.page and pywb."
    )
    p.add_argument("folder", type=Path, metavar="DIR", help="where to write sandsnap.wacz")
