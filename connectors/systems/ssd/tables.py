"""SSD's tables by the column that says whom a row is about, and which part of the standard holds them.

Source: Standard Safeguarding Dataset v1.4.5. Episodes and events are rows of these tables, described here as data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from connectors.systems.ssd.codes import CATEGORIES, EHC_OUTCOMES, MISSING, NEEDS, PLACEMENTS, SEEN_ALONE
from connectors.systems.ssd.optional import KEYS, PERSONAL
from schema.records import EventKind, PlanType, Threshold

PERSON = {
    "ssd_person": "pers_person_id",
    "ssd_linked_identifiers": "link_person_id",
    "ssd_family": "fami_person_id",
    "ssd_address": "addr_person_id",
    "ssd_contacts": "cont_person_id",
    "ssd_early_help_episodes": "earl_person_id",
    "ssd_cin_episodes": "cine_person_id",
    "ssd_cin_assessments": "cina_person_id",
    "ssd_cin_plans": "cinp_person_id",
    "ssd_s47_enquiry": "s47e_person_id",
    "ssd_initial_cp_conference": "icpc_person_id",
    "ssd_cp_plans": "cppl_person_id",
    "ssd_cla_episodes": "clae_person_id",
    "ssd_cla_placement": "clap_person_id",
    "ssd_missing": "miss_person_id",
    "ssd_permanence": "perm_person_id",
    "ssd_involvements": "invo_person_id",
    **{table: KEYS[table] for table in PERSONAL},
}

_EARLY_HELP = ("person", "linked_identifiers", "family", "address", "involvements", "early_help_episodes")
PARTS = {
    "social-care": (frozenset(PERSON) | frozenset(KEYS)) - {"ssd_early_help_episodes"},
    "early-help": frozenset(f"ssd_{t}" for t in _EARLY_HELP),
}


class Reference(Enum):
    """What a build fills a worker column with, whatever the foreign key says."""

    KEY = "professional id"
    STAFF = "staff id"
    WORDS = "description text"


@dataclass(frozen=True, slots=True)
class Worker:
    """A column that refers to a worker, and what they do for the child."""

    column: str
    reference: Reference
    role: str


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


@dataclass(frozen=True, slots=True)
class Event:
    """A table's column whose date is an event; ``when`` are the column's values that make it one."""

    table: str
    id: str
    date: str
    kind: EventKind
    title: str
    end: str | None = None
    outcome: str | None = None
    detail: tuple[str, Mapping[str, str]] | None = None
    when: tuple[str, frozenset[str]] | None = None
    unless: tuple[str, frozenset[str]] | None = None


EVENTS = (
    Event(
        "ssd_contacts",
        "cont_contact_id",
        "cont_contact_date",
        EventKind.CONTACT,
        "Contact with children's social care",
        outcome="cont_contact_outcome_json",
    ),
    Event(
        "ssd_cin_episodes",
        "cine_referral_id",
        "cine_referral_date",
        EventKind.REFERRAL,
        "Referral to children's social care",
        outcome="cine_referral_outcome_json",
    ),
    Event(
        "ssd_early_help_episodes",
        "earl_episode_id",
        "earl_episode_start_date",
        EventKind.EARLY_HELP_START,
        "Early help began",
        detail=("earl_episode_reason", {}),
    ),
    Event(
        "ssd_early_help_episodes",
        "earl_episode_id",
        "earl_episode_end_date",
        EventKind.EARLY_HELP_END,
        "Early help ended",
        detail=("earl_episode_end_reason", {}),
    ),
    Event(
        "ssd_cin_assessments",
        "cina_assessment_id",
        "cina_assessment_start_date",
        EventKind.ASSESSMENT_START,
        "Assessment began",
    ),
    Event(
        "ssd_cin_assessments",
        "cina_assessment_id",
        "cina_assessment_auth_date",
        EventKind.ASSESSMENT_END,
        "Assessment authorised",
        outcome="cina_assessment_outcome_json",
    ),
    Event(
        "ssd_s47_enquiry",
        "s47e_s47_enquiry_id",
        "s47e_s47_start_date",
        EventKind.SECTION_47,
        "Section 47 enquiry",
        end="s47e_s47_end_date",
        outcome="s47e_s47_outcome_json",
    ),
    Event(
        "ssd_initial_cp_conference",
        "icpc_icpc_id",
        "icpc_icpc_date",
        EventKind.CONFERENCE,
        "Initial child protection conference",
        outcome="icpc_icpc_outcome_json",
    ),
    Event(
        "ssd_cin_plans",
        "cinp_cin_plan_id",
        "cinp_cin_plan_start_date",
        EventKind.CHILD_IN_NEED_START,
        "Child in need plan began",
    ),
    Event(
        "ssd_cin_plans",
        "cinp_cin_plan_id",
        "cinp_cin_plan_end_date",
        EventKind.CHILD_IN_NEED_END,
        "Child in need plan ended",
    ),
    Event(
        "ssd_cp_plans",
        "cppl_cp_plan_id",
        "cppl_cp_plan_start_date",
        EventKind.CHILD_PROTECTION_START,
        "Child protection plan began",
        detail=("cppl_cp_plan_initial_category", CATEGORIES),
    ),
    Event(
        "ssd_cp_plans",
        "cppl_cp_plan_id",
        "cppl_cp_plan_end_date",
        EventKind.CHILD_PROTECTION_END,
        "Child protection plan ended",
    ),
    Event(
        "ssd_cla_episodes",
        "clae_cla_episode_id",
        "clae_cla_episode_start_date",
        EventKind.LOOKED_AFTER_START,
        "Became looked after",
        when=("clae_cla_episode_start_reason", frozenset({"S"})),
    ),
    Event(
        "ssd_cla_placement",
        "clap_cla_placement_id",
        "clap_cla_placement_start_date",
        EventKind.PLACEMENT,
        "Placement",
        end="clap_cla_placement_end_date",
        detail=("clap_cla_placement_type", PLACEMENTS),
    ),
    Event(
        "ssd_cla_episodes",
        "clae_cla_episode_id",
        "clae_cla_episode_ceased_date",
        EventKind.LOOKED_AFTER_END,
        "Ceased to be looked after",
        unless=("clae_cla_episode_ceased_reason", frozenset({"X1"})),
    ),
    Event(
        "ssd_missing",
        "miss_table_id",
        "miss_missing_episode_start_date",
        EventKind.MISSING,
        "Missing episode",
        end="miss_missing_episode_end_date",
        detail=("miss_missing_episode_type", MISSING),
    ),
    Event(
        "ssd_cin_visits",
        "cinv_cin_visit_id",
        "cinv_cin_visit_date",
        EventKind.OTHER,
        "Child in need visit",
        detail=("cinv_cin_visit_seen_alone", SEEN_ALONE),
    ),
    Event(
        "ssd_cp_visits",
        "cppv_cp_visit_id",
        "cppv_cp_visit_date",
        EventKind.OTHER,
        "Child protection visit",
        detail=("cppv_cp_visit_seen_alone", SEEN_ALONE),
    ),
    Event(
        "ssd_cla_visits",
        "clav_cla_visit_id",
        "clav_cla_visit_date",
        EventKind.OTHER,
        "Visit to a looked-after child",
        detail=("clav_cla_visit_seen_alone", SEEN_ALONE),
    ),
    Event(
        "ssd_cp_reviews",
        "cppr_cp_review_id",
        "cppr_cp_review_date",
        EventKind.OTHER,
        "Child protection plan reviewed",
    ),
    Event(
        "ssd_cla_reviews",
        "clar_cla_review_id",
        "clar_cla_review_date",
        EventKind.OTHER,
        "Review of a looked-after child",
        unless=("clar_cla_review_cancelled", frozenset({"Y", "1"})),
    ),
    Event(
        "ssd_sdq_scores",
        "csdq_table_id",
        "csdq_sdq_completed_date",
        EventKind.OTHER,
        "Strengths and difficulties questionnaire",
        detail=("csdq_sdq_score", {}),
    ),
    Event(
        "ssd_care_leavers",
        "clea_table_id",
        "clea_pathway_plan_review_date",
        EventKind.OTHER,
        "Pathway plan reviewed",
    ),
    Event(
        "ssd_ehcp_requests",
        "ehcr_ehcp_request_id",
        "ehcr_ehcp_req_date",
        EventKind.EHC,
        "Education, health and care assessment asked for",
    ),
    Event(
        "ssd_ehcp_assessment",
        "ehca_ehcp_assessment_id",
        "ehca_ehcp_assessment_outcome_date",
        EventKind.EHC,
        "Education, health and care assessment decided",
        detail=("ehca_ehcp_assessment_outcome", EHC_OUTCOMES),
    ),
    Event(
        "ssd_ehcp_named_plan",
        "ehcn_named_plan_id",
        "ehcn_named_plan_start_date",
        EventKind.EHC,
        "Education, health and care plan began",
        end="ehcn_named_plan_ceased_date",
    ),
    Event(
        "ssd_ehcp_active_plans",
        "ehcp_active_ehcp_id",
        "ehcp_active_ehcp_last_review_date",
        EventKind.EHC,
        "Education, health and care plan reviewed",
    ),
)
"""What SSD's rows say happened; placement addresses and URNs are never read."""
