"""A body read as it arrives: never more of it in memory than the source's budget allows."""

import zlib

from aiohttp import ClientResponse

from connectors.errors import SourceBroken

_RATIO = 20
_RATIO_MATTERS_ABOVE = 256 * 1024
_ENCODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""Content encodings taken and zlib's name for each (RFC 9110 section 8.4.1)."""


async def read_body(response: ClientResponse, cap: int) -> bytes:
    """Give the decoded body; SourceBroken as soon as it outgrows the cap or inflates like a bomb."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if (response.content_length or 0) > cap:
        raise SourceBroken("too-big")
    if encoding == "identity":
        return await _plain(response, cap)
    if encoding not in _ENCODINGS:
        raise SourceBroken("unknown-encoding")
    return await _inflated(response, cap, _ENCODINGS[encoding])


async def _plain(response: ClientResponse, cap: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > cap:
            raise SourceBroken("too-big")
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _inflated(response: ClientResponse, cap: int, wbits: int) -> bytes:
    inflate = zlib.decompressobj(wbits)
    raw = size = 0
    chunks: list[bytes] = []
    async for chunk in response.content.iter_any():
        raw += len(chunk)
        chunks.append(_step(inflate, chunk, cap - size + 1))
        size += len(chunks[-1])
        if size > cap:
            raise SourceBroken("too-big")
        if size > _RATIO_MATTERS_ABOVE and size > raw * _RATIO:
            raise SourceBroken("bomb")
    if not inflate.eof:
        raise SourceBroken("bad-encoding")
    return b"".join(chunks)


def _step(inflate: "zlib._Decompress", chunk: bytes, room: int) -> bytes:
    try:
        return inflate.decompress(chunk, room)
    except zlib.error:
        pass
    raise SourceBroken("bad-encoding")
