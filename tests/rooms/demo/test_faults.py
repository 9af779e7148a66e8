"""Faults switched while the place runs: each system goes wrong as told and comes right again."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx2
import pytest

from hub.demo.agencies import Source
from hub.demo.faults import OK, Fault, FaultError, FaultKind, parse_fault
from hub.demo.place import DemoPlace
from tests.rooms.demo.brookshire import A_PATH, HTTP_SYSTEMS, Ask
from tests.rooms.demo.test_systems import connect

pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def wrong(place: DemoPlace, system: str, word: str) -> AsyncIterator[None]:
    """Let a system go wrong for a while."""
    await place.set_fault(system, parse_fault(word))
    try:
        yield
    finally:
        await place.set_fault(system, OK)


@pytest.mark.parametrize("system", HTTP_SYSTEMS)
async def test_down_and_up_again(place: DemoPlace, ask: Ask, system: str) -> None:
    """A system that is down drops connections, old and new; it answers again when it is back."""
    client, path = ask(system), A_PATH[system].lstrip("/")
    assert (await client.get(path)).status_code == 200
    async with wrong(place, system, "down"):
        for _ in range(2):
            with pytest.raises(httpx2.TransportError):
                await client.get(path)
    assert place.fault(system) == OK
    assert (await client.get(path)).status_code == 200


async def test_slow(place: DemoPlace, ask: Ask) -> None:
    """A slow system answers rightly, late."""
    client = ask(Source.HEALTH)
    async with wrong(place, Source.HEALTH, "slow=0.3s"):
        begun = time.monotonic()
        assert (await client.get("Patient")).status_code == 200
        assert time.monotonic() - begun >= 0.3


async def test_hang(place: DemoPlace, ask: Ask) -> None:
    """A hanging system takes the question and says nothing."""
    client = ask(Source.HOUSING)
    async with wrong(place, Source.HOUSING, "hang"):
        with pytest.raises(httpx2.ReadTimeout):
            await client.get("people", timeout=0.3)


async def test_nonsense(place: DemoPlace, ask: Ask) -> None:
    """Garbage is no JSON, HTML is a page, huge is ten megabytes, and error500 is just that."""
    client = ask(Source.EDUCATION)
    async with wrong(place, Source.EDUCATION, "garbage"):
        with pytest.raises(ValueError, match=r".*"):
            (await client.get("orgs")).json()
    async with wrong(place, Source.EDUCATION, "html"):
        assert (await client.get("orgs")).headers["content-type"].startswith("text/html")
    async with wrong(place, Source.EDUCATION, "huge"):
        assert len((await client.get("orgs")).content) > 10 * 1024 * 1024
    async with wrong(place, Source.EDUCATION, "error500"):
        assert (await client.get("orgs")).status_code == 500


async def test_wrong_types(place: DemoPlace, ask: Ask) -> None:
    """The shape stays and every value is of another type."""
    client = ask(Source.YOUTH_JUSTICE)
    async with wrong(place, Source.YOUTH_JUSTICE, "wrong-types"):
        answer = (await client.get("young-people")).json()
    assert isinstance(answer["as_of"], int)
    assert isinstance(answer["data"][0]["gender"], list)
    assert isinstance(answer["data"][0]["name"]["known_as"], str)


async def test_wrong_person(place: DemoPlace, ask: Ask) -> None:
    """Every system that is asked for one child can give another's record instead."""
    links = place.truth.cast_member("main").links
    asked = {
        Source.EDUCATION: (f"students?filter=sourcedId='{links['education'][0]}'", links["education"][0]),
        Source.YOUTH_JUSTICE: (f"young-people?ids={links['youth-justice'][0]}", links["youth-justice"][0]),
        Source.HOUSING: (f"people?personRefs={links['housing'][0]}", links["housing"][0]),
        Source.POLICE: (f"records/personal.details?pointer={links['police'][0]}", links["police"][0]),
        Source.HEALTH: (f"EpisodeOfCare?patient={links['health'][0]}", links["health"][0]),
    }
    for source, (path, local_id) in asked.items():
        client = ask(source)
        right = (await client.get(path)).text
        async with wrong(place, source, "wrong-person"):
            other = (await client.get(path)).text
            one = await client.get(f"students/{local_id}" if source is Source.EDUCATION else f"Patient/{local_id}")
        assert local_id in right
        assert f'"{local_id}"' not in other
        assert source not in {Source.EDUCATION, Source.HEALTH} or local_id not in one.text
        assert len(other) > 100


async def test_database_down_slow_hanging_garbled(place: DemoPlace) -> None:
    """A database is reached through a door that can be shut, slow, stuck or noisy."""
    source = Source.SOCIAL_CARE
    before = await connect(place, source)
    async with wrong(place, source, "down"):
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            await before.fetchval("SELECT 1")
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            await connect(place, source)
    async with wrong(place, source, "garbage"):
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)):
            await connect(place, source)
    after = await connect(place, source)
    async with wrong(place, source, "slow=0.2s"):
        begun = time.monotonic()
        assert await after.fetchval("SELECT 1") == 1
        assert time.monotonic() - begun >= 0.2
    async with wrong(place, source, "hang"):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connect(place, source), 0.3)
    assert await after.fetchval("SELECT 2") == 2
    await after.close()


async def test_folders_gone_or_spoilt(place: DemoPlace) -> None:
    """A folder can be gone or full of noise, and is laid out again after; it cannot be slow."""
    folder = Path(place.urls[Source.UNIVERSAL])
    async with wrong(place, Source.UNIVERSAL, "down"):
        assert not await asyncio.to_thread(folder.exists)
    async with wrong(place, Source.UNIVERSAL, "garbage"):
        with pytest.raises(UnicodeDecodeError):
            (folder / "registrations.csv").read_text("utf-8")
    assert (folder / "registrations.csv").read_text("utf-8-sig").startswith("Registration No")
    with pytest.raises(FaultError, match="folder of files"):
        await place.set_fault(Source.UNIVERSAL, Fault(FaultKind.SLOW, 3))
