"""The versions that the load switches between: the shipped rules, and these with a deny of the asker's role."""

from functools import cache

from policies.reading import read_rules
from policies.rulebook import Rulebook
from tests.cast import SERVICES
from tests.rooms.policies.rules import bar

OPEN, SHUT = "open", "shut"
STATES = (OPEN, SHUT, *(f"part-{n}" for n in range(1, 7)))
"""Everything shown; nothing; and six that each keep three other services back, so that no two answers are alike."""


@cache
def rulebook(state: str, why: str = "") -> Rulebook:
    """Make a state's rules, proved; ``why`` makes another version of the same rules."""
    shipped = read_rules()
    if state == OPEN and not why:
        return shipped
    denies = [bar(id="deny-front-door", role="front-door-worker", service=services(state), **_said(why))]
    if state == OPEN:
        denies = [bar(id="deny-nobody", role="analyst", **_said(why))]
    return Rulebook([*shipped.rows, *denies])


def services(state: str) -> str:
    """Give the services that a state keeps back."""
    if state == SHUT:
        return "*"
    number, names = STATES.index(state), tuple(SERVICES.values())
    return " ".join(sorted(names[(number + step) % len(names)] for step in (0, 1, 3)))


def _said(why: str) -> dict[str, str]:
    return {"why": why} if why else {}
