"""The report of a period."""
