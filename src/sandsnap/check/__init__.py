"""Checking: between reading and recording. A wrong number never gets in; silence is never a change.

In: one vendor's readings of one day, and what is held of the vendor so far. Out: the same readings, with the rows
that break the contract taken out and the ones too suspicious to publish unseen held back, each with an issue that a
person decides (decisions.py). What is taken out keeps its last good value; other vendors are never touched.

Nothing is imported here: `episodes` is plain data, and who asks for it must not load the frames that `gate` needs.
"""
