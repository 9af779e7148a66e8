"""Bases: whether an asker may rely on a lawful basis on a day. The day, and what officers set, are arguments."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from policies.facts import BasisState
from policies.vocabulary import BODIES, ROLES
from schema.lawful_bases import LawfulBasis

NONE_SET: Final[Mapping[LawfulBasis, date]] = {}
"""No officer has set a day for any basis to begin: those that await one are relied on by nobody."""


def basis_state(
    basis: LawfulBasis, role: str, today: date, commenced: Mapping[LawfulBasis, date] = NONE_SET
) -> BasisState:
    """Say whether a role may rely on a basis on a day.

    ``commenced`` holds the days officers set for bases that await one; it never brings a dated one forward.
    """
    terms = basis.terms
    start = terms.start or commenced.get(basis)
    if start is None or today < start:
        return BasisState.NOT_COMMENCED
    if terms.end is not None and today > terms.end:
        return BasisState.ENDED
    known = ROLES.get(role)
    if known is None or BODIES[known].isdisjoint(terms.who):
        return BasisState.NOT_RELIED_ON_BY_ROLE
    return BasisState.IN_FORCE
