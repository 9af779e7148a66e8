"""A family around the cast's Maya: relatives whom sources name, most of them people of the index themselves."""

import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from connectors.contract import Ask, Held, LocalId, Name, Reply, Traits
from schema.labels import Label
from schema.records import IdentifierSystem, Relationship, RelationshipType
from tests.cast import CHILDREN, SYNCED, CastConnector, Child, only, records_of
from tests.house import House, house

KINDS = RelationshipType


def _adult(key: str, name: str, born: date, number: str | None, *sources: str, home: str = "BK7 7QQ") -> Child:
    given, family = name.split()
    numbers = ((IdentifierSystem.NHS_NUMBER, number),) if number else ()
    return Child(key, Traits((Name(given, family),), born, postcodes=(home,), identifiers=numbers), sources)


FAMILY = {
    child.key: child
    for child in (
        _adult("mother", "Juniper Quillfeather", date(1988, 1, 17), "9990000050", "social-care", "housing", "health"),
        _adult("father", "Alder Quillfeather", date(1985, 10, 2), "9990000069", "social-care"),
        _adult("father-again", "Alder Quillfeather", date(1985, 2, 10), None, "housing", home="BK1 4XX"),
        _adult("gran", "Hazel Thistlewood", date(1950, 5, 6), None, "health"),
    )
}
"""The mother is one person at three sources; the father is held twice, in ways that no rule joins."""


def link(source: str, other: str, kind: RelationshipType | None, **more: Any) -> Relationship:
    """Let a source name somebody of the family; the name says who and where."""
    local = (CHILDREN | FAMILY)[other].local_id(source)
    made = Relationship(id=f"{source}/r/{other}", type=kind, name=f"{other} at {source}", local_id=local)  # type: ignore[arg-type] # an ID is a str
    for field, value in more.items():
        setattr(made, field, value)
    return made


def stranger(source: str, name: str, kind: RelationshipType | None = None, **more: Any) -> Relationship:
    """Let a source name somebody it holds no number for."""
    made = Relationship(id=f"{source}/s/{name}/{kind}", type=kind, name=name)  # type: ignore[arg-type] # an ID is a str
    for field, value in more.items():
        setattr(made, field, value)
    return made


USUAL: Mapping[str, tuple[Relationship, ...]] = {
    "social-care": (
        link("social-care", "mother", KINDS.MOTHER, same_household=True),
        link("social-care", "father", KINDS.FATHER, start=date(2012, 5, 17)),
        link("social-care", "rowan", KINDS.SIBLING, same_household=True),
    ),
    "housing": (
        link("housing", "mother", KINDS.HOUSEHOLD, start=date(2018, 1, 1)),
        link("housing", "father-again", KINDS.HOUSEHOLD, start=date(2014, 1, 1), end=date(2018, 1, 1)),
    ),
    "health": (
        link("health", "mother", KINDS.STEP_PARENT, parental_responsibility=True),
        link("health", "gran", KINDS.OTHER, parental_responsibility=False),
        link("health", "rowan", KINDS.SIBLING, same_household=False),
    ),
}
"""Whom sources name beside Maya."""


@dataclass(repr=False)
class Kinfolk:
    """A house in which sources name a family."""

    home: House

    def names(self, said: Mapping[str, Iterable[Relationship]], child: str = "maya") -> None:
        """Let sources name these beside a child and nobody else beside anybody."""
        for source, connector in self.home.connectors.items():
            connector.misbehave = _naming(connector, child, tuple(said.get(source, ())))

    async def flag(self, flags: Mapping[str, Iterable[Label]], sealed: Iterable[str] = ()) -> None:
        """Let people of the family carry flags, and seal some; whoever is not named carries none."""
        async with self.home.database.begin() as connection:
            for key, child in (CHILDREN | FAMILY).items():
                labels = " ".join(sorted(flags.get(key, ())))
                status = "sealed" if key in sealed or key == "sealed" else "active"
                change = text("UPDATE person SET labels = :labels, status = :status WHERE id = :id")
                given = {"labels": labels if child.key != "sealed" else "ADOPTION", "status": status}
                await connection.execute(change, given | {"id": self.home.ids[key]})

    async def ask(self, wanted: str, who: str = "front-door", purpose: str = "CHILD_PROTECTION", **more: Any) -> Any:
        """Ask about Maya, and insist on an answer without errors."""
        query = "query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) { %s } }"
        asked = {"id": self.home.ids[more.pop("child", "maya")], "context": {"purpose": purpose, "reference": "R 1"}}
        result = await self.home.ask(query % wanted, asked, who=who, **more)
        assert not result.errors, result.errors
        return result.data["person"]


def _naming(connector: CastConnector, child: str, named: tuple[Relationship, ...]) -> Any:
    def reply(ask: Ask) -> Reply:
        everybody = {c.local_id(connector.source): c for c in (CHILDREN | FAMILY).values()}
        records: dict[LocalId, tuple[Held, ...]] = {}
        for local in ask.people:
            known = everybody.get(local)
            if known is None or connector.source not in known.sources:
                continue
            held = [r for r in records_of(known, connector.source) if not isinstance(r, Relationship)]
            held += named if known.key == child else ()
            records[local] = only(held, ask.fields)
        return Reply(records, as_of=SYNCED)

    return reply


@contextmanager
def family_known() -> Iterator[None]:
    """Let the sources of the cast hold the family too, while a house is furnished and used."""
    with pytest.MonkeyPatch.context() as patch:
        for key, child in FAMILY.items():
            patch.setitem(CHILDREN, key, child)
        yield


@asynccontextmanager
async def kinfolk(**given: Any) -> AsyncIterator[Kinfolk]:
    """Open a house over the cast and the family."""
    with family_known(), tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder), **given) as home:
            made = Kinfolk(home)
            made.names(USUAL)
            yield made
