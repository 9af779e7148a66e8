"""Episodes made into involvements: referrals (children in need), child protection plans, care, early help."""

from collections.abc import Iterable
from datetime import date

import strawberry

from connectors.mapping.status import status_on
from connectors.systems.ssd.asked import Asked, Wanted
from connectors.systems.ssd.cells import Row, day, text
from connectors.systems.ssd.codes import decoded
from connectors.systems.ssd.episode_tables import CARE, CONTACTS, EPISODES, LEAVING_CARE, Episode
from connectors.systems.ssd.held import Rows
from connectors.systems.ssd.more_episodes import VISITS, ehc_plans, leaving_care, want_more
from connectors.systems.ssd.outcomes import read_outcome
from connectors.systems.ssd.tables import PERSON
from connectors.systems.ssd.workers import desk_team, duty_desk, involvements_during, only, professionals, team_of
from schema.records import Involvement, Plan, PlanType, Status
from schema.services import Service

_FIELDS = (
    "service",
    "status",
    "sub_service",
    "organisation",
    "team",
    "threshold",
    "start",
    "end",
    "last_interaction",
    "reason",
    "notes",
)


def want_episodes(wanted: Wanted, asked: Asked) -> None:
    """Want the columns that involvements, and what is inside them, are made from."""
    if not asked.involvements:
        return
    for episode in (*EPISODES, CARE, LEAVING_CARE):
        wanted.want(
            episode.table,
            PERSON[episode.table],
            episode.id,
            episode.start,
            episode.end,
            episode.referral,
            episode.team if asked.teams else None,
            episode.organisation if asked.has("Involvement.organisation") else None,
            episode.reason[0] if episode.reason and asked.has("Involvement.reason") else None,
            episode.notes if episode.notes and asked.has("Involvement.notes") else None,
            episode.worker.column if episode.worker and asked.any_of("Professional") else None,
            episode.category[0] if episode.category and asked.has("Plan.category") else None,
        )
    wanted.want("ssd_cla_episodes", "clae_entered_care_date")
    want_more(wanted)
    wanted.want("ssd_contacts", "cont_person_id", "cont_contact_id", "cont_contact_date")
    if asked.any_of("Plan"):
        plan_columns = ("id", "start_date", "end_date")
        wanted.want(
            "ssd_cin_plans", "cinp_person_id", "cinp_referral_id", *(f"cinp_cin_plan_{c}" for c in plan_columns)
        )
    if asked.has("Involvement.last_interaction"):
        columns = ("cina_person_id", "cina_assessment_start_date", "cina_assessment_auth_date")
        wanted.want("ssd_cin_assessments", *columns)
        wanted.want("ssd_cla_episodes", "clae_cla_last_iro_contact_date")
        for table, column in VISITS:
            wanted.want(table, PERSON[table], column)


def involvements(rows: Rows, person: str, service: Service) -> list[Involvement]:
    """Make a person's involvements, and where there are none but there were contacts, one that says so."""
    if not rows.asked.involvements:
        return []
    found = [_involvement(rows, person, service, e, [row]) for e in EPISODES for row in rows.of(e.table, person)]
    found += [_involvement(rows, person, service, CARE, period) for period in _periods(rows, person)]
    found += [*leaving_care(rows, person, service), *ehc_plans(rows, person, service)]
    contacts = rows.of("ssd_contacts", person)
    if not found and contacts:
        found = [_contacts_only(rows, service, contacts)]
    return found


def _periods(rows: Rows, person: str) -> Iterable[list[Row]]:
    """Put the episodes of one period of care together; one without a period's id stands alone."""
    periods: dict[str, list[Row]] = {}
    for number, row in enumerate(rows.of(CARE.table, person)):
        periods.setdefault(text(row, "clae_cla_id") or f"alone-{number}", []).append(row)
    return periods.values()


def _involvement(rows: Rows, person: str, service: Service, episode: Episode, held: list[Row]) -> Involvement:
    row = held[0]
    starts = [d for r in held for d in (day(r, c, rows.reading) for c in _start_columns(episode)) if d]
    ends = [day(r, episode.end, rows.reading) for r in held]
    start = min(starts, default=None)
    end = max((e for e in ends if e), default=None) if all(ends) else None
    referrals = frozenset(t for t in (text(r, episode.referral) for r in held) if t)
    involved = involvements_during(rows, person, referrals, start, end)
    team = team_of(rows, involved, text(row, episode.team)) if rows.asked.teams else None
    reason, notes = episode.reason, episode.notes
    made = Involvement(
        id=strawberry.ID(f"{episode.table}/{text(row, episode.id) or ''}"),
        service=service,
        status=_status(rows, held, episode, start, end),
        sub_service=episode.sub_service,
        organisation=text(row, episode.organisation),
        team=rows.teams.get(team, team) if team else None,
        threshold=episode.threshold,
        start=start,
        end=end,
        last_interaction=_last_interaction(rows, person, episode, held, start, end),
        reason=decoded(text(row, reason[0]), reason[1]) if reason else None,
        notes=read_outcome(text(row, notes)).comments if notes else None,
    )
    only(made, rows.asked.names("Involvement"), _FIELDS)
    if rows.asked.any_of("Professional"):
        made.professionals = professionals(rows, involved, row, episode.worker)
    if rows.asked.any_of("DutyDesk"):
        made.duty_desk = duty_desk(rows, desk_team(rows, involved, team))
    if rows.asked.any_of("Plan"):
        made.plan = _plan(rows, person, episode, row, referrals)
    return made


def _start_columns(episode: Episode) -> tuple[str, ...]:
    return (episode.start, "clae_entered_care_date") if episode is CARE else (episode.start,)


def _status(rows: Rows, held: list[Row], episode: Episode, start: date | None, end: date | None) -> Status:
    """Derive the status; an end that is there and cannot be read never makes anything current."""
    if end is None and any(text(r, episode.end) and day(r, episode.end, rows.reading) is None for r in held):
        return Status.UNKNOWN
    return Status.UNKNOWN if start is None and end is None else status_on(start, end, rows.reading.today)


def _last_interaction(
    rows: Rows, person: str, episode: Episode, held: list[Row], start: date | None, end: date | None
) -> date | None:
    """Give the latest contact, assessment or reviewing officer's contact during the episode."""
    if not rows.asked.has("Involvement.last_interaction"):
        return None
    columns = [
        ("ssd_contacts", "cont_contact_date"),
        ("ssd_cin_assessments", "cina_assessment_start_date"),
        ("ssd_cin_assessments", "cina_assessment_auth_date"),
        *VISITS,
    ]
    days = [day(r, column, rows.reading) for table, column in columns for r in rows.of(table, person)]
    if episode is CARE:
        days += [day(r, "clae_cla_last_iro_contact_date", rows.reading) for r in held]
    last = min(end or date.max, rows.reading.today)
    return max((d for d in days if d and (start or date.min) <= d <= last), default=start)


def _contacts_only(rows: Rows, service: Service, contacts: list[Row]) -> Involvement:
    days = sorted(d for d in (day(r, CONTACTS.start, rows.reading) for r in contacts) if d)
    first, last = (days[0], days[-1]) if days else (None, None)
    made = Involvement(
        id=strawberry.ID(f"{CONTACTS.table}/{text(contacts[-1], CONTACTS.id) or ''}"),
        service=service,
        status=Status.HISTORIC if last else Status.UNKNOWN,
        sub_service=CONTACTS.sub_service,
        start=first,
        end=last,
        last_interaction=last,
    )
    only(made, rows.asked.names("Involvement"), _FIELDS)
    return made


def _plan(rows: Rows, person: str, episode: Episode, row: Row, referrals: frozenset[str]) -> Plan | None:
    if episode.plan is not None:
        start, end = (day(row, c, rows.reading) for c in (episode.start, episode.end))
        category = decoded(text(row, episode.category[0]), episode.category[1]) if episode.category else None
        return _plan_made(rows, f"{episode.table}/{text(row, episode.id) or ''}", episode.plan, start, end, category)
    if episode.table != "ssd_cin_episodes":
        return None
    plans = [p for p in rows.of("ssd_cin_plans", person) if text(p, "cinp_referral_id") in referrals]
    latest = max(plans, key=lambda p: day(p, "cinp_cin_plan_start_date", rows.reading) or date.min, default=None)
    if latest is None:
        return None
    start, end = (day(latest, f"cinp_cin_plan_{c}_date", rows.reading) for c in ("start", "end"))
    identity = f"ssd_cin_plans/{text(latest, 'cinp_cin_plan_id') or ''}"
    return _plan_made(rows, identity, PlanType.CHILD_IN_NEED, start, end, None)


def _plan_made(
    rows: Rows, identity: str, kind: PlanType, start: date | None, end: date | None, category: str | None
) -> Plan:
    made = Plan(id=strawberry.ID(identity), type=kind, start=start, end=end, category=category)
    only(made, rows.asked.names("Plan"), ("type", "start", "end", "category"))
    return made
