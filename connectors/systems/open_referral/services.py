"""An Open Referral UK directory: a service's name, telephone, e-mail and hours by its id.

``contacts``, ``phones`` and ``schedules`` are HSDS 3's; ``regular_schedules`` is what earlier versions call the last.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from connectors.contract import Limits
from connectors.errors import SourceBroken
from connectors.shapes import Object, objects, text
from connectors.short_memory import ShortMemory
from connectors.staff_directory import Desk, DirectorySettings, StaffMember
from connectors.together import together
from connectors.transports.client import Client

_REMEMBERED = 300.0
"""Seconds for which a service is remembered: the directory is public and changes by the day."""
_AT_ONCE = 50
_WHICH = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
_DAYS = {"MO": "Mon", "TU": "Tue", "WE": "Wed", "TH": "Thu", "FR": "Fri", "SA": "Sat", "SU": "Sun"}


class ServiceDirectory:
    """A client of one directory."""

    def __init__(self, settings: DirectorySettings, limits: Limits, where: str) -> None:
        """Check the address now; nothing is asked yet."""
        self._client = Client(settings, limits.within(settings.deadline), where)
        self._known: ShortMemory[Desk] = ShortMemory(_REMEMBERED)

    async def desks(self, teams: Iterable[str]) -> Mapping[str, Desk]:
        """Look services up by id; unknown and closed ones are left out."""
        return await self._known.look_up(teams, self._asked)

    async def staff(self, ids: Iterable[str]) -> Mapping[str, StaffMember]:
        """Give nobody: the directory is of services."""
        del ids
        return {}

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()

    async def _asked(self, ids: tuple[str, ...]) -> Mapping[str, Desk]:
        found: list[tuple[str, Desk | None]] = []
        for start in range(0, len(ids), _AT_ONCE):
            found += await together(self._one(one) for one in ids[start : start + _AT_ONCE])
        return {one: desk for one, desk in found if desk is not None}

    async def _one(self, one: str) -> tuple[str, Desk | None]:
        page = await self._client.get(("services", one))
        if page is None:
            return one, None
        if not isinstance(page.value, dict) or text(page.value, "id") != one:
            raise SourceBroken("directory-shape", "services")
        return one, _desk(page.value, datetime.now(UTC).date())


def _desk(service: Object, today: date) -> Desk | None:
    name = text(service, "name")
    if name is None or text(service, "status") not in {"active", None}:
        return None
    contacts = objects(service, "contacts")
    phones = [p for holder in (service, *contacts) for p in objects(holder, "phones")]
    numbers = (text(p, "number") for p in phones)
    mails = (text(holder, "email") for holder in (service, *contacts))
    return Desk(
        name, next((n for n in numbers if n), None), next((m for m in mails if m), None), _hours(service, today)
    )


def _hours(service: Object, today: date) -> str | None:
    """Say when a service is open, a line a schedule; one that is over, or has not begun, says nothing of today."""
    listed = objects(service, "schedules") or objects(service, "regular_schedules")
    listed = [schedule for schedule in listed if _in_force(schedule, today.isoformat())]
    return "; ".join(said for said in map(_open, listed) if said) or None


def _in_force(schedule: Object, today: str) -> bool:
    begins, ends = text(schedule, "valid_from"), text(schedule, "valid_to")
    return (begins or "")[:10] <= today and (ends is None or today <= ends[:10])


def _open(schedule: Object) -> str | None:
    opens, closes = text(schedule, "opens_at"), text(schedule, "closes_at")
    if opens is None or closes is None:
        return text(schedule, "description")
    days = (text(schedule, "byday") or "").replace(" ", "").split(",")
    named = ", ".join(_day(day) for day in days if day)
    return f"{named} {opens[:5]}-{closes[:5]}".strip()


def _day(day: str) -> str:
    """Name a day of the week, or which one of a month it is: RFC 5545's ``2MO`` is its second Monday."""
    which, name = _WHICH.get(day[:-2]), _DAYS.get(day[-2:], day)
    return f"{which} {name} of the month" if which else name
