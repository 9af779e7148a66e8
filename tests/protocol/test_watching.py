"""Watching, and taking answers in parts, as other people's clients do, against a hub that runs.

npm ``graphql-sse`` and ``graphql-ws``; ``@apollo/client``, ``@urql/core`` and ``meros``.
"""

import asyncio
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from hub.graphql.limits import BODY
from tests.nodes import install, told
from tests.protocol.running import Running, running
from tests.protocol.slow import answering_when
from tests.protocol.test_audits import FOLDER
from tests.rooms.graphql.parts import together

SOURCE = """
id = "housing"
service = "HOUSING"
name = "Housing"
owner = "Made-up Homes"
agency = "brookshire-council"
system = "plain"
[connection]
transport = "files"
folder = "{folder}"
files.tenancies = {{ name = "tenancies.csv" }}
[[map]]
record = "Identity"
from = "tenancies"
person = "ref"
names = [{{ given = "given", family = "family" }}]
[[map]]
record = "Involvement"
from = "tenancies"
person = "ref"
id = "ref"
fields = {{ start = "since" }}
"""
HEAD = "ref,given,family,since\n"
BEFORE, AFTER = f"{HEAD}1,Ada,Finch,2021-03-04\n", f"{HEAD}1,Ada,Finch,2024-05-06\n"

WATCH = """
subscription ($id: ID!, $context: RequestContext!) { involvementChanged(id: $id, context: $context) {
  changes { source change } person { involvements { service start } sources { source outcome } }
} }
"""
WHO = "query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) { id __typename %s } }"
IN_PARTS = {
    "deferred": WHO % '... @defer(label: "who") { involvements { service start } sources { source outcome } }',
    "streamed": WHO % "... @defer { involvements @stream { service start } } sources @stream { source outcome }",
}
CONTEXT = {"purpose": "SAFEGUARDING_TRIAGE", "reference": "R 1"}


def furnish(folder: Path) -> Path:
    """Make a source whose file a test may write anew; give the file."""
    (folder / "watched").mkdir()
    (folder / "watched" / "housing.toml").write_text(SOURCE.format(folder=folder / "records"), "utf-8")
    (folder / "records").mkdir()
    file = folder / "records" / "tenancies.csv"
    file.write_text(BEFORE, "utf-8")
    return file


async def given(hub: Running, file: Path, **more: Any) -> dict[str, Any]:
    """Give what a client is told to do: watch Ada, write her tenancy anew once told of it; then leave."""
    (ada,) = (await hub.hub.index.by_local("housing", ["1"])).values()
    asked = {"url": hub.address, "token": hub.token(), "query": WATCH, "variables": {"id": ada, "context": CONTEXT}}
    before, after = ({"path": str(file), "text": text} for text in (BEFORE, AFTER))
    return asked | {"before": before, "then": [after]} | more


async def take_parts(hub: Running, gate: Path) -> None:
    """Have each client ask while the source is slow: it has the first part before the source answers, then all."""
    (ada,) = (await hub.hub.index.by_local("housing", ["1"])).values()
    variables = {"id": ada, "context": CONTEXT}
    asked = {"url": hub.address, "token": hub.token(), "queries": IN_PARTS, "variables": variables, "gate": str(gate)}
    with answering_when(gate, hub.hub.sources["housing"].connector):
        came = await told(FOLDER, "parts.mjs", asked)
    whole = {
        "id": ada,
        "__typename": "Person",
        "involvements": [{"service": "HOUSING", "start": "2024-05-06"}],
        "sources": [{"source": "housing", "outcome": "RECORDS"}],
    }
    for which in IN_PARTS:
        first, *_, last = came["apollo"][which]
        assert "involvements" not in first["person"]
        assert bare(last["person"]) == whole
        assert together([{"extensions": {}} | part for part in came["bare"][which]])[0] == {"person": whole}
    *_, last = came["urql"]["deferred"]
    assert bare(last["person"]) == whole


def bare(value: Any) -> Any:
    """Give what a client holds without the type names that it asks for by itself."""
    if isinstance(value, list):
        return [bare(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {key: bare(one) for key, one in value.items() if key != "__typename"}
    return kept | ({"__typename": "Person"} if value.get("__typename") == "Person" else {})


async def test_clients_are_told_at_once_and_when_it_changes_over_events_and_over_a_socket(tmp_path: Path) -> None:
    """Two events each, the second with what is new; a bad token is refused; the hub knows that the clients left.

    The legacy protocol is spoken to nobody, and a hub that stops closes what is open, to come again.
    """
    install(FOLDER)
    file = furnish(tmp_path)
    async with running(tmp_path, sources=tmp_path / "watched", watch_seconds=0.05) as hub:
        came = await told(FOLDER, "watch.mjs", [await given(hub, file, socket=socket) for socket in (False, True)])
        for client in came:
            first, second = (event["data"]["involvementChanged"] for event in client["events"])
            assert first["changes"] == []
            assert first["person"]["involvements"] == [{"service": "HOUSING", "start": "2021-03-04"}]
            assert second["changes"] == [{"source": "housing", "change": "CHANGED"}]
            assert second["person"]["involvements"] == [{"service": "HOUSING", "start": "2024-05-06"}]
            assert client["end"] == "left"
            assert client["refused"]["events"] == []
        assert "401" in came[0]["refused"]["end"]
        assert came[1]["refused"]["end"] == 4403
        async with asyncio.timeout(10):
            while hub.log.count('"client-left"') < len(came):  # noqa: ASYNC110 -- a line in a log, and no event
                await asyncio.sleep(0.02)
        await take_parts(hub, tmp_path / "gate")
        address = hub.address.replace("http", "ws")
        async with connect(address, subprotocols=[Subprotocol("graphql-ws")]) as legacy:
            await legacy.wait_closed()
            assert legacy.close_code == 4406
        async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as large:
            await large.send("x" * (BODY + 1))
            await large.wait_closed()
            assert large.close_code == 1009
        hello = f'{{"type": "connection_init", "payload": {{"authorization": "Bearer {hub.token()}"}}}}'
        async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as waiting:
            await waiting.send(hello)
            assert await waiting.recv() == '{"type":"connection_ack"}'
            await hub.hub.places.stop()
            await waiting.wait_closed()
            assert waiting.close_code == 1012
