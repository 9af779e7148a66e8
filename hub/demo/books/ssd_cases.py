"""What the council's databases hold about cases: contacts, episodes, assessments, enquiries, plans, care."""

import json
from collections.abc import Callable
from datetime import date, timedelta

from hub.demo.agencies import AGENCIES, Source
from hub.demo.books.days import iso
from hub.demo.books.ssd_tables import Shelf
from hub.demo.books.ssd_workers import professional_id, staff_id, team_id
from hub.demo.lives import Happening, Spell
from hub.demo.population import Entry
from hub.demo.workforce import Worker, workers

SOURCES = {
    "1A": "Individual - family member/relative/carer",
    "1C": "Individual - other",
    "2A": "Schools",
    "3A": "Health services - GP",
    "3B": "Health services - health visitor",
    "3E": "Health services - other primary health services",
    "3F": "Health services - A&E",
    "4": "Housing",
    "6": "Police",
}
"""The labels of the referral sources the demo uses."""

CONTACT_FLAGS = ("NEW_REFERRAL", "EXISTING_REFERRAL", "EARLY_HELP", "INFORMATION_ADVICE", "NFA")
REFERRAL_FLAGS = ("SINGLE_ASSESSMENT", "STRATEGY_DISCUSSION", "EARLY_HELP", "NFA")
ASSESSMENT_FLAGS = ("CIN_PLAN", "STRATEGY_DISCUSSION", "STEP_DOWN_EARLY_HELP", "NFA")
ENQUIRY_FLAGS = ("CP_CONFERENCE", "CIN_PLAN", "NFA")
CONFERENCE_FLAGS = ("CP_PLAN", "CIN_PLAN", "NFA")

ROLES = {
    "reviewing": "Independent Reviewing Officer",
    "adoption": "Adoption Social Worker",
    "family-help": "Lead Practitioner",
    "parenting": "Parenting Practitioner",
}
"""What a team's workers are to a child; others are allocated social workers."""


def outcome(flags: tuple[str, ...], said: str, comments: str, *, escaped: bool) -> str:
    """Write an outcome column; unescaped comments are put between quotes as they are, as real builds do."""
    members = ",".join(f'"{flag}_FLAG":"{"Y" if flag == said else "N"}"' for flag in flags)
    text = json.dumps(comments) if escaped else f'"{comments}"'
    return f'{{{members},"COMMENTS":{text}}}'


def _worker(key: str) -> Worker:
    return workers()[key or "front-door-2"]


def log_in(worker: Worker) -> str:
    """Give the log-in name that assessments hold: found in no table."""
    return f"{worker.given[0]}{worker.family}{worker.key[-1]}".lower().replace("'", "")


class Cases:
    """Writes one person's cases; a record hangs on the referral open when it began."""

    def __init__(self, shelf: Shelf, entry: Entry) -> None:
        self.shelf, self.entry, self.id = shelf, entry, entry.local_id
        self.referrals: list[tuple[date, date | None, str]] = []
        self.enquiry = self.conference = self.care = ""

    def write(self) -> None:
        """Write every contact, spell and conference, in order."""
        life, source = self.entry.life, Source.SOCIAL_CARE
        for happening in life.days(source, "contact"):
            self._contact(happening)
        for spell in life.of(source, "referral"):
            self._referral(spell)
        writers: dict[str, Callable[[Spell], None]] = {
            "assessment": self._assessment,
            "cin": self._cin,
            "s47": self._s47,
            "cla": self._cla,
            "legal": self._legal,
            "missing": self._missing,
            "worker": self._involvement,
            "chair": self._involvement,
        }
        for kind, writer in writers.items():
            for spell in life.of(source, kind):
                writer(spell)
        for happening in life.days(source, "icpc"):
            self._icpc(happening)
        for kind, writer in {"cp": self._cp, "placement": self._placement, "permanence": self._permanence}.items():
            for spell in life.of(source, kind):
                writer(spell)

    def _referral_on(self, day: date) -> str | None:
        found = [r for start, end, r in self.referrals if start <= day and (end is None or day <= end)]
        return found[-1] if found else None

    def _contact(self, happening: Happening) -> None:
        code, said = happening.code.split()
        self.shelf.add(
            "ssd_contacts",
            cont_contact_id=self.shelf.number(),
            cont_person_id=self.id,
            cont_contact_date=iso(happening.day),
            cont_contact_source_code=code,
            cont_contact_source_desc=SOURCES[code],
            cont_contact_outcome_json=outcome(CONTACT_FLAGS, said, happening.text, escaped=False),
        )

    def _referral(self, spell: Spell) -> None:
        code, need, close, said = spell.code.split()
        worker, number = _worker(spell.worker), self.shelf.number()
        self.referrals.append((spell.start, spell.end, number))
        self.shelf.add(
            "ssd_cin_episodes",
            cine_referral_id=number,
            cine_person_id=self.id,
            cine_referral_date=iso(spell.start),
            cine_cin_primary_need_code=need,
            cine_referral_source_code=code,
            cine_referral_source_desc=SOURCES[code],
            cine_referral_outcome_json=outcome(REFERRAL_FLAGS, said, spell.text, escaped=False),
            cine_referral_nfa="Y" if said == "NFA" else "N",
            cine_close_reason=close if spell.end else None,
            cine_close_date=iso(spell.end),
            cine_referral_team=team_id(worker.team),
            cine_referral_worker_id=worker.name,
        )

    def _assessment(self, spell: Spell) -> None:
        said, *factors = spell.code.split()
        worker, number = _worker(spell.worker), self.shelf.number()
        self.shelf.add(
            "ssd_cin_assessments",
            cina_assessment_id=number,
            cina_person_id=self.id,
            cina_referral_id=self._referral_on(spell.start),
            cina_assessment_start_date=iso(spell.start),
            cina_assessment_child_seen="Y",
            cina_assessment_auth_date=iso(spell.end),
            cina_assessment_outcome_json=outcome(ASSESSMENT_FLAGS, said, spell.text, escaped=False),
            cina_assessment_outcome_nfa="Y" if said == "NFA" else "N",
            cina_assessment_team=team_id(worker.team),
            cina_assessment_worker_id=log_in(worker),
        )
        self.shelf.add(
            "ssd_assessment_factors",
            cinf_table_id=self.shelf.number(),
            cinf_assessment_id=number,
            cinf_assessment_factors_json=json.dumps(factors),
        )

    def _cin(self, spell: Spell) -> None:
        worker = _worker(spell.worker)
        self.shelf.add(
            "ssd_cin_plans",
            cinp_cin_plan_id=self.shelf.number(),
            cinp_referral_id=self._referral_on(spell.start),
            cinp_person_id=self.id,
            cinp_cin_plan_start_date=iso(spell.start),
            cinp_cin_plan_end_date=iso(spell.end),
            cinp_cin_plan_team=team_id(worker.team),
            cinp_cin_plan_worker_id=professional_id(worker),
        )

    def _s47(self, spell: Spell) -> None:
        worker = _worker(spell.worker)
        self.enquiry = self.shelf.number()
        self.shelf.add(
            "ssd_s47_enquiry",
            s47e_s47_enquiry_id=self.enquiry,
            s47e_referral_id=self._referral_on(spell.start),
            s47e_person_id=self.id,
            s47e_s47_start_date=iso(spell.start),
            s47e_s47_end_date=iso(spell.end),
            s47e_s47_nfa="N",
            s47e_s47_outcome_json=outcome(ENQUIRY_FLAGS, spell.code, 'Concerns "substantiated".', escaped=True),
            s47e_s47_completed_by_team=team_id(worker.team),
            s47e_s47_completed_by_worker_id=staff_id(worker),
        )

    def _icpc(self, happening: Happening) -> None:
        worker = _worker(happening.worker)
        self.conference = self.shelf.number()
        self.shelf.add(
            "ssd_initial_cp_conference",
            icpc_icpc_id=self.conference,
            icpc_icpc_meeting_id=f"M{self.conference}",
            icpc_s47_enquiry_id=self.enquiry or None,
            icpc_person_id=self.id,
            icpc_referral_id=self._referral_on(happening.day),
            icpc_icpc_transfer_in="N",
            icpc_icpc_target_date=iso(happening.day + timedelta(days=1)),
            icpc_icpc_date=iso(happening.day),
            icpc_icpc_outcome_cp_flag="Y",
            icpc_icpc_outcome_json=outcome(CONFERENCE_FLAGS, happening.code, happening.text, escaped=True),
            icpc_icpc_team=team_id(worker.team),
            icpc_icpc_worker_id=staff_id(worker),
        )

    def _cp(self, spell: Spell) -> None:
        self.shelf.add(
            "ssd_cp_plans",
            cppl_cp_plan_id=self.shelf.number(),
            cppl_referral_id=self._referral_on(spell.start),
            cppl_icpc_id=self.conference or None,
            cppl_person_id=self.id,
            cppl_cp_plan_start_date=iso(spell.start),
            cppl_cp_plan_end_date=iso(spell.end),
            cppl_cp_plan_ola="N",
            cppl_cp_plan_initial_category=spell.code,
            cppl_cp_plan_latest_category=spell.code,
        )

    def _cla(self, spell: Spell) -> None:
        need, reason = spell.code.split()
        self.care = f"CLA{self.shelf.number()}"
        self.shelf.add(
            "ssd_cla_episodes",
            clae_cla_episode_id=self.shelf.number(),
            clae_person_id=self.id,
            clae_cla_episode_start_date=iso(spell.start),
            clae_cla_episode_start_reason="S",
            clae_cla_primary_need_code=need,
            clae_cla_episode_ceased_date=iso(spell.end),
            clae_cla_episode_ceased_reason=reason if spell.end else None,
            clae_cla_id=self.care,
            clae_referral_id=self._referral_on(spell.start),
            clae_entered_care_date=iso(spell.start),
        )

    def _placement(self, spell: Spell) -> None:
        kind, provider, *change = spell.code.split()
        self.shelf.add(
            "ssd_cla_placement",
            clap_cla_placement_id=self.shelf.number(),
            clap_cla_id=self.care,
            clap_person_id=self.id,
            clap_cla_placement_start_date=iso(spell.start),
            clap_cla_placement_type=kind,
            clap_cla_placement_urn="SC900123" if kind == "K2" else None,
            clap_cla_placement_distance=12.5,
            clap_cla_placement_provider=provider,
            clap_cla_placement_postcode=spell.place,
            clap_cla_placement_end_date=iso(spell.end),
            clap_cla_placement_change_reason=change[0] if change and spell.end else None,
        )

    def _legal(self, spell: Spell) -> None:
        self.shelf.add(
            "ssd_legal_status",
            lega_legal_status_id=self.shelf.number(),
            lega_person_id=self.id,
            lega_legal_status=spell.code,
            lega_legal_status_start_date=iso(spell.start),
            lega_legal_status_end_date=iso(spell.end),
        )

    def _missing(self, spell: Spell) -> None:
        kind, offered, accepted = spell.code.split()
        self.shelf.add(
            "ssd_missing",
            miss_table_id=self.shelf.number(),
            miss_person_id=self.id,
            miss_missing_episode_start_date=iso(spell.start),
            miss_missing_episode_type=kind,
            miss_missing_episode_end_date=iso(spell.end),
            miss_missing_rhi_offered=offered,
            miss_missing_rhi_accepted=accepted,
        )

    def _permanence(self, spell: Spell) -> None:
        self.shelf.add(
            "ssd_permanence",
            perm_table_id=self.shelf.number(),
            perm_person_id=self.id,
            perm_cla_id=self.care,
            perm_adm_decision_date=iso(spell.start),
            perm_permanence_order_date=iso(spell.end),
            perm_permanence_order_type=spell.code,
        )

    def _involvement(self, spell: Spell) -> None:
        involve(self.shelf, self.id, spell, self._referral_on(spell.start))


def involve(shelf: Shelf, person: str, spell: Spell, referral: str | None) -> None:
    """Write that a worker worked, or works, with somebody."""
    worker = _worker(spell.worker)
    role = "Conference Chair" if spell.kind == "chair" else ROLES.get(worker.team.key, "Allocated Social Worker")
    shelf.add(
        "ssd_involvements",
        invo_involvements_id=shelf.number(),
        invo_professional_id=professional_id(worker),
        invo_professional_role_id=role,
        invo_professional_team=team_id(worker.team),
        invo_person_id=person,
        invo_involvement_start_date=iso(spell.start),
        invo_involvement_end_date=iso(spell.end),
        invo_worker_change_reason="Case closed" if spell.end else None,
        invo_referral_id=referral,
    )


def write_early_help(shelf: Shelf, entry: Entry) -> None:
    """Write one person's early help episodes and their lead practitioners."""
    for spell in entry.life.of(Source.EARLY_HELP, "episode"):
        shelf.add(
            "ssd_early_help_episodes",
            earl_episode_id=shelf.number(),
            earl_person_id=entry.local_id,
            earl_episode_start_date=iso(spell.start),
            earl_episode_end_date=iso(spell.end),
            earl_episode_reason=spell.text,
            earl_episode_end_reason=spell.code if spell.end else None,
            earl_episode_organisation=AGENCIES[Source.EARLY_HELP].name,
            earl_episode_worker_id=professional_id(_worker(spell.worker)),
        )
        involve(shelf, entry.local_id, spell, None)
