"""The youth justice service's records, in its own JSON."""

import json
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from hub.demo.agencies import Source
from hub.demo.books.days import instant, iso, iso_or_blank, last_day, last_night
from hub.demo.books.ssd_people import yot_number
from hub.demo.lives import Happening, Spell
from hub.demo.population import Entry, Population
from hub.demo.workforce import workers

Json: TypeAlias = dict[str, object]
TYPES = {
    "YC": "Youth caution",
    "YCC": "Youth conditional caution",
    "RO": "Referral order",
    "YRO": "Youth rehabilitation order",
    "DTO": "Detention and training order",
    "PREV": "Prevention (Turnaround)",
    "CR": "Community resolution",
}
CATEGORIES = {1: "Violence against the person", 4: "Theft", 7: "Criminal damage", 9: "Drugs"}
GENDERS = {"M": 1, "F": 2}


def write_youth_justice(population: Population, folder: Path) -> None:
    """Write the youth justice service's file."""
    entries = population.entries[Source.YOUTH_JUSTICE]
    content = {"asOf": instant(last_night(population.today), 3), "people": [_person(e, population) for e in entries]}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "records.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def pnc_id(person_key: str) -> str:
    """Give somebody's PNC identifier: the same wherever it is written."""
    serial = sum(ord(c) * (n + 3) ** 2 for n, c in enumerate(person_key)) % 1_000_000
    return f"25/{serial:06}{'ABCDEFGHJK'[serial % 10]}"


def _person(entry: Entry, population: Population) -> Json:
    written, home = entry.written, entry.written.homes[0]
    orders = [_intervention(entry, s, n) for n, s in enumerate(entry.life.of(Source.YOUTH_JUSTICE, "order"))]
    current = [s for s in entry.life.of(Source.YOUTH_JUSTICE, "order") if s.end is None]
    return {
        "id": entry.local_id,
        "updated_at": instant(last_day(entry.life, Source.YOUTH_JUSTICE, population.today)),
        "name": {
            "first": written.name.given,
            "last": written.name.family,
            "known_as": None,
            "previous_last": written.former[0].family if written.former else None,
        },
        "born": iso(written.born),
        "gender": GENDERS.get(entry.person.sex, 9),
        "references": {
            "yot_number": yot_number(entry.person.key),
            "pnc": pnc_id(entry.person.key) if Source.POLICE in entry.life.known_to() else None,
            "upn": written.upn or None,
            "nhs": written.nhs[0] if written.nhs else None,
        },
        "home": {"address": f"{home.line}, {home.town}", "postcode": home.postcode, "since": iso(home.start)},
        "case_manager": _worker(current[-1]) if current else None,
        "interventions": orders,
        "offences": [_offence(h, entry, n) for n, h in enumerate(entry.life.days(Source.YOUTH_JUSTICE, "offence"))],
    }


def _worker(spell: Spell) -> Json:
    worker = workers()[spell.worker]
    return {
        "name": worker.name,
        "role": worker.job,
        "team": worker.team.name,
        "phone": worker.phone,
        "email": worker.email,
        "from": iso(spell.start),
        "to": iso(spell.end),
    }


def _intervention(entry: Entry, spell: Spell, number: int) -> Json:
    plan = {
        "start": iso(spell.start + timedelta(days=7)),
        "review_due": None if spell.end else iso(spell.start + timedelta(days=97)),
        "targets": ["Keep to school timetable", "Repair harm done"],
        "needs": ["Education", "Peer group"],
    }
    return {
        "ref": f"{entry.local_id}-I{number + 1}",
        "type": spell.code,
        "type_text": TYPES[spell.code],
        "start": iso(spell.start),
        "end": iso(spell.end),
        "status": "CLOSED" if spell.end else "OPEN",
        "last_contact": iso(spell.end or spell.start + timedelta(days=21)),
        "workers": [_worker(spell)],
        "plan": None if spell.code in {"YC", "CR"} else plan,
        "closure": "Completed" if spell.end else None,
    }


def _offence(happening: Happening, entry: Entry, number: int) -> Json:
    category, gravity, outcome = happening.code.split()
    return {
        "ref": f"{entry.local_id}-O{number + 1}",
        "date": iso_or_blank(happening.day),
        "category": int(category),
        "category_text": CATEGORIES[int(category)],
        "gravity": int(gravity),
        "outcome_code": outcome,
        "outcome_text": TYPES[outcome],
        "outcome_date": iso(happening.day + timedelta(days=15)),
    }
