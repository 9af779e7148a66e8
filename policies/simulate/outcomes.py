"""Outcomes: what becomes of a field, and the marks from which it is known.

A mark is an integer of a few bits for one version: how closed the field is, whether a deny took part, how closed
the service's existence is, and the duties. What several labels come to is the bits of all of them together.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from policies.simulate.bodies import DUTY_BITS, HIGHEST, MASK, WITHHOLD, duties_of
from policies.verdicts import Verdict
from policies.vocabulary import Duty

_VERDICTS: Final = (*(v for v in Verdict if v is not Verdict.OMIT), Verdict.OMIT, Verdict.OMIT)
_RING: Final = WITHHOLD + 1

OWN, DENIED, GATE, DUTIES = 0, HIGHEST, HIGHEST + 1, 2 * HIGHEST + 1
"""Where in a mark each part begins."""

WIDTH: Final = DUTIES + DUTY_BITS
"""How many bits a mark has."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a field: its verdict, the duties owed where it is shown, and of OMIT whether a team is given."""

    verdict: Verdict
    duties: tuple[Duty, ...] = ()
    ring: bool = False

    def __str__(self) -> str:
        told = [self.verdict.value, *(f"with {duty.value}" for duty in self.duties), *(["a team to ring"] * self.ring)]
        return ", ".join(told)

    @property
    def level(self) -> int:
        """How closed it is, from 0."""
        return self.verdict.strictness + (self.verdict is Verdict.OMIT and not self.ring)


@lru_cache(maxsize=4096)
def outcome_of(mark: int) -> Outcome:
    """Say what a mark comes to: the field's own, unless the service's existence is more closed (see ``Ruling``)."""
    own = (mark >> OWN & (1 << HIGHEST) - 1).bit_count()
    gate = (mark >> GATE & (1 << HIGHEST) - 1).bit_count()
    stricter = bool(mark >> DENIED & 1) and _VERDICTS[own].strictness > _VERDICTS[gate].strictness
    level = own if gate <= MASK or stricter else gate
    duties = duties_of(mark >> DUTIES) if level <= MASK else ()
    return Outcome(_VERDICTS[level], duties, level == _RING)
