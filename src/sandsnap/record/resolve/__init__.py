"""Facts out of claims, key by key and day by day, value by value. Pure: timelines in, rows out; no database, no clock.

Among the claims of a key that stand on a day, those of pages that say that they are not published support nothing; of the
others: an event that ends the thing beats all; then fresh evidence beats stale evidence that contradicts it, and so does
what a page was seen to begin to say when the other had long not been seen; then the declared order of sources; then the
kind of evidence. What the first claim leaves null is filled from the next that states it, which is cited for it. A denial
(basis `denied`: the page says that there is none) is a claim like the others; where it leads there is no fact.
"""

from sandsnap.record.resolve.facts import resolve
from sandsnap.record.resolve.model import Key, Resolved, Source, Step, fact_id
from sandsnap.record.resolve.steps import steps

__all__ = ["Key", "Resolved", "Source", "Step", "fact_id", "resolve", "steps"]
