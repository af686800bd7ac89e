"""Where alerts go: apprise (mail, Slack, webhooks and a hundred more), a file, standard output.

A channel takes one message and returns, or raises ChannelError. No secret ever stands in a message of ours: a
channel's address comes from the environment, and what apprise says is printed only with it struck out.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sandsnap.escaping import one_line, printable


class ChannelError(Exception):
    """A message was not delivered; says why and what to do, without the address."""


SEVERITIES = ("info", "success", "warning", "failure")  # apprise's own types: a colour, an icon, a priority


@dataclass(frozen=True)
class Message:
    """One message. `records` are the alerts in it, for channels that write data; `id` names it for good. `severity` is one
    of SEVERITIES, which each channel shows in its own way."""

    id: str
    subject: str
    text: str
    records: tuple[Mapping[str, Any], ...] = ()
    severity: str = "info"

    def __post_init__(self) -> None:
        """Nothing that a page wrote may act on whoever reads a message."""
        object.__setattr__(self, "subject", one_line(self.subject))
        object.__setattr__(self, "text", printable(self.text))


class Channel(Protocol):
    """Anything that takes messages."""

    def send(self, message: Message) -> None:
        """Deliver it, or raise ChannelError."""
        ...


@dataclass(frozen=True)
class Stdout:
    """Prints messages."""

    def send(self, message: Message) -> None:
        """Print it."""
        sys.stdout.write(f"{message.subject}\n\n{message.text}\n\n")
        sys.stdout.flush()


@dataclass(frozen=True)
class File:
    """Appends to a file: Markdown-friendly text, or one JSON object per alert (`.jsonl`). A message that is already in
    the file, because a crash came between writing and noting it, is not written again."""

    path: Path

    def send(self, message: Message) -> None:
        """Append it."""
        mark = f"message {message.id}"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists() and mark in self.path.read_text("utf-8"):
                return
            if self.path.suffix == ".jsonl":
                rows = ({**r, "message": mark, "severity": message.severity} for r in message.records)
                text = "".join(json.dumps(r, ensure_ascii=False, default=str) + "\n" for r in rows)
            else:
                text = f"# {message.subject}\n\n{message.text}\n\n({mark})\n\n"
            with self.path.open("a", encoding="utf-8") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
        except OSError as e:
            raise ChannelError(f"{self.path}: {e.strerror}; free space or choose another path") from None


class _Kept(logging.Handler):
    """Keeps what apprise logs while a message is sent."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@dataclass(frozen=True)
class Apprise:
    """Any service apprise knows. `url` is secret: it never shows in a representation or an error."""

    url: str = field(repr=False)

    def send(self, message: Message) -> None:
        """Hand it to apprise, as plain text."""
        try:
            import apprise
        except ImportError:
            raise ChannelError("apprise is not installed: pip install 'sandsnap[alerts]'") from None
        kept, logger = _Kept(), logging.getLogger("apprise")
        logger.addHandler(kept)
        try:
            service = apprise.Apprise()
            if not service.add(self.url):
                raise ChannelError("apprise does not know this kind of address; its form is service://…")
            if not service.notify(
                title=message.subject,
                body=message.text,
                body_format=apprise.NotifyFormat.TEXT,
                notify_type=apprise.NotifyType(message.severity),
            ):
                said = " ".join(kept.lines) or "no reason given"
                raise ChannelError(f"not delivered: {struck(said, self.url)}; it is tried again at the next sending")
        finally:
            logger.removeHandler(kept)


def struck(text: str, secret: str) -> str:
    """The text with every part of the secret struck out that is long enough to matter."""
    for part in sorted({secret, *re.split(r"[/:@?&=,\s]+", secret)}, key=len, reverse=True):
        if len(part) >= 6 and part != "localhost":
            text = text.replace(part, "***")
    return " ".join(text.split())[:300]
