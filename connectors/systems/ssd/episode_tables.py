"""The tables of SSD whose rows are involvements: what each column of an episode says.

Source: Standard Safeguarding Dataset v1.4.5.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.systems.ssd.codes import CATEGORIES, NEEDS
from connectors.systems.ssd.tables import Reference, Worker
from schema.records import PlanType, Threshold


@dataclass(frozen=True, slots=True)
class Episode:
    """A table whose rows are involvements."""

    table: str
    id: str
    start: str
    end: str
    sub_service: str
    threshold: Threshold
    referral: str | None = None
    team: str | None = None
    organisation: str | None = None
    reason: tuple[str, Mapping[str, str]] | None = None
    notes: str | None = None
    worker: Worker | None = None
    plan: PlanType | None = None
    category: tuple[str, Mapping[str, str]] | None = None


EPISODES = (
    Episode(
        "ssd_cin_episodes",
        "cine_referral_id",
        "cine_referral_date",
        "cine_close_date",
        "Child in need",
        Threshold.CHILD_IN_NEED,
        referral="cine_referral_id",
        team="cine_referral_team",
        reason=("cine_cin_primary_need_code", NEEDS),
        notes="cine_referral_outcome_json",
        worker=Worker("cine_referral_worker_id", Reference.WORDS, "Referral worker"),
    ),
    Episode(
        "ssd_cp_plans",
        "cppl_cp_plan_id",
        "cppl_cp_plan_start_date",
        "cppl_cp_plan_end_date",
        "Child protection",
        Threshold.CHILD_PROTECTION,
        referral="cppl_referral_id",
        plan=PlanType.CHILD_PROTECTION,
        category=("cppl_cp_plan_latest_category", CATEGORIES),
    ),
    Episode(
        "ssd_early_help_episodes",
        "earl_episode_id",
        "earl_episode_start_date",
        "earl_episode_end_date",
        "Early help",
        Threshold.EARLY_HELP,
        organisation="earl_episode_organisation",
        reason=("earl_episode_reason", {}),
        worker=Worker("earl_episode_worker_id", Reference.KEY, "Lead practitioner"),
    ),
)
CARE = Episode(
    "ssd_cla_episodes",
    "clae_cla_id",
    "clae_cla_episode_start_date",
    "clae_cla_episode_ceased_date",
    "Children looked after",
    Threshold.LOOKED_AFTER,
    referral="clae_referral_id",
    reason=("clae_cla_primary_need_code", NEEDS),
)
"""Rows of one ``clae_cla_id`` are one period of care."""

CONTACTS = Episode(
    "ssd_contacts",
    "cont_contact_id",
    "cont_contact_date",
    "cont_contact_date",
    "Contact",
    Threshold.UNIVERSAL,
)
"""A child of whom the service has only had contacts."""

LEAVING_CARE = Episode(
    "ssd_care_leavers",
    "clea_table_id",
    "clea_care_leaver_latest_contact",
    "clea_care_leaver_latest_contact",
    "Leaving care",
    Threshold.CARE_LEAVER,
    team="clea_care_leaver_allocated_team",
    reason=("clea_care_leaver_eligibility", {}),
    worker=Worker("clea_care_leaver_personal_advisor", Reference.WORDS, "Personal adviser"),
)
"""A care leaver: the table has no dates of its own but that of the latest contact."""
