"""Givers: who may say yes or no for a child, and by what right.

Sources: Children Act 1989 section 3, for parental responsibility. No statute sets the age from which a young person's
own yes to sharing counts in England; the hub takes it from 16, and below that where they understand what they agree
to, after Gillick v West Norfolk [1986] AC 112, a case about medical treatment used here as guidance.
"""

from typing import Final

from schema.governance.givers import Capacity, ConsentReason, GiverRelationship

__all__ = [
    "Capacity",
    "ConsentReason",
    "GiverRelationship",
    "may_give",
]


_OWN: Final = frozenset({Capacity.OWN_AT_16_OR_17, Capacity.GILLICK, Capacity.ADULT, Capacity.NOT_STATED})
_RESPONSIBLE: Final = frozenset({Capacity.PARENTAL_RESPONSIBILITY, Capacity.NOT_STATED})


def may_give(relationship: GiverRelationship, capacity: Capacity) -> bool:
    """Say whether somebody who is this to the child decides by this right."""
    if relationship is GiverRelationship.NOT_STATED:
        return capacity is Capacity.NOT_STATED
    return capacity in (_OWN if relationship is GiverRelationship.SELF else _RESPONSIBLE)
