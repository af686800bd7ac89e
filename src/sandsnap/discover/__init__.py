"""Noticing: pages that a vendor lists and nobody watches, declared ones that it lists no more, and what was set aside."""
