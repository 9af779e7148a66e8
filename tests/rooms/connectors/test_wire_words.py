"""Requests, addresses, links and kinds of answer: what is written on the wire, and what is read off it."""

import pytest

from connectors.contract import Limits
from connectors.errors import SourceBroken, SourceMisconfigured
from connectors.transports.client import Client, HttpConnection
from connectors.transports.kinds import is_xml
from connectors.transports.links import next_link
from connectors.transports.wire.origin import Origin
from connectors.transports.wire.request import Requests

URL = "https://api.example/base/people?page=1"


def test_a_request_says_what_is_always_said_and_what_a_call_says_instead() -> None:
    """Fields are named once, however they are spelt; a body brings its length."""
    requests = Requests("api.example", {"Accept": "application/json", "X-Key": "k"})
    assert requests.written("GET", "/a?b=c", {}, None) == (
        b"GET /a?b=c HTTP/1.1\r\nHost: api.example\r\nAccept: application/json\r\nX-Key: k\r\n\r\n"
    )
    assert requests.written("POST", "/", {"accept": "x/y", "Hub-Purpose": "TRIAGE"}, b"{}") == (
        b"POST / HTTP/1.1\r\nHost: api.example\r\naccept: x/y\r\nX-Key: k\r\nHub-Purpose: TRIAGE\r\n"
        b"Content-Length: 2\r\n\r\n{}"
    )
    assert requests.written("POST", "/", {}, b"").endswith(b"Content-Length: 0\r\n\r\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("A", "b\r\nC: d"),
        ("A", "b\nC"),
        ("A", "b\0"),
        ("A\r\nB", "c"),
        ("A:", "b"),
        ("", "b"),
        ("A b", "c"),
        ("é", "b"),
    ],
)
def test_nothing_in_a_field_can_begin_another(name: str, value: str) -> None:
    """Whatever a token or a reference holds, it stays in its field."""
    with pytest.raises(SourceBroken, match=r"^bad-header$"):
        Requests("api.example", {}).written("GET", "/", {name: value}, None)


def test_a_credential_that_cannot_be_sent_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is named, and the credential is not."""
    monkeypatch.setenv("KEY", "k3y\r\nX: y")
    connection = {"base_url": "https://api.example", "auth": {"kind": "api-key", "key": {"env": "KEY"}}}
    with pytest.raises(SourceMisconfigured, match=r"t\.toml") as caught:
        Client(HttpConnection.model_validate(connection), Limits(), "t.toml")
    assert "k3y" not in str(caught.value)


@pytest.mark.parametrize(
    ("base", "host", "field", "port"),
    [
        ("https://api.example", "api.example", "api.example", 443),
        ("HTTPS://API.example:443/base", "api.example", "api.example", 443),
        ("https://api.example:8443", "api.example", "api.example:8443", 8443),
        ("http://127.0.0.1:80", "127.0.0.1", "127.0.0.1", 80),
        ("http://[::1]:8000", "::1", "[::1]:8000", 8000),
        ("http://localhost", "localhost", "localhost", 80),
    ],
)
def test_an_origin_is_named_as_its_scheme_has_it(base: str, host: str, field: str, port: int) -> None:
    """An IPv6 address in brackets, and a port where it is not the scheme's own."""
    origin = Origin.of(base)
    assert (origin.host, origin.host_field, origin.port) == (host, field, port)
    assert origin.is_address == (host in {"127.0.0.1", "::1"})
    assert origin.target(f"{base}/a") == base.partition("://")[2].partition("/")[2].join(["/", "/a"]).replace("//", "/")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (URL, "/base/people?page=1"),
        ("https://api.example", "/"),
        ("https://api.example?a", "/?a"),
        ("https://api.example/a#b?c", "/a"),
    ],
)
def test_what_is_asked_for_is_path_and_query(url: str, target: str) -> None:
    """A fragment stays at home (RFC 9110 section 4.2.5)."""
    assert Origin.of("https://api.example").target(url) == target


@pytest.mark.parametrize("url", ["https://api.example.org/a", "https://evil/", "/a", "https://api.example:1/a"])
@pytest.mark.parametrize("end", ["", " HTTP/1.1\r\nX: y", "\n", "\u0100"])
def test_nothing_else_is_asked_for_there(url: str, end: str) -> None:
    """An address of elsewhere, or one that would write more than an address, is not asked."""
    with pytest.raises(SourceBroken, match=r"^bad-address$"):
        Origin.of("https://api.example").target(url + end)
    if end:
        with pytest.raises(SourceBroken, match=r"^bad-address$"):
            Origin.of("https://api.example").target("https://api.example/a" + end)


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ('<https://api.example/base/people?page=2>; rel="next"', "https://api.example/base/people?page=2"),
        ('<?page=9>; rel="last", <?page=2>; rel=next', "https://api.example/base/people?page=2"),
        ('<?a=1,2;3>; title="a, \\"b\\"; rel=prev"; REL="last Next"', "https://api.example/base/people?a=1,2;3"),
        ("<?page=2> ; rel = next , <?page=3>; rel=next", "https://api.example/base/people?page=2"),
        ("</other>;rel=next", "https://api.example/other"),
        ('<?page=2>; rel="prev"; rel="next"', None),
        ("<?page=2>; rel=nextish", None),
        ("<?page=2>", None),
        ("?page=2; rel=next", None),
        ("<?page=2>; rel=next x", None),
        ('<?page=2>; rel="next', None),
        ("<>;a" * 8_000 + "=;=", None),
        ("", None),
    ],
)
def test_a_link_says_where_the_next_page_is(field: str, found: str | None) -> None:
    """As RFC 8288 has it, in all its ways of writing, and read in no time whatever is written."""
    assert next_link(field, URL) == found


def test_a_link_that_is_no_address_is_named_and_not_repeated() -> None:
    """Neither in the error nor in what it came of."""
    for target in ("//[Aled", "//Aled\u2100x"):
        with pytest.raises(SourceBroken, match=r"^bad-link$") as caught:
            next_link(f"<{target}>; rel=next", URL)
        assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("said", "xml", "found"),
    [
        ("application/json", True, False),
        ("Application/FHIR+JSON; charset=UTF-8", False, False),
        ('application/json;profile="x"; charset="us-ascii"', False, False),
        ("text/xml; charset=utf-8", True, True),
        ("application/fhir+xml", True, True),
        ("application/xml", False, "not-json-type"),
        ("text/html", True, "not-xml-type"),
        (None, False, "not-json-type"),
        ("application/json, text/html", False, "not-json-type"),
        ("application/json; charset=latin-1", False, "not-utf-8"),
        ("text/xml;charset=utf-16", True, "not-utf-8"),
    ],
)
def test_an_answer_is_what_it_says_and_must_be_one_of_two(said: str | None, xml: bool, found: bool | str) -> None:  # noqa: FBT001 -- a table's columns
    """JSON, or XML where it may come, in UTF-8; a page for people is neither."""
    if isinstance(found, bool):
        assert is_xml(said, xml=xml) is found
        return
    with pytest.raises(SourceBroken, match=f"^{found}$"):
        is_xml(said, xml=xml)
