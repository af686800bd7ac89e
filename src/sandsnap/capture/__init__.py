"""Capture: where pages come from and where they are kept. Nothing here knows what a page says.

What comes in is a URL to fetch (`fetch_all`) or an archived copy to replay (`replay`); what goes out is a
`Capture`, archived (`Archive`) before anybody reads it. httpx, protego and warcio are used in this room only.

What fetches is imported when it is first used, so that a command that only replays does not load the HTTP client.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sandsnap.capture.archive import Archive
from sandsnap.capture.errors import ArchiveError, NotMeantError
from sandsnap.capture.refused import Refused, ReplayError

# Not lazily: the function has its module's name, and the module would take its place.
from sandsnap.capture.replay import replay

if TYPE_CHECKING:
    from sandsnap.capture.fetch import fetch_all
    from sandsnap.capture.policy import FetchPolicy, FetchRequest, FetchResult

__all__ = [
    "Archive",
    "ArchiveError",
    "FetchPolicy",
    "FetchRequest",
    "FetchResult",
    "NotMeantError",
    "Refused",
    "ReplayError",
    "fetch_all",
    "replay",
]

_LAZY = {"fetch_all": "fetch", "FetchPolicy": "policy", "FetchRequest": "policy", "FetchResult": "policy"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
