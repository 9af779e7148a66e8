"""The binding: who is let in before anything is read, what a body may be, and what every answer carries."""

import asyncio
import time

import httpx2
import orjson
import pytest

from hub.authzen.metadata import ENDPOINTS
from hub.graphql import leaving
from hub.graphql.limits import BODY
from tests.cast import canaries, requester
from tests.rooms.authzen.asking import VIEW, kind_question, person_question, role, stated
from tests.rooms.authzen.conftest import Point

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATHS = sorted(path.removeprefix("/access/v1/") for path in ENDPOINTS.values())


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_is_read_who_has_not_signed_in(shared: Point, path: str) -> None:
    """401 with WWW-Authenticate, the same whatever was sent: the body is not looked at."""
    answers = []
    for body in (b"", b"{", orjson.dumps(kind_question()), b"x" * (BODY + 1)):
        for authorization in ("", "Bearer nonsense", "Basic dXNlcjpwYXNz"):
            response = await shared.send(path, body, authorization=authorization)
            assert response.status_code == 401
            assert response.headers["www-authenticate"].startswith("Bearer")
            answers.append(response.content)
    assert len(set(answers)) == 1
    assert isinstance(orjson.loads(answers[0]), str)


@pytest.mark.parametrize("path", PATHS)
async def test_only_post_is_taken(shared: Point, path: str) -> None:
    """Every other method is 405 and says which is taken."""
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
        response = await shared.send(path, b"", method=method)
        assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"null", 400),
        (b"[]", 400),
        (b'"secret"', 400),
        (b"NaN", 400),
        (b'{"action": NaN}', 400),
        (b'{"action": Infinity}', 400),
        (b'{"action": {"name": "view"}, "action": {"name": "view"}}', 400),
        (b'{"action": {"name": "view", "n\\u0061me": "view"}}', 400),
        (b'\xff{"a": 1}', 400),
        (b'{"subject": "\\ud800"}', 400),
        (b'{"subject": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", 400),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400),
        (b'{"page": ' + b"9" * 5_000 + b"}", 400),
        (b'{"page": 1e999}', 400),
        (b" " * (BODY + 1), 413),
    ],
)
async def test_a_body_that_is_not_what_it_should_be_is_refused(shared: Point, body: bytes, status: int) -> None:
    """Strict JSON of a bounded size, no name twice: anything else is refused in one sentence that repeats nothing."""
    for path in PATHS:
        response = await shared.send(path, body)
        assert response.status_code == status, (path, response.text)
        assert isinstance(response.json(), str)
        assert "secret" not in response.text


async def test_a_body_must_say_that_it_is_json(shared: Point) -> None:
    """Any other content type is 415."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        response = await shared.send("evaluation", orjson.dumps(kind_question()), content_type=kind)
        assert response.status_code == 415
    with_charset = "application/json; charset=utf-8"
    response = await shared.send("evaluation", orjson.dumps(kind_question()), content_type=with_charset)
    assert response.status_code == 200


async def test_a_number_no_machine_word_holds_is_a_number(shared: Point) -> None:
    """It is bounded like any other limit and is part of its query; one beyond a double is not JSON here (I-JSON)."""
    query = {"subject": role(), "action": VIEW, "resource": {"type": "field", "properties": {"labels": []}}}
    body = orjson.dumps(query | {"context": stated()})[:-1]
    huge = body + b', "more": ' + b"9" * 40 + b', "page": {"limit": ' + b"9" * 40 + b"}}"
    response = await shared.send("search/resource", huge)
    assert (response.status_code, response.json()["page"]["count"]) == (200, 200)
    beyond = await shared.send("search/resource", body + b', "more": ' + b"9" * 400 + b"}")
    assert beyond.status_code == 400


async def test_a_request_id_is_given_back(shared: Point) -> None:
    """The caller's own, whatever it is, on answers and refusals alike; without one the hub's."""
    for path, body in (("evaluation", kind_question()), ("evaluation", {}), ("search/action", {})):
        given = await shared.send(path, orjson.dumps(body), x_request_id="bfe9eb29: an arbitrary string")
        assert given.headers["x-request-id"] == "bfe9eb29: an arbitrary string"
        assert given.headers["hub-request-id"] != given.headers["x-request-id"]
        none = await shared.send(path, orjson.dumps(body))
        assert none.headers["x-request-id"] == none.headers["hub-request-id"]
        assert "an arbitrary string" not in shared.home.log.getvalue()


async def test_no_cache_may_keep_an_answer(shared: Point) -> None:
    """A decision may be another the next moment."""
    response = await shared.send("evaluation", orjson.dumps(kind_question()))
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["content-type"] == "application/json"


async def test_the_metadata_names_every_endpoint_at_the_address_it_was_found_at(shared: Point) -> None:
    """Whoever looks up the decision point's name is told its endpoints under that name; no token is needed."""
    found = await shared.client.get("/.well-known/authzen-configuration", headers={"host": "hub.example.org"})
    assert (found.status_code, found.headers["content-type"]) == (200, "application/json")
    told = found.json()
    assert told.pop("policy_decision_point") == "https://hub.example.org"
    assert told == {name: f"https://hub.example.org{path}" for name, path in ENDPOINTS.items()}
    for host in ("evil.example.org/path", 'a"b', "a b", "user@host", ""):
        refused = await shared.client.get("/.well-known/authzen-configuration", headers={"host": host})
        assert refused.status_code == 400


async def test_what_nobody_foresaw_decides_nothing(shared: Point, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 and a sentence; the log has the kind of the error and never its message."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError("Quillfeather")

    monkeypatch.setitem(shared.access._answering, "/access/v1/evaluation", broken)  # type: ignore[arg-type] # a Mapping that is a dict
    response = await shared.send("evaluation", orjson.dumps(kind_question()))
    assert response.status_code == 500
    assert "ZeroDivisionError" in shared.home.log.getvalue()
    assert "Quillfeather" not in shared.home.log.getvalue() + response.text


async def test_a_caller_that_leaves_is_no_longer_worked_for(shared: Point) -> None:
    """Whoever hangs up while a source is asked cancels the asking, and the ledger says that it was abandoned."""
    begun, calls = asyncio.Event(), []

    async def hang(ask: object) -> None:
        calls.append(ask)
        begun.set()
        await asyncio.Event().wait()

    health = shared.home.connectors["health"]
    health.misbehave = hang
    token = shared.issuer.token(requester("front-door"), audience="tests")
    body = orjson.dumps(person_question(shared.home.ids["maya"], "Involvement.status", "HEALTH"))
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/access/v1/evaluation", "headers": headers, "query_string": b""}
    messages = [{"type": "http.request", "body": body}]
    sent = []

    async def receive() -> dict[str, object]:
        if messages:
            return dict(messages.pop())
        await begun.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message["type"])

    async with asyncio.timeout(leaving.GRACE + 5):
        await shared.app(scope | {"server": ("hub", 80), "scheme": "http"}, receive, send)  # type: ignore[arg-type] # ASGI's own
    health.misbehave = None
    assert (len(calls), health.cancelled) == (1, 1)
    assert [entry["ended"] for entry in await shared.written() if entry["kind"] == "OUTCOME"] == ["ABANDONED"]


async def test_nothing_of_a_record_is_logged(shared: Point) -> None:
    """After everything above, the log holds codes and no value of anybody's record."""
    assert isinstance(shared.client, httpx2.AsyncClient)
    log = shared.home.log.getvalue()
    assert not [canary for canary in canaries() if canary in log]


async def test_every_request_is_in_the_metrics_by_path_and_status(point: Point) -> None:
    """What was answered, what was refused and who had not signed in; nothing that was asked."""
    await point.ask("evaluation", kind_question())
    await point.send("evaluation", b"{")
    await point.send("search/subject", b"", authorization="Bearer nonsense")
    told = point.home.observer.metrics().decode()
    for path, status in (("evaluation", 200), ("evaluation", 400), ("search/subject", 401)):
        assert f'hub_access_request_seconds_count{{path="/access/v1/{path}",status="{status}"}} 1.0' in told
    assert not [value for value in canaries() if value in told]


async def test_answers_leave_on_the_grid(shared: Point, monkeypatch: pytest.MonkeyPatch) -> None:
    """As those to questions do: what a decision about somebody takes tells steps alone, a refusal's too."""
    monkeypatch.setattr(shared.access, "_step", 0.3)
    for body in (kind_question(), person_question("0" * 32, "Person.names", "social-care"), {}):
        began = time.perf_counter()
        await shared.send("evaluation", orjson.dumps(body))
        assert time.perf_counter() - began >= 0.3
