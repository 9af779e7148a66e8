"""Reading what one answer needs: rounds of queries, each round's tables at once, each table once for all the people.

First what is about the people themselves; then what those rows point to (workers, teams, factors, relatives);
then the relatives' own names and homes. Columns nobody asked for are not selected.
"""

from connectors.staff_directory import StaffDirectory
from connectors.systems.ssd.asked import Wanted
from connectors.systems.ssd.cells import Row, text
from connectors.systems.ssd.chronology import want_events
from connectors.systems.ssd.codes import decoded
from connectors.systems.ssd.episodes import want_episodes
from connectors.systems.ssd.family import KIN_ADDRESS, KIN_PERSON, kin
from connectors.systems.ssd.held import Rows, grouped
from connectors.systems.ssd.identity import want_identity
from connectors.systems.ssd.optional import KEYS, LINKS, Presence, hung, linked, want_links
from connectors.systems.ssd.outcomes import read_list
from connectors.systems.ssd.read import Read, run
from connectors.systems.ssd.settings import Restrictions, SsdConnection
from connectors.systems.ssd.staffing import Staffing
from connectors.systems.ssd.tables import PARTS, PERSON
from connectors.systems.ssd.workers import want_involvements
from connectors.together import together
from connectors.transports.sql import Database, Query
from connectors.transports.sql import Rows as Found
from schema.labels import Label

_HOME = ("address_type", "address_end_date", "address_postcode", "address_json")
_MOTHER = frozenset({"moth_person_id", "moth_childs_person_id"})
_FAMILY = frozenset({"fami_person_id", "fami_family_id"})


class Reader:
    """Reads one SSD database, and the staff directory beside it."""

    def __init__(self, connection: SsdConnection, database: Database, directory: StaffDirectory | None) -> None:
        """Know which tables this part of the standard has."""
        self._connection = connection
        self._database = database
        self._staffing = Staffing(database, directory)
        self._tables = PARTS[connection.part]
        self._presence = Presence(database, frozenset(connection.without))

    async def absent(self) -> frozenset[str]:
        """Name the optional tables that are not there though the configuration does not say so."""
        return await self._presence.absent(self._tables) - set(self._connection.without)

    async def fill(self, read: Read) -> None:
        """Read what an ask needs."""
        wanted = self._wanted(read.rows)
        absent = await self._presence.absent(self._tables & set(wanted.columns))
        wanted.columns = {t: columns for t, columns in wanted.columns.items() if t not in absent}
        await self._own(read, wanted)
        await together(
            [self._staffing.fill(read), self._factors(read), self._relatives(read), self._linked(read, wanted)]
        )

    def _wanted(self, rows: Rows) -> Wanted:
        wanted = Wanted()
        want_identity(wanted, rows.asked)
        want_episodes(wanted, rows.asked)
        want_events(wanted, rows.asked)
        want_involvements(wanted, rows)
        if rows.asked.any_of("Relationship"):
            wanted.want("ssd_family", *_FAMILY)
        if rows.asked.has("ChronologyEvent.needs"):
            wanted.want("ssd_cin_assessments", "cina_assessment_id")
        want_links(wanted)
        return wanted

    async def _own(self, read: Read, wanted: Wanted) -> None:
        """Read the people's own rows, and meanwhile whether any has a duplicate; rarely, then those rows too."""
        wanted.want("ssd_person", "pers_legacy_id")
        tables = sorted(self._tables & set(PERSON) & set(wanted.columns) - {"ssd_person"})
        queries = [Query(t, frozenset(wanted.columns[t]), PERSON[t], read.people) for t in tables]
        people = Query("ssd_person", frozenset(wanted.columns["ssd_person"]), "pers_person_id", read.people)
        await together([self._people(read, people), self._tabled(read, queries), self._protections(read)])
        ids = tuple(i for listed in read.rows.aliases.values() for i in listed)
        if ids:
            await self._tabled(read, [Query(q.table, q.columns, q.key, ids) for q in queries])

    async def _tabled(self, read: Read, queries: list[Query]) -> None:
        for query, listed in zip(queries, await run(read, self._database, queries), strict=True):
            held = read.rows.by_table.setdefault(query.table, {})
            held |= grouped(listed.rows, PERSON[query.table])

    async def _protections(self, read: Read) -> None:
        labels = self._labels_query(read.people)
        if labels is not None and read.rows.asked.any_of("Address"):
            read.rows.labels = self._labels((await run(read, self._database, [labels]))[0])

    async def _people(self, read: Read, query: Query) -> None:
        """Read the people, and the rows marked DUPLICATE with one's earlier id; nobody else shares rows."""
        await self._tabled(read, [query])
        legacy = {text(r, "pers_legacy_id"): text(r, "pers_person_id") for r in read.rows.all("ssd_person")}
        numbers = tuple(sorted(n for n in legacy if n))
        named = frozenset({"pers_person_id", "pers_legacy_id", "pers_surname", "pers_forename"})
        same = (await run(read, self._database, [Query("ssd_person", named, "pers_legacy_id", numbers)]))[0]
        aliases: dict[str, tuple[str, ...]] = {}
        for row in same.rows:
            other, person = text(row, "pers_person_id"), legacy.get(text(row, "pers_legacy_id"))
            if other and person and other != person and is_duplicate(row):
                aliases[person] = (*aliases.get(person, ()), other)
        read.rows.aliases = aliases

    async def _factors(self, read: Read) -> None:
        rows = read.rows
        if not rows.asked.has("ChronologyEvent.needs") or "ssd_cin_assessments" not in rows.by_table:
            return
        ids = tuple(sorted({i for r in rows.all("ssd_cin_assessments") if (i := text(r, "cina_assessment_id"))}))
        columns = frozenset({"cinf_assessment_id", "cinf_assessment_factors_json"})
        found = (
            await run(read, self._database, [Query("ssd_assessment_factors", columns, "cinf_assessment_id", ids)])
        )[0]
        factors: dict[str, list[str]] = {}
        for row in found.rows:
            codes = read_list(text(row, "cinf_assessment_factors_json"))
            said = [decoded(code, self._connection.factors) or code for code in codes]
            factors.setdefault(text(row, "cinf_assessment_id") or "", []).extend(said)
        rows.factors = factors

    async def _linked(self, read: Read, wanted: Wanted) -> None:
        """Read what hangs on the people's rows, each table after the one it hangs on."""
        for link in LINKS:
            if link.table in wanted.columns and link.table in self._tables:
                ids = tuple(sorted(linked(read.rows, link)))
                query = Query(link.table, frozenset(wanted.columns[link.table]), KEYS[link.table], ids)
                hung(read.rows, link, (await run(read, self._database, [query]))[0])

    async def _relatives(self, read: Read) -> None:
        rows, people = read.rows, read.people
        if not rows.asked.any_of("Relationship"):
            return
        families = tuple(sorted({f for r in rows.all("ssd_family") if (f := text(r, "fami_family_id"))}))
        first = [
            Query("ssd_family", _FAMILY, "fami_family_id", families),
            Query("ssd_mother", _MOTHER, "moth_childs_person_id", people),
            Query("ssd_mother", _MOTHER, "moth_person_id", people),
        ]
        family, mothers, children = await run(read, self._database, first)
        named = {m for r in mothers.rows if (m := text(r, "moth_person_id"))}
        members = {m for r in family.rows if (m := text(r, "fami_person_id"))}
        more = [
            Query("ssd_mother", _MOTHER, "moth_person_id", tuple(sorted(named))),
            Query("ssd_mother", _MOTHER, "moth_childs_person_id", tuple(sorted(members - set(people)))),
        ]
        siblings, others = await run(read, self._database, more)
        listed = [r for f in (mothers, children, siblings, others) for r in f.rows]
        read.kin = kin(list(family.rows), listed)
        await self._about_relatives(read, {*people, *(o for p in people for o in read.kin.of(p))})

    async def _about_relatives(self, read: Read, people: set[str]) -> None:
        """Read names and homes of the people and their relatives, held apart from what else was asked."""
        ids = tuple(sorted(people))
        rows = read.rows
        home = frozenset(f"addr_{c}" for c in ("person_id", *_HOME))
        names = frozenset({"pers_person_id", "pers_forename", "pers_surname"})
        labels = self._labels_query(ids)
        queries = [Query("ssd_address", home, "addr_person_id", ids), Query("ssd_person", names, "pers_person_id", ids)]
        found = await run(read, self._database, [*queries, *([labels] if labels else [])])
        rows.by_table[KIN_ADDRESS] = grouped(found[0].rows, "addr_person_id")
        rows.by_table[KIN_PERSON] = grouped(found[1].rows, "pers_person_id")
        if labels:
            rows.labels = self._labels(found[-1])
        read.kin = read.kin.without({text(r, "pers_person_id") or "" for r in found[1].rows if is_duplicate(r)})

    def _labels_query(self, people: tuple[str, ...]) -> Query | None:
        table = self._connection.restrictions
        return Query(table.table, frozenset({table.person, table.code}), table.person, people) if table else None

    def _labels(self, found: Found) -> dict[str, frozenset[Label]]:
        table = self._connection.restrictions
        return restricted(table, found) if table else {}


def restricted(table: Restrictions, found: Found) -> dict[str, frozenset[Label]]:
    """Turn the authority's restrictions into labels by person."""
    labels: dict[str, frozenset[Label]] = {}
    for row in found.rows:
        person, code = text(row, table.person), text(row, table.code)
        if person and code:
            labels[person] = labels.get(person, frozenset()) | {table.codes.get(code, table.otherwise)}
    return labels


def is_duplicate(row: Row) -> bool:
    """Whether a row of ssd_person is marked as a duplicate of another, as authorities mark them in the name."""
    names = (text(row, c) for c in ("pers_surname", "pers_forename"))
    return any(name is not None and name.upper().startswith("DUPLICATE") for name in names)
