"""Step 1: the question. A selection becomes the exact governed fields wanted of a person. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from hub.answer.selection import Selection
from hub.identity.requester import Requester
from schema.fields import CATALOGUE, RECORDS, FieldId, RecordName
from schema.labels import Label
from schema.person import DERIVED, FAMILY, PARTS
from schema.purposes import Purpose
from schema.relative import BASIS, FROM
from schema.services import Service

NESTED: Mapping[RecordName, Mapping[str, RecordName]] = {
    RecordName("Involvement"): {
        "professionals": RecordName("Professional"),
        "duty_desk": RecordName("DutyDesk"),
        "plan": RecordName("Plan"),
    }
}
"""Records that travel inside records."""

EXISTENCE = FieldId("Involvement.service")
"""The field that says a service knows the person at all."""

BESIDE = frozenset({"consent", "emergency_access"})
"""What is told beside a person's records and is in none of them: asking for it asks who knows the person."""

RELATIONSHIP = RecordName("Relationship")

FILTERED = frozenset({"involvements", "chronology"})


def _marker(record: RecordName) -> FieldId:
    """Name the first governed field of a record: what is asked when only its envelope is selected."""
    first = next(f.name for f in fields(RECORDS[record]) if "held" in f.metadata)
    return FieldId(f"{record}.{first}")


MARKERS: Mapping[RecordName, FieldId] = {record: _marker(record) for record in RECORDS}


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def _paths() -> dict[FieldId, str]:
    places = {record: part for part, record in PARTS.items()}
    for outer, inner in NESTED.items():
        places |= {record: f"{places[outer]}.{_camel(part)}" for part, record in inner.items()}
    return {f.id: f"{places[f.record]}.{_camel(f.name)}" for f in CATALOGUE.values()}


PATHS: Mapping[FieldId, str] = _paths()
"""Where each governed field stands in a person, as a query writes it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a person: exact fields, the lists selected, services, sources, and the same of relatives.

    ``beside`` is what is to be told beside the records: the family's consent, an emergency access. ``family`` is
    whether relatives are to be put together, each once.
    """

    fields: frozenset[FieldId] = frozenset()
    lists: frozenset[str] = frozenset()
    services: frozenset[Service] | None = None
    ids: bool = False
    relatives: "Wanted | None" = None
    beside: frozenset[str] = frozenset()
    family: bool = False
    sources: frozenset[str] | None = None

    def only(self, sources: frozenset[str]) -> "Wanted":
        """Want the same of these sources and of no others, of relatives too."""
        return replace(self, sources=sources, relatives=self.relatives.only(sources) if self.relatives else None)


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks, why, about whom and what; ``deadline`` is in seconds from now.

    ``reason`` is why in the asker's own words, which may hold anything; ``declared`` that they say they work with
    the child. ``shielded`` are flags that some are decided with beside their own: of a relative, that the child's
    address is confidential.
    """

    request_id: str
    requester: Requester
    purpose: Purpose
    reference: str | None
    people: tuple[str, ...]
    wanted: Wanted
    asked_at: datetime
    deadline: float
    reason: str | None = field(default=None, repr=False)
    declared: bool = False
    shielded: Mapping[str, frozenset[Label]] = field(default_factory=dict, compare=False)

    def shield_of(self, person_id: str) -> frozenset[Label]:
        """Give the flags somebody is decided with beside their own."""
        return self.shielded.get(person_id, frozenset())


def wanted_of(selections: Iterable[Selection]) -> Wanted:
    """Give what the selections of one person want, all aliases together."""
    chosen = [child for selection in selections for child in selection.children]
    asked = {DERIVED[c.name] for c in chosen if c.name in DERIVED}
    lists = [c for c in chosen if c.name in PARTS]
    ids = False
    for part in lists:
        of_part, id_selected = _asked(PARTS[part.name], part)
        asked |= of_part
        ids = ids or id_selected
    families = [c for c in chosen if c.name == FAMILY]
    for family in families:
        asked |= _of_family(family)
    beside = BESIDE.intersection(c.name for c in chosen)
    if beside or (not asked and any(c.name in {"sources", "withheld"} for c in chosen)):
        asked |= {EXISTENCE}
    naming = [*(part for part in lists if part.name == "relationships"), *families]
    naming += [held for family in families for held in family.named("held")]
    relatives = [inner for part in naming for inner in part.named("person")]
    return Wanted(
        fields=with_kinds(asked),
        lists=frozenset(part.name for part in lists),
        services=_services(chosen, lists),
        ids=ids or bool(families),  # what tells two relatives of one source apart
        relatives=_of_relatives(wanted_of(relatives)) if relatives else None,
        beside=beside,
        family=bool(families),
    )


def _of_family(selection: Selection) -> set[FieldId]:
    """Give the fields of relationships that a family is put together from."""
    asked = {fid for child in selection.children for fid in FROM.get(child.name, ())}
    for held in selection.named("held"):
        asked |= _asked(RELATIONSHIP, held)[0]
    return asked | BASIS


def with_kinds(fields: Iterable[FieldId]) -> frozenset[FieldId]:
    """Ask what a relative is with anything of a relationship: it decides whether they may be named at all."""
    asked = frozenset(fields)
    named = any(CATALOGUE[fid].record == RELATIONSHIP for fid in asked)
    return asked | {MARKERS[RELATIONSHIP]} if named else asked


def _of_relatives(wanted: Wanted) -> Wanted:
    """Ask at least whether a relative is known at all: their id alone would tell it of whoever is hidden."""
    return wanted if wanted.fields else replace(wanted, fields=frozenset({EXISTENCE}))


def _asked(record: RecordName, selection: Selection) -> tuple[set[FieldId], bool]:
    asked: set[FieldId] = set()
    ids = False
    nested = NESTED.get(record, {})
    for child in selection.children:
        if child.name in nested:
            inner, inner_ids = _asked(nested[child.name], child)
            asked |= inner
            ids = ids or inner_ids
        elif FieldId(f"{record}.{child.name}") in CATALOGUE:
            asked.add(FieldId(f"{record}.{child.name}"))
        ids = ids or child.name == "id"
    return asked or {MARKERS[record]}, ids


def _services(chosen: list[Selection], lists: list[Selection]) -> frozenset[Service] | None:
    """Give the only services wanted, where every list says which; else all are."""
    whole = any(c.name in DERIVED or c.name == FAMILY for c in chosen)
    if not lists or whole or any(p.name not in FILTERED for p in lists):
        return None
    wanted: set[Service] = set()
    for part in lists:
        named = part.arguments.get("services")
        if not isinstance(named, list):
            return None
        wanted |= {Service(s) for s in named}
    return frozenset(wanted)
