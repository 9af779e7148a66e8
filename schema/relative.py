"""A relative or member of the household, each once, put together from what every source says of them.

Nothing is settled between sources: what they say stands side by side, each with its source, and where they contradict
each other that is said.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final

import strawberry

from schema.fields import CATALOGUE, FieldId, Held
from schema.records.involvement import Status
from schema.records.relationship import Relationship, RelationshipType
from schema.sizes import sized

if TYPE_CHECKING:
    from schema.person import Person

FROM: Final[dict[str, tuple[FieldId, ...]]] = {
    "name": (FieldId("Relationship.name"),),
    "types": (FieldId("Relationship.type"),),
    "parental_responsibility": (FieldId("Relationship.parental_responsibility"),),
    "same_household": (FieldId("Relationship.same_household"),),
    "status": (FieldId("Relationship.end"),),
    "differs": tuple(fid for fid, held in CATALOGUE.items() if held.record == "Relationship"),
    "possibly_same": (FieldId("Relationship.name"),),
}
"""A relative's summary fields and the governed fields each is drawn from; the first says of what kind it is."""

BASIS: Final = frozenset({FieldId("Relationship.type"), FieldId("Relationship.end")})
"""What putting a family together needs, whatever is asked of it: whoever is of now comes first."""

_SAYS_LITTLE: Final = frozenset({RelationshipType.HOUSEHOLD, RelationshipType.OTHER})
_PARENTS: Final = frozenset({RelationshipType.MOTHER, RelationshipType.FATHER})
_ORDER: Final = {kind: place for place, kind in enumerate(RelationshipType)}


def _drawn(name: str, means: str) -> Any:
    source = CATALOGUE[FROM[name][0]]
    return strawberry.field(description=means, directives=[Held(kind=source.kind, label=source.label)])


@strawberry.type(description="A relative or member of the household, each once, with what every source says of them.")
class Relative:
    """One person of the family or household."""

    id: strawberry.ID = strawberry.field(
        description="Tells the relatives of one child apart, the same each time; it is nobody's id elsewhere."
    )
    held: list[Relationship] = strawberry.field(
        description="What each source says, as it says it.", default_factory=list, directives=[sized(3)]
    )
    possibly_same: list[strawberry.ID] | None = strawberry.field(
        description="Others of this family who may be the same person: their names are alike and nothing joins them.",
        directives=[
            Held(kind=CATALOGUE[FROM["possibly_same"][0]].kind, label=CATALOGUE[FROM["possibly_same"][0]].label)
        ],
        default=None,
    )
    person: Annotated["Person", strawberry.lazy("schema.person")] | None = strawberry.field(
        description="The relative, decided on separately and opened as if asked about; null where the hub has no"
        " record of them, nothing of them may be shown, or no more may be opened.",
        default=None,
    )
    ends_unsaid: strawberry.Private[frozenset[str]] = field(default=frozenset())
    """Sources whose last days are not shown whole."""
    today: strawberry.Private[date] = field(default=date.min)

    @_drawn("name", "The relative's name, as most of the sources shown to you write it.")
    def name(self) -> str | None:
        """Give the name most sources write; the first of equals."""
        names = [r.name for r in self.held if r.name]
        return max(names, key=names.count) if names else None

    @_drawn("types", "What the relative is to the child, each once: a source may say more or less than another.")
    def types(self) -> list[RelationshipType] | None:
        """Give every kind of relationship said."""
        return sorted({r.type for r in self.held if r.type is not None}, key=_ORDER.__getitem__) or None

    @_drawn("parental_responsibility", "Whether they hold it, where sources that say so agree; null where they do not.")
    def parental_responsibility(self) -> bool | None:
        """Give what sources agree on."""
        return _agreed(r.parental_responsibility for r in self.held if not self._over(r))

    @_drawn("same_household", "Whether they live with the child now, where sources that say so agree.")
    def same_household(self) -> bool | None:
        """Give what sources agree on."""
        return _agreed(_lives_there(r) for r in self.held if not self._over(r))

    @_drawn("status", "Whether the relationship is of now or of the past, by the last days the sources give.")
    def status(self) -> Status | None:
        """Past only where every source says so; not known where one may not be shown its last day."""
        if any(not self._over(r) and not self._unsaid(r) for r in self.held):
            return Status.CURRENT
        return Status.HISTORIC if all(self._over(r) for r in self.held) else Status.UNKNOWN

    @_drawn("differs", "In what the sources contradict each other: fields of what is held.")
    def differs(self) -> list[str] | None:
        """Name the fields; dates are compared between sources that say the same kind of relationship."""
        found = ["type"] if len(_plain_types(self.held)) > 1 else []
        for name in ("parental_responsibility", "same_household"):
            found += [name] if {True, False} <= {getattr(r, name) for r in self.held} else []
        found += [name for name in ("start", "end") if self._dates_differ(name)]
        return [_camel(name) for name in found]

    def _over(self, held: Relationship) -> bool:
        return held.end is not None and held.end < self.today and not self._unsaid(held)

    def _unsaid(self, held: Relationship) -> bool:
        return held.provenance is not None and held.provenance.source in self.ends_unsaid

    def _dates_differ(self, name: str) -> bool:
        said: dict[RelationshipType | None, set[date]] = defaultdict(set)
        for one in self.held:
            if (day := getattr(one, name)) is not None and not (name == "end" and self._unsaid(one)):
                said[one.type].add(day)
        return any(len(days) > 1 for days in said.values())


def _lives_there(held: Relationship) -> bool | None:
    return True if held.type is RelationshipType.HOUSEHOLD else held.same_household


def _agreed(said: Iterable[bool | None]) -> bool | None:
    told = {value for value in said if value is not None}
    return told.pop() if len(told) == 1 else None


def _plain_types(held: Iterable[Relationship]) -> set[RelationshipType]:
    """Give the kinds that cannot all be so: parent beside mother, or household beside brother, is no contradiction."""
    said = {r.type for r in held if r.type is not None} - _SAYS_LITTLE
    return said - {RelationshipType.PARENT} if said & _PARENTS else said


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)
