"""Givers: who may say yes or no for a child, and by what right.

Sources: Children Act 1989 section 3; Family Law Reform Act 1969 section 8; Gillick v West Norfolk [1986] AC 112.
"""

from typing import Final

from schema.described import Described


class GiverRelationship(Described):
    """Who the giver is to the child."""

    MOTHER = "MOTHER", "The mother."
    FATHER = "FATHER", "The father."
    PARENT = "PARENT", "A parent, not said which."
    GUARDIAN = "GUARDIAN", "A guardian, special guardian, or somebody whom an order gives parental responsibility."
    LOCAL_AUTHORITY = "LOCAL_AUTHORITY", "The council, which shares parental responsibility under a care order."
    CARER = "CARER", "Somebody who looks after the child and was given parental responsibility."
    SELF = "SELF", "The child or young person."
    NOT_STATED = "NOT_STATED", "Not recorded."


class Capacity(Described):
    """By what right the giver decides."""

    PARENTAL_RESPONSIBILITY = "PARENTAL_RESPONSIBILITY", "Has parental responsibility (Children Act 1989 section 3)."
    OWN_AT_16_OR_17 = "OWN_AT_16_OR_17", "Is 16 or 17 and decides for themselves."
    GILLICK = "GILLICK", "Is under 16 and understands fully what is proposed."
    ADULT = "ADULT", "Is 18 or over and decides for themselves."
    NOT_STATED = "NOT_STATED", "Not recorded."


class ConsentReason(Described):
    """Why a decision was taken, as far as the giver said; the words are in the evidence."""

    NO_LONGER_WANTED = "NO_LONGER_WANTED", "The help is no longer wanted."
    TOO_MUCH_SHARED = "TOO_MUCH_SHARED", "More would be shared than they want."
    RECIPIENT = "RECIPIENT", "They do not want it shared with this recipient."
    MISUNDERSTOOD = "MISUNDERSTOOD", "It was not understood when it was given."
    STEPPED_DOWN = "STEPPED_DOWN", "The case was closed or stepped down."
    RECORDED_IN_ERROR = "RECORDED_IN_ERROR", "It should not have been recorded."
    NOT_GIVEN = "NOT_GIVEN", "They gave no reason, and need none."


_OWN: Final = frozenset({Capacity.OWN_AT_16_OR_17, Capacity.GILLICK, Capacity.ADULT, Capacity.NOT_STATED})
_RESPONSIBLE: Final = frozenset({Capacity.PARENTAL_RESPONSIBILITY, Capacity.NOT_STATED})


def may_give(relationship: GiverRelationship, capacity: Capacity) -> bool:
    """Say whether somebody who is this to the child decides by this right."""
    if relationship is GiverRelationship.NOT_STATED:
        return capacity is Capacity.NOT_STATED
    return capacity in (_OWN if relationship is GiverRelationship.SELF else _RESPONSIBLE)
