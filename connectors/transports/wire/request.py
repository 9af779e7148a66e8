"""A request as bytes: what is the same for every call is written once."""

import re
from collections.abc import Mapping

from connectors.errors import SourceBroken

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
"""A field's name and value (RFC 9110 sections 5.1 and 5.5): nothing that could begin another field."""


class Requests:
    """Writes the requests to one origin."""

    def __init__(self, host_field: str, always: Mapping[str, str]) -> None:
        """Keep the fields that every request has; SourceBroken where one may not stand in a request."""
        self._always = {"host": ("Host", host_field), **{name.lower(): (name, value) for name, value in always.items()}}
        self._written = _fields(self._always)

    def written(self, method: str, target: str, more: Mapping[str, str], body: bytes | None) -> bytes:
        """Write a request; what a call says itself counts before what is always said."""
        fields = self._written
        if more:
            fields = _fields(self._always | {name.lower(): (name, value) for name, value in more.items()})
        line = f"{method} {target} HTTP/1.1\r\n".encode("ascii")
        if body is None:
            return b"%b%b\r\n" % (line, fields)
        return b"%b%bContent-Length: %d\r\n\r\n%b" % (line, fields, len(body), body)


def _fields(named: Mapping[str, tuple[str, str]]) -> bytes:
    return b"".join(_field(name, value) for name, value in named.values())


def _field(name: str, value: str) -> bytes:
    written = value.encode()
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(written):
        raise SourceBroken("bad-header")
    return b"%b: %b\r\n" % (name.encode("ascii"), written)
