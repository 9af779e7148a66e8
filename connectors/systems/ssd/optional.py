"""Tables that many deployments do not have: what is read of them, how they hang together, and which are there.

Whether a table is there is found out once and remembered, so that one that is not is no error when somebody asks.
A table with other columns than the standard's (v1.4) counts as not there. Source for columns: the standard's builds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.errors import SourceBroken, SourceRefused
from connectors.short_memory import ShortMemory
from connectors.systems.ssd.asked import Wanted
from connectors.systems.ssd.cells import text
from connectors.systems.ssd.held import Rows
from connectors.together import together
from connectors.transports.sql import Database, Query
from connectors.transports.sql import Rows as Found

COLUMNS = {
    "ssd_cin_visits": "cinv_person_id cinv_cin_visit_id cinv_cin_visit_date cinv_cin_visit_seen_alone",
    "ssd_cp_visits": "cppv_person_id cppv_cp_visit_id cppv_cp_visit_date cppv_cp_visit_seen_alone",
    "ssd_cla_visits": "clav_person_id clav_cla_visit_id clav_cla_visit_date clav_cla_visit_seen_alone",
    "ssd_cp_reviews": "cppr_person_id cppr_cp_review_id cppr_cp_review_date",
    "ssd_cla_reviews": "clar_cla_id clar_cla_review_id clar_cla_review_date clar_cla_review_cancelled",
    "ssd_sdq_scores": "csdq_person_id csdq_table_id csdq_sdq_completed_date csdq_sdq_score",
    "ssd_care_leavers": "clea_person_id clea_table_id clea_care_leaver_eligibility clea_care_leaver_in_touch "
    "clea_care_leaver_latest_contact clea_pathway_plan_review_date clea_care_leaver_personal_advisor "
    "clea_care_leaver_allocated_team",
    "ssd_send": "send_person_id send_table_id",
    "ssd_ehcp_requests": "ehcr_send_table_id ehcr_ehcp_request_id ehcr_ehcp_req_date",
    "ssd_ehcp_assessment": "ehca_ehcp_request_id ehca_ehcp_assessment_id ehca_ehcp_assessment_outcome_date "
    "ehca_ehcp_assessment_outcome",
    "ssd_ehcp_named_plan": "ehcn_ehcp_asmt_id ehcn_named_plan_id ehcn_named_plan_start_date "
    "ehcn_named_plan_ceased_date ehcn_named_plan_ceased_reason",
    "ssd_ehcp_active_plans": "ehcp_ehcp_request_id ehcp_active_ehcp_id ehcp_active_ehcp_last_review_date",
}
"""The optional tables, and of each what may be read; the first column says whom, or what, a row is about."""

KEYS: Mapping[str, str] = {table: columns.split()[0] for table, columns in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class Link:
    """A table whose rows are about another table's row, not about a person."""

    table: str
    parent: str
    parent_key: str


LINKS = (
    Link("ssd_cla_reviews", "ssd_cla_episodes", "clae_cla_id"),
    Link("ssd_ehcp_requests", "ssd_send", "send_table_id"),
    Link("ssd_ehcp_assessment", "ssd_ehcp_requests", "ehcr_ehcp_request_id"),
    Link("ssd_ehcp_active_plans", "ssd_ehcp_requests", "ehcr_ehcp_request_id"),
    Link("ssd_ehcp_named_plan", "ssd_ehcp_assessment", "ehca_ehcp_assessment_id"),
)
"""In the order they are followed: each parent before what hangs on it."""

PERSONAL = frozenset(KEYS) - {link.table for link in LINKS}
_REMEMBERED = 600.0
_MISSING = frozenset({"missing-table", "missing-column", "not-permitted"})


class Presence:
    """Which optional tables a database has, remembered for some minutes."""

    def __init__(self, database: Database, without: frozenset[str]) -> None:
        """Know those the authority says it does not have: they are never asked for."""
        self._database = database
        self._without = without
        self._known: ShortMemory[bool] = ShortMemory(_REMEMBERED)

    async def absent(self, tables: frozenset[str]) -> frozenset[str]:
        """Say which of these tables are not there."""
        asked = tables & frozenset(COLUMNS) - self._without
        here = await self._known.look_up(asked, self._looked) if asked else {}
        return (tables & self._without) | {t for t in asked if not here[t]}

    async def _looked(self, tables: tuple[str, ...]) -> dict[str, bool]:
        return dict(zip(tables, await together(self._is_there(table) for table in tables), strict=True))

    async def _is_there(self, table: str) -> bool:
        try:
            await self._database.one(Query(table, frozenset(COLUMNS[table].split()), KEYS[table], ("",)))
        except (SourceBroken, SourceRefused) as wrong:
            if wrong.code in _MISSING:
                return False
            raise
        return True


def want_links(wanted: Wanted) -> None:
    """Want what leads from a person to each wanted table that is not about a person itself."""
    for link in reversed(LINKS):
        if link.table in wanted.columns:
            own = KEYS.get(link.parent)
            wanted.want(link.parent, own, link.parent_key)


def linked(rows: Rows, link: Link) -> dict[str, str]:
    """Say whose each id is that a linked table's rows may refer to."""
    parents = rows.by_table.get(link.parent, {})
    ids = ((text(row, link.parent_key), person) for person, listed in parents.items() for row in listed)
    return {key: person for key, person in ids if key}


def hung(rows: Rows, link: Link, found: Found) -> None:
    """Put a linked table's rows by the person their parent is about."""
    owners = linked(rows, link)
    held = rows.by_table.setdefault(link.table, {})
    for row in found.rows:
        person = owners.get(text(row, KEYS[link.table]) or "")
        if person is not None:
            held.setdefault(person, []).append(row)
