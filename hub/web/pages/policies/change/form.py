"""A rule as a form: each cell a closed list to choose from, with a word for what is chosen; and back into cells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from hub.governance.versions.version import Cells
from hub.web.pages.policies.outcomes import DUTIES, LEAVES, MASKS
from hub.web.pages.policies.telling import LABELS, word
from policies.conditions import ALWAYS, CONDITIONS
from policies.rows import COLUMNS, LISTS
from policies.vocabulary import ANY, FIELD_WORDS, Effect, Role
from schema.kinds import Kind
from schema.labels import Label, Tier
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.services import SERVICES

DUTY: Final = "duties"
_ALONE: Final = {"when": ALWAYS}

_FLAG: Final = "person-flagged-"
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "role": tuple(role.value for role in Role),
    "purpose": tuple(purpose.value for purpose in Purpose),
    "service": tuple(service.value for service in SERVICES),
    "kind": tuple(kind.value for kind in Kind),
    "field": tuple(sorted(FIELD_WORDS, key=lambda one: (one.split(".")[0], not one.endswith("*"), one))),
    "sensitivity": tuple(dict.fromkeys((*(tier.name for tier in Tier), *(label.value for label in Label)))),
    "when": tuple(sorted((c for c in CONDITIONS if c != ALWAYS), key=lambda one: one.startswith(_FLAG))),
}
"""What may be chosen in each list, in the order it is offered; besides all, which stands alone."""

EMPTY: Final[Cells] = (
    dict.fromkeys(COLUMNS, "")
    | dict.fromkeys((c for c in LISTS if c not in {"role", "sensitivity"}), ANY)
    | {"when": "agreement-in-force reference-given", "effect": Effect.ALLOW.value, "sensitivity": Tier.ORDINARY.name}
)
"""A rule nobody has written: it names no role, and so can be none yet."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One word that may be chosen, in plain words, and whether it is."""

    name: str
    word: str
    says: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A list to choose from; ``every`` says that all are meant, or of conditions that none is needed."""

    column: str
    label: str
    every: bool
    every_says: str
    choices: tuple[Choice, ...]
    long: bool


def groups(cells: Cells) -> list[Group]:
    """Give every list of a rule as it is chosen."""
    return [_group(column, cells[column].split()) for column in LABELS if column in WORDS]


def _group(column: str, chosen: list[str]) -> Group:
    alone = _ALONE.get(column, ANY)
    says = "Always" if column == "when" else "Any, also one that comes later"
    choices = tuple(Choice(f"{column}.{one}", one, word(column, one), one in chosen) for one in WORDS[column])
    return Group(column, LABELS[column], alone in chosen, says, choices, column in {"field", "when", "sensitivity"})


def duties(cells: Cells) -> list[Choice]:
    """Give what may be asked in return."""
    chosen = cells[DUTY].split()
    return [Choice(f"{DUTY}.{one.value}", one.value, says, one.value in chosen) for one, says in DUTIES.items()]


def effects(cells: Cells) -> list[Choice]:
    """Give what a rule may do, as one choice: allow all or a part, or deny and leave something."""
    now = f"{cells['effect']}.{cells['on_deny']}.{cells['obligation']}"
    offered = {"allow..": "Allow the whole value"}
    offered |= {f"allow..{mask.value}": f"Allow a part: {says}" for mask, says in MASKS.items()}
    offered |= {f"deny.{leaves.value}.": f"Deny: {says}" for leaves, says in LEAVES.items() if leaves.value != "mask"}
    offered |= {f"deny.mask.{mask.value}": f"Deny the whole, and leave a part: {says}" for mask, says in MASKS.items()}
    return [Choice("effect", name, says, name == now) for name, says in offered.items()]


def reasons() -> Iterable[Reason]:
    """Give what a worker may be told."""
    return tuple(Reason)


def read(form: Mapping[str, str], name: str) -> dict[str, str]:
    """Give the cells a form says; whether they can be a rule is for the rules to say."""
    effect, _, rest = form.get("effect", "").partition(".")
    on_deny, _, obligation = rest.partition(".")
    cells = {
        "id": name,
        "agency": form.get("agency", "").strip() or ANY,
        "effect": effect,
        "on_deny": on_deny,
        "obligation": obligation,
        "reason": form.get("reason", ""),
        "why": form.get("why", ""),
        DUTY: " ".join(sorted(one for one in _picked(form, DUTY))),
    }
    for column in WORDS:
        alone = _ALONE.get(column, ANY)
        cells[column] = alone if form.get(f"{column}.{alone}") else " ".join(sorted(_picked(form, column)))
    return {column: cells[column] for column in COLUMNS}


def _picked(form: Mapping[str, str], column: str) -> list[str]:
    return [name.partition(".")[2] for name, value in form.items() if name.startswith(f"{column}.") and value == "yes"]
