"""The staff directory beside SSD: phones and desks by staff id; without it the answer stands."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from connectors.contract import Ask, Connector, LocalId, Reply
from connectors.registry import connect
from connectors.source import LimitsConfig
from schema.fields import CATALOGUE, FieldId
from schema.records import Involvement, Threshold

STAFF = [
    {"staffId": "S-1", "team": "T2", "teamName": "North", "phone": None, "mobile": "07700 900001", "email": "a@e.org"},
    {"staffId": "PR1", "phone": "01632 960000", "email": "b@e.org", "left": True, "jobTitle": "Social Worker"},
    {"staffId": None},
    "noise",
]
TEAMS = [{"teamId": "T2", "name": "North", "dutyDesk": {"phone": "01632 960001", "hours": "always"}}, {"teamId": "T1"}]


class Directory:
    """A directory over real HTTP that can be made to fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Any = None
        self.url = ""

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        if request.headers.get("Authorization") != "Bearer hush":
            return web.json_response({}, status=401)
        if self.answer is not None:
            return web.json_response(self.answer)
        return web.json_response({"staff": STAFF} if request.path == "/staff" else {"teams": TEAMS})


@pytest.fixture
async def directory() -> AsyncIterator[Directory]:
    """Serve a directory on a free port."""
    served = Directory()
    app = web.Application()
    app.router.add_get("/{what}", served.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    served.url = site.name
    yield served
    await runner.cleanup()


@pytest.fixture
async def connector(
    directory: Directory, database: Callable[[str], Any], tmp_path: Path, configured: Callable[..., Any]
) -> AsyncIterator[Connector]:
    """Connect social care with the directory."""
    (tmp_path / "secret").write_text("hush")
    auth = {"kind": "bearer", "token": {"file": str(tmp_path / "secret")}}
    source = configured(await database("social-care"), directory={"base_url": directory.url, "auth": auth})
    made = connect(source.model_copy(update={"limits": LimitsConfig(deadline=2.0)}))
    yield made
    await made.close()


async def ask(connector: Connector) -> tuple[Reply, Involvement]:
    fields = frozenset(f for f in CATALOGUE if f.startswith(("Professional.", "DutyDesk.")))
    asked = Ask((LocalId("P1"),), fields | {FieldId("Involvement.threshold")}, date(2026, 11, 21))
    reply = await connector.fetch(asked)
    held = [r for r in reply.records[LocalId("P1")] if isinstance(r, Involvement)]
    return reply, next(i for i in held if i.threshold is Threshold.CHILD_PROTECTION)


async def test_phones_and_desks(connector: Connector, directory: Directory) -> None:
    """A worker's phone by staff id; a leaver has none, and the team's duty desk is there."""
    reply, held = await ask(connector)
    assert reply.complete
    told = {p.name: (p.phone, p.email) for p in held.professionals or []}
    assert told == {"Jo Worker": ("07700 900001", "a@e.org"), "Lee Leaver": (None, None)}
    assert held.duty_desk is not None
    assert (held.duty_desk.team, held.duty_desk.phone, held.duty_desk.hours) == ("North", "01632 960001", "always")
    assert directory.asked[0] == "/staff?ids=PR1%2CS-1"
    await ask(connector)
    assert len([a for a in directory.asked if a.startswith("/teams")]) == 1


@pytest.mark.parametrize("answer", [{"staff": 3}, [], {"teams": []}])
async def test_a_broken_directory_spoils_nothing(connector: Connector, directory: Directory, answer: Any) -> None:
    """The workers are named without their phones, and the answer says that it is not complete."""
    directory.answer = answer
    reply, held = await ask(connector)
    assert not reply.complete
    assert [p.name for p in held.professionals or []] == ["Jo Worker", "Lee Leaver"]
    assert held.duty_desk is not None
    assert held.duty_desk.team == "Child Protection North"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_out_of_hours_and_leavers_fall_back_to_a_desk(
    database: Callable[[str], Any], directory: Directory, tmp_path: Path, configured: Callable[..., Any]
) -> None:
    """Without the child's own team the desk is that of the worker's, leaver or not; it says whom to ring at night."""
    (tmp_path / "secret").write_text("hush")
    auth = {"kind": "bearer", "token": {"file": str(tmp_path / "secret")}}
    night = {"name": "Emergency duty team", "phone": "01632 960099"}
    desk = {"phone": "01632 960001", "hours": "Mon-Fri 8.30-17.00", "outOfHours": night}
    directory.answer = {
        "staff": [{"staffId": "PR1", "team": "T7", "left": True, "phone": "01632 960000"}],
        "teams": [{"teamId": "T7", "name": "West", "dutyDesk": desk}],
    }
    url = await database("social-care")
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        connection.execute("UPDATE ssd_involvements SET invo_professional_team = NULL")
        connection.execute("DELETE FROM ssd_involvements WHERE invo_professional_id = 'PR1'")
    connection.close()
    connector = connect(configured(url, directory={"base_url": directory.url, "auth": auth}))
    _, held = await ask(connector)
    await connector.close()
    assert [(p.name, p.phone) for p in held.professionals or []] == [("Lee Leaver", None)]
    assert held.duty_desk is not None
    assert (held.duty_desk.team, held.duty_desk.phone) == ("West", "01632 960001")
    assert held.duty_desk.hours == "Mon-Fri 8.30-17.00; out of hours: Emergency duty team 01632 960099"
