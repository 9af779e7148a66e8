"""Who the database knows, for the hub's index; and finding one person without it.

Rows marked DUPLICATE are left out: what hangs on them is read with the surviving row. Only homes that are not
confidential say where somebody lives. An adopted child's earlier and later identities carry the label that keeps
them apart for ever.
"""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

from connectors.contract import Identity, LocalId, Located, Name, Traits
from connectors.mapping import locate
from connectors.mapping.reading import Reading
from connectors.systems.ssd.cells import Row, day, text
from connectors.systems.ssd.codes import SEXES
from connectors.systems.ssd.held import Grouped, grouped
from connectors.systems.ssd.identity import HIDING, HOME, OWN, linked_system
from connectors.systems.ssd.outcomes import read_object
from connectors.systems.ssd.reader import is_duplicate, restricted
from connectors.systems.ssd.settings import SsdConnection
from connectors.systems.ssd.tables import PARTS, PERSON
from connectors.transports.sql import Database, Query, Since
from schema.labels import Label
from schema.records import IdentifierSystem

_BATCH = 200
_COLUMNS = {
    "ssd_person": ("pers_forename", "pers_surname", "pers_dob", "pers_expected_dob", "pers_sex", *OWN),
    "ssd_linked_identifiers": ("link_identifier_type", "link_identifier_value"),
    "ssd_address": (
        "addr_address_type",
        "addr_address_start_date",
        "addr_address_end_date",
        "addr_address_postcode",
        "addr_address_json",
    ),
    "ssd_permanence": ("perm_permanence_order_type", "perm_placed_for_adoption_date"),
}


class Feed:
    """The index feed of one SSD database."""

    def __init__(self, connection: SsdConnection, database: Database) -> None:
        """Know the database and what the authority keeps beside the standard."""
        self._connection = connection
        self._database = database
        self._tables = sorted(PARTS[connection.part] & set(_COLUMNS))

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Yield everybody, or those changed since where the authority keeps a table of changes."""
        changes = self._connection.changes
        place, key, after = "ssd_person", "pers_person_id", None
        if since is not None and changes is not None:
            place, key, after = changes.table, changes.person, Since(changes.changed, since)
        async for page in self._database.keys(place, key, after):
            for start in range(0, len(page), _BATCH):
                for identity in await self.of(page[start : start + _BATCH]):
                    yield identity

    async def locate(self, traits: Traits) -> Located:
        """Find one person by an exact identifier, or by exact name, date of birth and postcode."""
        numbers = tuple(value for _, value in traits.identifiers)
        queries = [Query("ssd_person", frozenset({"pers_person_id"}), column, numbers) for column in OWN]
        queries.append(Query("ssd_linked_identifiers", frozenset({"link_person_id"}), "link_identifier_value", numbers))
        if traits.date_of_birth is not None:
            born = datetime.combine(traits.date_of_birth, datetime.min.time())
            queries.append(Query("ssd_person", frozenset({"pers_person_id"}), "pers_dob", (born,)))
        ids = {str(v) for found in await self._database.read(queries) for r in found.rows for v in r.values() if v}
        return locate(traits, await self.of(tuple(sorted(ids))))

    async def of(self, people: tuple[str, ...]) -> list[Identity]:
        """Give these people's identities; those marked as duplicates are left out."""
        queries = [Query(t, frozenset({*_COLUMNS[t], PERSON[t]}), PERSON[t], people) for t in self._tables]
        queries.append(
            Query(
                "ssd_mother",
                frozenset({"moth_person_id", "moth_childs_person_id"}),
                "moth_childs_person_id",
                people,
            )
        )
        restrictions, changes = self._connection.restrictions, self._connection.changes
        if restrictions is not None:
            columns = frozenset({restrictions.person, restrictions.code})
            queries.append(Query(restrictions.table, columns, restrictions.person, people))
        if changes is not None:
            columns = frozenset({changes.person, changes.changed})
            queries.append(Query(changes.table, columns, changes.person, people))
        found = await self._database.read(queries)
        by_table: Grouped = {t: grouped(f.rows, PERSON[t]) for t, f in zip(self._tables, found, strict=False)}
        mothers = {text(r, "moth_childs_person_id"): text(r, "moth_person_id") for r in found[len(self._tables)].rows}
        labels = restricted(restrictions, found[len(self._tables) + 1]) if restrictions is not None else {}
        changed = {text(r, changes.person): r[changes.changed] for r in found[-1].rows} if changes is not None else {}
        reading = Reading(datetime.now(UTC).date())
        known = [p for p, rows in by_table["ssd_person"].items() if not is_duplicate(rows[0])]
        none = frozenset[Label]()
        return [_identity(p, by_table, mothers.get(p), labels.get(p, none), changed.get(p), reading) for p in known]


def _identity(
    person: str, by_table: Grouped, mother: str | None, labels: frozenset[Label], changed: object, reading: Reading
) -> Identity:
    row = by_table["ssd_person"][person][0]
    homes = _homes(by_table["ssd_address"].get(person, []), reading, hidden=bool(labels & HIDING))
    given, family = text(row, "pers_forename"), text(row, "pers_surname")
    sex = text(row, "pers_sex")
    known_sex = SEXES.get(sex.upper()) if sex else None
    traits = Traits(
        names=(Name(given or "", family or ""),) if given or family else (),
        date_of_birth=day(row, "pers_dob", reading),
        expected_date_of_birth=day(row, "pers_expected_dob", reading),
        sex=known_sex.name if known_sex else None,
        postcodes=tuple(dict.fromkeys(p for p in (text(h, "addr_address_postcode") for h in homes) if p)),
        address=_line(homes, reading.today),
        identifiers=_numbers(row, by_table["ssd_linked_identifiers"].get(person, [])),
        mother_local_id=LocalId(mother) if mother else None,
    )
    adopted = any(_adopted(r) for r in by_table.get("ssd_permanence", {}).get(person, []))
    return Identity(LocalId(person), traits, moment(changed), labels | ({Label.ADOPTION} if adopted else set()))


def _homes(rows: list[Row], reading: Reading, *, hidden: bool) -> list[Row]:
    """Order homes, current first and then the latest; none of a protected person that is still lived at."""
    kept: list[tuple[date, date, Row]] = []
    for row in rows:
        start = day(row, "addr_address_start_date", reading) or date.min
        end = day(row, "addr_address_end_date", reading) or date.max
        if text(row, "addr_address_type") == HOME and not (hidden and end >= reading.today):
            kept.append((end, start, row))
    return [row for _, _, row in sorted(kept, key=lambda k: k[:2], reverse=True)]


def _line(homes: list[Row], today: date) -> str | None:
    for row in homes[:1]:
        end = day(row, "addr_address_end_date", Reading(today))
        if end is None or end >= today:
            parts = read_object(text(row, "addr_address_json"))
            return " ".join(parts[k] for k in ("FLAT", "HOUSE", "STREET", "TOWN") if k in parts) or None
    return None


def _numbers(row: Row, linked: list[Row]) -> tuple[tuple[IdentifierSystem, str], ...]:
    own = [(system, text(row, column)) for column, system in OWN.items()]
    others = [(linked_system(r), text(r, "link_identifier_value")) for r in linked]
    return tuple(dict.fromkeys((system, value) for system, value in (*own, *others) if system and value))


def _adopted(row: Row) -> bool:
    return text(row, "perm_permanence_order_type") == "AO" or text(row, "perm_placed_for_adoption_date") is not None


def moment(value: object) -> datetime | None:
    """Read a moment as a database gives it; one without a zone is taken as UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)
