"""The schools' records in OneRoster's shapes: orgs, users, enrolments, demographics, one academic session."""

import json
from datetime import date
from pathlib import Path
from typing import TypeAlias

from hub.demo.agencies import AGENCIES, Source
from hub.demo.books.days import instant, iso_or_blank, last_day, last_night
from hub.demo.lives import Spell
from hub.demo.people import Person, Role
from hub.demo.population import Entry, Population
from hub.demo.workforce import Worker, teams, workers

Json: TypeAlias = dict[str, object]
BASE = "/ims/oneroster/v1p1"
PARENTS = {Role.MOTHER: "Mother", Role.FATHER: "Father", Role.STEP_FATHER: "Step-father"}


def write_education(population: Population, folder: Path) -> None:
    """Write the schools' file."""
    today = population.today
    families = {f.key: f for f in population.families}
    users, enrollments, demographics = [_staff(w, today) for w in _school_workers()], list[Json](), list[Json]()
    parents: dict[str, Json] = {}
    for entry in population.entries[Source.EDUCATION]:
        adults = [m for m in families[entry.person.family].members if m.role in PARENTS]
        for adult in adults:
            parents[adult.key] = _parent(adult, today)
        changed = instant(last_day(entry.life, Source.EDUCATION, today), millis=True)
        users.append(_student(entry, adults, changed, today))
        enrollments += _enrollments(entry, changed, today)
        demographics.append(_demographics(entry, changed))
    content = {
        "asOf": instant(last_night(today)),
        "orgs": _orgs(today),
        "users": [*users, *parents.values()],
        "enrollments": enrollments,
        "demographics": demographics,
        "academicSessions": [_session(today)],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "records.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def _school_workers() -> list[Worker]:
    return [w for w in workers().values() if w.source is Source.EDUCATION]


def reference(kind: str, collection: str, sourced_id: str) -> Json:
    """Make a OneRoster reference to another object."""
    return {"href": f"{BASE}/{collection}/{sourced_id}", "sourcedId": sourced_id, "type": kind}


def _record(sourced_id: str, changed: str, **more: object) -> Json:
    return {"sourcedId": sourced_id, "status": "active", "dateLastModified": changed, **more}


def _orgs(today: date) -> list[Json]:
    changed, agency = instant(date(today.year - 1, 9, 1), millis=True), AGENCIES[Source.EDUCATION]
    made = [
        _record("org-trust", changed, name=agency.name, type="local", identifier="", metadata=_reach("", agency.desk))
    ]
    for n, team in enumerate(t for t in teams().values() if t.source is Source.EDUCATION):
        phase = "Primary" if "primary" in team.key else "Special" if "special" in team.key else "Secondary"
        reach = {"phone": team.phone, "email": team.email, "postcode": f"BK{n + 1} 1SC", "phase": phase}
        made.append(
            _record(
                f"org-{team.key}", changed, name=team.name, type="school", identifier=str(990100 + n), metadata=reach
            )
        )
    return made


def _reach(phase: str, desk: object) -> Json:
    return {
        "phone": getattr(desk, "phone", ""),
        "email": getattr(desk, "email", ""),
        "postcode": "BK1 1TR",
        "phase": phase,
    }


def _user(sourced_id: str, changed: str, given: str, family: str, role: str, **more: object) -> Json:
    blank: Json = {
        "username": "",
        "userIds": [],
        "enabledUser": "true",
        "middleName": "",
        "identifier": "",
        "email": "",
    }
    blank |= {"phone": "", "sms": "", "agents": [], "orgs": [], "grades": [], "metadata": {}}
    return _record(sourced_id, changed, **{**blank, "givenName": given, "familyName": family, "role": role, **more})


def _staff(worker: Worker, today: date) -> Json:
    head = worker.job == "Headteacher"
    return _user(
        f"staff-{worker.key}",
        instant(date(today.year - 1, 9, 1), millis=True),
        worker.given,
        worker.family,
        "administrator" if head else "teacher",
        username=worker.email.split("@")[0],
        identifier=worker.key,
        email=worker.email,
        phone=worker.phone,
        orgs=[reference("org", "orgs", f"org-{worker.team.key}")],
        metadata={"jobTitle": worker.job, "safeguardingLead": worker.job == "Designated Safeguarding Lead"},
    )


def _parent(adult: Person, today: date) -> Json:
    return _user(
        f"par-{adult.key}",
        instant(today, millis=True),
        adult.name.given,
        adult.name.family,
        "parent",
        metadata={"relationship": PARENTS[adult.role], "parentalResponsibility": adult.role is not Role.STEP_FATHER},
    )


def _student(entry: Entry, adults: list[Person], changed: str, today: date) -> Json:
    written, home = entry.written, entry.written.homes[0]
    numbers = [{"type": "UPN", "identifier": written.upn}] if written.upn else []
    if written.former_upn and written.upn:
        numbers.append({"type": "FormerUPN", "identifier": written.former_upn})
    year = max(0, entry.person.age(today) - 5)
    schools = entry.life.of(Source.EDUCATION, "school")
    # A school does not print an address it was told to keep to itself.
    line = "" if home.kind == "REFUGE" else f"{home.line}, {home.town}"
    return _user(
        entry.local_id,
        changed,
        written.name.given,
        written.name.family,
        "student",
        userIds=numbers,
        identifier=written.upn,
        agents=[reference("user", "users", f"par-{a.key}") for a in adults],
        orgs=[reference("org", "orgs", f"org-{s.place}") for s in schools if s.end is None],
        grades=[f"{year:02}"],
        metadata={
            "dateOfBirth": iso_or_blank(written.born),
            "postcode": "" if home.kind == "REFUGE" else home.postcode,
            "addressLine": line,
            "formerFamilyName": written.former[0].family if written.former else "",
            "preferredGivenName": "",
        },
    )


def _enrollments(entry: Entry, changed: str, today: date) -> list[Json]:
    return [
        _enrollment(entry, spell, f"enr-{entry.local_id[4:]}-{n}", changed, today)
        for n, spell in enumerate(entry.life.of(Source.EDUCATION, "school"))
    ]


def _enrollment(entry: Entry, spell: Spell, sourced_id: str, changed: str, today: date) -> Json:
    last = spell.end or today
    suspensions = [
        {"date": iso_or_blank(h.day), "days": int(h.code), "reason": h.text}
        for h in entry.life.days(Source.EDUCATION, "suspension")
        if spell.start <= h.day <= last
    ]
    attendance = 97.5 - sum(map(ord, sourced_id)) % 90 / 10 - len(suspensions)
    return _record(
        sourced_id,
        changed,
        role="student",
        primary="true",
        beginDate=iso_or_blank(spell.start),
        endDate=iso_or_blank(spell.end),
        user=reference("user", "users", entry.local_id),
        school=reference("org", "orgs", f"org-{spell.place}"),
        metadata={
            "admissionType": "Normal round",
            "leavingReason": spell.code if spell.end else "",
            "attendance": f"{attendance:.1f}",
            "keyContact": f"staff-{spell.worker}",
            "suspensions": suspensions,
        },
    )


def _demographics(entry: Entry, changed: str) -> Json:
    sex = {"F": "female", "M": "male"}[entry.person.sex]
    return _record(entry.local_id, changed, birthDate=iso_or_blank(entry.written.born), sex=sex)


def _session(today: date) -> Json:
    year = today.year if today.month >= 9 else today.year - 1  # noqa: PLR2004 -- the school year begins in September
    return _record(
        f"year-{year}",
        instant(date(year, 9, 1), millis=True),
        title=f"{year}-{(year + 1) % 100:02}",
        type="schoolYear",
        startDate=f"{year}-09-01",
        endDate=f"{year + 1}-07-20",
        schoolYear=str(year + 1),
    )
