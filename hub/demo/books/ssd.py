"""The council's two databases, written as tables of rows, and one duplicate person as real systems have."""

import json
from datetime import date
from pathlib import Path

from hub.demo.agencies import Source
from hub.demo.books.days import as_of
from hub.demo.books.ssd_cases import Cases, write_early_help
from hub.demo.books.ssd_people import write_people
from hub.demo.books.ssd_tables import EARLY_HELP_TABLES, SOCIAL_CARE_TABLES, Row, Shelf
from hub.demo.books.ssd_workers import write_workers
from hub.demo.population import Population

DUPLICATE_ID = "299001"
"""The second, older row of the cast's main child in social care."""


def write_social_care(population: Population, folder: Path) -> None:
    """Write the social care database's rows."""
    shelf = Shelf()
    write_people(shelf, population, Source.SOCIAL_CARE)
    for entry in population.entries[Source.SOCIAL_CARE]:
        Cases(shelf, entry).write()
    _duplicate(shelf, population)
    write_workers(shelf, Source.SOCIAL_CARE, population.today)
    _save(shelf, SOCIAL_CARE_TABLES, folder)


def write_early_help_database(population: Population, folder: Path) -> None:
    """Write the early help database's rows."""
    shelf = Shelf(last=5000)
    write_people(shelf, population, Source.EARLY_HELP)
    for entry in population.entries[Source.EARLY_HELP]:
        write_early_help(shelf, entry)
    write_workers(shelf, Source.EARLY_HELP, population.today)
    _save(shelf, EARLY_HELP_TABLES, folder)


def _duplicate(shelf: Shelf, population: Population) -> None:
    main = population.cast["main"]
    kept = next(e.local_id for e in population.entries[Source.SOCIAL_CARE] if e.person.key == main)
    person = next(r for r in shelf.tables["ssd_person"] if r["pers_person_id"] == kept)
    older = {"pers_person_id": DUPLICATE_ID, "pers_surname": f"DUPLICATE - {person['pers_surname']}"}
    shelf.tables["ssd_person"].append({**person, **older, "pers_single_unique_id": None, "pers_upn": None})
    shelf.add("brk_person_change", chng_person_id=DUPLICATE_ID, chng_changed_at=as_of(person_born(person)).isoformat())
    contact = next(r for r in shelf.tables["ssd_contacts"] if r["cont_person_id"] == kept)
    shelf.tables["ssd_contacts"].append({**contact, "cont_contact_id": shelf.number(), "cont_person_id": DUPLICATE_ID})


def person_born(row: Row) -> date:
    """Give the date of birth in a person row."""
    return date.fromisoformat(str(row["pers_dob"]))


def _save(shelf: Shelf, tables: tuple[str, ...], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = {table: shelf.tables.get(table, []) for table in tables}
    (folder / "tables.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
