"""What a change of consent opens and closes, in plain words: who, of which services, which kinds of data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hub.graphql.governing.supposing import Effect
from hub.web.pages.words import KINDS, PURPOSES, role_words
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.services import SERVICES, Service

OF_KIND: Final[Mapping[Kind, frozenset[FieldId]]] = {
    kind: frozenset(name for name, field in CATALOGUE.items() if field.kind is kind) for kind in Kind
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: for whom, where they work, for which purpose, which services, and what of them."""

    who: str
    where: str
    purpose: str
    services: tuple[str, ...]
    what: tuple[str, ...]
    fields: int


@dataclass(frozen=True, slots=True)
class Effects:
    """What opens, and what closes."""

    opens: tuple[Line, ...]
    closes: tuple[Line, ...]


def effects_in_words(found: Iterable[Effect], agencies: Mapping[str, str]) -> Effects:
    """Say effects in words: services of which the same opens or closes stand in one line."""
    every = tuple(found)
    opens = _lines([(e, e.opened) for e in every if e.opened], agencies)
    return Effects(opens, _lines([(e, e.closed) for e in every if e.closed], agencies))


def _lines(found: Iterable[tuple[Effect, frozenset[FieldId]]], agencies: Mapping[str, str]) -> tuple[Line, ...]:
    grouped: dict[tuple[object, ...], list[tuple[Effect, frozenset[FieldId]]]] = {}
    for effect, fields in found:
        grouped.setdefault((effect.role, _where(effect, agencies), effect.purpose, fields), []).append((effect, fields))
    return tuple(
        Line(
            f"{role_words(held[0][0].role.value)}s",
            _where(held[0][0], agencies),
            PURPOSES[held[0][0].purpose],
            tuple(SERVICES[s].label for s in sorted({e.service for e, _ in held}, key=lambda s: SERVICES[s].order)),
            tuple(what_of(held[0][1])),
            len(held[0][1]),
        )
        for held in grouped.values()
    )


def _where(effect: Effect, agencies: Mapping[str, str]) -> str:
    """Say where they work: an organisation's own records never rest on consent, so its absence says nothing."""
    missing = set(agencies) - effect.organisations
    own = {a for a in missing if SERVICES[Service(effect.service)].label in agencies[a]}
    if missing <= own:
        return "wherever they work"
    return f"at {'; '.join(sorted(agencies[a] for a in effect.organisations))}"


def what_of(fields: frozenset[FieldId]) -> Iterable[str]:
    """Say which kinds of data fields are of, and where they are not all of a kind."""
    for kind, of_it in OF_KIND.items():
        if fields & of_it:
            words = KINDS[kind][:1].lower() + KINDS[kind][1:]
            yield words if of_it <= fields else f"{words} (in part)"
