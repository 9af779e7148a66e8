"""The rows of a small made-up authority's SSD database, with the mess of real builds."""

import json
from datetime import date
from typing import Any

TODAY = date(2026, 11, 21)
HOME = json.dumps({"FLAT": "", "HOUSE": "14", "STREET": "Alder Lane", "TOWN": "Brookminster", "UPRN": "100090000014"})
AWAY = json.dumps({"HOUSE": "2", "STREET": "Hidden Way", "TOWN": "Elsewhere"})

ROWS: dict[str, list[dict[str, Any]]] = {
    "ssd_person": [
        {"pers_person_id": "P1", "pers_legacy_id": "L1", "pers_forename": "Robin", "pers_surname": "Example"},
        {"pers_person_id": "P1", "pers_legacy_id": "L1", "pers_forename": "Robyn", "pers_surname": "Exampel"},
        {"pers_person_id": "P1D", "pers_legacy_id": "L1", "pers_forename": "Robin", "pers_surname": "DUPLICATE - E"},
        {"pers_person_id": "P2", "pers_legacy_id": "L2", "pers_forename": "Sam", "pers_surname": "Example"},
        {"pers_person_id": "P3", "pers_legacy_id": "L3", "pers_forename": "Ada", "pers_surname": "Example"},
        {"pers_person_id": "P4", "pers_surname": "Example", "pers_expected_dob": "2027-02-01"},
        {"pers_person_id": "P5", "pers_legacy_id": "L5", "pers_forename": "Kit", "pers_surname": "Sealed"},
        {
            "pers_person_id": "P6",
            "pers_legacy_id": "L6",
            "pers_forename": "Noor",
            "pers_surname": "Late",
            "pers_dob": "2012-05-06",
            "pers_death_date": "2024-08-09",
        },
    ],
    "ssd_linked_identifiers": [
        {"link_person_id": "P1", "link_identifier_type": "NHS Number", "link_identifier_value": "9990000018"},
        {"link_person_id": "P1", "link_identifier_type": "Library Card", "link_identifier_value": "1"},
        {
            "link_person_id": "P1",
            "link_identifier_type": "NHS Number",
            "link_identifier_value": "9990000034",
            "link_valid_from_date": "2014-03-02",
            "link_valid_to_date": "2015-06-30",
        },
    ],
    "ssd_family": [{"fami_family_id": "F1", "fami_person_id": p} for p in ("P1", "P1D", "P2", "P3", "P5")],
    "ssd_mother": [{"moth_person_id": "P3", "moth_childs_person_id": p} for p in ("P1", "P2", "P4")],
    "ssd_address": [
        {"addr_person_id": p, "addr_address_type": kind, "addr_address_postcode": code, "addr_address_json": lines}
        for p, kind, code, lines in (
            ("P1", "HOME", "BK1 1AA", HOME),
            ("P2", "HOME", "BK1 1AA", HOME),
            ("P3", "REFUGE", "BK9 9ZZ", AWAY),
            ("P5", "HOME", "BK2 2BB", "{not json"),
        )
    ]
    + [
        {
            "addr_person_id": "P1",
            "addr_address_type": "PLACEMENT",
            "addr_address_postcode": "",
            "addr_address_json": AWAY,
            "addr_address_start_date": "2024-01-01",
            "addr_address_end_date": "2025-01-01",
        }
    ],
    "ssd_contacts": [
        {
            "cont_contact_id": "C1",
            "cont_person_id": "P1",
            "cont_contact_date": "2025-02-01",
            "cont_contact_outcome_json": '{"NEW_REFERRAL_FLAG":"Y","NFA_FLAG":"N",'
            '"COMMENTS":"said "help"\nand "NFA_FLAG":"Y""}',
        },
        {"cont_contact_id": "C2", "cont_person_id": "P1D", "cont_contact_date": "2023-05-01"},
        {"cont_contact_id": "C3", "cont_person_id": "P2", "cont_contact_date": "2025-03-01"},
    ],
    "ssd_cin_episodes": [
        {
            "cine_referral_id": "R1",
            "cine_person_id": "P1",
            "cine_referral_date": "2025-02-02",
            "cine_cin_primary_need_code": "N1",
            "cine_referral_team": "T1",
            "cine_referral_worker_id": "Pat Words",
            "cine_referral_outcome_json": '{"SINGLE_ASSESSMENT_FLAG":"Y","COMMENTS":"a note"}',
        },
        {
            "cine_referral_id": "R5",
            "cine_person_id": "P5",
            "cine_referral_date": "2020-02-02",
            "cine_close_date": "2020-12-01",
            "cine_referral_worker_id": "Pat Words",
        },
        {
            "cine_referral_id": "R6",
            "cine_person_id": "P5",
            "cine_referral_date": "2019-02-02",
            "cine_close_date": "2019-03-02",
            "cine_referral_worker_id": "jsmith4",
        },
    ],
    "ssd_cin_assessments": [
        {
            "cina_assessment_id": "A1",
            "cina_person_id": "P1",
            "cina_referral_id": "R1",
            "cina_assessment_start_date": "2025-02-10",
            "cina_assessment_auth_date": "2025-03-10",
            "cina_assessment_outcome_json": '{"CIN_PLAN_FLAG":"Y","COMMENTS":"x"}',
            "cina_assessment_worker_id": "jsmith4",
        }
    ],
    "ssd_assessment_factors": [{"cinf_assessment_id": "A1", "cinf_assessment_factors_json": '["3A","99Z"]'}],
    "ssd_cin_plans": [
        {
            "cinp_cin_plan_id": "CP1",
            "cinp_referral_id": "R1",
            "cinp_person_id": "P1",
            "cinp_cin_plan_start_date": "2025-03-12",
        }
    ],
    "ssd_s47_enquiry": [
        {
            "s47e_s47_enquiry_id": "S1",
            "s47e_person_id": "P1",
            "s47e_s47_start_date": "2025-06-01",
            "s47e_s47_outcome_json": '{"CP_CONFERENCE_FLAG":"Y","COMMENTS":"q"}',
        }
    ],
    "ssd_initial_cp_conference": [{"icpc_icpc_id": "I1", "icpc_person_id": "P1", "icpc_icpc_date": "2025-06-10"}],
    "ssd_cp_plans": [
        {
            "cppl_cp_plan_id": "CPP1",
            "cppl_referral_id": "R1",
            "cppl_person_id": "P1",
            "cppl_cp_plan_start_date": "2025-06-11",
            "cppl_cp_plan_end_date": "2026-01-05",
            "cppl_cp_plan_initial_category": "NEG",
            "cppl_cp_plan_latest_category": "EMO",
        }
    ],
    "ssd_cla_episodes": [
        {
            "clae_cla_episode_id": "E1",
            "clae_person_id": "P1",
            "clae_cla_id": "K1",
            "clae_referral_id": "R1",
            "clae_cla_episode_start_date": "2024-01-01",
            "clae_cla_episode_start_reason": "S",
            "clae_cla_episode_ceased_date": "2024-06-01",
            "clae_cla_episode_ceased_reason": "X1",
            "clae_entered_care_date": "2024-01-01",
        },
        {
            "clae_cla_episode_id": "E2",
            "clae_person_id": "P1",
            "clae_cla_id": "K1",
            "clae_referral_id": "R1",
            "clae_cla_episode_start_date": "2024-06-01",
            "clae_cla_episode_start_reason": "P",
            "clae_cla_episode_ceased_date": "2025-01-01",
            "clae_cla_episode_ceased_reason": "E4A",
            "clae_entered_care_date": "2024-01-01",
        },
    ],
    "ssd_cla_placement": [
        {
            "clap_cla_placement_id": "PL1",
            "clap_person_id": "P1",
            "clap_cla_placement_start_date": "2024-01-01",
            "clap_cla_placement_type": "U4",
            "clap_cla_placement_postcode": "BK7 7QQ",
            "clap_cla_placement_urn": "SC123",
        }
    ],
    "ssd_missing": [
        {
            "miss_table_id": "M1",
            "miss_person_id": "P1",
            "miss_missing_episode_start_date": "2024-03-01",
            "miss_missing_episode_type": "M",
            "miss_missing_episode_end_date": "2024-03-02",
        }
    ],
    "ssd_permanence": [{"perm_table_id": "Q1", "perm_person_id": "P2", "perm_permanence_order_type": "SGO"}],
    "ssd_involvements": [
        {
            "invo_involvements_id": "V1",
            "invo_person_id": "P1",
            "invo_professional_id": "PR1",
            "invo_referral_id": "R1",
            "invo_professional_role_id": "Allocated Social Worker",
            "invo_professional_team": "T2",
            "invo_involvement_start_date": "2025-02-03",
        },
        {
            "invo_involvements_id": "V2",
            "invo_person_id": "P1",
            "invo_professional_id": "PR2",
            "invo_referral_id": "R1",
            "invo_professional_role_id": "NULL",
            "invo_professional_team": "T2",
            "invo_involvement_start_date": "2025-02-02",
            "invo_involvement_end_date": "2025-02-03",
        },
        {"invo_involvements_id": "V3", "invo_person_id": "P1", "invo_professional_id": "nobody"},
        {
            "invo_involvements_id": "V4",
            "invo_person_id": "P2",
            "invo_professional_id": "PR2",
            "invo_professional_role_id": "Family Support Worker",
            "invo_professional_team": "T3",
            "invo_involvement_start_date": "2023-01-10",
            "invo_involvement_end_date": "2023-06-01",
        },
    ],
    "ssd_professionals": [
        {"prof_professional_id": "PR1", "prof_staff_id": "S-1", "prof_professional_name": "Jo Worker"},
        {
            "prof_professional_id": "PR2",
            "prof_staff_id": "PR1",
            "prof_professional_name": "Lee Leaver",
            "prof_professional_job_title": "Social Worker",
        },
    ],
    "ssd_department": [
        {"dept_team_id": "T2", "dept_team_name": "Child Protection North"},
        {"dept_team_id": "T3", "dept_team_name": "Early Help East"},
    ],
    "brk_person_restriction": [{"rest_person_id": "P5", "rest_code": "ADOPTION-PRE"}],
    "brk_person_change": [{"chng_person_id": "P1", "chng_changed_at": "2026-11-01T00:00:00+00:00"}],
    "brk_load": [{"load_finished_at": "2026-11-21T02:00:00+00:00"}],
    "ssd_early_help_episodes": [
        {
            "earl_episode_id": "H1",
            "earl_person_id": "P1",
            "earl_episode_start_date": "2022-01-01",
            "earl_episode_end_date": "2022-06-01",
            "earl_episode_reason": "Parenting support",
            "earl_episode_end_reason": "Needs met",
            "earl_episode_organisation": "Family Hub",
            "earl_episode_worker_id": "PR1",
        },
        {
            "earl_episode_id": "H2",
            "earl_person_id": "P2",
            "earl_episode_start_date": "2023-01-04",
            "earl_episode_end_date": "2023-06-01",
            "earl_episode_reason": "Sleep",
            "earl_episode_worker_id": "PR1",
        },
    ],
}
for _row in ROWS["ssd_person"][:2]:
    _row |= {"pers_dob": "2014-03-02", "pers_sex": "F", "pers_single_unique_id": "9990000026", "pers_ethnicity": "WBRI"}
ROWS["ssd_person"][3]["pers_dob"] = "2016-04-05"
