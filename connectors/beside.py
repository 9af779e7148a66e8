"""A register and the directory beside it: what the register says of a child, with whom to ring as the directory has it.

A register of people often holds only an id of a service, a team or a member of staff. The directory knows no people:
it is asked for nothing but those ids. Without it the register's answer stands, said to be incomplete.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from connectors.contract import Ask, Capabilities, Connector, Health, Identity, Located, Reply, Traits
from connectors.errors import SourceError, SourceMisconfigured
from connectors.registry import connect
from connectors.source import SourceConfig
from connectors.staff_directory import Desk, StaffMember
from schema.fields import FieldId
from schema.records import DutyDesk, Involvement, Professional

DESK = frozenset(FieldId(f"DutyDesk.{name}") for name in ("team", "phone", "email", "hours"))
STAFF = frozenset(FieldId(f"Professional.{name}") for name in ("team", "phone", "email"))

_DESK_ID = FieldId("DutyDesk.team")
_WORKER = FieldId("Professional.name")


class Directory(Protocol):
    """Looks up desks by service or team id, and staff by staff id."""

    async def desks(self, teams: Iterable[str]) -> Mapping[str, Desk]:
        """Give the desks known."""
        ...

    async def staff(self, ids: Iterable[str]) -> Mapping[str, StaffMember]:
        """Give the staff known."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class Register(BaseModel):
    """The register of people: another system and its own ``[connection]``; the source's ``[[map]]`` is its."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: str
    connection: Mapping[str, Any]


def register_of(source: SourceConfig, register: Register) -> Connector:
    """Connect the register; its duty desks' team, and professionals' id, are the directory's ids."""
    if register.system == source.system:
        raise SourceMisconfigured(
            "connection", f"{source.path.name}: connection.register.system is the directory's own"
        )
    inner = connect(source.model_copy(update={"system": register.system, "connection": register.connection}))
    if not inner.capabilities.fields & {_DESK_ID, _WORKER}:
        detail = f"{source.path.name}: map: neither DutyDesk.team nor Professional.name is mapped"
        raise SourceMisconfigured("mapping", f"{detail}: the directory has nothing to look up")
    return inner


class Beside:
    """A register's connector, its desks and staff filled from a directory."""

    def __init__(self, register: Connector, directory: Directory, adds: frozenset[FieldId]) -> None:
        """Bring the two together; ``adds`` are the fields the directory can fill."""
        self._register = register
        self._directory = directory
        own = register.capabilities
        desk = DESK if _DESK_ID in own.fields else frozenset()
        staff = STAFF if _WORKER in own.fields else frozenset()
        self._capabilities = replace(own, fields=own.fields | (adds & (desk | staff)))

    @property
    def capabilities(self) -> Capabilities:
        """Say what the register and the directory together can answer."""
        return self._capabilities

    async def fetch(self, ask: Ask) -> Reply:
        """Ask the register, then the directory for the ids in its answer; nothing that was not asked is given."""
        wanted = ask.fields & self._capabilities.fields
        more = {_DESK_ID} if wanted & DESK else set()
        more |= {_WORKER} if wanted & STAFF else set()
        inner = replace(ask, fields=(ask.fields | more) & self._register.capabilities.fields)
        reply = await self._register.fetch(inner)
        held = [r for listed in reply.records.values() for r in listed if isinstance(r, Involvement)]
        complete = await self._filled(held, wanted) if more else True
        return replace(reply, complete=reply.complete and complete)

    async def _filled(self, held: list[Involvement], wanted: frozenset[FieldId]) -> bool:
        """Fill desks and staff; false where the directory could not be asked."""
        people = [p for i in held for p in i.professionals or []]
        try:
            desks = await self._directory.desks({d for i in held if (d := _desk_id(i))}) if wanted & DESK else {}
            staff = await self._directory.staff({str(p.id) for p in people if p.id}) if wanted & STAFF else {}
            complete = True
        except SourceError:
            desks, staff, complete = {}, {}, False
        for involvement in held:
            _fill_desk(involvement, desks, wanted)
        for professional in people:
            _fill_person(professional, staff.get(str(professional.id)), wanted)
        return complete

    async def locate(self, traits: Traits) -> Located:
        """Find one person in the register."""
        return await self._register.locate(traits)

    def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Yield the register's people."""
        return self._register.identities(since)

    async def health(self) -> Health:
        """Say whether both can be asked; without its directory the register can still be."""
        health = await self._register.health()
        if not health.ok:
            return health
        try:
            await self._directory.desks(("health",))
        except SourceError:
            return replace(health, code="directory-unavailable")
        return health

    async def close(self) -> None:
        """Close both."""
        await asyncio.gather(self._register.close(), self._directory.close())


def _desk_id(involvement: Involvement) -> str | None:
    return involvement.duty_desk.team if involvement.duty_desk else None


def _fill_desk(involvement: Involvement, desks: Mapping[str, Desk], wanted: frozenset[FieldId]) -> None:
    """Put the directory's desk in the place of its id; an id nobody knows is not a team's name."""
    desk = desks.get(_desk_id(involvement) or "")
    if not wanted & DESK or desk is None:
        involvement.duty_desk = None
        return
    found = DutyDesk(team=desk.team, phone=desk.phone, email=desk.email, hours=desk.hours)
    for field in DESK - wanted:
        setattr(found, field.partition(".")[2], None)
    involvement.duty_desk = found


def _fill_person(professional: Professional, known: StaffMember | None, wanted: frozenset[FieldId]) -> None:
    """Give a worker's phone as the directory has it: its word stands before the register's, and a leaver has none."""
    if _WORKER not in wanted:
        professional.name = None
    if known is None:
        return
    values = {"team": known.team_name or professional.team, "phone": known.phone, "email": known.email}
    for name, value in values.items():
        if FieldId(f"Professional.{name}") in wanted:
            setattr(professional, name, value)
