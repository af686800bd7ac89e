"""Numbers of what is stored: 64 bits made from what it is, so that two writers give one thing one number.

A warehouse of before keeps the numbers it counted; they are as good as any.
"""

import hashlib
import json


def number(*parts: str) -> int:
    """The number of a thing that these words name."""
    digest = hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def reader(vendor: str, name: str) -> int:
    """The number of a reader."""
    return number("reader", vendor, name)


def claim(vendor: str, reader_name: str, source_url: str, table: str, key: tuple[str, ...]) -> int:
    """The number of a claim: what one reader says about one key on one page."""
    return number("claim", vendor, reader_name, source_url, table, *key)
