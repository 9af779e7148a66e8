"""A rule in plain words: what each of its cells says, for an officer who need not know how rules are written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hub.governance.versions.version import Cells
from hub.web.pages.policies.outcomes import DUTIES, LEAVES, MASKS
from hub.web.pages.words import KINDS, PURPOSES, role_words
from policies.conditions import ALWAYS, CONDITIONS
from policies.vocabulary import ANY, Effect
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label, Tier
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.services import SERVICES, Service

_TIERS: Final = {
    Tier.ORDINARY.name: "ordinary data",
    Tier.SENSITIVE.name: "everything up to sensitive data",
    Tier.PROTECTED.name: "everything up to protected data",
    Tier.SEALED.name: "everything, sealed data included",
}


_DUTIES: Final = {duty.value: says for duty, says in DUTIES.items()}
_MASKS: Final = {mask.value: says for mask, says in MASKS.items()}
_LEAVES: Final = {leaves.value: says for leaves, says in LEAVES.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing a rule says: about what, in words."""

    name: str
    says: str


def parts_of(cells: Cells) -> tuple[Part, ...]:
    """Say what a rule does, part by part, in the order people ask: what happens, to whom, of what, when."""
    told = [Part("What it does", does(cells))]
    told += [Part(label, listed(column, cells[column])) for column, label in LABELS.items()]
    if cells["duties"]:
        told.append(Part("In return", "; ".join(_DUTIES[one] for one in cells["duties"].split())))
    if cells["reason"]:
        told.append(Part("The worker is told", Reason[cells["reason"]].means))
    return tuple(told)


LABELS: Final[Mapping[str, str]] = {
    "role": "Who asks",
    "agency": "Where they work",
    "purpose": "For which purpose",
    "service": "Whose records",
    "kind": "What kind of data",
    "field": "Which fields",
    "sensitivity": "How sensitive",
    "when": "When",
}
"""The columns of a rule that list words, as people ask for them."""


def does(cells: Cells) -> str:
    """Say what a rule does where it applies."""
    if cells["effect"] == Effect.ALLOW:
        return f"Allows {_MASKS[cells['obligation']]}" if cells["obligation"] else "Allows the whole value"
    part = f": {_MASKS[cells['obligation']]}" if cells["obligation"] else ""
    return f"Denies: {_LEAVES[cells['on_deny']]}{part}"


def word(column: str, one: str) -> str:
    """Say one word of a column."""
    if one == ANY:
        return "any"
    return _SAID[column](one)


def listed(column: str, cell: str) -> str:
    """Say a cell's words; conditions must all hold, of everything else any one will do."""
    return ("; and " if column == "when" else ", ").join(word(column, one) for one in cell.split())


def _field(one: str) -> str:
    if one.endswith(".*"):
        return f"everything of {one[:-2]}"
    return f"{CATALOGUE[FieldId(one)].means.rstrip('.').lower()} ({one})"


def _sensitivity(one: str) -> str:
    return _TIERS[one] if one in _TIERS else label(Label[one])


def label(one: Label) -> str:
    """Say a label shortly."""
    return one.value if one is Label.MAPPA else one.value.replace("_", " ").lower()


_SAID: Final[Mapping[str, Callable[[str], str]]] = {
    "role": lambda one: role_words(one).lower(),
    "agency": str,
    "purpose": lambda one: PURPOSES[Purpose[one]].lower(),
    "service": lambda one: SERVICES[Service(one)].label,
    "kind": lambda one: KINDS[Kind[one]].lower(),
    "field": _field,
    "sensitivity": _sensitivity,
    "when": lambda one: "always" if one == ALWAYS else CONDITIONS[one].means,
}


@dataclass(frozen=True, slots=True)
class Altered:
    """One part of a rule that differs between two versions."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    """A rule that differs between two versions: put in, taken out, or altered in some parts."""

    id: str
    what: str
    why: str
    altered: tuple[Altered, ...]


def rows_changed(before: Iterable[Cells], after: Iterable[Cells]) -> tuple[Row, ...]:
    """Give every rule that differs, by its id, and how."""
    one, other = ({cells["id"]: cells for cells in rules} for rules in (before, after))
    rows = []
    for name in sorted(one.keys() | other.keys()):
        was, becomes = one.get(name), other.get(name)
        if was == becomes:
            continue
        if was is None or becomes is None:
            told = becomes or was or {}
            rows.append(Row(name, "New rule" if was is None else "Taken out", told["why"], ()))
        else:
            rows.append(Row(name, "Changed", becomes["why"], tuple(_altered(was, becomes))))
    return tuple(rows)


def _altered(was: Cells, becomes: Cells) -> Iterable[Altered]:
    before, after = ({part.name: part.says for part in parts_of(cells)} for cells in (was, becomes))
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Altered(name, before.get(name, "nothing"), after.get(name, "nothing"))
    if was["why"] != becomes["why"]:
        yield Altered("What it is for", was["why"], becomes["why"])
