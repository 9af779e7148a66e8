"""The table of journeys: what each role, for each purpose, is answered about Maya by each of the nine live systems.

``journeys.csv`` is kept as data and was read line by line. Run this file to print what the town answers now.
"""

import asyncio
import csv
import sys
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from schema.fields import CATALOGUE, FieldId, Kind, RecordName
from tests.journeys.town import SOURCES, Town, of_source, running

TABLE = Path(__file__).with_name("journeys.csv")

JOURNEYS = {
    "front-door": (),
    "early-help": (),
    "school": ("EDUCATION_WELFARE",),
    "police": ("CRIME_PREVENTION",),
    "analyst": ("ANALYSIS",),
    "ig-officer": ("POLICY_REVIEW",),
}
"""Who asks, and the purposes of their own beside those everybody tries."""

PURPOSES = ("CHILD_PROTECTION", "SAFEGUARDING_TRIAGE", "EARLY_HELP")

SHOWN = {Kind.IDENTITY: "who", Kind.EXISTENCE: "existence", Kind.CONTACT: "contact"} | {
    Kind.PROFESSIONAL: "professional",
    Kind.DETAIL: "detail",
}
"""What the table calls the kinds of data; an involvement's are told, and of the child's identity that there was any."""

COLUMNS = ("role", "purpose", "service", "outcome", "reason", *SHOWN.values(), "gaps")

RECORDS = {
    "names": "PersonName",
    "births": "Birth",
    "addresses": "Address",
    "identifiers": "Identifier",
    "relationships": "Relationship",
    "flags": "Flag",
    "involvements": "Involvement",
    "chronology": "ChronologyEvent",
    "professionals": "Professional",
    "dutyDesk": "DutyDesk",
    "plan": "Plan",
}

Line = tuple[str, ...]


async def lines(town: Town) -> list[Line]:
    """Ask every question of the table."""
    return [
        line
        for who, own in JOURNEYS.items()
        for purpose in (*PURPOSES, *own)
        for line in _of(await town.ask("main", who, purpose), who, purpose)
    ]


def _of(person: Any, who: str, purpose: str) -> Iterator[Line]:
    for source in SOURCES:
        given = of_source(person, source)
        (said,) = given.pop("sources")
        gaps = given.pop("withheld")
        kinds = {kind for part, records in given.items() for r in records for kind in _kinds(RECORDS[part], r)}
        codes = sorted({("mask " if g["masked"] else "") + g["code"] for g in gaps})
        shown = ("yes" if kind in kinds else "" for kind in SHOWN)
        yield who, purpose, said["service"], said["outcome"], said["reason"] or "", *shown, " + ".join(codes)


def _kinds(record: str, value: Any) -> Iterator[Kind]:
    """Give the kind of every field that came with a value."""
    for name, held in value.items():
        if name in RECORDS and held:
            for inner in held if isinstance(held, list) else [held]:
                yield from _kinds(RECORDS[name], inner)
        elif held is not None and (fid := FieldId(f"{RecordName(record)}.{_snake(name)}")) in CATALOGUE:
            yield CATALOGUE[fid].kind


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def expected() -> list[Line]:
    """Read the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        heading, *rest = map(tuple, csv.reader(file))
    if heading != COLUMNS:
        raise ValueError(f"{TABLE.name}: the columns are not {', '.join(COLUMNS)}")
    return rest


def written(table: list[Line]) -> str:
    """Write the table as CSV."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *table])
    return text.getvalue()


async def _print() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder)) as town:
            sys.stdout.write(written(await lines(town)))


if __name__ == "__main__":
    asyncio.run(_print())
