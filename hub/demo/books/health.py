"""The NHS trust's records as FHIR R4 resources (UK Core): patients, episodes, encounters, care teams, flags, staff."""

import json
from datetime import date
from pathlib import Path
from typing import TypeAlias

from hub.demo.agencies import AGENCIES, Source
from hub.demo.books.days import instant, iso, last_day, last_night
from hub.demo.lives import Happening, Spell
from hub.demo.people import Home, Person, Restriction, Role
from hub.demo.population import Entry, Population
from hub.demo.workforce import Team, Worker, teams, workers

Json: TypeAlias = dict[str, object]
NHS = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
LOCAL = "https://brookshire-health.example.org/Id/local-patient"
PROFILE = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
ENCOUNTER_CLASS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

SENSITIVE = {"CAMHS": "MH", "Sexual health": "SEX", "Substance misuse": "SUD"}
"""The security label of everything in an episode of these services."""

PARENTS = {Role.MOTHER: "MTH", Role.FATHER: "FTH", Role.STEP_FATHER: "STPFTH"}
TEAMLESS = "General practice"


def write_health(population: Population, folder: Path) -> None:
    """Write the trust's file: resources by type."""
    families = {f.key: f for f in population.families}
    made: dict[str, list[Json]] = {
        "Organization": _organizations(population.today),
        "Practitioner": [_practitioner(w, population.today) for w in _clinicians()],
        "PractitionerRole": [_role(w, population.today) for w in _clinicians()],
    }
    for kind in ("Patient", "RelatedPerson", "EpisodeOfCare", "Encounter", "CareTeam", "Flag"):
        made[kind] = []
    for entry in population.entries[Source.HEALTH]:
        patient = _Patient(entry, population.today)
        made["Patient"].append(patient.resource())
        adults = [m for m in families[entry.person.family].members if m.role in PARENTS]
        made["RelatedPerson"] += [patient.relative(a) for a in adults]
        for number, spell in enumerate(entry.life.of(Source.HEALTH, "episode")):
            made["EpisodeOfCare"].append(patient.episode(spell, number))
            made["CareTeam"].append(patient.care_team(spell, number))
        for number, happening in enumerate(entry.life.days(Source.HEALTH, "encounter")):
            made["Encounter"].append(patient.encounter(happening, number))
        for number, spell in enumerate(entry.life.of(Source.HEALTH, "flag")):
            made["Flag"].append(patient.flag(spell, number))
    folder.mkdir(parents=True, exist_ok=True)
    content = {"asOf": instant(last_night(population.today), 1), "resources": made}
    (folder / "records.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def _clinicians() -> list[Worker]:
    return [w for w in workers().values() if w.source is Source.HEALTH]


def _meta(changed: str, *labels: str) -> Json:
    meta: Json = {"lastUpdated": changed}
    if labels:
        meta["security"] = [
            {"system": CONFIDENTIALITY if label == "R" else ACT_CODE, "code": label} for label in labels
        ]
    return meta


def _telecom(phone: str, email: str) -> list[Json]:
    return [
        {"system": "phone", "value": phone, "use": "work"},
        {"system": "email", "value": email, "use": "work"},
    ]


def _organizations(today: date) -> list[Json]:
    agency = AGENCIES[Source.HEALTH]
    made: list[Json] = [_organization("org-trust", "RZZ", agency.name, agency.desk.phone, agency.desk.email, today)]
    practice = teams()["practice"]
    made.append(_organization("org-practice", "Z99001", practice.name, practice.phone, practice.email, today))
    return made


def _organization(key: str, ods: str, name: str, phone: str, email: str, today: date) -> Json:
    return {
        "resourceType": "Organization",
        "id": key,
        "meta": _meta(instant(today)),
        "identifier": [{"system": ODS, "value": ods}],
        "name": name,
        "telecom": _telecom(phone, email),
    }


def _practitioner(worker: Worker, today: date) -> Json:
    return {
        "resourceType": "Practitioner",
        "id": f"prac-{worker.key}",
        "meta": _meta(instant(today)),
        "identifier": [{"system": "https://brookshire-health.example.org/Id/staff", "value": worker.key}],
        "name": [{"text": worker.name, "family": worker.family, "given": [worker.given]}],
    }


def _role(worker: Worker, today: date) -> Json:
    return {
        "resourceType": "PractitionerRole",
        "id": f"role-{worker.key}",
        "meta": _meta(instant(today)),
        "active": not worker.left,
        "practitioner": {"reference": f"Practitioner/prac-{worker.key}", "display": worker.name},
        "organization": {"reference": f"Organization/{_organization_of(worker.team)}"},
        "code": [{"text": worker.job}],
        "telecom": _telecom(worker.phone, worker.email),
    }


def _organization_of(team: Team) -> str:
    return "org-practice" if team.key == "practice" else "org-trust"


def _period(start: date, end: date | None) -> Json:
    return {"start": iso(start), "end": iso(end)} if end else {"start": iso(start)}


class _Patient:
    """Writes one patient's resources."""

    def __init__(self, entry: Entry, today: date) -> None:
        self.entry, self.today = entry, today
        self.id = entry.local_id
        self.subject: Json = {"reference": f"Patient/{entry.local_id}"}
        self.restricted = self._has_gone() or bool(entry.life.of(Source.HEALTH, "restricted"))
        self.changed = instant(last_day(entry.life, Source.HEALTH, today))

    def _has_gone(self) -> bool:
        return Restriction.ADOPTION_PRE in self.entry.person.restrictions

    def resource(self) -> Json:
        """Write the patient; a restricted one has no address and no general practitioner."""
        written = self.entry.written
        made: Json = {
            "resourceType": "Patient",
            "id": self.id,
            "meta": {
                **_meta(self.changed, *(["R"] if self.restricted else [])),
                "profile": [PROFILE],
            },
            "identifier": self._identifiers(),
            "active": not self._has_gone(),
            "name": [
                {"use": use, "family": n.family, "given": [n.given]}
                for use, n in [("official", written.name), *(("old", f) for f in written.former)]
            ],
            "gender": {"F": "female", "M": "male"}[self.entry.person.sex],
            "birthDate": iso(written.born),
        }
        if not self.restricted:
            made["address"] = [_address(h) for h in written.homes]
            made["generalPractitioner"] = [{"reference": "Organization/org-practice", "display": "Millrace Surgery"}]
        return made

    def _identifiers(self) -> list[Json]:
        written = self.entry.written
        made: list[Json] = [{"system": LOCAL, "value": self.id}]
        for number, value in enumerate(written.nhs):
            old: Json = {"use": "old", "period": {"end": f"{(written.born or self.today).year + 1}-06-30"}}
            made.append({"system": NHS, "value": value, **(old if number else {"use": "official"})})
        return made

    def relative(self, adult: Person) -> Json:
        """Write a parent as a related person."""
        return {
            "resourceType": "RelatedPerson",
            "id": f"rel-{self.id[4:]}-{adult.role[0]}",
            "meta": _meta(self.changed),
            "patient": self.subject,
            "relationship": [{"coding": [{"system": ROLE_CODE, "code": PARENTS[adult.role]}]}],
            "name": [{"family": adult.name.family, "given": [adult.name.given]}],
            "telecom": [],
        }

    def _labels(self, service: str) -> list[str]:
        return [SENSITIVE[service]] if service in SENSITIVE else []

    def episode(self, spell: Spell, number: int) -> Json:
        """Write an episode of care with one of the trust's services."""
        worker = workers()[spell.worker]
        return {
            "resourceType": "EpisodeOfCare",
            "id": f"epi-{self.id[4:]}-{number}",
            "meta": _meta(instant(spell.end or spell.start), *self._labels(spell.code)),
            "status": "finished" if spell.end else "active",
            "type": [{"text": spell.code}],
            "patient": self.subject,
            "managingOrganization": {"reference": f"Organization/{_organization_of(worker.team)}"},
            "period": _period(spell.start, spell.end),
            "careManager": {"reference": f"Practitioner/prac-{worker.key}", "display": worker.name},
            "team": [{"reference": f"CareTeam/team-{self.id[4:]}-{number}"}],
        }

    def care_team(self, spell: Spell, number: int) -> Json:
        """Write the team of an episode: who takes part, and the team's own telephone."""
        worker = workers()[spell.worker]
        return {
            "resourceType": "CareTeam",
            "id": f"team-{self.id[4:]}-{number}",
            "meta": _meta(instant(spell.end or spell.start), *self._labels(spell.code)),
            "status": "inactive" if spell.end else "active",
            "name": worker.team.name,
            "subject": self.subject,
            "period": _period(spell.start, spell.end),
            "participant": [
                {
                    "role": [{"text": worker.job}],
                    "member": {"reference": f"PractitionerRole/role-{worker.key}", "display": worker.name},
                    "period": _period(spell.start, spell.end),
                }
            ],
            "managingOrganization": [{"reference": f"Organization/{_organization_of(worker.team)}"}],
            "telecom": _telecom(worker.team.phone, worker.team.email),
        }

    def encounter(self, happening: Happening, number: int) -> Json:
        """Write an attendance, a visit or a missed appointment."""
        kind, what = happening.code.split(maxsplit=1)
        spells = self.entry.life.of(Source.HEALTH, "episode")
        within = [
            n for n, s in enumerate(spells) if s.code == what and s.start <= happening.day <= (s.end or self.today)
        ]
        return {
            "resourceType": "Encounter",
            "id": f"enc-{self.id[4:]}-{number}",
            "meta": _meta(instant(happening.day, 18), *self._labels(what)),
            "status": "cancelled" if kind == "DNA" else "finished",
            "class": {"system": ENCOUNTER_CLASS, "code": "AMB" if kind == "DNA" else kind},
            "type": [{"text": what}],
            "subject": self.subject,
            "episodeOfCare": [{"reference": f"EpisodeOfCare/epi-{self.id[4:]}-{n}"} for n in within[:1]],
            "period": {"start": iso(happening.day), "end": iso(happening.day)},
            "reasonCode": [{"text": happening.text}],
            "serviceProvider": {"reference": "Organization/org-trust"},
        }

    def flag(self, spell: Spell, number: int) -> Json:
        """Write a flag on the patient."""
        return {
            "resourceType": "Flag",
            "id": f"flag-{self.id[4:]}-{number}",
            "meta": _meta(instant(spell.start)),
            "status": "inactive" if spell.end else "active",
            "category": [{"text": spell.code}],
            "code": {"text": spell.text},
            "subject": self.subject,
            "period": _period(spell.start, spell.end),
        }


def _address(home: Home) -> Json:
    return {
        "use": "old" if home.end else "home",
        "line": [home.line],
        "city": home.town,
        "postalCode": home.postcode,
        "period": _period(home.start, home.end),
    }
