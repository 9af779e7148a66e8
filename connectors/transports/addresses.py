"""Addresses a source may have: from configuration only, and never one that leads back inside the hub's own network.

https anywhere; http only on this machine. An address written so as to look like another is refused, and a
name is looked up again for every connection, so that it cannot change its mind afterwards.
"""

import asyncio
import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Thread
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit

from connectors.errors import SourceBroken, SourceMisconfigured

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_VISIBLE = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")
_NO_PARTS = frozenset({"", ".", ".."})
_METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16"))
)
"""Where clouds tell a machine its own secrets: most of them, Amazon, Google, Alibaba, Azure."""
_NOWHERE = (ip_network("0.0.0.0/8"), ip_network("255.255.255.255/32"))
"""This network and everybody on it (RFC 6890)."""
_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
"""Addresses whose last 32 bits are an IPv4 address that a translator calls (RFC 6052, RFC 8215)."""
_IPV4_COMPATIBLE = ip_network("::/96")


def checked_base(url: object, where: str) -> str:
    """Give the base address without a trailing slash; SourceMisconfigured where it may not be called."""
    text = url if isinstance(url, str) else ""
    why = _wrong_with(text)
    if why:
        raise SourceMisconfigured("bad-address", f"{where}: {why}")
    return text.rstrip("/")


def _wrong_with(text: str) -> str:
    try:
        parts = urlsplit(text if _VISIBLE.fullmatch(text) else "")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "is not a web address"
    if parts.scheme not in {"https", "http"} or not host or port == 0:
        return "must begin with https://, or with http:// on this machine, and name a host"
    if "@" in parts.netloc or parts.query or parts.fragment or ".." in parts.path.split("/"):
        return "may hold no user, query, fragment or parent folder"
    if host in _LOOPBACK:
        return ""
    if parts.scheme == "http":
        return "must begin with https:// unless it is 127.0.0.1, ::1 or localhost"
    return "" if _may_be_called(host) else "names a host that may not be called"


def _may_be_called(host: str) -> bool:
    try:
        return not forbidden(ip_address(host))
    except ValueError:
        return _NAME.fullmatch(host) is not None and not host.endswith(".localhost")


def forbidden(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is no agency's: this machine, nowhere, everybody, or a cloud's own metadata."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None or address in _IPV4_COMPATIBLE:
            return True
        inner = _translated(address)
        if inner is not None and forbidden(inner):
            return True
    elif any(address in network for network in _NOWHERE):
        return True
    special = address.is_loopback or address.is_unspecified or address.is_multicast or address.is_link_local
    return special or address in _METADATA


def _translated(address: IPv6Address) -> IPv4Address | None:
    """Give the IPv4 address that an IPv6 address stands for, if any: by a translator or by 6to4 (RFC 3056)."""
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


async def outward(host: str, port: int) -> list[str]:
    """Look a name up and give the addresses that are some agency's; OSError, as for no such name, where none is left.

    The system's own resolver is asked, in a thread of its own: a loop has few threads for names, and a resolver that
    hangs keeps each for long. Of a family that this machine does not speak nothing is asked.
    """
    loop = asyncio.get_running_loop()
    looked: asyncio.Future[_Found] = loop.create_future()
    try:
        Thread(target=_look, args=(loop, looked, host, port), name="name-lookup", daemon=True).start()
    except RuntimeError:  # no more threads
        raise OSError(0, "no thread to look a name up in") from None
    found = await looked
    named = dict.fromkeys(str(address[0]) for *_, address in found)
    outward = [one for one in named if not forbidden(ip_address(one.partition("%")[0]))]
    if not outward:
        raise OSError(0, "no address that may be called")
    return outward


_Found: TypeAlias = list[tuple[Any, Any, Any, Any, Any]]
"""What the system's resolver gives."""


def _look(loop: asyncio.AbstractEventLoop, looked: asyncio.Future[_Found], host: str, port: int) -> None:
    """Look a name up and tell whoever waits, in their loop; nobody where that has been closed meanwhile."""

    def told(found: _Found | None) -> None:
        if looked.done():
            return
        if found is None:
            looked.set_exception(OSError(0, "no such name"))
        else:
            looked.set_result(found)

    found: _Found | None = None
    with suppress(Exception):  # whatever it is, whoever waits must be told
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(told, found)


def is_local(host: str) -> bool:
    """Whether a host of a checked address is this machine."""
    return host in _LOOPBACK


def joined(base: str, parts: Iterable[str], params: Iterable[tuple[str, str]] = ()) -> str:
    """Join path parts and parameters to a base address, percent-encoded: a value can never change where it leads."""
    segments = [_encoded(part) for part in parts]
    if not _NO_PARTS.isdisjoint(segments):
        raise SourceBroken("bad-path-part")
    query = "&".join([f"{_encoded(name)}={_encoded(value)}" for name, value in params])
    return "/".join((base, *segments)) + (f"?{query}" if query else "")


def _encoded(text: str) -> str:
    """Percent-encode everything that is not unreserved (RFC 3986, section 2.3); mostly there is nothing to encode."""
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe="")


def below(base: str, url: str) -> bool:
    """Whether an address a source gave (a next page's) stays below the base address."""
    path = url.partition("?")[0].partition("#")[0]
    if not _VISIBLE.fullmatch(url) or "@" in path:
        return False
    if any(s in {".", ".."} for s in path.lower().replace("%2e", ".").split("/")):
        return False
    return path == base or path.startswith(base + "/")
