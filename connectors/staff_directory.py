"""A staff directory: phone, e-mail and team by staff id, and each team's duty desk.

The Standard Safeguarding Dataset holds no phone and no e-mail; an authority's directory does. It knows staff and
no children, and is asked for nothing but staff and team ids.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from connectors.contract import Limits
from connectors.errors import SourceBroken
from connectors.short_memory import ShortMemory
from connectors.transports.client import Client, HttpConnection

_MOST = 200
_REMEMBERED = 60.0


class DirectorySettings(HttpConnection):
    """Where the directory is, and how long an answer may wait for it; shorter than the source's own deadline."""

    deadline: float = Field(default=1.0, gt=0, le=10)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff as the directory has them; a leaver has neither phone nor e-mail."""

    team: str | None = None
    team_name: str | None = None
    job_title: str | None = None
    phone: str | None = None
    email: str | None = None
    left: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """A team and its duty desk. ``hours`` also say whom to ring outside them: true at whatever hour it is read."""

    team: str
    phone: str | None = None
    email: str | None = None
    hours: str | None = None


class StaffDirectory:
    """A client of one directory."""

    def __init__(self, settings: DirectorySettings, limits: Limits, where: str) -> None:
        """Check the address and read the secret now."""
        self._client = Client(settings, limits.within(settings.deadline), where)
        self._desks: ShortMemory[Desk] = ShortMemory(_REMEMBERED)

    async def staff(self, ids: Iterable[str]) -> Mapping[str, StaffMember]:
        """Look staff up by staff id; unknown ids are left out."""
        found: dict[str, StaffMember] = {}
        for item in await self._listed("staff", sorted(set(ids))):
            staff_id = _text(item, "staffId")
            if staff_id:
                found[staff_id] = _member(item)
        return found

    async def desks(self, teams: Iterable[str]) -> Mapping[str, Desk]:
        """Look teams up by team id, remembered for a minute; unknown ids are left out."""
        return await self._desks.look_up(teams, self._asked_desks)

    async def _asked_desks(self, teams: tuple[str, ...]) -> Mapping[str, Desk]:
        found: dict[str, Desk] = {}
        for item in await self._listed("teams", list(teams)):
            team_id, name = _text(item, "teamId"), _text(item, "name")
            desk = item.get("dutyDesk")
            if team_id and name and isinstance(desk, dict):
                found[team_id] = Desk(name, _text(desk, "phone"), _text(desk, "email"), hours_of(desk))
        return found

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()

    async def _listed(self, what: str, ids: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        wanted = [i for i in ids if "," not in i]
        for start in range(0, len(wanted), _MOST):
            batch = wanted[start : start + _MOST]
            page = await self._client.get((what,), (("ids", ",".join(batch)),))
            listed = page.value.get(what) if page is not None and isinstance(page.value, dict) else None
            if not isinstance(listed, list):
                raise SourceBroken("directory-shape", what)
            found.extend(item for item in listed if isinstance(item, dict))
        return found


def _member(item: Mapping[str, Any]) -> StaffMember:
    left = item.get("left") is True
    return StaffMember(
        team=_text(item, "team"),
        team_name=_text(item, "teamName"),
        job_title=_text(item, "jobTitle"),
        phone=None if left else _text(item, "phone") or _text(item, "mobile"),
        email=None if left else _text(item, "email"),
        left=left,
    )


def hours_of(desk: Mapping[str, Any]) -> str | None:
    """Say when a desk is staffed and, where the directory knows, whom to ring at any other time."""
    outside = desk.get("outOfHours")
    told = [_text(desk, "hours")]
    if isinstance(outside, dict):
        said = " ".join(t for t in (_text(outside, n) for n in ("name", "phone", "email", "hours")) if t)
        told.append(f"out of hours: {said}" if said else None)
    return "; ".join(t for t in told if t) or None


def _text(item: Mapping[str, Any], name: str) -> str | None:
    value = item.get(name)
    return value.strip() or None if isinstance(value, str) else None
