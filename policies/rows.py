"""A rule: one row of typed words. A row with a single wrong cell cannot become one."""

from dataclasses import dataclass, fields
from typing import Final

from policies.vocabulary import ANY, Duty, Effect, Mask, OnDeny
from schema.reasons import Reason

LISTS: Final = ("role", "agency", "purpose", "service", "kind", "field", "sensitivity", "when")
"""The columns whose cell may hold several words with a space between: any of them, but for ``when`` all of them."""

IMPLIED: Final = {Duty.LOG_REASON: "reason-given", Duty.SECOND_PERSON: "second-person-agreed"}
"""The condition that a duty implies: an allow whose duty is not met does not apply."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule, as an agreement states it.

    Every list holds ``*`` alone or words of its closed list; ``duties`` may be empty. ``why`` says in English what
    the rule is for.
    """

    id: str
    role: tuple[str, ...]
    agency: tuple[str, ...]
    purpose: tuple[str, ...]
    service: tuple[str, ...]
    kind: tuple[str, ...]
    field: tuple[str, ...]
    sensitivity: tuple[str, ...]
    when: tuple[str, ...]
    effect: Effect
    on_deny: OnDeny | None
    obligation: Mask | None
    duties: tuple[Duty, ...]
    reason: Reason | None
    why: str

    def cells(self) -> dict[str, str]:
        """Give the row back as the cells of a table, in one spelling whatever order its words came in."""
        cells = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            name: " ".join(sorted(value)) if isinstance(value, tuple) else str(value or "")
            for name, value in cells.items()
        }

    @property
    def conditions(self) -> tuple[str, ...]:
        """Every condition that must hold for it to apply: those it names, and those its duties imply."""
        return (*self.when, *(IMPLIED[duty] for duty in self.duties if duty in IMPLIED))

    @property
    def forms(self) -> str:
        """Which form of the value the rule speaks of: ``full``, ``masked`` or both.

        An allow with an obligation gives only the masked form; a deny that masks takes only the full one.
        """
        if self.obligation is None:
            return ANY
        return "masked" if self.effect is Effect.ALLOW else "full"


COLUMNS: Final = tuple(f.name for f in fields(RuleRow))
"""The columns of rules.csv, in their order."""
