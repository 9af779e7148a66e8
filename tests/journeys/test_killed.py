"""Killed processes and a ledger that cannot be written: no wrong answer, and right ones again when all is mended."""

import asyncio
import contextlib
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator

import pytest

from hub.demo.faults import OK, Fault, FaultKind
from hub.demo.processes import SystemProcess
from tests.journeys.canaries import found_in
from tests.journeys.town import SOURCES, WHO, Town, of_source, outcomes

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}


async def _kill(town: Town, system: str) -> SystemProcess:
    process = town.place._processes[system]
    assert process.process is not None
    process.process.send_signal(signal.SIGKILL)
    await process.process.wait()
    return process


async def _start_again(process: SystemProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start a killed system where it was, as its agency would."""
    port = process.port
    monkeypatch.setattr("hub.demo.processes.listening_socket", lambda: _listening(port))
    await process.start(OK)


def _listening(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    made.listen(64)
    made.set_inheritable(True)
    return made


@pytest.mark.parametrize("system", ["health", "police", "social-care"])
async def test_a_killed_agency_costs_only_its_own_answer(
    town: Town, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    """SIGKILL: the other eight answer as ever, the killed one is unavailable; started again it answers again."""
    healthy = await town.healthy()
    process = await _kill(town, system)
    try:
        answer = await town.ask()
        assert outcomes(answer)[system] == "UNAVAILABLE"
        for other in set(SOURCES) - {system}:
            assert of_source(answer, other) == of_source(healthy, other)
    finally:
        await _start_again(process, monkeypatch)
    assert await town.healthy() == healthy


async def test_an_agency_killed_while_it_is_asked(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies with the question in hand: the answer says so and has all the rest."""
    healthy = await town.healthy()
    async with town.wrong({"health": Fault(FaultKind.HANG)}):
        asking = asyncio.create_task(town.ask())
        await asyncio.sleep(0.3)
        process = await _kill(town, "health")
        try:
            answer = await asking
        finally:
            await _start_again(process, monkeypatch)
    assert outcomes(answer)["health"] in {"UNAVAILABLE", "TIMED_OUT"}
    for other in set(SOURCES) - {"health"}:
        assert of_source(answer, other) == of_source(healthy, other)


@pytest.fixture
def asked(town: Town, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the sources that are asked anything about anybody, as they are."""
    names: list[str] = []
    for source in town.hub.sources:
        for verb in ("fetch", "locate"):
            _count(source.connector, verb, source.config.id, names, monkeypatch)
    return names


def _count(connector: object, verb: str, name: str, names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    do = getattr(connector, verb)

    async def counted(what: object) -> object:
        names.append(name)
        return await do(what)

    monkeypatch.setattr(connector, verb, counted)


@contextlib.contextmanager
def _no_ledger(town: Town) -> Iterator[None]:
    """Take the ledger's table away, as a damaged database would."""
    database = sqlite3.connect(town.settings.data / "hub.db", isolation_level=None, timeout=10)
    database.execute("ALTER TABLE audit_record RENAME TO audit_record_away")
    try:
        yield
    finally:
        database.execute("ALTER TABLE audit_record_away RENAME TO audit_record")
        database.close()


@contextlib.contextmanager
def _locked(town: Town) -> Iterator[None]:
    """Keep the database to ourselves, as a backup gone wrong would."""
    database = sqlite3.connect(town.settings.data / "hub.db", isolation_level=None, timeout=10)
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        database.execute("ROLLBACK")
        database.close()


@pytest.mark.parametrize("spoil", [_no_ledger, _locked])
async def test_what_cannot_be_written_down_is_not_asked(
    town: Town, asked: list[str], spoil: "type[contextlib.AbstractContextManager[None]]"
) -> None:
    """503, not ready, no agency called and nobody looked up; a readiness probe says so; mended, it answers."""
    await town.healthy()
    asked.clear()
    with spoil(town):
        begun = time.monotonic()
        answer = await town.send(WHO, {"id": town.people["main"], "context": CONTEXT})
        took = time.monotonic() - begun
        ready = await town.http.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["data"] == {"person": None}
    assert [e["extensions"]["code"] for e in answer.json()["errors"]] == ["NOT_READY"]
    assert asked == []
    assert took < 3
    assert (ready.status_code, ready.json()["waitingFor"]) in {(503, "audit"), (503, "budgets")}
    assert set(outcomes(await town.healthy()).values()) == {"RECORDS"}
    assert (await town.http.get("/readyz")).status_code == 200


async def test_a_search_that_cannot_be_written_down_shows_nobody(town: Town) -> None:
    """Looking somebody up is written down too, or does not happen: nor once it is known that nothing can be written."""
    given = {"familyName": "Kowalczyk", "dateOfBirth": "2012-03-09"}
    query = "query ($input: PersonSearchInput!, $context: RequestContext!) { searchPeople(input: $input, context: $context) { candidates { id } } }"  # noqa: E501 -- one query
    with _no_ledger(town):
        answers = [await town.send(query, {"input": given, "context": CONTEXT}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert not any(answer.json().get("data") for answer in answers)
    await town.healthy()


async def test_what_was_fetched_and_cannot_be_written_down_is_not_released(
    town: Town, asked: list[str], town_canaries: frozenset[str]
) -> None:
    """The ledger fails while the agencies are asked: nothing they said leaves the hub."""
    await town.healthy()
    asked.clear()
    async with town.wrong({"health": Fault(FaultKind.SLOW, 0.5)}):
        asking = asyncio.create_task(town.send(WHO, {"id": town.people["main"], "context": CONTEXT}))
        while len(set(asked)) < len(SOURCES):  # noqa: ASYNC110 -- a list that the town's connectors fill
            await asyncio.sleep(0.02)
        with _no_ledger(town):
            answer = await asking
    assert answer.status_code == 503
    assert answer.json()["data"] == {"person": None}
    assert not found_in(answer.text, town_canaries)
    await town.healthy()
