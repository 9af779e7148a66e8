"""An issuer's keys by URL: fetched from the one address configured, kept for a while, and asked for again sparingly.

A key nobody knows makes at most one fetch an INTERVAL, however many tokens name it; what a token's header says of
where keys are is never read. While the issuer cannot be reached its last keys count for KEPT and no longer.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping

import aiohttp
from joserfc.jwk import Key

from hub.identity.keys_held import read_key_set

FRESH = 600.0
"""Seconds after which keys are fetched again."""

INTERVAL = 30.0
"""Seconds between two fetches at least."""

KEPT = 6 * 3600.0
"""Seconds for which keys count while the issuer cannot be reached."""

PATIENCE = 3.0
"""Seconds one fetch may take."""

BIGGEST = 131_072
"""Bytes of a key set."""

_NEVER = float("-inf")

Fetch = Callable[[str], Awaitable[bytes]]


class KeysUnread(Exception):
    """The issuer's keys could not be fetched; the message is a code."""


async def fetch_keys(url: str) -> bytes:
    """Fetch a key set: no redirect followed, no proxy or cookie used, nothing unpacked, and only so much read."""
    whole = aiohttp.ClientTimeout(total=PATIENCE)
    asked = {"Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity"}
    try:
        async with (
            aiohttp.ClientSession(timeout=whole, headers=asked, auto_decompress=False, trust_env=False) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            if response.status != 200:  # noqa: PLR2004 -- HTTP's own number
                raise KeysUnread("status")
            text = b""
            async for piece in response.content.iter_chunked(16_384):
                text += piece
                if len(text) > BIGGEST:
                    raise KeysUnread("too-big")
            return text
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        raise KeysUnread("unreachable") from None


class RemoteKeys:
    """The keys at one URL."""

    def __init__(
        self,
        url: str,
        failed: Callable[[str], None],
        *,
        fetch: Fetch = fetch_keys,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the address, and whom to tell by a code that the keys could not be read."""
        self._url = url
        self._failed = failed
        self._fetch = fetch
        self._clock = clock
        self._by: Mapping[str, Key] = {}
        self._read_at = self._tried_at = _NEVER
        self._fetching: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> Key | None:
        """Give the key of an id, fetching the keys again where they are old or the id is not among them."""
        known, age = self._by.get(kid), self._clock() - self._read_at
        if known is not None and age < FRESH:
            return known
        fetching = self._fetched()
        if fetching is not None and (known is None or age >= KEPT):
            await asyncio.shield(fetching)
        return self._by.get(kid) if self._clock() - self._read_at < KEPT else None

    def _fetched(self) -> asyncio.Task[None] | None:
        """Give the fetch that is under way, beginning one where there may be one."""
        if self._fetching is None and self._clock() - self._tried_at >= INTERVAL:
            self._tried_at = self._clock()
            self._fetching = asyncio.create_task(self._renew())
        return self._fetching

    async def _renew(self) -> None:
        try:
            read = read_key_set(await self._fetch(self._url))
        except KeysUnread as error:
            self._failed(str(error))
        except ValueError:
            self._failed("not-a-key-set")
        else:
            self._by, self._read_at = read, self._clock()
        finally:
            self._fetching = None

    async def close(self) -> None:
        """Let go of a fetch that is under way."""
        if (fetching := self._fetching) is not None:
            fetching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await fetching
