"""The police's records as a custodian gives them: one list of payloads for each record type."""

import json
from pathlib import Path
from typing import TypeAlias

from hub.demo.agencies import Source
from hub.demo.books.days import instant, iso, last_night
from hub.demo.books.youth_justice import pnc_id
from hub.demo.population import Entry, Population
from hub.demo.workforce import workers

Json: TypeAlias = dict[str, object]
RECORD_TYPES = ("personal.details", "crime-justice.details", "safeguarding-notice.details", "missing-episode.details")
SEXES = {"M": "MALE", "F": "FEMALE"}
SENSITIVITIES = ("INTELLIGENCE", "COVERT")


def write_police(population: Population, folder: Path) -> None:
    """Write the police's file."""
    records: dict[str, list[Json]] = {kind: [] for kind in RECORD_TYPES}
    for entry in population.entries[Source.POLICE]:
        records["personal.details"].append(_personal(entry, population))
        records["crime-justice.details"] += _incidents(entry)
        records["safeguarding-notice.details"] += _notices(entry)
        records["missing-episode.details"] += _missing(entry)
    folder.mkdir(parents=True, exist_ok=True)
    content = {"asOf": instant(last_night(population.today), 5), "records": records}
    (folder / "records.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def _record(entry: Entry, number: str, recorded: str, payload: Json) -> Json:
    return {"pointer": entry.local_id, "recordId": number, "recordedAt": recorded, "payload": payload}


def _personal(entry: Entry, population: Population) -> Json:
    written = entry.written
    justice = Source.YOUTH_JUSTICE in entry.life.known_to()
    payload: Json = {
        "givenName": written.name.given,
        "familyName": written.name.family,
        "aliases": [{"given": n.given, "family": n.family} for n in written.former],
        "dateOfBirth": iso(written.born),
        "sex": SEXES.get(entry.person.sex, "UNKNOWN"),
        "addresses": [
            {"line": f"{h.line}, {h.town}", "postcode": h.postcode, "from": iso(h.start), "to": iso(h.end)}
            for h in written.homes
            if h.kind != "REFUGE"
        ],
        "pncId": pnc_id(entry.person.key) if justice else None,
    }
    return _record(entry, f"PD-{entry.local_id[2:]}", instant(population.today), payload)


def _officer(key: str) -> Json:
    worker = workers()[key]
    number = 4000 + list(workers()).index(key)
    return {
        "name": worker.name,
        "rank": worker.job,
        "collarNumber": str(number),
        "team": worker.team.name,
        "phone": worker.phone,
        "email": worker.email,
    }


def _incidents(entry: Entry) -> list[Json]:
    made = []
    for n, happening in enumerate(entry.life.days(Source.POLICE, "incident")):
        role, *words = happening.code.split()
        sensitivity = words.pop() if words[-1] in SENSITIVITIES else None
        number = f"BKP/{happening.day:%y}/{entry.local_id[2:7]}{n}"
        payload: Json = {
            "incidentNumber": number,
            "date": iso(happening.day),
            "incidentType": " ".join(words),
            "role": role,
            "summary": happening.text,
            "outcome": "Youth caution" if role == "SUSPECT" else None,
            "markers": [],
            "sensitivity": sensitivity,
            "officer": _officer(happening.worker),
        }
        made.append(_record(entry, f"IN-{entry.local_id[2:]}-{n}", instant(happening.day, 20), payload))
    return made


def _notices(entry: Entry) -> list[Json]:
    made = []
    for n, happening in enumerate(entry.life.days(Source.POLICE, "notice")):
        grade, reason = happening.code.split(maxsplit=1)
        payload: Json = {
            "noticeNumber": f"PPN/{happening.day:%y}/{entry.local_id[2:7]}{n}",
            "date": iso(happening.day),
            "grade": grade,
            "reason": reason,
            "summary": happening.text,
            "sharedWith": ["Children's Social Care"],
            "officer": _officer(happening.worker),
        }
        made.append(_record(entry, f"SN-{entry.local_id[2:]}-{n}", instant(happening.day, 22), payload))
    return made


def _missing(entry: Entry) -> list[Json]:
    made = []
    for n, spell in enumerate(entry.life.of(Source.POLICE, "missing")):
        payload: Json = {
            "episodeNumber": f"MIS/{spell.start:%y}/{entry.local_id[2:7]}{n}",
            "reportedAt": instant(spell.start, 19),
            "returnedAt": instant(spell.end, 11) if spell.end else None,
            "risk": spell.code,
            "circumstances": spell.text,
            "officer": _officer(spell.worker),
        }
        made.append(_record(entry, f"ME-{entry.local_id[2:]}-{n}", instant(spell.start, 19), payload))
    return made
