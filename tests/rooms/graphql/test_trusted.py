"""Trusted documents: a client for which any were registered runs those alone, each bound to why it is asked."""

import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio

from hub.admitting.places import Places as AtTheDoor
from hub.admitting.places import Room as Admitting
from hub.audit.pseudonyms import Pseudonyms
from hub.clock import now
from hub.errors import Code
from hub.governance.acting import CannotBeDone
from hub.graphql.messages import Request
from hub.graphql.persisted import Persisted, digest_of
from hub.graphql.resolving import Resolving
from hub.graphql.schema import build_schema, core_of
from hub.graphql.trusted.manifests import Listed, NoManifest, read_manifest
from hub.graphql.trusted.register import TrustedRegister
from hub.graphql.trusted.registering import register, revoke
from hub.graphql.watching.bounds import Bounds
from hub.graphql.watching.ending import End
from hub.graphql.watching.farewells import Farewells
from hub.graphql.watching.pace import Pace
from hub.graphql.watching.places import Places
from hub.graphql.watching.room import Room
from hub.graphql.watching.watch import Watch
from hub.identity.partners.client import PartnerClient
from hub.identity.requester import Bound, Requester
from hub.keys import read_keys
from schema.purposes import Purpose
from tests.rooms.graphql.parts import mixed
from tests.rooms.identity.partners import OFFICER, Served, acting_at, client_of, serving_partners

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCHEMA = core_of(build_schema())
ME = "query Mine { me { name } }"
SOURCES = "query Sources { sources { id } }"
PERSON = "query Who($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) { id } }"
WATCH = """subscription Watch($id: ID!, $context: RequestContext!) {
  involvementChanged(id: $id, context: $context) { changes { change } person { id } } }"""
TRIAGE = Purpose.SAFEGUARDING_TRIAGE
BOTH = frozenset({TRIAGE, Purpose.CHILD_PROTECTION})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with serving_partners(tmp_path_factory.mktemp("trusted")) as opened:
        yield opened


async def with_token(served: Served, client_id: str) -> tuple[PartnerClient, str]:
    """Register a client; give it with a token of its."""
    client = client_of(client_id)
    secret = await served.add(client)
    return client, (await served.credentials(client_id, secret)).json()["access_token"]


async def add(served: Served, client: PartnerClient, purpose: Purpose = TRIAGE, **texts: str) -> list[str]:
    listed = [Listed(name, text) for name, text in texts.items()]
    new = await register(acting_at(served.hub), OFFICER, SCHEMA, client, listed, purpose, "")
    return [one.id for one in new]


def code(body: Any) -> str | None:
    return body["errors"][0]["extensions"]["code"] if "errors" in body else None


async def test_a_client_runs_what_it_likes_until_something_is_registered_for_it_and_then_that_alone(
    served: Served,
) -> None:
    """By id, by digest or by the same text, from the next question on; revoking the last leaves nothing."""
    client, token = await with_token(served, "homes")
    assert (await served.ask(token, {"query": ME})).json()["data"]
    assert await add(served, client, mine=ME) == ["mine"]
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": digest_of(ME)}}
    for asked in ({"documentId": "mine"}, {"query": ME}, {"extensions": persisted}):
        assert (await served.ask(token, asked)).json()["data"] == {"me": {"name": "The system homes"}}, asked
    for asked in ({"query": SOURCES}, {"query": f"{ME} "}, {"documentId": "other"}, {"query": "{ __typename }"}):
        refused = await served.ask(token, asked, accept="application/graphql-response+json")
        assert (refused.status_code, code(refused.json())) == (403, "NOT_REGISTERED"), asked
    assert await add(served, client, mine=ME, sources=SOURCES) == ["sources"]
    assert (await served.ask(token, {"documentId": "sources"})).json()["data"]
    await revoke(acting_at(served.hub), OFFICER, "homes", ["mine"])
    assert code((await served.ask(token, {"documentId": "mine"})).json()) == "NOT_REGISTERED"
    assert code((await served.ask(token, {"query": ME})).json()) == "NOT_REGISTERED"
    await revoke(acting_at(served.hub), OFFICER, "homes", [])
    assert code((await served.ask(token, {"query": SOURCES})).json()) == "NOT_REGISTERED"


async def test_a_registered_document_may_ask_for_parts(served: Served) -> None:
    """Its directives are of the text that was registered; its answer is told in parts to whoever accepts them."""
    client, token = await with_token(served, "parts")
    await add(
        served, client, parts=PERSON.replace("{ id }", "{ id ... @defer { age } involvements @stream { service } }")
    )
    variables = {"id": "0" * 8, "context": {"purpose": TRIAGE.value, "reference": "R 1"}}
    answer = await served.ask(token, {"documentId": "parts", "variables": variables}, accept="multipart/mixed")
    assert [part["data"] for part in mixed(answer.content)] == [{"person": None}]


async def test_one_clients_documents_are_nobody_elses(served: Served) -> None:
    """Another client neither runs them by id nor is held to them."""
    client, _ = await with_token(served, "first")
    await add(served, client, only=SOURCES)
    _, token = await with_token(served, "second")
    assert code((await served.ask(token, {"documentId": "only"})).json()) == "NOT_REGISTERED"
    assert (await served.ask(token, {"query": ME})).json()["data"]


async def test_a_document_is_asked_for_its_own_purpose_alone(served: Served) -> None:
    """The requester is bound to the document's purpose and agreement, whatever else the client may state."""
    client, _ = await with_token(served, "bound")
    await add(served, client, who=PERSON)
    may = Bound(BOTH, frozenset({"a", "b"}), frozenset({"housing"}))
    asker = Requester("partner:bound", "B", client.role, client.organisation, "bound", bound=may)
    resolving = Resolving(Persisted(automatic=False), TrustedRegister(served.hub.database))
    asked, bound = await resolving.resolved(Request("", {}, None, document="who"), asker)
    assert asked.query == PERSON
    assert bound.bound == Bound(frozenset({TRIAGE}), frozenset(), frozenset({"housing"}))


class Holds:
    """A credential that holds."""

    def __init__(self, requester: Requester) -> None:
        self.requester = requester

    async def insist(self) -> None:
        """Hold."""


async def test_a_registered_watch_ends_when_its_document_is_revoked(served: Served) -> None:
    """It is looked up anew at every look, like the query of a question; what it told before is the last."""
    client, _ = await with_token(served, "watches")
    await add(served, client, who=WATCH)
    may = Bound(BOTH, frozenset({"a", "b"}), frozenset({"housing"}))
    asker = Requester("partner:watches", "W", client.role, client.organisation, "watches", bound=may)
    resolving = Resolving(Persisted(automatic=False), TrustedRegister(served.hub.database))
    context = {"purpose": TRIAGE.value, "reference": "R 1"}
    sent = Request("", {"id": "00", "context": context}, None, document="who")
    asked, who = await resolving.resolved(sent, asker)
    watched = served.hub.executor.watched(asked, who, "r")
    assert watched is not None
    bounds = Bounds(every=0.01, beat=0.01)
    room = Room(
        served.hub.asking, served.hub.ledger, Pseudonyms(read_keys(served.hub.settings.keys_folder)),
        served.hub.observer, Places(bounds, served.hub.observer.watches), AtTheDoor(Admitting(), time.monotonic),
        Farewells(served.hub.owed), Pace(bounds.begun), bounds, now, 0.0,
    )  # fmt: skip
    told: list[object] = []

    async def tell(body: object) -> None:
        if body is not None and not told:
            told.append(body)
            await revoke(acting_at(served.hub), OFFICER, "watches", ["who"])

    over = await Watch(room, resolving, sent, asked.query, watched, Holds(asker), "r").keep(tell)
    assert len(told) == 1
    assert over.error is not None
    assert (over.end, over.error.code) == (End.REFUSED, Code.NOT_REGISTERED)


@pytest.mark.parametrize(
    ("texts", "purpose", "why"),
    [
        ({"a": ME}, Purpose.ANALYSIS, "may not state"),
        ({"a": "{ me {"}, TRIAGE, "a: Syntax error"),
        ({"a": "{ nothing }"}, TRIAGE, "a: Cannot query field"),
        ({"a": "{ __schema { queryType { name } } }"}, TRIAGE, "introspection"),
        ({"a": "mutation { __typename }"}, TRIAGE, "subscriptions alone"),
        ({"a": "{ me { " + "name " * 600 + "} }"}, TRIAGE, "fields"),
    ],
)
async def test_what_could_not_be_run_is_not_registered(
    served: Served, texts: dict[str, str], purpose: Purpose, why: str
) -> None:
    """Each is checked as a question is, and told by its id; nothing of the manifest is registered then."""
    client = client_of("checked")
    with pytest.raises(CannotBeDone, match=why):
        await add(served, client, purpose, fine=SOURCES, **texts)
    assert await TrustedRegister(served.hub.database).documents("checked") == []


async def test_an_id_stands_for_one_text_for_ever(served: Served) -> None:
    """Also once it was revoked: what ran under it can be told later."""
    client = client_of("forever")
    await add(served, client, a=ME)
    with pytest.raises(CannotBeDone, match="registered already"):
        await add(served, client, a=SOURCES)
    await revoke(acting_at(served.hub), OFFICER, "forever", ["a"])
    with pytest.raises(CannotBeDone, match="registered already"):
        await add(served, client, a=ME)
    with pytest.raises(CannotBeDone, match="no such document"):
        await revoke(acting_at(served.hub), OFFICER, "forever", ["b"])


APOLLO = {"format": "apollo-persisted-query-manifest", "version": 1}


@pytest.mark.parametrize(
    "manifest", [{**APOLLO, "operations": [{"id": "a", "name": "Mine", "type": "query", "body": ME}]}, {"a": ME}]
)
async def test_the_manifests_that_clients_tools_write_are_read(manifest: dict[str, Any]) -> None:
    """Apollo's, and the map of Relay and GraphQL Code Generator."""
    assert read_manifest(orjson.dumps(manifest)) == [Listed("a", ME)]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff", b'{"a":3}', b'{"a":" "}', b'{"a b":"{ me { name } }"}', b'{"format":"other"}']
    + [orjson.dumps({**APOLLO, "operations": wrong}) for wrong in (3, [3], [{}], [{"id": "a"}])]
    + [orjson.dumps({f"d{n}": ME for n in range(1_001)})],
)
async def test_what_is_no_manifest_is_refused_and_not_repeated(content: bytes) -> None:
    """The message says what is wrong, by place."""
    with pytest.raises(NoManifest) as refused:
        read_manifest(content)
    assert "me {" not in str(refused.value)
