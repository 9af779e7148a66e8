"""The canary: decisions lately given, asked of Casbin again. What it finds different, nobody may be answered by.

Pure but for its Casbin: who calls it, how often and in which thread is the caller's to say. It looks at the very
rulings that answered, so that a wrong compilation, a wrong memory and a wrong hand are all seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from policies.compiled import FIELDS
from policies.parity import same
from policies.referee import Referee
from policies.rulebook import Rulebook
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label

_LABELS: Final = tuple(Label)


@dataclass(frozen=True, slots=True)
class Looked:
    """One decision looked at again: of which role and field, and whether Casbin says the same."""

    role: str
    field: FieldId
    label: Label
    same: bool


class Canary:
    """Looks at one rulebook's decisions again. Make one and keep it: Casbin's own form is slow to make."""

    def __init__(self, rulebook: Rulebook, chance: Random) -> None:
        self.rulebook = rulebook
        self._referee = Referee(rulebook.rows)
        self._chance = chance

    def look(self, most: int) -> Iterator[Looked]:
        """Look at so many decisions at the most, each a field at a label, drawn from what was lately decided.

        They come one by one, so that a caller may rest between them or stop.
        """
        lately = self.rulebook.lately()
        for _ in range(most if lately else 0):
            (asker, service, facts), ruling = self._chance.choice(lately)
            field = self._chance.choice(FIELDS)
            label = self._chance.choice((CATALOGUE[field].label, self._chance.choice(_LABELS)))
            said = self._referee.shows(asker, service, facts, field, label)
            whole = (field in ruling.permitted) is ruling.decide(field).verdict.shows
            yield Looked(asker.role, field, label, whole and same(ruling.at_label(field, label), said))
