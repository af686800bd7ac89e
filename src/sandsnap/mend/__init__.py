"""Mending: what a statement that no page makes any more says now, the exact edit that would read it, and whether it was
tried. Pure but for `edits`, which writes a vendor's folder. Stands on capture/, read/ and the vendors, beside the stages."""
