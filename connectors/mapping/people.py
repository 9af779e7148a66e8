"""The Identity block: who a source knows, for the hub's index and for finding one person at the source."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from connectors.contract import Identity, LocalId, Name, Traits
from connectors.mapping.fields import compile_field
from connectors.mapping.moments import compile_moment
from connectors.mapping.reading import Reader, Reading, Row
from connectors.mapping.row_labels import compile_labels
from connectors.mapping.scalars import member
from connectors.mapping.status import compile_status
from connectors.mapping.wrong import Where
from schema.records import IdentifierSystem, Sex, Status

KEYS = ("record", "from", "person", "names", "postcodes", "identifiers", "fields", "labels", "nulls")
_TYPES: Mapping[str, Any] = {
    "date_of_birth": date,
    "expected_date_of_birth": date,
    "sex": Sex,
    "address": str,
    "mother": str,
    "changed": datetime,
    "ended": Status,
}


@dataclass(frozen=True, slots=True)
class People:
    """A compiled Identity block."""

    resource: str
    person: Reader
    names: tuple[tuple[Reader, Reader], ...]
    postcodes: tuple[Reader, ...]
    identifiers: tuple[tuple[IdentifierSystem, Reader], ...]
    fields: Mapping[str, Reader]
    labels: Reader | None
    paths: frozenset[str]

    @property
    def systems(self) -> frozenset[IdentifierSystem]:
        """Which identifiers a person can be found by."""
        return frozenset(system for system, _ in self.identifiers)

    def readers(self) -> Iterator[tuple[str, Reader]]:
        """Give every reader by what it tells of a person."""
        for number, (given, family) in enumerate(self.names, 1):
            yield f"names[{number}].given", given
            yield f"names[{number}].family", family
        yield from self.fields.items()
        yield from ((f"postcodes[{number}]", reader) for number, reader in enumerate(self.postcodes, 1))
        yield from ((f"identifiers.{system.name}", reader) for system, reader in self.identifiers)

    def read(self, row: Row, reading: Reading) -> Identity | None:
        """Make the identity of one row; none where the row has no person."""
        person = self.person.read(row, reading)
        if person is None:
            return None
        given = {name: reader.read(row, reading) for name, reader in self.fields.items()}
        mother = given.get("mother")
        sex = given.get("sex")
        traits = Traits(
            names=self._names(row, reading),
            date_of_birth=given.get("date_of_birth"),
            expected_date_of_birth=given.get("expected_date_of_birth"),
            sex=sex.name if sex is not None else None,
            postcodes=tuple(p for p in (reader.read(row, reading) for reader in self.postcodes) if p),
            address=given.get("address"),
            identifiers=self._numbers(row, reading),
            mother_local_id=LocalId(mother) if mother else None,
        )
        return Identity(
            LocalId(person),
            traits,
            given.get("changed"),
            self.labels.read(row, reading) if self.labels else frozenset(),
            given.get("ended") is Status.HISTORIC,
        )

    def _numbers(self, row: Row, reading: Reading) -> tuple[tuple[IdentifierSystem, str], ...]:
        """Give the identifiers held; an NHS number without the blanks it is often written with."""
        found = ((system, reader.read(row, reading)) for system, reader in self.identifiers)
        plain = ((s, v.replace(" ", "") if v and s is IdentifierSystem.NHS_NUMBER else v) for s, v in found)
        return tuple((system, value) for system, value in plain if value)

    def _names(self, row: Row, reading: Reading) -> tuple[Name, ...]:
        found = [(given.read(row, reading), family.read(row, reading)) for given, family in self.names]
        current = [Name(g or "", f or "") for g, f in found[:1] if g or f]
        former = [Name(g, f) for g, f in found[1:] if g and f]
        return tuple(dict.fromkeys((*current, *former)))


def compile_people(table: Mapping[str, Any], where: Where) -> People:
    """Compile an Identity block."""
    where.only(table, KEYS)
    readers: list[Reader] = []

    def kept(spec: Any, kind: Any, at: Where) -> Reader:
        readers.append(compile_moment(spec, at) if kind is datetime else compile_field(spec, kind, at))
        return readers[-1]

    fields: dict[str, Reader] = {}
    listed = where.at("fields").table(table.get("fields", {}))
    where.at("fields").only(listed, _TYPES, "field")
    for name, spec in listed.items():
        at = where.at("fields").at(name)
        if name == "ended":
            readers.append(compile_status(at.table(spec), at))
            fields[name] = readers[-1]
        else:
            fields[name] = kept(spec, _TYPES[name], at)
    if "labels" in table:
        readers.append(compile_labels(table["labels"], where.at("labels")))
    labels = readers[-1] if "labels" in table else None
    if "person" not in table:
        raise where.at("person").wrong("is missing: the path to the person's local id")
    return People(
        resource=where.resource,
        person=kept(table["person"], str, where.at("person")),
        names=tuple(_name(t, kept, where.at("names")) for t in where.at("names").tables(table.get("names", ()))),
        postcodes=tuple(kept(p, str, where.at("postcodes")) for p in _listed(table.get("postcodes", ()))),
        identifiers=_identifiers(table.get("identifiers", {}), kept, where.at("identifiers")),
        fields=fields,
        labels=labels,
        paths=frozenset[str]().union(*(r.paths for r in readers)),
    )


def _listed(spec: Any) -> Sequence[Any]:
    return spec if isinstance(spec, list | tuple) else (spec,)


def _name(table: Mapping[str, Any], kept: Any, where: Where) -> tuple[Reader, Reader]:
    where.only(table, ("given", "family"))
    missing = [k for k in ("given", "family") if k not in table]
    if missing:
        raise where.at(missing[0]).wrong("is missing")
    return kept(table["given"], str, where.at("given")), kept(table["family"], str, where.at("family"))


def _identifiers(spec: Any, kept: Any, where: Where) -> tuple[tuple[IdentifierSystem, Reader], ...]:
    table = where.table(spec)
    pairs = ((member(s, where, IdentifierSystem), p, where.at(s)) for s, p in table.items())
    return tuple((system, kept(p, str, at)) for system, listed, at in pairs for p in _listed(listed))


def joined(first: Identity, second: Identity) -> Identity:
    """Bring two rows of one local id together: the first's values stand, the second's names and numbers join."""
    a, b = first.traits, second.traits
    traits = Traits(
        names=tuple(dict.fromkeys((*a.names, *b.names))),
        date_of_birth=a.date_of_birth or b.date_of_birth,
        expected_date_of_birth=a.expected_date_of_birth or b.expected_date_of_birth,
        sex=a.sex or b.sex,
        postcodes=tuple(dict.fromkeys((*a.postcodes, *b.postcodes))),
        address=a.address or b.address,
        identifiers=tuple(dict.fromkeys((*a.identifiers, *b.identifiers))),
        mother_local_id=a.mother_local_id or b.mother_local_id,
    )
    changed = max((c for c in (first.changed, second.changed) if c), default=None)
    return replace(
        first, traits=traits, changed=changed, labels=first.labels | second.labels, ended=first.ended and second.ended
    )
