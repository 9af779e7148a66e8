"""One source's HTTP client: every call guarded the same way, every failure named by what the hub does next.

No redirects, no cookies, no proxy from the environment, TLS verified, bodies capped, JSON and XML checked, and nothing
an agency writes in an error ever repeated. A source that asks to be left alone for a while is.
"""

import asyncio
import ssl
import time
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

import orjson
from pydantic import BaseModel, ConfigDict, Field

from connectors.connection import checked_connection
from connectors.contract import Limits
from connectors.errors import SourceBroken, SourceMisconfigured, SourceRefused, SourceUnavailable
from connectors.source import SourceConfig
from connectors.transports.addresses import below, checked_base, joined
from connectors.transports.credentials import Auth, ClientAuth, ClientToken, NoAuth, Statement, fixed_headers
from connectors.transports.guarded import Json, read_json
from connectors.transports.kinds import is_xml
from connectors.transports.links import next_link
from connectors.transports.retries import Pause, RetryBudget
from connectors.transports.wire.answer import ANOTHERS, Judge, Reading
from connectors.transports.wire.origin import Origin
from connectors.transports.wire.pool import Pool
from connectors.transports.wire.request import Requests
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
    echoes: str = Field("", pattern=r"^$|^[A-Za-z][A-Za-z-]*-(ID|Id|id)$")
    """A header that the system sends back as it came with each request, so that an answer says whose it is."""


C = TypeVar("C", bound=HttpConnection)


def read_connection(source: SourceConfig, kind: type[C]) -> C:
    """Check a source's ``[connection]``; SourceMisconfigured says the file, the key and what is wrong with it."""
    connection = checked_connection(source, kind)
    checked_base(connection.base_url, f"{source.path.name}: connection.base_url")
    return connection


class Page(NamedTuple):
    """An answer: its JSON, or its XML as JSON would have it; its headers, named in small letters; the next page."""

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
_REFUSED = frozenset({401, 403, 407})
_ANSWERS = frozenset({200, 201})
_NO_SUCH_THING = frozenset({404, 410})
_NAME = "childrens-services-hub"
_FORM = "application/x-www-form-urlencoded"


class Client:
    """A guarded client for one source; its connections are made as they are needed and closed with the source."""

    def __init__(self, connection: HttpConnection, limits: Limits, where: str) -> None:
        """Check the address and read the secrets now, so that a source that cannot work refuses to start."""
        self.base = checked_base(connection.base_url, where)
        self.limits = limits
        self.xml = connection.format == "xml"
        self._echoes = connection.echoes
        always = {
            "Accept": _TYPES[connection.format],
            "Accept-Encoding": "gzip",
            "User-Agent": _NAME,
        }
        self._tls = _tls(connection, where)
        self._door = self._opened(self.base, always | fixed_headers(connection.auth), where)
        self._token = self._client_token(connection.auth, always, where)
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
        headers = {"Accept": accept} if accept else NO_MORE
        self._retries.earn()
        until = time.monotonic() + self.limits.deadline
        if self._pause.left():
            await self._rest(until)
        try:
            return await self._call("GET", url, headers, None, until)
        except SourceUnavailable as error:
            passing = error.code in _PASSING or (error.code == "busy" and self._pause.left() > 0)
            if not passing or not self._retries.take():
                raise
        await self._rest(until)
        return await self._call("GET", url, headers, None, until)

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
        return await self._post(joined(self.base, parts), headers, orjson.dumps(body))

    async def post_form(
        self, parts: Iterable[str], form: Iterable[tuple[str, str]], *, accept: str | None = None
    ) -> Page | None:
        """Post a search form once: what it looks for stays out of addresses, and so out of logs."""
        headers = {"Content-Type": _FORM} | ({"Accept": accept} if accept else {})
        return await self._post(joined(self.base, parts), headers, urlencode(list(form)).encode("ascii"))

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Page | None:
        return await self._call("POST", url, headers, body, time.monotonic() + self.limits.deadline)

    async def close(self) -> None:
        """Close every connection."""
        await self._door.pool.close()
        if self._token is not None:
            await self._token_door.pool.close()

    async def _call(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, until: float
    ) -> Page | None:
        if self._pause.left():
            raise SourceUnavailable("busy")
        if self._token is not None:
            headers = {**headers, **await _by(until, self._token.header())}
        if not self._echoes:
            return await self._exchange(self._door, method, url, headers, body, until)
        named, judge = self._named(self._echoes)
        return await self._exchange(self._door, method, url, {**headers, **named}, body, until, judge)

    def _named(self, echoes: str) -> tuple[Mapping[str, str], Judge]:
        """Give a name for one question, and what takes nothing for its answer that does not bear it."""
        name = str(uuid4())

        def wanted(status: int, headers: Mapping[str, str]) -> bool:
            meant = self._wanted(status, headers)
            if headers.get(echoes.lower(), "").lower() != name:
                raise SourceBroken(ANOTHERS)
            return meant

        return {echoes: name}, wanted

    async def _exchange(
        self,
        door: "_Door",
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        until: float,
        judge: Judge | None = None,
    ) -> Page | None:
        """Ask once and read what comes, all of it until then; none for no such thing."""
        request = door.requests.written(method, door.pool.origin.target(url), headers, body)
        reading = Reading(judge or self._wanted, self.limits.bytes)
        await door.pool.ask(request, reading, until)
        if reading.status in _NO_SUCH_THING:
            return None
        told, raw = reading.headers, reading.body()
        as_xml = is_xml(told.get("content-type"), xml=self.xml)
        value = read_xml(raw, self.limits.depth) if as_xml else read_json(raw, self.limits.depth)
        return Page(value, told, next_link(told["link"], url) if "link" in told else None, as_xml)

    def _wanted(self, status: int, headers: Mapping[str, str]) -> bool:
        """Say whether there is an answer to read; false for no such thing; raise for everything else."""
        if status in _ANSWERS:
            is_xml(headers.get("content-type"), xml=self.xml)
            return True
        if status in _NO_SUCH_THING:
            return False
        if status in _BUSY:
            self._pause.note(headers.get("retry-after") if status in _ASKS_FOR_REST else None)
            if self._pause.left():
                raise SourceUnavailable("busy")
            raise SourceUnavailable(f"status-{status}")
        if status in _REFUSED:
            if self._token is not None:
                self._token.forget()
            raise SourceRefused(f"status-{status}")
        raise SourceBroken("redirect" if status // 100 == 3 else f"status-{status}")  # noqa: PLR2004 -- 3xx

    def _opened(self, address: str, always: Mapping[str, str], where: str) -> "_Door":
        origin = Origin.of(address)
        try:
            requests = Requests(origin.host_field, always)
        except SourceBroken:
            message = f"{where}: a credential holds a character that may not stand in a header"
            raise SourceMisconfigured("credential", message) from None
        return _Door(requests, Pool(origin, self._tls if origin.secure else None, self.limits))

    def _client_token(self, auth: Auth, always: Mapping[str, str], where: str) -> ClientToken | None:
        if not isinstance(auth, ClientAuth):
            return None
        url = checked_base(auth.token_url, f"{where}: auth.token_url")
        door = self._token_door = self._opened(url, always, where)

        async def call(form: Mapping[str, str], authorization: str) -> Json:
            headers = {"Content-Type": _FORM, "Accept": "application/json"}
            if authorization:
                headers["Authorization"] = authorization
            until = time.monotonic() + self.limits.deadline
            page = await self._exchange(door, "POST", url, headers, urlencode(form).encode("ascii"), until)
            return page.value if page else None

        return ClientToken(auth, call, where)


async def _by(until: float, header: Coroutine[Any, Any, Mapping[str, str]]) -> Mapping[str, str]:
    """Wait for a token no longer than for the answer: others may be waiting for the same token before this call."""
    try:
        async with asyncio.timeout(until - time.monotonic()):
            return await header
    except TimeoutError:
        pass
    raise SourceUnavailable("timed-out")


@dataclass(frozen=True, slots=True)
class _Door:
    """An origin to be asked: what every request to it says, and the connections to it."""

    requests: Requests
    pool: Pool


def _tls(connection: HttpConnection, where: str) -> ssl.SSLContext:
    if connection.ca_file is None and connection.client_certificate is None:
        return _trusting_the_system()
    try:
        context = _http_1(ssl.create_default_context(cafile=connection.ca_file))
        if connection.client_certificate is not None:
            context.load_cert_chain(connection.client_certificate, connection.client_key)
    except (OSError, ssl.SSLError) as error:
        raise SourceMisconfigured("certificate", f"{where}: {type(error).__name__}") from None
    return context


@cache
def _trusting_the_system() -> ssl.SSLContext:
    """Trust whom the machine trusts; read once, because it takes a while."""
    return _http_1(ssl.create_default_context())


def _http_1(context: ssl.SSLContext) -> ssl.SSLContext:
    context.set_alpn_protocols(["http/1.1"])
    return context
