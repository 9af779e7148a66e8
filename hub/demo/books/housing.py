"""The housing association's records: people, household members, tenancies, homelessness cases."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TypeAlias

from hub.demo.agencies import AGENCIES, Source
from hub.demo.books.days import british, last_day, last_night
from hub.demo.lives import Spell
from hub.demo.people import Home, Role
from hub.demo.population import Entry, Population
from hub.demo.workforce import workers

Json: TypeAlias = dict[str, object]
RELATIONSHIPS = {
    Role.MOTHER: "Tenant",
    Role.FATHER: "Partner",
    Role.STEP_FATHER: "Partner",
    Role.CHILD: "Child",
    Role.OTHER: "Other",
}
SEXES = {"M": "M", "F": "F"}


def write_housing(population: Population, folder: Path) -> None:
    """Write the housing association's file."""
    households: dict[str, list[Entry]] = {}
    for entry in population.entries[Source.HOUSING]:
        households.setdefault(entry.person.family, []).append(entry)
    entries = [(e, number, members) for number, members in enumerate(households.values()) for e in members]
    content = {
        "extractDate": f"{british(last_night(population.today))} 04:00",
        "people": [_person(e, n, population.today) for e, n, _ in entries],
        "household-members": [_member(e, other) for e, _, members in entries for other in members],
        "tenancies": [t for e, n, members in entries for t in _tenancies(e, n, members)],
        "homelessness-cases": [c for e, n, _ in entries for c in _cases(e, n)],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "records.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def _full_name(entry: Entry) -> str:
    return f"{entry.written.name.given} {entry.written.name.family}"


def _address(home: Home) -> Json:
    return {"line1": home.line, "line2": home.town, "postcode": home.postcode, "uprn": home.uprn}


def _person(entry: Entry, household: int, today: date) -> Json:
    written = entry.written
    return {
        "personRef": entry.local_id,
        "title": "",
        "forenames": written.name.given,
        "surname": written.name.family,
        "previousSurname": written.former[0].family if written.former else "",
        "dateOfBirth": british(written.born),
        "sexCode": SEXES.get(entry.person.sex, "X"),
        "currentAddress": _address(written.homes[0]),
        "previousPostcodes": [h.postcode for h in written.homes[1:]],
        "householdRef": f"HH{200 + household}",
        "relationshipToTenant": RELATIONSHIPS[entry.person.role],
        "changedOn": british(last_day(entry.life, Source.HOUSING, today)),
    }


def _member(asked: Entry, other: Entry) -> Json:
    return {
        "personRef": asked.local_id,
        "memberRef": other.local_id,
        "memberName": _full_name(other),
        "memberDateOfBirth": british(other.written.born),
        "relationshipToTenant": RELATIONSHIPS[other.person.role],
        "movedIn": british(other.written.homes[0].start),
        "movedOut": british(other.written.homes[0].end),
    }


def _officer(spell: Spell) -> Json:
    worker = workers()[spell.worker]
    return {
        "name": worker.name,
        "jobTitle": worker.job,
        "patch": worker.team.name,
        "phone": worker.phone,
        "email": worker.email,
    }


def _tenancies(entry: Entry, household: int, members: list[Entry]) -> list[Json]:
    homes = {h.uprn: h for h in entry.person.homes}
    tenants = [_full_name(m) for m in members if m.person.role is not Role.CHILD]
    return [
        {
            "personRef": entry.local_id,
            "tenancyRef": f"T/{4500 + household * 5 + n:06}",
            "tenureCode": spell.code,
            "startDate": british(spell.start),
            "endDate": british(spell.end),
            "statusCode": "F" if spell.end else "C",
            "landlord": AGENCIES[Source.HOUSING].name,
            "address": _address(homes[spell.text]),
            "arrears": f"{household * 37 % 400}.50" if household % 3 == 0 else "0.00",
            "asbCases": household % 11 // 10,
            "noticeServed": "",
            "evictionDate": "",
            "officer": _officer(spell),
            "tenants": tenants,
        }
        for n, spell in enumerate(entry.life.of(Source.HOUSING, "tenancy"))
    ]


def _cases(entry: Entry, household: int) -> list[Json]:
    made: list[Json] = []
    for spell in entry.life.of(Source.HOUSING, "homelessness"):
        duty, reason = spell.code.split()
        made.append(
            {
                "personRef": entry.local_id,
                "caseRef": f"HC/{household + 40:04}",
                "applicationDate": british(spell.start - timedelta(days=3)),
                "dutyCode": duty,
                "dutyStart": british(spell.start),
                "dutyEnd": british(spell.end),
                "reasonCode": reason,
                "temporaryAccommodation": "Y" if duty == "R" else "N",
                "supportNeeds": ["Debt advice"],
                "planReview": "",
                "outcome": "Accommodation secured" if spell.end else "",
                "officer": _officer(spell),
            }
        )
    return made
