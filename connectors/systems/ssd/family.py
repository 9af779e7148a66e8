"""Family: the people SSD groups with a person, and the mother it names. Each is decided on separately by the hub.

SSD says who is the mother of whom and who belongs to one family; nothing else. Children of one mother are
siblings; how another member is related is not recorded, and is not guessed.
"""

from dataclasses import dataclass

import strawberry

from connectors.mapping.locating import plain_code
from connectors.systems.ssd.cells import Row, day, text
from connectors.systems.ssd.held import Rows
from connectors.systems.ssd.identity import confidential
from connectors.systems.ssd.workers import only
from schema.labels import Label
from schema.records import Relationship, RelationshipType

KIN_PERSON, KIN_ADDRESS = "relatives' ssd_person", "relatives' ssd_address"
"""Where the rows of relatives are held: apart from the rows of those asked about."""

_FIELDS = ("type", "name", "parental_responsibility", "same_household", "start", "end")
_SEALING = frozenset({Label.ADOPTION, Label.WITNESS_PROTECTION, Label.GENDER_RECOGNITION})


@dataclass(frozen=True, slots=True)
class Kin:
    """Who is in whose family and who is whose mother, among the people read."""

    families: dict[str, set[str]]
    members: dict[str, set[str]]
    mothers: dict[str, str]

    def of(self, person: str) -> list[str]:
        """Name a person's relatives by local id."""
        together = {m for f in self.families.get(person, ()) for m in self.members.get(f, ())}
        children = {child for child, mother in self.mothers.items() if mother == person}
        mother = self.mothers.get(person)
        siblings = {c for c, m in self.mothers.items() if mother and m == mother}
        return sorted((together | children | siblings | ({mother} if mother else set())) - {person})

    def without(self, gone: set[str]) -> "Kin":
        """Leave out people: rows marked as duplicates of somebody."""
        members = {family: listed - gone for family, listed in self.members.items()}
        mothers = {c: m for c, m in self.mothers.items() if c not in gone and m not in gone}
        return Kin(self.families, members, mothers)

    def kind(self, person: str, other: str) -> RelationshipType:
        """Say what the other is to the person, as far as it is recorded."""
        if self.mothers.get(person) == other:
            return RelationshipType.MOTHER
        if self.mothers.get(other) == person:
            return RelationshipType.CHILD
        mother = self.mothers.get(person)
        return RelationshipType.SIBLING if mother and mother == self.mothers.get(other) else RelationshipType.OTHER


def kin(family: list[Row], mother: list[Row]) -> Kin:
    """Read ssd_family and ssd_mother."""
    families: dict[str, set[str]] = {}
    members: dict[str, set[str]] = {}
    for row in family:
        person, group = text(row, "fami_person_id"), text(row, "fami_family_id")
        if person and group:
            families.setdefault(person, set()).add(group)
            members.setdefault(group, set()).add(person)
    pairs = ((text(r, "moth_childs_person_id"), text(r, "moth_person_id")) for r in mother)
    return Kin(families, members, {child: who for child, who in pairs if child and who})


def relationships(rows: Rows, person: str, known: Kin) -> list[Relationship]:
    """Make a person's relationships; one with somebody sealed carries that person's label."""
    return [_made(rows, person, other, known) for other in known.of(person)]


def _made(rows: Rows, person: str, other: str, known: Kin) -> Relationship:
    row: Row = next(iter(rows.of(KIN_PERSON, other)), {})
    names = (text(row, "pers_forename"), text(row, "pers_surname"))
    made = Relationship(
        id=strawberry.ID(f"ssd_family/{person}/{other}"),
        labels=(rows.labels.get(other, frozenset()) | rows.labels.get(person, frozenset())) & _SEALING,
        type=known.kind(person, other),
        name=" ".join(n for n in names if n) or None,
        same_household=_together(rows, person, other),
        local_id=other,
    )
    return only(made, rows.asked.names("Relationship"), _FIELDS)


def _together(rows: Rows, person: str, other: str) -> bool | None:
    """Compare current homes; not recorded, or confidential for either, says nothing."""
    here, there = (_home(rows, p) for p in (person, other))
    return None if here is None or there is None else here == there


def _home(rows: Rows, person: str) -> tuple[str, str] | None:
    today = rows.reading.today
    for row in rows.of(KIN_ADDRESS, person):
        end = day(row, "addr_address_end_date", rows.reading)
        if end is not None and end < today:
            continue
        if confidential(rows, person, row):
            return None
        postcode, lines = text(row, "addr_address_postcode"), text(row, "addr_address_json")
        if lines:
            return plain_code(postcode or ""), lines
    return None
