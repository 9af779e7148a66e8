"""Where calls go: one scheme, host and port, and what is asked for there. From checked addresses only."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from connectors.errors import SourceBroken

_PORTS = {"https": 443, "http": 80}
_TARGET = re.compile(r"/[\x21-\x7e]*")


@dataclass(frozen=True, slots=True)
class Origin:
    """A scheme, a host and a port (RFC 9110 section 4.3.1)."""

    text: str
    """As it was written: every address below it begins so."""
    host: str
    port: int
    secure: bool

    @classmethod
    def of(cls, base: str) -> Self:
        """Give the origin of an address that was checked."""
        parts = urlsplit(base)
        host, written = (parts.hostname or "").lower(), base[: base.index("://") + 3] + parts.netloc
        return cls(written, host, parts.port or _PORTS[parts.scheme], parts.scheme == "https")

    @property
    def host_field(self) -> str:
        """Give what the Host field says: the port where it is not the scheme's own (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"

    @property
    def is_address(self) -> bool:
        """Whether the host is an address, which was checked, and no name that must be looked up."""
        try:
            ip_address(self.host)
        except ValueError:
            return False
        return True

    def target(self, url: str) -> str:
        """Give what is asked for, path and query; SourceBroken where an address is not one of this origin's.

        Nothing that could end the request line gets beyond this, whoever made the address.
        """
        after = url[len(self.text) :].partition("#")[0]
        target = after if after.startswith("/") else "/" + after
        if not url.startswith(self.text) or after[:1] not in {"", "/", "?"} or not _TARGET.fullmatch(target):
            raise SourceBroken("bad-address")
        return target
