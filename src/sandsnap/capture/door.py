"""What may enter the archive: a day that can have been, a status that a server sends, an address of a page, a body of a
size that a page has, in a file that lies where it says. Whoever brings captures in from outside asks here.
"""

import os
import re
import stat
from datetime import UTC, date, datetime, timedelta
from errno import ELOOP
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from sandsnap.capture.identity import AddressError, archived_at, identity

EARLIEST = date(1990, 1, 1)  # nobody served a page before
MAX_BYTES = 64 * 1024 * 1024  # of one body: thirty times the largest page that we know
_DAY = timedelta(days=1)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class DoorError(ValueError):
    """Why something may not enter the archive: what is wrong with it, and what to do."""


def check_url(url: str) -> None:
    """Raises DoorError for what is no address of a page."""
    try:
        url.encode()
        if _CONTROL.search(url):
            raise AddressError("a control character stands in it")
        identity(url)
    except (UnicodeEncodeError, AddressError) as error:
        why = error if isinstance(error, AddressError) else "it is no text"
        raise DoorError(f"url {url!r} is no address of a web page: {why}; correct it") from None


def is_text(value: str) -> bool:
    """Whether a string has no half of a pair in it, as an escape in JSON may."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_status(status: int) -> None:
    """Raises DoorError for what no server sends as the status of a response."""
    if not 200 <= status <= 599:
        raise DoorError(f"status {status} is none that a stored response can have; write one of 200 to 599")


def dated(moment: datetime | None, url: str, now: datetime | None = None) -> datetime | None:
    """The UTC time of a capture: `moment`, else the one that a web archive's address states, else None.

    Raises DoorError for a day before 1990 or after tomorrow (of `now`), and where the address states another day.
    """
    stated = archived_at(url)
    if moment is None:
        moment = stated
    if moment is None:
        return None
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise DoorError(f"captured_at {moment.isoformat()} is no day of this world; correct it") from None
    last = (now or datetime.now(UTC)).date() + _DAY
    if moment.date() < EARLIEST:
        raise DoorError(f"captured_at {moment:%Y-%m-%d} is before {EARLIEST.year}, when no page was served; correct it")
    if moment.date() > last:
        raise DoorError(f"captured_at {moment:%Y-%m-%d} is in the future; correct it, or this machine's clock")
    if stated is not None and abs(stated - moment) > 2 * _DAY:
        raise DoorError(
            f"captured_at {moment:%Y-%m-%d} is another day than the {stated:%Y-%m-%d} of its address in a web archive;"
            " the page is of the day that the archive took it"
        )
    return moment


def file_in(folder: Path, name: str) -> Path:
    """The path of a file in a folder by its relative name. Raises DoorError for a name that leads out of it."""
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or _CONTROL.search(name):
        raise DoorError(f"file {name!r} lies outside the folder; name a file in it")
    return folder / name


def open_regular(path: Path, folder: Path | None) -> BinaryIO:
    """A regular file, open for reading; in a folder, neither it nor a folder on the way to it may be a link.

    Raises DoorError for anything else: a link, a pipe, a folder, a file that is not there or may not be read. Never
    waits for a pipe's other end.
    """
    no_link = os.O_NOFOLLOW if folder is not None else 0
    try:
        descriptor = os.open(path, os.O_RDONLY | no_link | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise DoorError(f"{path}: not there; restore it or remove its row") from None
    except (OSError, ValueError) as error:  # ValueError: the name is none (half a character)
        if no_link and isinstance(error, OSError) and error.errno == ELOOP:
            raise DoorError(f"{path}: a symbolic link; put the file itself there") from None
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise DoorError(f"{path}: cannot be read ({why}); mend it or remove its row") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DoorError(f"{path}: no regular file; put the file itself there")
    if folder is not None and not path.parent.resolve().is_relative_to(folder.resolve()):
        os.close(descriptor)
        raise DoorError(f"{path}: lies outside the folder, behind a symbolic link; put the file itself there")
    return os.fdopen(descriptor, "rb")


def read_regular(path: Path, folder: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file in a folder. Raises DoorError as `open_regular`, and for more than `most` bytes."""
    with open_regular(path, folder) as handle:
        size = os.fstat(handle.fileno()).st_size
        if size > most:
            raise DoorError(f"{path}: {size} bytes are more than a page has; remove its row")
        return handle.read(most)
