"""The tables of SSD whose rows are events of a chronology: which date of which column is what.

Source: Standard Safeguarding Dataset v1.4.5.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.systems.ssd.codes import CATEGORIES, EHC_OUTCOMES, MISSING, PLACEMENTS, SEEN_ALONE
from schema.records import EventKind


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
