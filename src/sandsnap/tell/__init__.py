"""Tell: changes of resolved facts become events, each told once. Pure: no SQL, no clock."""

from sandsnap.tell.events import events
from sandsnap.tell.model import Change, Event

__all__ = ["Change", "Event", "events"]
