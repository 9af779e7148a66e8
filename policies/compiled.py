"""The compiled form: each rule's fields as bits, so that a whole service is decided with a few operations."""

from dataclasses import dataclass
from typing import Final

from policies.conditions import BREAK_GLASS, CONDITION_BIT
from policies.facts import Asker
from policies.rows import RuleRow
from policies.vocabulary import ANY, Effect, OnDeny, fields_named, labels_reached
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.services import Service

FIELDS: Final = tuple(CATALOGUE)
"""Every governed field; its place is its bit."""

BIT: Final[dict[FieldId, int]] = {f: 1 << place for place, f in enumerate(FIELDS)}


def bits_of(fields: frozenset[FieldId]) -> int:
    """Give a set of fields as bits."""
    return sum(BIT[f] for f in fields)


def fields_of(bits: int) -> frozenset[FieldId]:
    """Give bits as a set of fields."""
    return frozenset(f for f, bit in BIT.items() if bits & bit)


def _any_of(words: tuple[str, ...]) -> frozenset[str] | None:
    return None if ANY in words else frozenset(words)


@dataclass(frozen=True, slots=True)
class CompiledRow:
    """A rule made ready: none in a set's place means any word; ``needs`` are its conditions as bits."""

    row: RuleRow
    role: frozenset[str] | None
    agency: frozenset[str] | None
    purpose: frozenset[str] | None
    service: frozenset[str] | None
    labels: frozenset[Label]
    needs: int
    covers: int
    at_own_label: int
    allows: bool
    bars: bool
    """Whether it is a deny that leaves nothing of the value."""

    def about(self, role: str, service: Service) -> bool:
        """Whether it speaks of this role and service at all."""
        return (self.role is None or role in self.role) and (self.service is None or service in self.service)

    def unmet(self, asker: Asker, true: int) -> tuple[str, ...]:
        """Give the words on which it fails for this asker, but for the field and its label."""
        failed = [] if self.purpose is None or asker.purpose in self.purpose else ["purpose"]
        if self.agency is not None and asker.agency not in self.agency:
            failed.append("agency")
        return (*failed, *(name for name in self.row.conditions if CONDITION_BIT[name] & ~true))

    def waits_for_emergency(self, true: int) -> bool:
        """Whether it waits for an emergency access that is not open."""
        return bool(self.needs & ~true & CONDITION_BIT[BREAK_GLASS])


def compile_row(row: RuleRow) -> CompiledRow:
    """Make one rule ready."""
    named = fields_named(row.field)
    covers = frozenset(f for f in named if ANY in row.kind or CATALOGUE[f].kind in row.kind)
    labels = labels_reached(row.sensitivity)
    return CompiledRow(
        row=row,
        role=_any_of(row.role),
        agency=_any_of(row.agency),
        purpose=_any_of(row.purpose),
        service=_any_of(row.service),
        labels=labels,
        needs=sum(CONDITION_BIT[name] for name in set(row.conditions)),
        covers=bits_of(covers),
        at_own_label=bits_of(frozenset(f for f in covers if CATALOGUE[f].label in labels)),
        allows=row.effect is Effect.ALLOW,
        bars=row.effect is Effect.DENY and row.on_deny is not OnDeny.MASK,
    )
