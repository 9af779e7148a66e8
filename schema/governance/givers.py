"""Givers: who may say yes or no for a child, by what right, and why, as closed lists.

Sources: Children Act 1989 section 3; Family Law Reform Act 1969 section 8; Gillick v West Norfolk [1986] AC 112.
"""

from schema.described import Described, closed_list


@closed_list
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


@closed_list
class Capacity(Described):
    """By what right the giver decides."""

    PARENTAL_RESPONSIBILITY = "PARENTAL_RESPONSIBILITY", "Has parental responsibility (Children Act 1989 section 3)."
    OWN_AT_16_OR_17 = "OWN_AT_16_OR_17", "Is 16 or 17 and decides for themselves."
    GILLICK = "GILLICK", "Is under 16 and understands fully what is proposed."
    ADULT = "ADULT", "Is 18 or over and decides for themselves."
    NOT_STATED = "NOT_STATED", "Not recorded."


@closed_list
class ConsentReason(Described):
    """Why a decision was taken, as far as the giver said; the words are in the evidence."""

    NO_LONGER_WANTED = "NO_LONGER_WANTED", "The help is no longer wanted."
    TOO_MUCH_SHARED = "TOO_MUCH_SHARED", "More would be shared than they want."
    RECIPIENT = "RECIPIENT", "They do not want it shared with this recipient."
    MISUNDERSTOOD = "MISUNDERSTOOD", "It was not understood when it was given."
    STEPPED_DOWN = "STEPPED_DOWN", "The case was closed or stepped down."
    RECORDED_IN_ERROR = "RECORDED_IN_ERROR", "It should not have been recorded."
    NOT_GIVEN = "NOT_GIVEN", "They gave no reason, and need none."
