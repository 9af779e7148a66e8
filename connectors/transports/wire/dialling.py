"""Making a connection, to addresses that may be called and to no others.

Of several the next is tried when one has not answered in a quarter of a second (RFC 8305, happy eyeballs).
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain, zip_longest

from connectors.errors import SourceError, SourceUnavailable
from connectors.transports.wire.connection import Connection
from connectors.transports.wire.lookup import Lookup
from connectors.transports.wire.origin import Origin

_NEXT = 0.25
"""Seconds before the next address is tried beside one that has not answered (RFC 8305 section 5)."""


async def dial(
    origin: Origin, lookup: Lookup, tls: ssl.SSLContext | None, *, connect: float, until: float
) -> Connection:
    """Find out where it is and connect within so many seconds, all of it until then by the monotonic clock.

    SourceUnavailable says why not: ``unreachable``, ``tls`` or ``timed-out``.
    """
    failure: SourceError
    try:
        async with asyncio.timeout(until - time.monotonic()):
            hosts = await lookup.hosts()
            async with asyncio.timeout(connect):
                return await _connected(hosts, origin, tls if origin.secure else None)
    except ssl.SSLError:
        failure = SourceUnavailable("tls")
    except OSError as error:
        # A timeout of ours has no number; one of the system's, after which nobody can be reached, has.
        ours = isinstance(error, TimeoutError) and error.errno is None
        failure = SourceUnavailable("timed-out" if ours else "unreachable")
    raise failure


async def _connected(hosts: Sequence[str], origin: Origin, tls: ssl.SSLContext | None) -> Connection:
    loop, name = asyncio.get_running_loop(), origin.host if tls is not None else None

    async def to(host: str) -> Connection:
        _, made = await loop.create_connection(Connection, host, origin.port, ssl=tls, server_hostname=name)
        return made

    return await (to(hosts[0]) if len(hosts) == 1 else _first(hosts, to))


async def _first(hosts: Sequence[str], to: Callable[[str], Awaitable[Connection]]) -> Connection:
    """Give the first connection that is made; whichever others are under way are let go."""
    trying: set[asyncio.Future[Connection]] = set()
    failed: BaseException = OSError("no address")
    left = _by_turns(hosts)
    try:
        while left or trying:
            if left:
                trying.add(asyncio.ensure_future(to(left.pop(0))))
            done, trying = await asyncio.wait(
                trying, timeout=_NEXT if left else None, return_when=asyncio.FIRST_COMPLETED
            )
            for one in done:
                if one.exception() is None:
                    done.discard(one)
                    trying |= done
                    return one.result()
                failed = one.exception() or failed
        raise failed
    finally:
        for one in trying:
            one.cancel()
            one.add_done_callback(_unwanted)


def _by_turns(hosts: Sequence[str]) -> list[str]:
    """Put the two families' addresses by turns, the system's first choice first (RFC 8305 section 4)."""
    families = ([h for h in hosts if ":" in h], [h for h in hosts if ":" not in h])
    first, second = families if hosts and ":" in hosts[0] else families[::-1]
    return [host for host in chain.from_iterable(zip_longest(first, second)) if host is not None]


def _unwanted(one: asyncio.Future[Connection]) -> None:
    if not one.cancelled() and one.exception() is None:
        one.result().close()
