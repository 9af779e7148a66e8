"""One source's HTTP client: every call guarded the same way, every failure named by what the hub does next.

No redirects, no cookies, no proxy from the environment, TLS verified, bodies capped, JSON and XML checked, and nothing
an agency writes in an error ever repeated. A source that asks to be left alone for a while is.
"""

import asyncio
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode

import aiohttp
import orjson
from pydantic import BaseModel, ConfigDict
from yarl import URL

from connectors.connection import checked_connection
from connectors.contract import Limits
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable
from connectors.source import SourceConfig
from connectors.transports.addresses import OutwardResolver, below, checked_base, is_loopback, joined
from connectors.transports.body import read_body
from connectors.transports.credentials import Auth, ClientAuth, ClientToken, NoAuth, Statement, fixed_headers
from connectors.transports.guarded import Json, read_json
from connectors.transports.retries import Pause, RetryBudget
from connectors.transports.xml import read_xml


class HttpConnection(BaseModel):
    """A source's ``[connection]``: where it is, who the hub says it is, and whose certificates are trusted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str
    auth: Auth = NoAuth()
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    format: Literal["json", "xml"] = "json"


C = TypeVar("C", bound=HttpConnection)


def read_connection(source: SourceConfig, kind: type[C]) -> C:
    """Check a source's ``[connection]``; SourceMisconfigured says the file, the key and what is wrong with it."""
    connection = checked_connection(source, kind)
    checked_base(connection.base_url, f"{source.path.name}: connection.base_url")
    return connection


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: its JSON, or its XML as JSON would have it; its headers; and the next page's address (RFC 8288)."""

    value: Json
    headers: Mapping[str, str]
    next_link: str | None = None
    is_xml: bool = False


NO_MORE: Mapping[str, str] = {}
"""No more headers than every call has."""

_BUSY = frozenset({429, 500, 502, 503, 504})
_ASKS_FOR_REST = frozenset({429, 503})
_PASSING = frozenset({"unreachable", "status-502", "status-503", "status-504"})
"""Failures after which a read may be tried once more."""
_TYPES = {"json": "application/json", "xml": "application/xml, text/xml;q=0.9"}
_A_MOMENT = 0.01
"""A clock may wake a sleeper a little early; a source is not asked before its time."""
_XML = frozenset({"application/xml", "text/xml"})
_REFUSED = frozenset({401, 403, 407})


class Client:
    """A guarded client for one source; its session is made at the first call and closed with the source."""

    def __init__(self, connection: HttpConnection, limits: Limits, where: str) -> None:
        """Check the address and read the secrets now, so that a source that cannot work refuses to start."""
        self.base = checked_base(connection.base_url, where)
        self.limits = limits
        self.xml = connection.format == "xml"
        self._headers = {
            "Accept": _TYPES[connection.format],
            "Accept-Encoding": "gzip",
            **fixed_headers(connection.auth),
        }
        self._token = self._client_token(connection.auth, where)
        self._tls = _tls(connection, where)
        self._session: aiohttp.ClientSession | None = None
        self._retries = RetryBudget()
        self._pause = Pause()

    async def get(
        self, parts: Iterable[str], params: Iterable[tuple[str, str]] = (), *, accept: str | None = None
    ) -> Page | None:
        """Read below the base address; none where the source says there is no such thing (404, 410)."""
        return await self._read(joined(self.base, parts, params), accept)

    async def get_url(self, url: str, *, accept: str | None = None) -> Page | None:
        """Read an address already made; it must stay below the base address."""
        if not below(self.base, url):
            raise SourceBroken("next-page-elsewhere")
        return await self._read(url, accept)

    async def _read(self, url: str, accept: str | None) -> Page | None:
        headers = {"Accept": accept} if accept else {}
        self._retries.earn()
        until = time.monotonic() + self.limits.deadline
        await self._rest(until)
        try:
            return await self._call("GET", url, headers, None)
        except SourceUnavailable as error:
            passing = error.code in _PASSING or (error.code == "busy" and self._pause.left() > 0)
            if not passing or not self._retries.take():
                raise
        await self._rest(until)
        return await self._call("GET", url, headers, None)

    async def _rest(self, until: float) -> None:
        """Leave the source alone as long as it asked; SourceUnavailable where that is beyond the deadline."""
        left = self._pause.left()
        if left and time.monotonic() + left > until:
            raise SourceUnavailable("busy")
        if left:
            await asyncio.sleep(left + _A_MOMENT)

    @property
    def statement(self) -> Statement | None:
        """Give what signs for this client, where it proves itself with a key."""
        return self._token.statement if self._token is not None else None

    async def post(self, parts: Iterable[str], body: Json, more: Mapping[str, str] = NO_MORE) -> Page | None:
        """Post JSON once; never retried, because the hub cannot know what a source does with it."""
        headers = {"Content-Type": "application/json", **more}
        return await self._call("POST", joined(self.base, parts), headers, orjson.dumps(body))

    async def post_form(
        self, parts: Iterable[str], form: Iterable[tuple[str, str]], *, accept: str | None = None
    ) -> Page | None:
        """Post a search form once: what it looks for stays out of addresses, and so out of logs."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | ({"Accept": accept} if accept else {})
        return await self._call("POST", joined(self.base, parts), headers, urlencode(list(form)).encode("ascii"))

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def _call(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Page | None:
        if self._pause.left():
            raise SourceUnavailable("busy")
        if self._token is not None:
            headers = {**headers, **await self._token.header()}
        return await self._guarded(method, url, headers, body)

    async def _guarded(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Page | None:
        """Turn whatever the library raises into one of ours, outside its handler so that nothing of it is kept."""
        failure: SourceError
        try:
            return await self._exchange(method, url, headers, body)
        except TimeoutError:
            failure = SourceUnavailable("timed-out")
        except aiohttp.ClientSSLError:
            failure = SourceUnavailable("tls")
        except aiohttp.ClientPayloadError:
            failure = SourceUnavailable("cut-off")
        except aiohttp.ClientConnectionError:
            failure = SourceUnavailable("unreachable")
        except (aiohttp.ClientError, ValueError, LookupError):
            failure = SourceBroken("not-http")
        raise failure

    async def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Page | None:
        response = await self._opened().request(
            method, URL(url, encoded=True), headers=headers, data=body, allow_redirects=False
        )
        try:
            if not self._answers(response):
                return None
            as_xml = self._is_xml(response)
            raw = await read_body(response, self.limits.bytes)
            link = response.links.get("next") if "Link" in response.headers else None
            value = read_xml(raw, self.limits.depth) if as_xml else read_json(raw, self.limits.depth)
            return Page(value, response.headers, str(link["url"]) if link else None, as_xml)
        finally:
            # Closes the connection where the body was not read to its end, and gives it back where it was.
            response.release()

    def _answers(self, response: aiohttp.ClientResponse) -> bool:
        """Say whether there is an answer to read; false for no such thing; raise for everything else."""
        status = response.status
        if status in {200, 201}:
            return True
        if status in {404, 410}:
            return False
        if status in _BUSY:
            self._pause.note(response.headers.get("Retry-After") if status in _ASKS_FOR_REST else None)
            if self._pause.left():
                raise SourceUnavailable("busy")
            raise SourceUnavailable(f"status-{status}")
        if status in _REFUSED:
            if self._token is not None:
                self._token.forget()
            raise SourceRefused(f"status-{status}")
        raise SourceBroken("redirect" if status // 100 == 3 else f"status-{status}")  # noqa: PLR2004 -- 3xx

    def _is_xml(self, response: aiohttp.ClientResponse) -> bool:
        """Say which of the two it is; refuse a page that is neither, in UTF-8: a login page comes with status 200."""
        kind = response.content_type
        if self.xml and (kind in _XML or kind.endswith("+xml")):
            _check_text(response)
            return True
        if kind != "application/json" and not kind.endswith("+json"):
            raise SourceBroken("not-xml-type" if self.xml else "not-json-type")
        _check_text(response)
        return False

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            resolver = None if is_loopback(self.base) else OutwardResolver()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self.limits.concurrency, ssl=self._tls, resolver=resolver),
                timeout=aiohttp.ClientTimeout(total=self.limits.deadline, sock_connect=self.limits.connect),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                headers=self._headers,
            )
            # The library would try every read that is hung up on once more, beside the hub's own budget of retries,
            # and so ask twice as often of a source on its knees. It has no setting for it.
            self._session._retry_connection = False  # noqa: SLF001 -- see above; test_rest_attempts.py holds it
        return self._session

    def _client_token(self, auth: Auth, where: str) -> ClientToken | None:
        if not isinstance(auth, ClientAuth):
            return None
        url = checked_base(auth.token_url, f"{where}: auth.token_url")

        async def call(form: Mapping[str, str], authorization: str) -> Json:
            body = urlencode(form).encode("ascii")
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
            if authorization:
                headers["Authorization"] = authorization
            page = await self._guarded("POST", url, headers, body)
            return page.value if page else None

        return ClientToken(auth, call, where)


def _check_text(response: aiohttp.ClientResponse) -> None:
    if (response.charset or "utf-8").lower().replace("-", "") not in {"utf8", "usascii"}:
        raise SourceBroken("not-utf-8")


def _tls(connection: HttpConnection, where: str) -> Any:
    if connection.ca_file is None and connection.client_certificate is None:
        return True
    try:
        context = ssl.create_default_context(cafile=connection.ca_file)
        if connection.client_certificate is not None:
            context.load_cert_chain(connection.client_certificate, connection.client_key)
    except (OSError, ssl.SSLError) as error:
        raise SourceMisconfigured("certificate", f"{where}: {type(error).__name__}") from None
    return context
