"""A response's body, decoded from its content-encoding with the output bounded at every step.

httpx decodes each chunk whole, so a few kilobytes could fill the memory before they are counted. Only gzip is asked
for, because zlib can stop in the middle of a chunk; another encoding is refused.
"""

import zlib
from collections.abc import AsyncIterator

ACCEPT_ENCODING = "gzip"


class BodyRefusedError(Exception):
    """A body that is too large or in an encoding that was not asked for: a retry would give the same."""


class BodyCutError(Exception):
    """A body that ended too early or is damaged: a retry may give it whole."""


async def read_body(chunks: AsyncIterator[bytes], encoding: str | None, max_bytes: int) -> bytes:
    """The decoded body of raw chunks. Raises BodyRefusedError beyond `max_bytes` decoded bytes, BodyCutError."""
    name = (encoding or "identity").strip().lower()
    if name not in ("identity", "gzip", "x-gzip"):
        raise BodyRefusedError(f"content-encoding {name!r} was not asked for and cannot be bounded")
    parts, size = list[bytes](), 0
    unpacker = zlib.decompressobj(31) if name != "identity" else None
    begun = False
    async for chunk in chunks:
        data = chunk
        while data:
            if unpacker is None:
                part, data = data, b""
            else:
                if unpacker.eof:  # a gzip body may have several members
                    unpacker = zlib.decompressobj(31)
                try:
                    part = unpacker.decompress(data, max_bytes - size + 1)
                except zlib.error as error:
                    raise BodyCutError(f"the gzip body is damaged ({error})") from error
                begun, data = True, unpacker.unconsumed_tail or unpacker.unused_data
            size += len(part)
            if size > max_bytes:
                raise BodyRefusedError(f"more than {max_bytes} bytes decoded; raise max_bytes if the page is that long")
            parts.append(part)
    if unpacker is not None and begun and not unpacker.eof:
        raise BodyCutError("the gzip body ended early")
    return b"".join(parts)
