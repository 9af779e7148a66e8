"""A universal service's register of people with an Open Referral UK directory beside it, over real HTTP."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from connectors.conformance import Examples, Known
from connectors.contract import Ask, Connector, LocalId, Traits
from connectors.errors import SourceMisconfigured
from connectors.registry import connect
from connectors.source import SourceConfig
from schema.fields import FieldId
from schema.records import IdentifierSystem, Involvement
from tests.serving import serving
from tests.systems.returning import conforms

TODAY = date(2026, 11, 21)
SERVICES: dict[str, Any] = {
    "s1": {
        "id": "s1",
        "name": "Brook Family Hub",
        "status": "active",
        "contacts": [{"name": "Desk", "email": "hub@example.org", "phones": [{"number": "01632 960010"}]}],
        "schedules": [
            {"byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00"},
            {"description": "Drop-in on the first Saturday"},
            {"byday": "2WE,-1FR", "opens_at": "18:00", "closes_at": "20:00", "valid_from": "2020-01-01"},
            {"byday": "SU", "opens_at": "09:00", "closes_at": "10:00", "valid_to": "2021-01-01"},
            {"byday": "SU", "opens_at": "09:00", "closes_at": "10:00", "valid_from": "2999-01-01"},
            {"opens_at": None},
        ],
    },
    "s2": {"id": "s2", "name": "Closed Centre", "status": "defunct"},
    "s3": {"id": "s1", "name": "Somebody else"},
    "s5": {
        "id": "s5",
        "name": "Old Style Centre",
        "phones": [{"number": None}, {"number": "01632 960011"}],
        "email": "old@example.org",
        "regular_schedules": [{"opens_at": "10:00:00", "closes_at": "12:00:00"}],
    },
}
REGISTER = """id,nhs,service,since
1,9990000018,s1,2025-01-01
2,9990000026,s2,2025-01-01
4,,,2025-01-01
5,,s5,2025-01-01
"""
BLOCKS = (
    {"record": "Identity", "from": "people", "person": "id", "identifiers": {"NHS_NUMBER": "nhs"}},
    {
        "record": "Involvement",
        "from": "people",
        "person": "id",
        "fields": {"start": "since", "status": {"constant": "CURRENT"}},
        "duty_desk": {"team": "service"},
    },
)


def source(base: str, folder: Path, **more: Any) -> SourceConfig:
    """Configure the directory and, beside it, a register of files."""
    files = {"people": {"name": "people.csv"}}
    people = {"system": "plain", "connection": {"transport": "files", "folder": str(folder), "files": files}}
    given: dict[str, Any] = {
        "id": "universal",
        "service": "UNIVERSAL",
        "name": "Family hubs",
        "owner": "Authority",
        "agency": "authority",
        "system": "open_referral",
        "map": BLOCKS,
        "connection": {"directory": {"base_url": base}, "people": people},
        "path": Path("universal.toml"),
    }
    return SourceConfig(**(given | more))


class Services:
    """A directory that can be made to fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.up = True

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.path)
        found = SERVICES.get(request.path.rpartition("/")[2])
        if not self.up:
            return web.Response(status=500)
        return web.json_response(text=json.dumps(found)) if found else web.json_response({}, status=404)


@asynccontextmanager
async def beside(folder: Path) -> AsyncIterator[tuple[Services, Connector, str]]:
    """Serve the directory and connect it beside the register."""
    (folder / "people.csv").write_text(REGISTER, "utf-8")
    services = Services()
    async with serving(services.serve) as base:
        connector = connect(source(base, folder))
        yield services, connector, base
        await connector.close()


@pytest.fixture
async def placed(tmp_path: Path) -> AsyncIterator[tuple[Services, Connector, str]]:
    """Give the two beside each other."""
    async with beside(tmp_path) as both:
        yield both


async def desk(connector: Connector, person: str, *names: str) -> tuple[bool, Any]:
    """Ask for a person's duty desk."""
    fields = frozenset(
        FieldId(n) for n in names or ("DutyDesk.team", "DutyDesk.phone", "DutyDesk.email", "DutyDesk.hours")
    )
    reply = await connector.fetch(Ask((LocalId(person),), fields, TODAY))
    (held,) = [r for r in reply.records[LocalId(person)] if isinstance(r, Involvement)]
    return reply.complete, held.duty_desk


async def test_whom_to_ring_at_the_service(placed: tuple[Services, Connector, str]) -> None:
    """The service's own name, number, e-mail and hours; the directory hears of nothing but the service."""
    services, connector, _ = placed
    complete, found = await desk(connector, "1")
    assert complete
    assert (found.team, found.phone, found.email) == ("Brook Family Hub", "01632 960010", "hub@example.org")
    monthly = "second Wed of the month, last Fri of the month 18:00-20:00"
    assert found.hours == f"Mon, Tue 09:00-17:00; Drop-in on the first Saturday; {monthly}"
    await desk(connector, "1")
    assert services.asked == ["/services/s1"]
    _, old = await desk(connector, "5")
    assert (old.phone, old.email, old.hours) == ("01632 960011", "old@example.org", "10:00-12:00")


async def test_only_what_was_asked(placed: tuple[Services, Connector, str]) -> None:
    """Asked for a phone, no name of a team is given; asked for nothing of a desk, the directory is not asked."""
    services, connector, _ = placed
    _, found = await desk(connector, "1", "DutyDesk.phone")
    assert (found.team, found.phone, found.hours) == (None, "01632 960010", None)
    before = len(services.asked)
    _, nothing = await desk(connector, "1", "Involvement.start")
    assert nothing is None
    assert len(services.asked) == before


async def test_a_closed_or_unknown_service_has_no_desk(placed: tuple[Services, Connector, str]) -> None:
    """Neither does a registration without a service; an id is never shown as a team."""
    _, connector, _ = placed
    assert await desk(connector, "2") == (True, None)
    assert await desk(connector, "4") == (True, None)


async def test_without_its_directory_the_register_stands(placed: tuple[Services, Connector, str]) -> None:
    """The answer is not complete, and the health check says why."""
    services, connector, _ = placed
    assert (await connector.health()).code == "ok"
    services.up = False
    assert await desk(connector, "5") == (False, None)


def examples(base: str, folder: Path) -> Examples:
    """Give the people of the register for the kit."""
    nhs = tuple((IdentifierSystem.NHS_NUMBER, n) for n in ("9990000018", "9990000026"))
    known = (Known(LocalId("1"), Traits(identifiers=nhs[:1])), *(Known(LocalId(p)) for p in ("2", "4", "5")))
    away = connect(source(base, folder / "nowhere"))
    return Examples(known, LocalId("9"), TODAY, ambiguous=Traits(identifiers=nhs), unreachable=away)


async def test_it_conforms(placed: tuple[Services, Connector, str], tmp_path: Path) -> None:
    """Every promise of the kit holds for the two together."""
    _, connector, base = placed
    given = examples(base, tmp_path)
    assert await conforms(connector, given) == ()
    assert given.unreachable is not None
    assert not (await given.unreachable.health()).ok


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"map": BLOCKS[:1]}, "nothing to look up"),
        ({"connection": {"directory": {"base_url": "http://127.0.0.1:9"}}}, "people"),
    ],
)
async def test_a_source_that_cannot_work_is_refused(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    """Without anything to look up, or without a register, it does not start."""
    with pytest.raises(SourceMisconfigured, match=said):
        connect(source("http://127.0.0.1:9", tmp_path, **more))


async def test_a_directory_beside_itself_is_refused(tmp_path: Path) -> None:
    """A register cannot be another directory of the same kind."""
    connection = {
        "directory": {"base_url": "http://127.0.0.1:9"},
        "people": {"system": "open_referral", "connection": {}},
    }
    with pytest.raises(SourceMisconfigured, match="own"):
        connect(source("", tmp_path, connection=connection))
