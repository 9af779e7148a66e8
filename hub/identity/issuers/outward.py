"""Outward: the HTTP that Authlib speaks to issuers. Bounded, no redirect followed, no proxy, no cookie, no log."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx2

PATIENCE: Final = 5.0
"""Seconds one request may take."""

BIGGEST: Final = 262_144
"""Bytes of an answer."""

TALKATIVE: Final = ("authlib", "httpx2", "httpcore2")
"""Libraries that write what they send and are sent, PKCE verifiers among it, to their logs at the lowest level."""


class _Capped(httpx2.AsyncByteStream):
    """An answer's body that ends with an error where it is too large."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for piece in self._body:
            read += len(piece)
            if read > BIGGEST:
                raise httpx2.ReadError("too large")
            yield piece

    async def aclose(self) -> None:
        await self._body.aclose()


class Outward(httpx2.AsyncBaseTransport):
    """One transport for every request to an issuer; whoever closes its client leaves it open."""

    def __init__(self) -> None:
        """Let nobody log. Nothing is opened, and no certificate read, before the first sign-in."""
        for name in TALKATIVE:
            logger = logging.getLogger(name)
            logger.addHandler(logging.NullHandler())
            logger.propagate = False
        self._opened: httpx2.AsyncHTTPTransport | None = None
        self._opening = asyncio.Lock()

    def options(self) -> dict[str, Any]:
        """Give what an HTTP client is made with."""
        return {"transport": self, "timeout": PATIENCE, "follow_redirects": False, "trust_env": False}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; its answer is not unpacked, so that none is larger than it says."""
        request.headers["Accept-Encoding"] = "identity"
        answer = await (await self._transport()).handle_async_request(request)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            raise httpx2.ReadError("packed")
        assert isinstance(answer.stream, httpx2.AsyncByteStream)  # noqa: S101 -- an asynchronous transport's own
        answer.stream = _Capped(answer.stream)
        return answer

    async def _transport(self) -> httpx2.AsyncHTTPTransport:
        """Give the transport; reading the system's certificates takes a while, so it is done beside the event loop."""
        async with self._opening:
            if self._opened is None:
                self._opened = await asyncio.to_thread(httpx2.AsyncHTTPTransport, trust_env=False)
            return self._opened

    async def aclose(self) -> None:
        """Stay open: each sign-in closes a client of its own."""

    async def close(self) -> None:
        """Close every connection."""
        if self._opened is not None:
            await self._opened.aclose()
