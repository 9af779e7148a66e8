"""A child's pages: asking about the child an address names, and who they are, as the head of each page says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from hub.answer.question import NESTED, Wanted
from hub.graphql.asking import PERSON_ID
from hub.web.pages.visit import NoSuchPage, Visit
from schema.fields import CATALOGUE, FieldId
from schema.person import PARTS, Person


def fields_of(lists: Iterable[str], but: frozenset[str] = frozenset()) -> frozenset[FieldId]:
    """Give the governed fields of some lists of a person, and of the records inside them."""
    records = {PARTS[name] for name in lists}
    records |= {inner for record in tuple(records) for inner in NESTED.get(record, {}).values()}
    return frozenset(fid for fid, f in CATALOGUE.items() if f.record in records and fid not in but)


async def child_of(visit: Visit, wanted: Wanted) -> Person:
    """Ask about the child an address names; NoSuchPage for nobody, and for one who may not be told of."""
    named, context = visit.path["person"], visit.asks.context
    if not PERSON_ID.fullmatch(named):
        raise NoSuchPage
    person = await visit.asking.person(visit.who, visit.request_id, named, context, wanted)
    if person is None:
        raise NoSuchPage
    return person


@dataclass(frozen=True, slots=True)
class Child:
    """Who a page is about, as far as it may be told."""

    id: str
    name: str = field(repr=False)
    others: tuple[str, ...] = field(repr=False)
    born: date | None = field(repr=False)
    year_alone: bool
    expected: date | None = field(repr=False)
    age: int | None = field(repr=False)

    @classmethod
    def of(cls, person: Person) -> "Child":
        """Draw it from an answer; names in use come first."""
        names = [" ".join(part for part in (n.given, n.family) if part) for n in person.names or ()]
        names = list(dict.fromkeys(name for name in names if name))
        born, masked = person.birth()
        expected = None if born else person.expected_date_of_birth()
        first = names[0] if names else "this child"
        return cls(str(person.id), first, tuple(names[1:]), born, masked, expected, person.age())


HEAD: Final = Wanted(
    fields=fields_of(("names",)) | {FieldId("Birth.date_of_birth"), FieldId("Birth.expected_date_of_birth")},
    lists=frozenset({"names", "births"}),
    beside=frozenset({"emergency_access"}),
)
"""What a page about a child asks that shows none of their records: who they are, and an emergency access."""
