"""Workers: who works with the child, resolved so that the wrong person's name is never shown.

A reference is resolved as its column is filled in real builds; one that resolves to nobody, or could be two people,
gives no professional. A name as text is used only where the column is documented as description text.
"""

import re
from datetime import date
from typing import TypeVar

import strawberry

from connectors.mapping.status import status_on
from connectors.systems.ssd.asked import Wanted
from connectors.systems.ssd.cells import Row, day, text
from connectors.systems.ssd.held import Rows
from connectors.systems.ssd.tables import Reference, Worker
from schema.records import DutyDesk, Professional, Record, Status

R = TypeVar("R", bound=Record)

_NAME = re.compile(r"[^\W\d_][^\d_@]*\s[^\d_@]+")
_ORDER = {Status.CURRENT: 0, Status.UNKNOWN: 1, Status.HISTORIC: 2}


def want_involvements(wanted: Wanted, rows: Rows) -> None:
    """Want ssd_involvements' columns."""
    asked = rows.asked
    if not (asked.any_of("Professional", "DutyDesk") or asked.has("Involvement.team")):
        return
    wanted.want(
        "ssd_involvements",
        "invo_involvements_id",
        "invo_person_id",
        "invo_professional_id",
        "invo_referral_id",
        "invo_involvement_start_date",
        "invo_involvement_end_date",
        "invo_professional_team" if asked.teams else None,
        "invo_professional_role_id" if asked.has("Professional.role") else None,
    )


def professional_columns(rows: Rows) -> frozenset[str]:
    """Say which of ssd_professionals' columns are wanted."""
    columns = {"prof_professional_id", "prof_staff_id"}
    if rows.asked.has("Professional.name"):
        columns.add("prof_professional_name")
    if rows.asked.has("Professional.role"):
        columns.add("prof_professional_job_title")
    return frozenset(columns)


def involvements_during(
    rows: Rows, person: str, referrals: frozenset[str], start: date | None, end: date | None
) -> list[Row]:
    """Find the involvements of workers in one episode: by its referral; without one, by overlap in time."""
    found = []
    for row in rows.of("ssd_involvements", person):
        referral = text(row, "invo_referral_id")
        if referral in referrals if referral and referrals else _overlaps(rows, row, start, end):
            found.append(row)
    return found


def _overlaps(rows: Rows, row: Row, start: date | None, end: date | None) -> bool:
    began = day(row, "invo_involvement_start_date", rows.reading) or date.min
    ended = day(row, "invo_involvement_end_date", rows.reading) or date.max
    return began <= (end or date.max) and ended >= (start or date.min)


def status_of(rows: Rows, row: Row) -> Status:
    """Say whether an involvement row is current."""
    start, end = (day(row, c, rows.reading) for c in ("invo_involvement_start_date", "invo_involvement_end_date"))
    return status_on(start, end, rows.reading.today)


def professionals(rows: Rows, involved: list[Row], episode: Row, worker: Worker | None) -> list[Professional]:
    """Make the professionals of one episode, current first; its own worker only where nobody else is known."""
    found = [made for made in (_involved(rows, row) for row in involved) if made is not None]
    if not found and worker is not None:
        alone = _referred(rows, episode, worker)
        found = [alone] if alone is not None else []
    return sorted(found, key=lambda p: _ORDER[p.status or Status.UNKNOWN])


def _involved(rows: Rows, row: Row) -> Professional | None:
    reference = text(row, "invo_professional_id")
    person = rows.professionals.by_key(reference) if reference else None
    role, team = text(row, "invo_professional_role_id"), text(row, "invo_professional_team")
    if person is None and role is None and team is None:
        return None
    made = _made(rows, person, role, team)
    made.status = status_of(rows, row)
    made.id = strawberry.ID(f"ssd_involvements/{text(row, 'invo_involvements_id') or ''}")
    return _only_asked(rows, made)


def _referred(rows: Rows, episode: Row, worker: Worker) -> Professional | None:
    reference = text(episode, worker.column)
    if reference is None:
        return None
    resolve = rows.professionals.by_key if worker.reference is Reference.KEY else rows.professionals.by_staff
    person = resolve(reference)
    if person is not None:
        return _only_asked(rows, _made(rows, person, worker.role, None))
    if worker.reference is not Reference.WORDS or not _NAME.fullmatch(reference):
        return None
    return _only_asked(rows, Professional(name=reference, role=f"{worker.role} (name not verified)"))


def _made(rows: Rows, person: Row | None, role: str | None, team: str | None) -> Professional:
    staff_id = text(person, "prof_staff_id") if person is not None else None
    contact = rows.staff.get(staff_id) if staff_id else None
    title = text(person, "prof_professional_job_title") if person is not None else None
    return Professional(
        name=text(person, "prof_professional_name") if person is not None else None,
        role=role or title or (contact.job_title if contact else None),
        team=rows.teams.get(team, team) if team else contact.team_name if contact else None,
        phone=contact.phone if contact else None,
        email=contact.email if contact else None,
    )


def _only_asked(rows: Rows, made: Professional) -> Professional:
    return only(made, rows.asked.names("Professional"), ("name", "role", "team", "phone", "email", "status"))


def only(record: R, asked: frozenset[str], names: tuple[str, ...]) -> R:
    """Leave nothing in a record that was not asked for."""
    for name in names:
        if name not in asked:
            setattr(record, name, None)
    return record


def team_of(rows: Rows, involved: list[Row], own: str | None) -> str | None:
    """Say which team has the child: the episode's own; else that of its latest current worker, or its latest."""
    if own is not None:
        return own
    latest = _latest_first(rows, involved)
    return next((team for team in (text(r, "invo_professional_team") for r in latest) if team), None)


def _latest_first(rows: Rows, involved: list[Row]) -> list[Row]:
    teams = [(status_of(rows, r), day(r, "invo_involvement_start_date", rows.reading), r) for r in involved]
    return [r for _, _, r in sorted(teams, key=lambda t: (_ORDER[t[0]], -(t[1] or date.min).toordinal()))]


def desk_team(rows: Rows, involved: list[Row], team: str | None) -> str | None:
    """Say whose desk to ring: the child's team; without one, that of its latest worker as the directory has them.

    A worker who has left is in no directory's list of phones, but the team they left still has a desk.
    """
    if team is not None:
        return team
    references = (text(r, "invo_professional_id") for r in _latest_first(rows, involved))
    people = (rows.professionals.by_key(r) for r in references if r)
    staff = (rows.staff.get(text(p, "prof_staff_id") or "") for p in people if p is not None)
    return next((s.team for s in staff if s is not None and s.team), None)


def duty_desk(rows: Rows, team: str | None) -> DutyDesk | None:
    """Give a team's duty desk; its name alone where the directory does not know it."""
    if team is None:
        return None
    desk = rows.desks.get(team)
    name = desk.team if desk else rows.teams.get(team)
    made = DutyDesk(
        team=name,
        phone=desk.phone if desk else None,
        email=desk.email if desk else None,
        hours=desk.hours if desk else None,
    )
    return only(made, rows.asked.names("DutyDesk"), ("team", "phone", "email", "hours")) if desk or name else None
