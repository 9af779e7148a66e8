"""Reading a OneRoster service: the collections an ask needs, and no others, joined on their references."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Any

from connectors.contract import LocalId, Name, Traits
from connectors.feed import Rows
from connectors.mapped import Gathered, Needed, in_batches, moment, united
from connectors.mapping import Row
from connectors.shapes import inner, objects, text
from connectors.together import together
from connectors.transports.client import Client
from connectors.transports.rest import Listing, Lists, Object, Paging, Params
from schema.records import IdentifierSystem

_PAGING = Paging(by="link", size=500)
_AT_ONCE = 100
"""Ids in one filter: services take a few hundred predicates and addresses a few thousand characters."""

_COLLECTIONS = {
    "orgs": "orgs",
    "users": "users",
    "students": "users",
    "enrollments": "enrollments",
    "demographics": "demographics",
}
"""Collections read and the key their items are under (OneRoster 1.1, section 3)."""


class Roster:
    """A OneRoster service."""

    def __init__(self, client: Client, where: str) -> None:
        """Prepare the lists."""
        self._client = client
        self._lists = {name: Lists(client, key, _PAGING, where) for name, key in _COLLECTIONS.items()}

    async def about(self, people: tuple[LocalId, ...], needed: Needed) -> Gathered:
        """Bring the needed collections' rows about these pupils."""
        writable = tuple(person for person in people if _writable(person))
        return united(await together(self._batch(batch, needed) for batch in in_batches(writable, _AT_ONCE)))

    async def _batch(self, people: tuple[LocalId, ...], needed: Needed) -> Gathered:
        readers = {
            "students": self._students,
            "demographics": self._demographics,
            "guardians": self._guardians,
            "enrollments": self._enrollments,
        }
        return united(await together(readers[name](people, paths) for name, paths in needed.items()))

    async def pages(self, needed: Needed, since: datetime | None) -> AsyncIterator[Rows]:
        """Bring every pupil, changed since then, page by page."""
        del needed
        changed = f"dateLastModified>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z'" if since else None
        async for items in self._lists["students"].feed(("students",), _filter(changed)):
            yield {"students": [_with_upns(item) for item in items]}

    async def candidates(self, traits: Traits, needed: Needed) -> Gathered:
        """Bring the pupils with one of the numbers or one of the names."""
        del needed
        upns = [v for system, v in traits.identifiers if system is IdentifierSystem.UPN and _writable(v)]
        filters = [f"identifier='{upn}'" for upn in upns]
        filters += [f"userIds.identifier='{upn}'" for upn in upns]
        filters += [_named(name) for name in traits.names if name.given and name.family]
        found = await together(self._list("students", wanted) for wanted in filters if wanted)
        return united(_gathered("students", listing, with_upns=True) for listing in found)

    async def ping(self) -> datetime | None:
        """Ask for one organisation."""
        page = await self._client.get(("orgs",), (("limit", "1"),))
        return moment(page.headers.get("x-data-as-of")) if page else None

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    async def _students(self, people: Iterable[str], _paths: frozenset[str]) -> Gathered:
        listing = _in_use(await self._list("students", _any_of("sourcedId", people)))
        return _gathered("students", listing, with_upns=True)

    async def _demographics(self, people: Iterable[str], _paths: frozenset[str]) -> Gathered:
        listing = _in_use(await self._list("demographics", _any_of("sourcedId", people)))
        return _gathered("demographics", listing)

    async def _guardians(self, people: Iterable[str], _paths: frozenset[str]) -> Gathered:
        students = _in_use(await self._list("students", _any_of("sourcedId", people)))
        agents = [(text(s, "sourcedId"), text(a, "sourcedId")) for s in students.items for a in objects(s, "agents")]
        users = await self._by_id("users", {agent for _, agent in agents if agent})
        rows = [{**users[agent], "_student": student} for student, agent in agents if agent in users]
        return Gathered({"guardians": rows}, _as_of(students), students.complete)

    async def _enrollments(self, people: Iterable[str], paths: frozenset[str]) -> Gathered:
        listing = _in_use(await self._list("enrollments", _any_of("user.sourcedId", people)))
        rows = [_enrollment(item) for item in listing.items]
        schools, contacts = await together(
            (
                self._joined("orgs", rows, "_school", paths),
                self._joined("users", rows, "_contact", paths),
            )
        )
        for row in rows:
            row["_school"] = schools.get(row["_school_id"] or "")
            row["_contact"] = contacts.get(row["_contact_id"] or "")
        return Gathered({"enrollments": rows}, _as_of(listing), listing.complete)

    async def _joined(
        self, name: str, rows: list[dict[str, Any]], key: str, paths: frozenset[str]
    ) -> dict[str, Object]:
        if not any(key in path for path in paths):
            return {}
        return await self._by_id(name, {row[f"{key}_id"] for row in rows if row[f"{key}_id"]})

    async def _by_id(self, name: str, ids: set[str]) -> dict[str, Object]:
        batches = in_batches(tuple(LocalId(i) for i in sorted(ids) if _writable(i)), _AT_ONCE)
        found = await together(self._list(name, _any_of("sourcedId", batch)) for batch in batches)
        items = (item for listing in found for item in listing.items)
        return {key: item for item in items if (key := text(item, "sourcedId")) in ids}

    async def _list(self, name: str, wanted: str | None) -> Listing:
        return await self._lists[name].must_read((name,), _filter(wanted))


def _filter(wanted: str | None) -> Params:
    return (("filter", wanted),) if wanted else ()


def _in_use(listing: Listing) -> Listing:
    """Leave out what the service marks as to be deleted: it is no longer true (OneRoster 1.1, section 3.2)."""
    listing.items = [item for item in listing.items if item.get("status") != "tobedeleted"]
    return listing


def _enrollment(item: Object) -> dict[str, Any]:
    return {
        **item,
        "_student": text(inner(item, "user"), "sourcedId"),
        "_school_id": text(inner(item, "school"), "sourcedId"),
        "_contact_id": text(inner(item, "metadata"), "keyContact"),
        "_joined": "Joined",
        "_left": "Left",
    }


def _gathered(name: str, listing: Listing, *, with_upns: bool = False) -> Gathered:
    rows: list[Row] = [_with_upns(item) for item in listing.items] if with_upns else list(listing.items)
    return Gathered({name: rows}, _as_of(listing), listing.complete)


def _with_upns(student: Object) -> Row:
    """Put a pupil's UPNs, current and former, where a mapping can reach them."""
    held = objects(student, "userIds")
    former = next((i.get("identifier") for i in held if text(i, "type") == "FormerUPN"), None)
    upns = [i for i in held if text(i, "type") in {"UPN", "FormerUPN"}]
    return {**student, "_upns": upns, "_former_upn": former}


def _as_of(listing: Listing) -> datetime | None:
    return moment(listing.last.headers.get("x-data-as-of"))


def _any_of(field: str, ids: Iterable[str]) -> str:
    return " OR ".join(f"{field}='{i}'" for i in ids)


def _named(name: Name) -> str:
    """Ask for a name by those parts of it that can be written; which pupil is meant is decided on all of it."""
    parts = (("givenName", name.given), ("familyName", name.family))
    return " AND ".join(f"{field}='{value}'" for field, value in parts if _writable(value))


def _writable(value: str) -> bool:
    """Whether a value can stand in a filter: OneRoster has no way to write a quotation mark in one."""
    return "'" not in value and value.isprintable()
