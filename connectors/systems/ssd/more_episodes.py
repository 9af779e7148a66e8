"""Involvements made from tables that many deployments do not have: leaving care, and EHC plans."""

import strawberry

from connectors.mapping.status import status_on
from connectors.systems.ssd.asked import Wanted
from connectors.systems.ssd.cells import Row, day, text
from connectors.systems.ssd.episode_tables import LEAVING_CARE
from connectors.systems.ssd.held import Rows
from connectors.systems.ssd.workers import duty_desk, only, professionals
from schema.records import Involvement, Plan, PlanType, Status
from schema.services import Service

VISITS = (
    ("ssd_cin_visits", "cinv_cin_visit_date"),
    ("ssd_cp_visits", "cppv_cp_visit_date"),
    ("ssd_cla_visits", "clav_cla_visit_date"),
)

_FIELDS = ("service", "status", "sub_service", "team", "threshold", "start", "end", "last_interaction", "reason")
_TOUCH = {
    "YES": Status.CURRENT,
    "Y": Status.CURRENT,
    "NO": Status.CURRENT,
    "N": Status.CURRENT,
    "DIED": Status.HISTORIC,
    "RHOM": Status.HISTORIC,
}
"""Whether the authority is in touch (SSDA903 codes): out of touch, it still owes a care leaver its duties."""


def want_more(wanted: Wanted) -> None:
    """Want the columns these involvements are made from."""
    wanted.want("ssd_care_leavers", "clea_care_leaver_in_touch")
    wanted.want(
        "ssd_ehcp_named_plan",
        "ehcn_ehcp_asmt_id",
        "ehcn_named_plan_id",
        "ehcn_named_plan_start_date",
        "ehcn_named_plan_ceased_date",
    )
    for table, *columns in (
        ("ssd_ehcp_assessment", "ehca_ehcp_request_id", "ehca_ehcp_assessment_id"),
        ("ssd_ehcp_requests", "ehcr_send_table_id", "ehcr_ehcp_request_id"),
    ):
        wanted.want(table, *columns)


def leaving_care(rows: Rows, person: str, service: Service) -> list[Involvement]:
    """Make a care leaver's involvements."""
    return [_leaver(rows, row, service) for row in rows.of(LEAVING_CARE.table, person)]


def _leaver(rows: Rows, row: Row, service: Service) -> Involvement:
    team = text(row, LEAVING_CARE.team)
    made = Involvement(
        id=strawberry.ID(f"{LEAVING_CARE.table}/{text(row, LEAVING_CARE.id) or ''}"),
        service=service,
        status=_TOUCH.get((text(row, "clea_care_leaver_in_touch") or "").upper(), Status.UNKNOWN),
        sub_service=LEAVING_CARE.sub_service,
        team=rows.teams.get(team, team) if team else None,
        threshold=LEAVING_CARE.threshold,
        last_interaction=day(row, LEAVING_CARE.start, rows.reading),
        reason=text(row, "clea_care_leaver_eligibility"),
    )
    only(made, rows.asked.names("Involvement"), _FIELDS)
    if rows.asked.any_of("Professional"):
        made.professionals = professionals(rows, [], row, LEAVING_CARE.worker)
    if rows.asked.any_of("DutyDesk"):
        made.duty_desk = duty_desk(rows, team)
    return made


def ehc_plans(rows: Rows, person: str, service: Service) -> list[Involvement]:
    """Make the involvements of a child's education, health and care plans."""
    return [_planned(rows, row, service) for row in rows.of("ssd_ehcp_named_plan", person)]


def _planned(rows: Rows, row: Row, service: Service) -> Involvement:
    start, end = (day(row, f"ehcn_named_plan_{c}_date", rows.reading) for c in ("start", "ceased"))
    unreadable = end is None and text(row, "ehcn_named_plan_ceased_date") is not None
    identity = strawberry.ID(f"ssd_ehcp_named_plan/{text(row, 'ehcn_named_plan_id') or ''}")
    sure = not unreadable and (start or end)
    made = Involvement(
        id=identity,
        service=service,
        status=status_on(start, end, rows.reading.today) if sure else Status.UNKNOWN,
        sub_service="Education, health and care plan",
        start=start,
        end=end,
    )
    only(made, rows.asked.names("Involvement"), _FIELDS)
    if rows.asked.any_of("Plan"):
        made.plan = Plan(id=identity, type=PlanType.EHC, start=start, end=end)
        only(made.plan, rows.asked.names("Plan"), ("type", "start", "end"))
    return made
