"""Who the person is: names, birth, identifiers, addresses. A placement's or a refuge's address is confidential."""

import strawberry

from connectors.systems.ssd.asked import Asked, Wanted
from connectors.systems.ssd.cells import Row, day, text
from connectors.systems.ssd.codes import SEXES
from connectors.systems.ssd.held import Rows
from connectors.systems.ssd.outcomes import read_object
from connectors.systems.ssd.workers import only
from schema.labels import Label
from schema.records import Address, Birth, Identifier, IdentifierSystem, PersonName, Use

HOME = "HOME"
HIDING = frozenset({Label.CONFIDENTIAL_ADDRESS, Label.ADOPTION, Label.WITNESS_PROTECTION})
"""Labels of a person whose every address is confidential."""

_BIRTH = {
    "date_of_birth": "pers_dob",
    "expected_date_of_birth": "pers_expected_dob",
    "date_of_death": "pers_death_date",
    "sex": "pers_sex",
    "ethnicity": "pers_ethnicity",
}
_LINKED = {
    "nhs number": IdentifierSystem.NHS_NUMBER,
    "unique pupil number": IdentifierSystem.UPN,
    "former unique pupil number": IdentifierSystem.UPN,
    "upn": IdentifierSystem.UPN,
    "former upn": IdentifierSystem.UPN,
    "yot number": IdentifierSystem.YOT_NUMBER,
    "case number": IdentifierSystem.CASE_NUMBER,
}
"""Types of linked identifiers, in small letters: the standard's own words, and what builds of it write instead."""

OWN = {
    "pers_single_unique_id": IdentifierSystem.NHS_NUMBER,
    "pers_upn": IdentifierSystem.UPN,
    "pers_legacy_id": IdentifierSystem.CASE_NUMBER,
}
_LINES = ("ROOM", "FLOOR", "FLAT", "BUILDING")


def linked_system(row: Row) -> IdentifierSystem | None:
    """Say what a linked identifier is of; none where its type is not one the hub knows."""
    return _LINKED.get((text(row, "link_identifier_type") or "").casefold())


def want_identity(wanted: Wanted, asked: Asked) -> None:
    """Want the columns names, birth, identifiers and addresses are made from."""
    if asked.any_of("PersonName"):
        wanted.want("ssd_person", "pers_forename", "pers_surname")
    wanted.want("ssd_person", "pers_person_id", *(c for f, c in _BIRTH.items() if asked.has(f"Birth.{f}")))
    if asked.any_of("Identifier"):
        wanted.want("ssd_person", *OWN)
        wanted.want("ssd_linked_identifiers", "link_person_id", "link_identifier_type", "link_identifier_value")
        wanted.want("ssd_linked_identifiers", "link_valid_from_date", "link_valid_to_date")
    if asked.any_of("Address"):
        wanted.want("ssd_address", "addr_person_id", "addr_table_id", "addr_address_type")
        wanted.want("ssd_address", "addr_address_start_date", "addr_address_end_date")
        wanted.want("ssd_address", "addr_address_postcode" if asked.has("Address.postcode") else None)
        wanted.want("ssd_address", "addr_address_json" if asked.has("Address.lines", "Address.uprn") else None)


def identity(rows: Rows, person: str) -> list[PersonName | Birth | Identifier | Address]:
    """Make a person's identity records; of two rows with one id the first stands."""
    own = rows.of("ssd_person", person)[:1]
    found: list[PersonName | Birth | Identifier | Address] = []
    for row in own:
        found += _name(rows, row)
        found += _birth(rows, row)
    if rows.asked.any_of("Identifier"):
        found += _identifiers(rows, own, rows.of("ssd_linked_identifiers", person))
    if rows.asked.any_of("Address"):
        found += [_address(rows, person, row) for row in rows.of("ssd_address", person)]
    return found


def _name(rows: Rows, row: Row) -> list[PersonName]:
    given, family = text(row, "pers_forename"), text(row, "pers_surname")
    if not rows.asked.any_of("PersonName") or not (given or family):
        return []
    made = PersonName(given=given, family=family, use=Use.CURRENT)
    return [only(made, rows.asked.names("PersonName"), ("given", "family", "use"))]


def _birth(rows: Rows, row: Row) -> list[Birth]:
    if not rows.asked.any_of("Birth"):
        return []
    sex = text(row, "pers_sex")
    made = Birth(
        date_of_birth=day(row, "pers_dob", rows.reading),
        expected_date_of_birth=day(row, "pers_expected_dob", rows.reading),
        date_of_death=day(row, "pers_death_date", rows.reading),
        sex=SEXES.get(sex.upper()) if sex else None,
        ethnicity=text(row, "pers_ethnicity"),
    )
    return [made]


def _identifiers(rows: Rows, own: list[Row], linked: list[Row]) -> list[Identifier]:
    found: dict[tuple[IdentifierSystem, str], Identifier] = {}
    for row in own:
        for column, system in OWN.items():
            value = text(row, column)
            if value:
                found[system, value] = Identifier(system=system, value=value)
    for row in linked:
        of, value = linked_system(row), text(row, "link_identifier_value")
        if of and value:
            start, end = (day(row, f"link_valid_{c}_date", rows.reading) for c in ("from", "to"))
            found[of, value] = Identifier(system=of, value=value, valid_from=start, valid_to=end)
    asked = rows.asked.names("Identifier")
    return [only(made, asked, ("system", "value", "valid_from", "valid_to")) for made in found.values()]


def _address(rows: Rows, person: str, row: Row) -> Address:
    start, end = (day(row, f"addr_address_{c}_date", rows.reading) for c in ("start", "end"))
    parts = read_object(text(row, "addr_address_json"))
    street = " ".join(parts[k] for k in ("HOUSE", "STREET") if k in parts)
    lines = ", ".join(t for t in (*(parts[k] for k in _LINES if k in parts), street, parts.get("TOWN")) if t)
    made = Address(
        id=strawberry.ID(f"ssd_address/{text(row, 'addr_table_id') or ''}"),
        labels=frozenset({Label.CONFIDENTIAL_ADDRESS}) if confidential(rows, person, row) else frozenset(),
        lines=lines or None,
        postcode=text(row, "addr_address_postcode"),
        uprn=parts.get("UPRN"),
        use=Use.FORMER if end is not None and end < rows.reading.today else Use.CURRENT,
        start=start,
        end=end,
    )
    return only(made, rows.asked.names("Address"), ("lines", "postcode", "uprn", "use", "start", "end"))


def confidential(rows: Rows, person: str, row: Row) -> bool:
    """Whether an address must not be disclosed: anything but a home, or any address of a protected person."""
    return text(row, "addr_address_type") != HOME or bool(rows.labels.get(person, frozenset()) & HIDING)
