"""Generated questions: queries with aliases, fragments, ``@skip``/``@include`` and duplicates, and what they ask."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from schema.fields import CATALOGUE, FieldId, RecordName
from schema.person import DERIVED, PARTS

NESTED = {"Involvement": {"professionals": "Professional", "dutyDesk": "DutyDesk", "plan": "Plan"}}
"""Records inside records, as a query writes them; kept apart from the hub's own table on purpose."""

OF_FAMILY = {
    "name": ("name",),
    "types": ("type",),
    "status": ("end",),
    "sameHousehold": ("same_household",),
    "parentalResponsibility": ("parental_responsibility",),
    "differs": ("type", "name", "parental_responsibility", "same_household", "start", "end"),
    "possiblySame": ("name",),
}
"""What is said of a relative and the fields it is drawn from; kept apart from the hub's own table on purpose."""

FAMILY_BASIS = {FieldId("Relationship.type"), FieldId("Relationship.end")}

SWITCHES = (("yes", "true"), ("no", "false"))
"""Variables that steer what is included."""


def camel(name: str) -> str:
    """Write a name as GraphQL does."""
    head, *tail = name.split("_")
    return head + "".join(t.capitalize() for t in tail)


@dataclass
class Generated:
    """A query about one person, the governed fields it asks for, and those it names (not merely implies)."""

    body: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    asked: set[FieldId] = field(default_factory=set)
    named: set[FieldId] = field(default_factory=set)
    aliases: int = 0
    directives: int = 0

    @property
    def text(self) -> str:
        """Give the whole document."""
        rest = f"{{ person(id: $id, context: $context) {{ {' '.join(self.body)} }} }}\n" + "\n".join(self.fragments)
        switches = [f", ${name}: Boolean = {value}" for name, value in SWITCHES if f"${name}" in rest]
        return f"query ($id: ID!, $context: RequestContext!{''.join(switches)}) {rest}"


def _fields(record: str) -> list[str]:
    return [f.name for f in CATALOGUE.values() if f.record == RecordName(record)]


def _first(record: str) -> FieldId:
    return FieldId(f"{record}.{_fields(record)[0]}")


_DIRECTIVES = (
    ("", True),
    (" @include(if: $yes)", True),
    (" @skip(if: $no)", True),
    (" @include(if: $no)", False),
    (" @skip(if: $yes)", False),
    (" @include(if: true)", True),
    (" @skip(if: true)", False),
)


class _Builder:
    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.made = Generated()

    def pick(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def often(self) -> bool:
        return bool(self.draw(st.integers(0, 3)))

    def directive(self) -> tuple[str, bool]:
        """Write a directive or none, and say whether what it stands on is included; a document may have few."""
        chosen: tuple[str, bool] = self.pick(*_DIRECTIVES) if self.made.directives < 4 else ("", True)
        self.made.directives += bool(chosen[0])
        return chosen

    def alias(self) -> str:
        if self.made.aliases >= 3 or self.often():
            return ""
        self.made.aliases += 1
        return f"a{self.made.aliases}: "

    def record(self, record: str, *, live: bool, depth: int = 0) -> tuple[str, bool]:
        """Write the selection of one kind of record; say whether any governed field of it is live."""
        parts: list[str] = []
        some = False
        for name in self.draw(st.lists(st.sampled_from(_fields(record)), max_size=4)):
            directive, kept = self.directive()
            parts.append(f"{self.alias()}{camel(name)}{directive}")
            if live and kept:
                self.made.asked.add(FieldId(f"{record}.{name}"))
                self.made.named.add(FieldId(f"{record}.{name}"))
                some = True
        for part, inner in NESTED.get(record, {}).items():
            if depth == 0 and not self.often():
                directive, kept = self.directive()
                text, _ = self.record(inner, live=live and kept, depth=1)
                parts.append(f"{part}{directive} {text}")
                some = some or (live and kept)
        if not parts or self.often():
            parts.append(self.pick("id", "__typename", "provenance { source }"))
        if live and (not some or record == "Relationship"):
            self.made.asked.add(_first(record))
        return self.wrapped(record, parts), some

    def wrapped(self, record: str, parts: list[str]) -> str:
        """Put a selection in braces, now and then in a fragment or written twice."""
        inner = " ".join(parts)
        match self.pick("plain", "plain", "inline", "fragment", "twice"):
            case "inline":
                return f"{{ __typename ... on {record} {{ {inner} }} }}"
            case "fragment":
                name = f"F{len(self.made.fragments)}"
                self.made.fragments.append(f"fragment {name} on {record} {{ {inner} }}")
                return f"{{ ...{name} }}"
            case "twice":
                return f"{{ {inner} {inner} }}"
            case _:
                return f"{{ {inner} }}"

    def person(self) -> Generated:
        for part in self.draw(st.lists(st.sampled_from(sorted(PARTS)), min_size=1, max_size=4, unique=True)):
            directive, kept = self.directive()
            text, _ = self.record(PARTS[part], live=kept)
            self.made.body.append(f"{part}{directive} {text}")
        for name in self.draw(st.lists(st.sampled_from(sorted(DERIVED)), max_size=2, unique=True)):
            directive, kept = self.directive()
            self.made.body.append(f"{camel(name)}{directive}")
            if kept:
                self.made.asked.add(DERIVED[name])
        if not self.often():
            self.family()
        asks_sources = self.often()
        if asks_sources:
            self.made.body.append("sources { source outcome reason complete coverage { youngest } }")
            self.made.body.append("withheld { path source code masked }")
        if not self.made.asked and asks_sources:
            self.made.asked.add(FieldId("Involvement.service"))
        if not self.often():
            directive, _ = self.directive()
            self.made.body.append(f"{self.alias()}consent{directive} {{ service state refusedBy givenBy since }}")
            self.made.body.append("emergencyAccess { reference ends banner }")
            self.made.asked.add(FieldId("Involvement.service"))
        self.made.body.append("id")
        return self.made

    def family(self) -> None:
        """Write the relatives put together, and what they are put together from."""
        directive, kept = self.directive()
        names = self.draw(st.lists(st.sampled_from(sorted(OF_FAMILY)), max_size=3, unique=True))
        named = set(self.made.named)
        held, _ = self.record("Relationship", live=kept)
        narrowed = self.pick("", "(status: CURRENT)", "(status: HISTORIC)")
        if narrowed:  # asked for of every relationship, and told of some
            self.made.named = named
        opened = not self.often()
        parts = [*names, f"held {held}", *(("person { id age }",) if opened else ()), "id"]
        self.made.body.append(f"{self.alias()}family{narrowed}{directive} {self.wrapped('Relative', parts)}")
        if kept:
            self.made.asked |= {FieldId(f"Relationship.{f}") for n in names for f in OF_FAMILY[n]} | FAMILY_BASIS
            self.made.asked |= {DERIVED["age"]} if opened else set()


@st.composite
def generated(draw: Any) -> Generated:
    """Generate a question about one person."""
    return _Builder(draw).person()
