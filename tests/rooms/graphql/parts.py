"""Answers in parts, as a client takes them: read from their bytes, and put together."""

import asyncio
import contextlib
import copy
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any
from unittest.mock import patch

import orjson

from connectors.contract import Ask
from hub.answer.unfolding import Choose, Unfolding
from hub.graphql.arriving import arriving
from hub.graphql.arriving.arriving import Arriving
from hub.graphql.messages import Request, Result
from tests.cast import requester
from tests.house import House

MIXED = "multipart/mixed;incrementalSpec=v0.2, application/graphql-response+json"


def mixed(body: bytes) -> list[dict[str, Any]]:
    """Read the parts of a multipart body whose boundary is a hyphen (RFC 2046, section 5.1.1)."""
    first, *rest = (b"\r\n" + body).split(b"\r\n---")
    assert first == b""
    assert rest.pop() == b"--\r\n"
    read = []
    for part in rest:
        head, _, content = part.partition(b"\r\n\r\n")
        assert head == b"\r\nContent-Type: application/json; charset=utf-8"
        read.append(orjson.loads(content))
    return read


def together(parts: Sequence[dict[str, Any]]) -> tuple[Any, set[tuple[str | int, ...]]]:
    """Put parts together as the draft says, and insist on its rules: what is pending was announced, and all ends.

    Gives also where lists came in pieces.
    """
    data, pending = copy.deepcopy(parts[0]["data"]), dict[str, list[str | int]]()
    streamed = set[tuple[str | int, ...]]()
    for n, part in enumerate(parts):
        assert part["hasNext"] is (n + 1 < len(parts))
        for one in part.get("pending", ()):
            assert one["id"] not in pending
            pending[one["id"]] = one["path"]
        for one in part.get("incremental", ()):
            at: Any = data
            for key in pending[one["id"]]:
                at = at[key]
            if "items" in one:
                streamed.add(tuple(pending[one["id"]]))
                at.extend(one["items"])
            else:
                assert not at.keys() & one["data"].keys()
                at.update(one["data"])
        for one in part.get("completed", ()):
            del pending[one["id"]]
        assert not [done for done in part.get("completed", ()) if "errors" in done]
    assert not pending
    return data, streamed


def same(parts: Sequence[dict[str, Any]], whole: Any) -> bool:
    """Say whether parts come to a whole answer, but for the order of what came in pieces."""
    data, streamed = together(parts)
    left, right = data, orjson.loads(orjson.dumps(whole))
    for path in streamed:
        for answer in (left, right):
            at: Any = answer
            for key in path:
                at = at[key]
            at.sort(key=lambda one: orjson.dumps(one, option=orjson.OPT_SORT_KEYS))
    return bool(left == right)


class Gates:
    """Holds sources back until they are let answer."""

    def __init__(self, home: House, *sources: str) -> None:
        """Hold these."""
        self.gates = {source: asyncio.Event() for source in sources}
        self.home = home
        for source, gate in self.gates.items():
            home.connectors[source].misbehave = _held(gate)

    def open(self, *sources: str) -> None:
        """Let these answer."""
        for source in sources:
            self.gates[source].set()

    def lift(self) -> None:
        """Hold nobody back any more."""
        self.open(*self.gates)
        for source in self.gates:
            self.home.connectors[source].misbehave = None


def _held(gate: asyncio.Event) -> Callable[[Ask], Coroutine[Any, Any, None]]:
    async def wait(_: Ask) -> None:
        await gate.wait()

    return wait


@contextlib.contextmanager
def wave_by_wave(gates: Gates, waves: Sequence[Sequence[str]]) -> Iterator[None]:
    """Have whoever is let answer be there at each release, and the next wave answer only after it."""
    left, release = list(waves), Unfolding.release

    async def released(unfolding: Unfolding, choose: Choose) -> bool:
        while missing(unfolding, gates):  # noqa: ASYNC110 -- what has come is a table, and no event
            await asyncio.sleep(0)
        told = await release(unfolding, choose)
        if left:
            gates.open(*left.pop(0))
            unfolding._news.set()
        return told

    with (
        patch.object(Unfolding, "release", released),
        patch.object(arriving, "MOMENT", 0.0),
        patch.object(arriving, "BEAT", 0.0),
    ):
        yield


def missing(unfolding: Unfolding, gates: Gates) -> bool:
    """Say whether anything is still to come of those that may answer."""
    held = {source for source, gate in gates.gates.items() if not gate.is_set()}
    asked = [(n, e.source.config.id) for n, one in enumerate(unfolding._prepared.asked) for e in one.errands]
    if held.isdisjoint(source for _, source in asked):
        return not unfolding._gathering.done()
    return any(place not in unfolding._found for place in asked if place[1] not in held)


async def arrive(
    home: House, query: str, variables: dict[str, Any], *waves: Sequence[str], who: str = "front-door"
) -> list[dict[str, Any]] | Result | None:
    """Ask in parts, letting sources answer wave by wave: each is told of before the next may answer."""
    gates = Gates(home, *(source for wave in waves for source in wave))
    try:
        with wave_by_wave(gates, waves):
            return await _all_parts(home.executor.arriving(Request(query, variables, None), requester(who), "req"))
    finally:
        gates.lift()


async def _all_parts(
    asking: Coroutine[Any, Any, Arriving | Result | None],
) -> list[dict[str, Any]] | Result | None:
    came = await asking
    if not isinstance(came, Arriving):
        return came
    parts = [{"hasNext": False} | _sent(came.delivery.payload)]
    while not came.delivery.over:
        await came.waited()
        if await came.told():
            parts.append(_sent(came.delivery.payload))
    await came.close()
    return parts


def _sent(payload: dict[str, Any]) -> dict[str, Any]:
    """Give a part as it is when it was sent and read."""
    read: dict[str, Any] = orjson.loads(orjson.dumps(payload))
    return read
