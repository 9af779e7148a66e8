"""Why there was an emergency access, and what its review found."""

from schema.described import Described, closed_list


@closed_list
class GlassReason(Described):
    """Why glass was broken; the words are sealed beside it."""

    IMMEDIATE_DANGER = "IMMEDIATE_DANGER", "A child is in immediate danger."
    MISSING_CHILD = "MISSING_CHILD", "A child is missing."
    MEDICAL_EMERGENCY = "MEDICAL_EMERGENCY", "A child needs emergency treatment."
    OUT_OF_HOURS = "OUT_OF_HOURS", "A decision cannot wait, and nobody who could agree can be reached."


@closed_list
class ReviewOutcome(Described):
    """What the review of a grant found."""

    JUSTIFIED = "JUSTIFIED", "It was needed, and no more was looked at than was needed."
    EXCESSIVE = "EXCESSIVE", "It was needed, and more was looked at than was needed."
    NOT_JUSTIFIED = "NOT_JUSTIFIED", "It was not needed; what follows is decided elsewhere."
