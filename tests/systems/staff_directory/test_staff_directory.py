"""A register that holds staff ids with a staff directory beside it, over real HTTP: phones, desks, leavers, nights."""

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
from connectors.registry import connect
from connectors.source import SourceConfig
from connectors.staff_directory import hours_of
from schema.fields import FieldId
from schema.records import IdentifierSystem, Involvement
from tests.serving import serving
from tests.systems.returning import conforms

TODAY = date(2026, 11, 21)
STAFF = [
    {"staffId": "W1", "teamName": "North", "phone": "01632 960020", "email": "w1@example.org"},
    {"staffId": "W2", "teamName": "North", "phone": "01632 960021", "email": "w2@example.org", "left": True},
]
NIGHT = {"name": "Emergency duty team", "phone": "01632 960099"}
TEAMS = [
    {
        "teamId": "T1",
        "name": "North",
        "dutyDesk": {"phone": "01632 960022", "email": "north@example.org"}
        | {"hours": "Mon-Fri 8.30-17.00", "outOfHours": NIGHT},
    }
]
REGISTER = """id,nhs,worker,worker_id,worker_phone,team
1,9990000018,Jo Worker,W1,,T1
2,9990000026,Lee Leaver,W2,07700 900021,T1
3,,Ash Unlisted,W9,07700 900022,T9
"""
BLOCKS = (
    {"record": "Identity", "from": "people", "person": "id", "identifiers": {"NHS_NUMBER": "nhs"}},
    {
        "record": "Involvement",
        "from": "people",
        "person": "id",
        "fields": {"status": {"constant": "CURRENT"}},
        "duty_desk": {"team": "team"},
        "professionals": {"id": "worker_id", "name": "worker", "phone": "worker_phone"},
    },
)


def source(base: str, folder: Path) -> SourceConfig:
    """Configure the directory and, beside it, a register of files."""
    files = {"people": {"name": "people.csv"}}
    people = {"system": "plain", "connection": {"transport": "files", "folder": str(folder), "files": files}}
    given: dict[str, Any] = {
        "id": "family-support",
        "service": "EARLY_HELP",
        "name": "Family support",
        "owner": "Authority",
        "agency": "authority",
        "system": "staff_directory",
        "map": BLOCKS,
        "connection": {"directory": {"base_url": base}, "people": people},
        "path": Path("family-support.toml"),
    }
    return SourceConfig(**given)


class Directory:
    """A directory that can be made to fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.up = True

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        if not self.up:
            return web.Response(status=500)
        return web.json_response(text=json.dumps({"staff": STAFF} if request.path == "/staff" else {"teams": TEAMS}))


@asynccontextmanager
async def beside(folder: Path) -> AsyncIterator[tuple[Directory, Connector, str]]:
    """Serve the directory and connect it beside the register."""
    (folder / "people.csv").write_text(REGISTER, "utf-8")
    directory = Directory()
    async with serving(directory.serve) as base:
        connector = connect(source(base, folder))
        yield directory, connector, base
        await connector.close()


@pytest.fixture
async def placed(tmp_path: Path) -> AsyncIterator[tuple[Directory, Connector, str]]:
    """Give the two beside each other."""
    async with beside(tmp_path) as both:
        yield both


async def held(connector: Connector, person: str, *fields: str) -> tuple[bool, Involvement]:
    """Ask about a person's workers and desk."""
    asked = frozenset(FieldId(f) for f in fields) or connector.capabilities.fields
    reply = await connector.fetch(Ask((LocalId(person),), asked, TODAY))
    (found,) = [r for r in reply.records[LocalId(person)] if isinstance(r, Involvement)]
    return reply.complete, found


def told(found: Involvement) -> list[tuple[str | None, str | None, str | None]]:
    """Give the workers' names, teams and phones."""
    return [(p.name, p.team, p.phone) for p in found.professionals or []]


async def test_phones_by_staff_id(placed: tuple[Directory, Connector, str]) -> None:
    """The directory's word stands; somebody it does not list keeps what the register has."""
    directory, connector, _ = placed
    _, found = await held(connector, "1")
    assert told(found) == [("Jo Worker", "North", "01632 960020")]
    _, unlisted = await held(connector, "3")
    assert told(unlisted) == [("Ash Unlisted", None, "07700 900022")]
    assert unlisted.duty_desk is None
    assert all("9990000018" not in asked for asked in directory.asked)


async def test_a_leaver_is_not_rung_and_the_desk_is(placed: tuple[Directory, Connector, str]) -> None:
    """A leaver's old number, the register's too, is gone; the desk says whom to ring by day and by night."""
    _, connector, _ = placed
    _, found = await held(connector, "2")
    assert told(found) == [("Lee Leaver", "North", None)]
    assert found.duty_desk is not None
    assert (found.duty_desk.team, found.duty_desk.phone) == ("North", "01632 960022")
    assert found.duty_desk.hours == "Mon-Fri 8.30-17.00; out of hours: Emergency duty team 01632 960099"


async def test_only_a_phone(placed: tuple[Directory, Connector, str]) -> None:
    """Asked for a phone alone, neither the name it was found by nor a desk is given."""
    _, connector, _ = placed
    _, found = await held(connector, "1", "Professional.phone")
    assert told(found) == [(None, None, "01632 960020")]
    assert found.duty_desk is None


async def test_without_the_directory(placed: tuple[Directory, Connector, str]) -> None:
    """Names are given, phones of people who may have left are the register's, and the answer is not complete."""
    directory, connector, _ = placed
    directory.up = False
    complete, found = await held(connector, "1")
    assert not complete
    assert told(found) == [("Jo Worker", None, None)]
    assert (await connector.health()).code == "directory-unavailable"


def examples(base: str, folder: Path) -> Examples:
    """Give the people of the register for the kit."""
    nhs = tuple((IdentifierSystem.NHS_NUMBER, n) for n in ("9990000018", "9990000026"))
    known = (Known(LocalId("1"), Traits(identifiers=nhs[:1])), Known(LocalId("2")), Known(LocalId("3")))
    away = connect(source(base, folder / "nowhere"))
    return Examples(known, LocalId("9"), TODAY, ambiguous=Traits(identifiers=nhs), unreachable=away)


async def test_it_conforms(placed: tuple[Directory, Connector, str], tmp_path: Path) -> None:
    """Every promise of the kit holds for the two together."""
    _, connector, base = placed
    given = examples(base, tmp_path)
    assert await conforms(connector, given) == ()


@pytest.mark.parametrize(
    ("desk", "said"),
    [
        ({}, None),
        ({"hours": "always"}, "always"),
        ({"outOfHours": {"phone": "01632 960099"}}, "out of hours: 01632 960099"),
        ({"hours": "days", "outOfHours": {}}, "days"),
    ],
)
def test_hours_say_whom_to_ring_at_any_time(desk: dict[str, Any], said: str | None) -> None:
    """By day, by night, both or neither."""
    assert hours_of(desk) == said
