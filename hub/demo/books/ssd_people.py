"""Who people are in the two Safeguarding Dataset databases: persons, mothers, families, addresses, identifiers."""

import json

from hub.demo.agencies import Source
from hub.demo.books.days import as_of, iso, last_day
from hub.demo.books.ssd_tables import Shelf
from hub.demo.mistakes import Written
from hub.demo.people import Home, Role
from hub.demo.population import Entry, Population


def write_people(shelf: Shelf, population: Population, source: Source) -> None:
    """Write everybody the source knows."""
    mothers: dict[str, str] = {}
    for entry in population.entries[source]:
        if entry.person.role is Role.MOTHER:
            mothers[entry.person.family] = entry.local_id
    for entry in population.entries[source]:
        _person(shelf, entry)
        _identifiers(shelf, entry)
        for home in entry.written.homes:
            _address(shelf, entry.local_id, home)
        shelf.add(
            "ssd_family",
            fami_table_id=shelf.number(),
            fami_family_id=f"FAM{entry.person.family.upper()}",
            fami_person_id=entry.local_id,
        )
        if entry.person.is_child and entry.person.family in mothers:
            shelf.add(
                "ssd_mother",
                moth_table_id=shelf.number(),
                moth_person_id=mothers[entry.person.family],
                moth_childs_person_id=entry.local_id,
                moth_childs_dob=iso(entry.written.born),
            )
        _protection(shelf, entry, population, source)


def _person(shelf: Shelf, entry: Entry) -> None:
    written, person = entry.written, entry.person
    shelf.add(
        "ssd_person",
        pers_legacy_id=f"L{entry.local_id}",
        pers_person_id=entry.local_id,
        pers_upn=written.upn or None,
        pers_forename=written.name.given or None,
        # An unborn child is written under the mother's family name only where one was chosen: here, none.
        pers_surname=written.name.family or None,
        pers_sex=person.sex,
        pers_gender=None,
        pers_ethnicity=person.ethnicity,
        pers_dob=iso(written.born),
        pers_single_unique_id=written.nhs[0] if written.nhs else None,
        pers_upn_unknown=None if written.upn or not person.is_child else "UN1",
        pers_send_flag="Y" if Source.SEND_NEET in entry.life.known_to() else "N",
        pers_expected_dob=iso(person.expected),
        pers_is_mother="Y" if person.role is Role.MOTHER else "N",
    )


def _identifiers(shelf: Shelf, entry: Entry) -> None:
    written, start = entry.written, iso(entry.written.born)
    held = [("NHS Number", old, start, _replaced(written)) for old in written.nhs[1:]]
    if written.former_upn:
        held.append(("UPN", written.former_upn, start, _replaced(written)))
    if Source.YOUTH_JUSTICE in entry.life.known_to():
        held.append(("YOT Number", yot_number(entry.person.key), None, None))
    for kind, value, begun, ended in held:
        shelf.add(
            "ssd_linked_identifiers",
            link_table_id=shelf.number(),
            link_person_id=entry.local_id,
            link_identifier_type=kind,
            link_identifier_value=value,
            link_valid_from_date=begun,
            link_valid_to_date=ended,
        )


def _replaced(written: Written) -> str | None:
    return written.born.replace(year=written.born.year + 1, day=1).isoformat() if written.born else None


def yot_number(person_key: str) -> str:
    """Give the youth justice number of somebody: the same wherever it is written."""
    serial = sum(ord(c) * (n + 7) ** 2 for n, c in enumerate(person_key)) % 100_000
    return f"BRK/{serial:05}/24"


def _address(shelf: Shelf, local_id: str, home: Home) -> None:
    parts = {"ROOM": "", "FLOOR": "", "FLAT": "", "BUILDING": "", "HOUSE": home.house, "STREET": home.street}
    parts |= {"TOWN": home.town, "UPRN": home.uprn, "EASTING": "", "NORTHING": ""}
    blank = home.end is not None and home.uprn.endswith("7")
    shelf.add(
        "ssd_address",
        addr_table_id=shelf.number(),
        addr_person_id=local_id,
        addr_address_type=home.kind,
        addr_address_start_date=iso(home.start),
        addr_address_end_date=iso(home.end),
        addr_address_postcode="" if blank else home.postcode,
        addr_address_json=json.dumps(parts),
    )


def _protection(shelf: Shelf, entry: Entry, population: Population, source: Source) -> None:
    for restriction in entry.person.restrictions:
        shelf.add(
            "brk_person_restriction",
            rest_table_id=shelf.number(),
            rest_person_id=entry.local_id,
            rest_code=str(restriction),
            rest_start_date=iso(last_day(entry.life, source, population.today)),
        )
    changed = last_day(entry.life, source, entry.written.born or population.today)
    shelf.add("brk_person_change", chng_person_id=entry.local_id, chng_changed_at=as_of(changed).isoformat())
