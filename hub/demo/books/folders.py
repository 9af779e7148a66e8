"""The two folders of drops: SEND and participation (CSV, XLSX), and the children's centres (CSV with BOM)."""

import csv
import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from hub.demo.agencies import Source
from hub.demo.books.days import as_of, british, iso_or_blank, last_day
from hub.demo.lives import Spell
from hub.demo.people import Role
from hub.demo.population import Entry, Population
from hub.demo.workforce import teams, workers

PLANS = [
    "EHCP Ref",
    "UPN",
    "NHS No",
    "Forename",
    "Surname",
    "Date of Birth",
    "Home Postcode",
    "Request Date",
    "Decision",
    "Plan Start",
    "Plan End",
    "Next Review",
    "Setting",
    "Primary Need",
    "SEN Caseworker",
    "Caseworker Phone",
    "Caseworker Email",
    "Team",
]
NEEDS = ["UPN", "Surname", "Forename", "DOB", "Need Type", "Need Rank", "Provision", "Start Date", "End Date", "School"]
ACTIVITY = [
    "Young Person ID",
    "UPN",
    "First name",
    "Last name",
    "DOB",
    "Postcode",
    "Activity Code",
    "Activity",
    "Start",
    "End",
    "Destination",
    "Personal Adviser",
    "PA telephone",
    "PA email",
]
REGISTRATIONS = [
    "Registration No",
    "Child First Name",
    "Child Surname",
    "DOB",
    "Gender",
    "Address",
    "Postcode",
    "NHS Number",
    "Parent/Carer",
    "Relationship",
    "Parent Phone",
    "Centre",
    "Key Person",
    "Key Person Role",
    "Key Person Phone",
    "Key Person Email",
    "Registered",
    "Closed",
    "Close Reason",
    "Updated",
]
ATTENDANCES = ["Registration No", "Session Date", "Session", "Centre", "Worker", "Comment"]
GENDERS = {"M": "a) Male", "F": "b) Female", "U": "c) Not known"}


def write_send_neet(population: Population, folder: Path) -> None:
    """Write the SEND team's two CSV files and the participation team's workbook."""
    folder.mkdir(parents=True, exist_ok=True)
    entries, today = population.entries[Source.SEND_NEET], population.today
    plans = (_plan(e, s) for e in entries for s in e.life.of(Source.SEND_NEET, "ehcp"))
    needs = (_need(e, s) for e in entries for s in e.life.of(Source.SEND_NEET, "need"))
    activities = [_activity(e, s) for e in entries for s in e.life.of(Source.SEND_NEET, "activity")]
    _csv(folder / "ehc_plans.csv", PLANS, plans, today)
    _csv(folder / "sen_needs.csv", NEEDS, needs, today)
    _workbook(folder / "neet_activity.xlsx", activities, today)


def _plan(entry: Entry, spell: Spell) -> Sequence[str]:
    written, worker = entry.written, workers()[spell.worker]
    need, decision = spell.code.split()
    start = date.fromordinal(spell.start.toordinal() + 140)
    review = date.fromordinal(start.toordinal() + 365 * 2)
    nhs = written.nhs[0] if written.nhs else ""
    schools = entry.life.of(Source.EDUCATION, "school")
    return (
        f"EHC{entry.local_id[-5:]}",
        written.upn,
        f"{nhs[:3]} {nhs[3:6]} {nhs[6:]}".strip(),
        written.name.given,
        written.name.family,
        british(written.born),
        "" if written.homes[0].kind == "REFUGE" else written.homes[0].postcode,
        british(spell.start),
        decision,
        british(start),
        british(spell.end),
        british(review),
        teams()[schools[-1].place].name if schools else "",
        need,
        worker.name,
        worker.phone,
        worker.email,
        worker.team.name,
    )


def _need(entry: Entry, spell: Spell) -> Sequence[str]:
    written, (need, provision) = entry.written, spell.code.split()
    return (
        written.upn,
        written.name.family,
        written.name.given,
        iso_or_blank(written.born),
        need,
        "1",
        provision,
        iso_or_blank(spell.start),
        iso_or_blank(spell.end),
        spell.text,
    )


def _activity(entry: Entry, spell: Spell) -> Sequence[str | date | None]:
    written, worker = entry.written, workers()[spell.worker]
    return (
        f"CCIS{entry.local_id[-4:]}",
        written.upn,
        written.name.given,
        written.name.family,
        written.born,
        written.homes[0].postcode,
        spell.code,
        "NEET - seeking employment, education or training",
        spell.start,
        spell.end,
        "Apprenticeship",
        worker.name,
        worker.phone,
        worker.email,
    )


def write_universal(population: Population, folder: Path) -> None:
    """Write the children's centres' two CSV files."""
    folder.mkdir(parents=True, exist_ok=True)
    families = {f.key: f for f in population.families}
    rows, sessions = [], []
    for entry in population.entries[Source.UNIVERSAL]:
        mother = families[entry.person.family].adult(Role.MOTHER)
        carer = f"{mother.name.given} {mother.name.family}" if mother else ""
        spells = entry.life.of(Source.UNIVERSAL, "centre")
        rows += [_registration(entry, s, carer, population.today) for s in spells]
        for happening in entry.life.days(Source.UNIVERSAL, "session"):
            worker = workers()[happening.worker]
            day = british(happening.day)
            sessions.append((entry.local_id, day, happening.code, worker.team.name, worker.name, happening.text))
    _csv(folder / "registrations.csv", REGISTRATIONS, rows, population.today, bom=True)
    _csv(folder / "attendances.csv", ATTENDANCES, sessions, population.today, bom=True)


def _registration(entry: Entry, spell: Spell, carer: str, today: date) -> Sequence[str]:
    written, worker, home = entry.written, workers()[spell.worker], entry.written.homes[0]
    missing = "Not found" if entry.local_id.endswith("3") else ""
    return (
        entry.local_id,
        written.name.given,
        written.name.family,
        british(written.born),
        GENDERS[entry.person.sex],
        f"{home.line}\r\n{home.town}",
        home.postcode,
        written.nhs[0] if written.nhs else missing,
        carer,
        "Mother" if carer else "",
        f"07700 900{sum(map(ord, entry.local_id)) % 1000:03}",
        worker.team.name,
        worker.name,
        worker.job,
        worker.phone,
        worker.email,
        british(spell.start),
        british(spell.end),
        spell.code if spell.end else "",
        british(last_day(entry.life, Source.UNIVERSAL, today)),
    )


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], today: date, *, bom: bool = False) -> None:
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)
    _dated(path, today)


def _workbook(path: Path, rows: Iterable[Sequence[str | date | None]], today: date) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 -- a new workbook has a sheet
    sheet.title = "Activity"
    sheet.append(["Young people: current and former activity"])
    sheet.append(ACTIVITY)
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    _dated(path, today)


def _dated(path: Path, today: date) -> None:
    moment = as_of(today).timestamp()
    os.utime(path, (moment, moment))
