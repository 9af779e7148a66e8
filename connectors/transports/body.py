"""A body taken as it arrives: never more of it in memory than the source's budget allows."""

import zlib

from connectors.errors import SourceBroken

_RATIO = 20
_RATIO_MATTERS_ABOVE = 256 * 1024
_PIECES = 64
"""Pieces kept as they came, mostly all; of a body that comes byte by byte each would cost more than it holds."""
_MOST_MEMBERS = 128
"""Members of a gzip body; one may be twenty bytes and hold nothing."""
_ENCODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""Content encodings taken and zlib's name for each (RFC 9110 section 8.4.1)."""


class Body:
    """A body as it was sent. What is taken raises SourceBroken as soon as it outgrows the cap."""

    __slots__ = ("_cap", "_pieces", "_rest", "_size")

    def __init__(self, cap: int) -> None:
        """Begin with nothing."""
        self._cap = cap
        self._size = 0
        self._pieces: list[bytes] = []
        self._rest = bytearray()

    def take(self, piece: bytes) -> None:
        """Take the next piece."""
        self._size += len(piece)
        if self._size > self._cap:
            raise SourceBroken("too-big")
        if len(self._pieces) < _PIECES:
            self._pieces.append(piece)
        else:
            self._rest += piece

    def whole(self) -> bytes:
        """Give all of it, once it has ended."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join((*self._pieces, self._rest))


class Inflated(Body):
    """A compressed body: capped as it comes and as it inflates, and stopped where it inflates like a bomb.

    Of gzip there may be several members, one behind the other (RFC 1952 section 2.2): together they are the body.
    Anything else behind the end is refused, because not everybody would read it in the same way.
    """

    __slots__ = ("_inflate", "_members", "_raw", "_wbits")

    def __init__(self, cap: int, wbits: int) -> None:
        """Begin with nothing."""
        super().__init__(cap)
        self._wbits = wbits
        self._inflate = zlib.decompressobj(wbits)
        self._members = 1
        self._raw = 0

    def take(self, piece: bytes) -> None:
        """Take the next piece."""
        self._raw += len(piece)
        if self._raw > self._cap:  # which may inflate to nothing at all
            raise SourceBroken("too-big")
        while piece:
            if self._inflate.eof:
                self._begin_another()
            super().take(self._step(piece, self._cap - self._size + 1))
            if self._size > _RATIO_MATTERS_ABOVE and self._size > self._raw * _RATIO:
                raise SourceBroken("bomb")
            piece = self._inflate.unused_data

    def whole(self) -> bytes:
        """Give all of it; SourceBroken where it is not whole."""
        if not self._inflate.eof:
            raise SourceBroken("bad-encoding")
        return super().whole()

    def _begin_another(self) -> None:
        self._members += 1
        if self._wbits != _ENCODINGS["gzip"] or self._members > _MOST_MEMBERS:
            raise SourceBroken("bad-encoding")
        self._inflate = zlib.decompressobj(self._wbits)

    def _step(self, piece: bytes, room: int) -> bytes:
        try:
            return self._inflate.decompress(piece, room)
        except zlib.error:
            pass
        raise SourceBroken("bad-encoding")


def body_of(encoding: str, cap: int) -> Body:
    """Give what takes a body of a content encoding; SourceBroken for one the hub did not ask for."""
    named = encoding.strip().lower()
    if named == "identity":
        return Body(cap)
    if named not in _ENCODINGS:
        raise SourceBroken("unknown-encoding")
    return Inflated(cap, _ENCODINGS[named])
