"""The guarded client and REST lists, against real HTTP servers that behave badly in every way they know."""

import asyncio
import base64
import gzip
import json
import logging
import traceback
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jmespath
import pytest
from aiohttp import web
from hypothesis import assume, given
from hypothesis import strategies as st

from connectors.contract import Limits
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable
from connectors.transports.addresses import below, checked_base, forbidden, joined, outward
from connectors.transports.client import Client, HttpConnection
from connectors.transports.guarded import read_json
from connectors.transports.paging import Member, compiled, found
from connectors.transports.rest import Lists, Paging
from connectors.transports.retries import RetryBudget
from tests.serving import answer, on_the_wire, serving

TEXT = st.text(max_size=5)

SECRET = "Marchbanks 943 476 5919"
QUICK = Limits(deadline=0.4, connect=0.2, bytes=64 * 1024, records=50)


@asynccontextmanager
async def client_to(base: str, limits: Limits = QUICK, **auth: Any) -> AsyncIterator[Client]:
    connection = HttpConnection.model_validate({"base_url": base, **({"auth": auth} if auth else {})})
    client = Client(connection, limits, "test.toml")
    try:
        yield client
    finally:
        await client.close()


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def whole(body: bytes, *lines: str, status: str = "200 OK", kind: str = "application/json") -> bytes:
    told = (f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close")
    return head(*told, *lines, status=status) + body


JSON_TEXT = json.dumps({"name": SECRET}).encode()
BOMB = gzip.compress(b'{"a":"' + b" " * 20_000_000 + b'"}')
SMALL_BOMB = gzip.compress(b'{"a":"' + b" " * 600_000 + b'"}')

FAULTS: dict[str, tuple[bytes, type[SourceError], str]] = {
    "html login page": (whole(b"<html>" + SECRET.encode(), kind="text/html"), SourceBroken, "not-json-type"),
    "no type": (head("Content-Length: 2") + b"{}", SourceBroken, "not-json-type"),
    "another charset": (whole(b"{}", kind="application/json; charset=utf-16"), SourceBroken, "not-utf-8"),
    "truncated json": (whole(JSON_TEXT[:-3]), SourceBroken, "not-json"),
    "cut off": (
        head("Content-Type: application/json", "Content-Length: 900") + JSON_TEXT,
        SourceUnavailable,
        "cut-off",
    ),
    "not utf-8": (whole(b'"\xff"'), SourceBroken, "not-json"),
    "lone surrogate": (whole(b'"\\ud800"'), SourceBroken, "not-json"),
    "nul": (whole(b'["\\u0000"]'), SourceBroken, "nul"),
    "not a number": (whole(b"[NaN]"), SourceBroken, "not-json"),
    "infinity": (whole(b"[1e999]"), SourceBroken, "not-json"),
    "huge integer": (whole(b"[" + b"9" * 5000 + b"]"), SourceBroken, "number-too-long"),
    "deep": (whole(b"[" * 65 + b"]" * 65), SourceBroken, "too-deep"),
    "very deep": (whole(b"[" * 30_000 + b"]" * 30_000), SourceBroken, "too-deep"),
    "duplicate key": (whole(b'{"a":1,"a":2}'), SourceBroken, "duplicate-key"),
    "says it is big": (head("Content-Type: application/json", "Content-Length: 10000000"), SourceBroken, "too-big"),
    "ten megabytes": (head("Content-Type: application/json") + b" " * 10_000_000, SourceBroken, "too-big"),
    "gzip bomb": (whole(BOMB, "Content-Encoding: gzip"), SourceBroken, "too-big"),
    "not gzip": (whole(JSON_TEXT, "Content-Encoding: gzip"), SourceBroken, "bad-encoding"),
    "half a gzip": (whole(gzip.compress(JSON_TEXT)[:-9], "Content-Encoding: gzip"), SourceBroken, "bad-encoding"),
    "unknown encoding": (whole(JSON_TEXT, "Content-Encoding: br"), SourceBroken, "unknown-encoding"),
    "redirect": (whole(b"", "Location: http://127.0.0.1:9/", status="302 Found"), SourceBroken, "redirect"),
    "unauthorised": (whole(JSON_TEXT, status="401 Unauthorized"), SourceRefused, "status-401"),
    "forbidden": (whole(JSON_TEXT, status="403 Forbidden"), SourceRefused, "status-403"),
    "bad request": (whole(JSON_TEXT, status="400 Bad Request"), SourceBroken, "status-400"),
    "too many": (whole(JSON_TEXT, status="429 Too Many Requests"), SourceUnavailable, "status-429"),
    "error": (whole(JSON_TEXT, status="500 Internal Server Error"), SourceUnavailable, "status-500"),
    "unavailable": (whole(JSON_TEXT, status="503 Service Unavailable"), SourceUnavailable, "status-503"),
    "teapot": (whole(JSON_TEXT, status=f"418 {SECRET}"), SourceBroken, "status-418"),
    "not http": (b"220 mail ready\r\n\r\n", SourceBroken, "not-http"),
    "megabyte header": (head("Content-Type: application/json", "X: " + "x" * 1_000_000), SourceBroken, "not-http"),
    "hangs up": (b"", SourceUnavailable, "unreachable"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_is_one_of_the_four_errors_and_repeats_nothing(
    fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever a source sends, the error names what to do next and holds none of the source's words."""
    raw, kind, code = FAULTS[fault]
    caplog.set_level(logging.DEBUG)

    async def write(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    async with on_the_wire(write) as base, client_to(base) as client:
        with pytest.raises(kind) as caught:
            await client.get(("people",))
    assert caught.value.code == code
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__context__) + caplog.text
    assert SECRET not in told
    assert SECRET.partition(" ")[0] not in told


async def test_a_small_bomb_is_stopped_by_its_ratio() -> None:
    """A body that swells more than twenty times is refused though it would fit the cap."""

    async def write(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(SMALL_BOMB, "Content-Encoding: gzip"))

    async with on_the_wire(write) as base, client_to(base, Limits(bytes=4_000_000)) as client:
        with pytest.raises(SourceBroken, match="bomb"):
            await client.get(("people",))


@pytest.mark.parametrize("encode", [gzip.compress, zlib.compress, lambda b: b], ids=["gzip", "deflate", "identity"])
async def test_an_honest_answer_is_read_in_any_encoding(encode: Callable[[bytes], bytes]) -> None:
    """Compressed or not, in one piece or several, the same value comes out."""
    value = {"list": list(range(3000)), "quoted": 'a "b" [c] \\', "é": "\U0001f9ff", "t": "1:2"}
    body = encode(json.dumps(value).encode())
    encoding = {gzip.compress: "gzip", zlib.compress: "deflate"}.get(encode, "identity")

    async def write(_head: bytes, writer: asyncio.StreamWriter) -> None:
        sent = whole(body, f"Content-Encoding: {encoding}")
        for start in range(0, len(sent), 4000):
            writer.write(sent[start : start + 4000])
            await writer.drain()

    async with on_the_wire(write) as base, client_to(base) as client:
        page = await client.get(("people",))
    assert page is not None
    assert page.value == value


async def test_a_hang_and_a_slow_drip_are_cut_at_the_deadline() -> None:
    """Neither silence nor a byte now and then keeps the hub waiting."""
    stop = asyncio.Event()

    async def hang(_head: bytes, _writer: asyncio.StreamWriter) -> None:
        await stop.wait()

    async def drip(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(head("Content-Type: application/json", "Content-Length: 1000"))
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    for fault in (hang, drip):
        async with on_the_wire(fault) as base, client_to(base) as client:
            began = asyncio.get_running_loop().time()
            with pytest.raises(SourceUnavailable, match="timed-out"):
                await client.get(("people",))
            assert asyncio.get_running_loop().time() - began < 0.4 + 0.25


async def test_cancelling_closes_the_call_at_the_source() -> None:
    """When nobody waits for an answer any more, the source's connection goes at once."""
    asked, gone = asyncio.Event(), asyncio.Event()

    async def hang(_head: bytes, writer: asyncio.StreamWriter) -> None:
        asked.set()
        try:
            while not writer.transport.is_closing():
                writer.write(b"H")
                await writer.drain()
                await asyncio.sleep(0.01)
        finally:
            gone.set()

    async with on_the_wire(hang) as base, client_to(base, Limits(deadline=5)) as client:
        task = asyncio.create_task(client.get(("people",)))
        await asyncio.wait_for(asked.wait(), 1)
        task.cancel()
        await asyncio.wait((task,), timeout=1)
        assert task.cancelled()
        await asyncio.wait_for(gone.wait(), 1)


async def test_no_such_thing_is_a_value() -> None:
    """404 and 410 are answers, not errors."""

    async def absent(request: web.BaseRequest) -> web.Response:
        return answer({}, 410 if "gone" in request.path else 404)

    async with serving(absent) as base, client_to(base) as client:
        assert await client.get(("people", "1")) is None
        assert await client.get(("gone",)) is None


async def test_a_read_is_retried_once_and_within_a_budget() -> None:
    """One retry for a passing failure; a source that stays down is not asked twice each time."""
    statuses = [503, 200]
    calls = 0

    async def flaky(_request: web.BaseRequest) -> web.Response:
        nonlocal calls
        calls += 1
        return answer({}, statuses.pop(0) if statuses else 502)

    async with serving(flaky) as base, client_to(base) as client:
        assert await client.get(("people",)) is not None
        assert calls == 2
        calls = 0
        for _ in range(30):
            with pytest.raises(SourceUnavailable, match="status-502"):
                await client.get(("people",))
        assert calls <= 30 * 1.1 + 1


async def test_a_post_is_never_retried() -> None:
    """The hub cannot know what a source does with a post: it is sent exactly once."""
    calls = 0

    async def busy(_request: web.BaseRequest) -> web.Response:
        nonlocal calls
        calls += 1
        return answer({}, 503)

    async with serving(busy) as base, client_to(base) as client:
        with pytest.raises(SourceUnavailable):
            await client.post(("match",), {})
        with pytest.raises(SourceUnavailable):
            await client.post_form(("search",), ())
    assert calls == 2


def test_the_retry_budget_saves_up_no_more_than_ten() -> None:
    """A long good spell does not buy a storm."""
    budget = RetryBudget()
    for _ in range(1000):
        budget.earn()
    assert sum(budget.take() for _ in range(100)) == 10


def secret(tmp_path: Path, value: str) -> dict[str, str]:
    file = tmp_path / "secret"
    file.write_text(value)
    return {"file": str(file)}


async def test_each_credential_reaches_the_source_as_its_standard_says(tmp_path: Path) -> None:
    """Bearer, basic and API key go in their headers; nothing goes without being configured."""
    seen: list[dict[str, str]] = []

    async def look(request: web.BaseRequest) -> web.Response:
        seen.append(dict(request.headers))
        return answer({}, Set_Cookie="a=b")

    key = secret(tmp_path, "k3y")
    async with serving(look) as base:
        for auth in (
            {},
            {"kind": "bearer", "token": key},
            {"kind": "basic", "username": "hub", "password": key},
            {"kind": "api-key", "header": "X-Key", "key": key},
        ):
            async with client_to(base, **auth) as client:
                await client.get(("a",))
                await client.get(("a",))
    assert "Authorization" not in seen[0]
    assert seen[2]["Authorization"] == "Bearer k3y"
    assert seen[4]["Authorization"] == "Basic " + base64.b64encode(b"hub:k3y").decode()
    assert seen[6]["X-Key"] == "k3y"
    assert not any("Cookie" in headers for headers in seen)


async def test_a_client_token_is_asked_for_once_and_again_when_refused(tmp_path: Path) -> None:
    """Client credentials: one token for many calls, a new one after a refusal, and a useless answer is a refusal."""
    issued = 0
    tokens: list[Any] = [
        {"access_token": "t1", "expires_in": 600},
        {"access_token": "t2", "expires_in": 600},
        {"no": 1},
    ]

    async def source(request: web.BaseRequest) -> web.Response:
        nonlocal issued
        if request.path == "/token":
            issued += 1
            assert (await request.read()) == b"grant_type=client_credentials&scope=read"
            return answer(tokens[issued - 1])
        return answer({}, 401 if "refuse" in request.path else 200)

    auth = {"kind": "oauth2", "client_id": "hub", "client_secret": secret(tmp_path, "s"), "scope": "read"}
    async with serving(source) as base, client_to(base, **auth, token_url=f"{base}/token") as client:
        await asyncio.gather(*(client.get(("a",)) for _ in range(5)))
        assert issued == 1
        with pytest.raises(SourceRefused, match="status-401"):
            await client.get(("refuse",))
        await client.get(("a",))
        assert issued == 2
        with pytest.raises(SourceRefused, match="status-401"):
            await client.get(("refuse",))
        with pytest.raises(SourceRefused, match="no-token"):
            await client.get(("a",))


BAD_BASES = [
    "http://example.org", "ftp://127.0.0.1", "file:///etc/passwd", "gopher://127.0.0.1", "https://", "127.0.0.1", "",
    "https://hub@example.org", "https://u:p@127.0.0.1", "http://127.1", "http://0.0.0.0", "http://2130706433",
    "https://127.1", "https://0x7f.1", "https://0177.0.0.1", "https://2130706433", "https://0x7f000001",
    "https://127.0.0.2", "https://0.0.0.0", "https://[::]", "https://[::ffff:127.0.0.1]", "https://[::ffff:a9fe:a9fe]",
    "https://169.254.169.254", "https://[fe80::1]", "https://[fd00:ec2::254]", "https://100.100.100.200",
    "https://168.63.129.16", "https://[fd20:ce::254]", "https://0.1.2.3", "https://255.255.255.255",
    "https://[64:ff9b::a9fe:a9fe]", "https://[64:ff9b:1::7f00:1]", "https://[2002:7f00:1::1]", "https://[::7f00:1]",
    "https://224.0.0.1", "https://[ff02::1]", "https://example.org?x=1", "https://example.org#x",
    "https://example.org/../x", "https://example.org\r\nHost: x", "https://exa mple.org", "https://example.org\\@x",
    "https://example.org:0", "https://example.org:99999", "https://[::1", "https://a.localhost", "https://ex_mple.org",
    "https://-a.org", "https://e\u0445ample.org", "http://localhost.example.org", "javascript:alert(1)",
]  # fmt: skip


@pytest.mark.parametrize("base", BAD_BASES)
def test_an_address_that_may_not_be_called_refuses_to_start(base: str) -> None:
    """Only https anywhere, or http on this machine, and no address in disguise."""
    with pytest.raises(SourceMisconfigured) as caught:
        Client(HttpConnection(base_url=base), QUICK, "test.toml")
    assert "test.toml" in str(caught.value)


@pytest.mark.parametrize(
    "base",
    [
        "https://example.org/api/",
        "https://10.2.3.4",
        "https://[64:ff9b::808:808]",
        "http://127.0.0.1:1",
        "http://[::1]:1",
        "http://localhost",
    ],
)
def test_an_ordinary_address_may_be_called(base: str) -> None:
    """A council's own network is an ordinary address."""
    assert checked_base(base, "test.toml") == base.rstrip("/")


def test_a_value_in_a_path_or_query_leads_nowhere_else() -> None:
    """What stands in an address is percent-encoded; a parent folder is refused."""
    assert joined("https://x", ("a/b", "c?d#e"), (("q", "1&r=2"),)) == "https://x/a%2Fb/c%3Fd%23e?q=1%26r%3D2"
    for part in ("..", ".", ""):
        with pytest.raises(SourceBroken, match="bad-path-part"):
            joined("https://x", (part,))


@given(parts=st.lists(st.text(min_size=1, max_size=5), max_size=2), params=st.lists(st.tuples(TEXT, TEXT), max_size=2))
def test_an_address_is_encoded_as_the_library_encodes_it(parts: list[str], params: list[tuple[str, str]]) -> None:
    """Whatever stands in a value, the reserved characters of RFC 3986 too."""
    assume(not {".", ".."}.intersection(parts))
    query = f"?{urlencode(params, quote_via=quote, safe='')}" if params else ""
    assert joined("https://x", parts, params) == "/".join(["https://x", *(quote(p, safe="") for p in parts)]) + query


@pytest.mark.parametrize("name", ["items", "null", "true", "_x1"])
@pytest.mark.parametrize("value", [{"items": [1]}, {"null": None, "_x1": {"items": 2}}, ["items"], "items", None, 3])
def test_a_path_that_only_names_a_member_is_looked_up_as_jmespath_would(name: str, value: Any) -> None:
    """Of an answer that is no object there is none."""
    assert isinstance(compiled(name, "test"), Member)
    assert found(compiled(name, "test"), value) == jmespath.search(name, value)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/api/x", "https://api.example.evil/x", "https://api.example@evil/x", "http://api.example/x",
        "https://api.example/other", "https://api.example/base/../x", "https://api.example/base/%2e%2E/x",
        "https://api.example/basement", "https://api.example/base\\x", "//evil/x", "https://api.example:444/base/x",
    ],
)  # fmt: skip
async def test_a_next_page_stays_below_the_base_address(url: str) -> None:
    """A source cannot send the hub, and its credential, elsewhere."""
    assert not below("https://api.example/base", url)
    async with client_to("https://api.example/base") as client:
        with pytest.raises(SourceBroken, match="next-page-elsewhere"):
            await client.get_url(url)
    assert below("https://api.example/base", "https://api.example/base?page=2")


async def test_a_name_that_leads_to_this_machine_is_not_called() -> None:
    """A name is judged by where it leads at the time of the call."""
    with pytest.raises(OSError, match="may be called"):
        await outward("localhost", 443)
    async with client_to("https://unresolvable.invalid") as client:
        with pytest.raises(SourceUnavailable, match="unreachable"):
            await client.get(("a",))
    from ipaddress import ip_address

    assert not forbidden(ip_address("10.0.0.1"))


async def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """TLS is verified; a certificate file that is not one refuses to start."""

    async def plain(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x15\x03\x01\x00\x02\x02\x28")

    async with on_the_wire(plain) as base, client_to(base.replace("http", "https")) as client:
        with pytest.raises(SourceUnavailable):
            await client.get(("a",))
    bad = tmp_path / "ca.pem"
    bad.write_text("not a certificate")
    with pytest.raises(SourceMisconfigured, match="certificate"):
        Client(HttpConnection(base_url="https://example.org", ca_file=bad), QUICK, "t")
    with pytest.raises(SourceMisconfigured, match="certificate"):
        Client(HttpConnection(base_url="https://example.org", client_certificate=bad), QUICK, "t")


# --- lists ---------------------------------------------------------------------------------------------------------

PEOPLE = [{"id": str(n)} for n in range(23)]


async def paged(request: web.BaseRequest) -> web.Response:
    """Serve the same list in every way of paging."""
    size = int(request.query.get("limit", "100"))
    match request.path:
        case "/offset" | "/total":
            start = int(request.query["offset"])
        case "/page":
            start = (int(request.query["offset"]) - 1) * size
        case _:
            start = int(request.query.get("at", request.query.get("offset", "0")))
    if request.path == "/total":
        size = 4
    end = start + size
    more = end < len(PEOPLE)
    link = f'<http://{request.host}/link?limit={size}&at={end}>; rel="next"'
    headers = {"Link": link} if more and request.path == "/link" else {}
    return answer(
        {"items": PEOPLE[start:end], "next": end if more else None, "total": len(PEOPLE)},
        **headers,
    )


@pytest.mark.parametrize("by", ["offset", "page", "link", "cursor"])
async def test_a_list_is_read_to_its_last_page(by: str) -> None:
    """However a source cuts a list into pages, all of it comes back once and in order."""
    async with serving(paged) as base, client_to(base, Limits(records=50)) as client:
        listing = await Lists(client, "items", Paging(by=by, size=5), "t").read((by,))  # type: ignore[arg-type] # drawn from the ways there are
        assert listing is not None
        assert listing.items == PEOPLE
        assert listing.complete


async def test_a_source_that_gives_shorter_pages_than_asked_is_read_by_its_total() -> None:
    """Where the answer says how many there are, a short page is not taken for the last."""
    async with serving(paged) as base, client_to(base, Limits(records=50)) as client:
        lists = Lists(client, "items", Paging(by="offset", size=20, total_path="total"), "t")
        assert (await lists.must_read(("total",))).items == PEOPLE


@pytest.mark.parametrize("by", ["offset", "none"])
async def test_a_cap_cuts_a_list_and_says_so(by: str) -> None:
    """Reading stops at the source's budget of records, whether it comes in pages or at once."""
    async with serving(paged) as base, client_to(base, Limits(records=12)) as client:
        listing = await Lists(client, "items", Paging(by=by, size=5), "t").must_read((by,))  # type: ignore[arg-type] # drawn from the ways there are
        assert listing.items == PEOPLE[:12]
        assert not listing.complete
        most = await Lists(client, "items[:12]", Paging(by=by), "t").must_read((by,))  # type: ignore[arg-type] # drawn from the ways there are
        assert most.complete is (by == "none")  # of several pages more may follow


async def test_lists_that_are_not_lists_are_broken() -> None:
    """Circles, missing pages, items that are not objects and cursors that are not text are the source's fault."""
    answers: dict[str, Any] = {
        "/circle": {"items": [], "next": "same"},
        "/cursor": {"items": [], "next": [1]},
        "/items": {"items": [1]},
        "/none": {},
        "/types": {"items": 5},
    }

    async def odd(request: web.BaseRequest) -> web.Response:
        if request.path == "/lost":
            return answer({"items": [], "next": "x"}, 404 if "offset" in request.query else 200)
        return answer(answers[request.path]) if request.path in answers else answer({}, 404)

    async with serving(odd) as base, client_to(base) as client:
        lists = Lists(client, "items", Paging(by="cursor"), "t")
        for path, code in (
            ("circle", "pages-in-a-circle"),
            ("cursor", "cursor-not-text"),
            ("items", "items-not-objects"),
            ("none", "items-not-objects"),
            ("lost", "page-missing"),
        ):
            with pytest.raises(SourceBroken, match=code):
                await lists.read((path,))
        assert await lists.read(("absent",)) is None
        with pytest.raises(SourceBroken, match="no-such-list"):
            await lists.must_read(("absent",))
        whole_list = Lists(client, "sort(items)", Paging(), "t")
        with pytest.raises(SourceBroken, match="unreadable"):
            await whole_list.read(("types",))
    with pytest.raises(SourceMisconfigured, match="JMESPath"):
        Lists(client, "[", Paging(), "t")


@pytest.mark.parametrize("text", [b'{"a":"\\u003a","b":"\\u005b["}', b'["12345678901234567890"]', b'{"a:b":{"a":1}}'])
def test_what_only_looks_wrong_is_read(text: bytes) -> None:
    """Colons, brackets and digits inside strings mislead no check."""
    assert read_json(text, 3) == json.loads(text)
