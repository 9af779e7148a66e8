"""Sensitivity: what each flag on a person or record does, in one table. The rules shipped as defaults carry it out.

Who may see, what is hidden, what is shielded, whom to ring instead, when somebody must look at the flag again, and
whether an emergency access may open it. An officer's own agreement may allow what yields; what does not yield is
denied in the defaults whatever else is agreed.
"""

from dataclasses import dataclass
from typing import Final

from policies.vocabulary import FLAG_BEARS_ON, Role
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Flag:
    """What one label does where it is a flag.

    ``who`` may see, each role for some purposes, by the agreements shipped; ``hidden`` says that even that there is
    such a thing is not told; ``route`` is whom to ring instead, if anybody may be named; ``review`` is after how many
    months somebody must look at it again, none for never; ``yields`` says whether an emergency access may open it;
    ``told`` that the owner of the records is told each time it is shown.
    """

    who: tuple[tuple[Role, frozenset[Purpose]], ...]
    route: str = ""
    review: int | None = 12
    hidden: bool = False
    yields: bool = False
    told: bool = False


_ENQUIRY: Final = frozenset({Purpose.CHILD_PROTECTION})
_STATUTORY: Final = frozenset({Purpose.CHILD_PROTECTION, Purpose.CHILD_IN_NEED})
_FRONT_DOOR: Final = frozenset({Purpose.CHILD_PROTECTION, Purpose.SAFEGUARDING_TRIAGE})
_OWN_HEALTH: Final = frozenset(
    {Purpose.CHILD_PROTECTION, Purpose.SAFEGUARDING_TRIAGE, Purpose.CHILD_IN_NEED, Purpose.EARLY_HELP}
)
_POLICING: Final = frozenset({Purpose.CHILD_PROTECTION, Purpose.CRIME_PREVENTION})
_TREATMENT: Final = (
    (Role.SOCIAL_WORKER, _ENQUIRY),
    (Role.FRONT_DOOR_WORKER, _ENQUIRY),
    (Role.HEALTH_PRACTITIONER, _OWN_HEALTH),
)

FLAGS: Final[dict[Label, Flag]] = {
    Label.MENTAL_HEALTH: Flag(_TREATMENT, "the mental health trust's safeguarding team", yields=True),
    Label.SUBSTANCE_MISUSE: Flag(_TREATMENT, "the drug and alcohol service's safeguarding lead", yields=True),
    Label.SEXUAL_HEALTH: Flag((), review=None, hidden=True),
    Label.CONFIDENTIAL_ADDRESS: Flag(((Role.SOCIAL_WORKER, _ENQUIRY),), "the social care duty team", review=3),
    Label.NATIONALLY_RESTRICTED: Flag((), "the health safeguarding team"),
    Label.POLICE_INTELLIGENCE: Flag((), hidden=True),
    Label.STAFF_OR_RELATIVE: Flag(
        (
            (Role.FRONT_DOOR_WORKER, _FRONT_DOOR),
            (Role.SOCIAL_WORKER, _STATUTORY),
            (Role.EARLY_HELP_WORKER, frozenset({Purpose.EARLY_HELP})),
            (Role.SCHOOL_SAFEGUARDING_LEAD, frozenset({Purpose.EDUCATION_WELFARE})),
            (Role.POLICE_OFFICER, _POLICING),
            (Role.HEALTH_PRACTITIONER, _OWN_HEALTH),
        ),
        "the team manager",
        yields=True,
        told=True,
    ),
    Label.ALLEGATION_AGAINST_STAFF: Flag((), hidden=True, review=6),
    Label.MAPPA: Flag(((Role.SOCIAL_WORKER, _ENQUIRY), (Role.POLICE_OFFICER, _POLICING)), hidden=True, review=6),
    Label.SAFEGUARDING_ADULT: Flag(((Role.SOCIAL_WORKER, _ENQUIRY),), "the adult safeguarding team", told=True),
    Label.LEGAL_PRIVILEGE: Flag((), "the council's legal team"),
    Label.ADOPTION: Flag((), review=None, hidden=True),
    Label.WITNESS_PROTECTION: Flag((), review=None, hidden=True),
    Label.GENDER_RECOGNITION: Flag((), review=None, hidden=True),
}
"""Every label that is a flag: all but ordinary, special category and criminal offence data, which are kinds of field.

The police and health see such a thing of their own records alone; staff and their relatives, beyond the front door
and social work, too.
"""

SHIELDS: Final[dict[Label, frozenset[FieldId]]] = {
    label: FLAG_BEARS_ON.get(label, frozenset(CATALOGUE)) for label in Label
}
"""What a flag on a person covers."""

HARD: Final[frozenset[Label]] = frozenset(label for label, flag in FLAGS.items() if not flag.yields)
"""What no emergency access opens."""
