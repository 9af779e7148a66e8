"""Questions whose answers must be alike: about nobody, about somebody nobody may know of, and about what is omitted."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from connectors.contract import Name, Traits
from tests.cast import CHILDREN, Child

WHOLE = """query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  id dateOfBirth names { given family } involvements { service status professionals { name } }
  chronology { date title } sources { source outcome reason explanation complete asOf }
  withheld { path source code masked decisionId } } }"""

TOLD = """query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  involvements { service status } sources { source outcome reason explanation complete asOf }
  withheld { path source code masked decisionId } } }"""

ONLY = """query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
  involvements(services: [POLICE]) { service status } sources { source outcome reason explanation complete asOf }
  withheld { path source code masked decisionId } } }"""
"""Asks of one service alone, and that one the asker may not know of."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of question. ``child`` is a key of the cast; none asks about an id the hub never gave.

    ``inside`` and ``after`` are seconds by which its answer is later: within the work, and after it has left the grid.
    """

    who: str
    purpose: str
    child: str | None
    query: str = WHOLE
    inside: float = 0.0
    after: float = 0.0


def _alone(key: str, day: int, *sources: str) -> Child:
    """Make a child like any other: only who knows them differs."""
    return Child(
        key,
        Traits(names=(Name(f"Given{key}", f"Family{key}"),), date_of_birth=date(2015, 2, day), postcodes=("BK5 5AA",)),
        sources=sources,
    )


EXTRA: Mapping[str, Child] = {
    c.key: c
    for c in (
        _alone("police-only", 3, "police"),
        _alone("with-it", 9, "early-help", "police"),
        _alone("without", 21, "early-help"),
    )
}
"""Children known to the police alone, to early help and the police, and to early help alone."""

STEP = 0.005
"""Seconds of the grid, as the hub ships."""

CASES: Mapping[str, Case] = {
    "nobody": Case("early-help", "EARLY_HELP", None),
    "nobody again": Case("early-help", "EARLY_HELP", None),
    "nobody, 0.1 ms more work": Case("early-help", "EARLY_HELP", None, inside=0.000_1),
    "nobody, a step later": Case("early-help", "EARLY_HELP", None, after=STEP),
    "sealed": Case("early-help", "EARLY_HELP", "sealed"),
    "known where the asker may not look": Case("early-help", "EARLY_HELP", "police-only"),
    "nobody, nothing permitted": Case("analyst", "ANALYSIS", None),
    "somebody, nothing permitted": Case("analyst", "ANALYSIS", "maya"),
    "sealed, nothing permitted": Case("analyst", "ANALYSIS", "sealed"),
    "police hold none": Case("early-help", "EARLY_HELP", "without", TOLD),
    "police omitted": Case("early-help", "EARLY_HELP", "with-it", TOLD),
    "police alone, nobody": Case("early-help", "EARLY_HELP", None, ONLY),
    "police alone, somebody": Case("early-help", "EARLY_HELP", "police-only", ONLY),
}

PAIRS = (
    ("nobody", "nobody again", "null control"),
    ("nobody", "nobody, 0.1 ms more work", "0.1 ms control"),
    ("nobody", "nobody, a step later", "step control"),
    ("nobody", "sealed", "must be alike"),
    ("nobody", "known where the asker may not look", "must be alike"),
    ("nobody, nothing permitted", "somebody, nothing permitted", "must be alike"),
    ("nobody, nothing permitted", "sealed, nothing permitted", "must be alike"),
    ("police hold none", "police omitted", "must be alike"),
    ("police alone, nobody", "police alone, somebody", "must be alike"),
)


def add_children() -> None:
    """Put the children into the cast, for a process of its own."""
    CHILDREN.update({key: dataclasses.replace(child) for key, child in EXTRA.items()})
