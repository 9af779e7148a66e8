"""Authority: who may record or change what. Closed lists: a role or an agency that is not named may not."""

from typing import Final

from hub.governance.acting import Acting, By, CannotBeDone
from hub.governance.register import agencies_agreed
from policies.vocabulary import AGENCY, Role

RECORDS_CONSENT: Final = frozenset(
    {
        Role.FRONT_DOOR_WORKER,
        Role.SOCIAL_WORKER,
        Role.EARLY_HELP_WORKER,
        Role.HEALTH_PRACTITIONER,
        Role.SCHOOL_SAFEGUARDING_LEAD,
        Role.IG_OFFICER,
    }
)
"""Who writes down what a family said: the roles that work with families, and the officers who keep the record."""


def as_officer(by: By) -> None:
    """Refuse whoever is no information governance officer."""
    if by.role != Role.IG_OFFICER.value:
        raise CannotBeDone("not-an-officer", "an information governance officer does this")


def as_provider(by: By, provider: str) -> None:
    """Refuse whoever is no officer of the agency whose data it is."""
    as_officer(by)
    if by.organisation != provider:
        raise CannotBeDone(
            "not-yours", "an agreement is its provider's to make and to change: their data is shared by it"
        )


def as_consent_recorder(by: By) -> None:
    """Refuse a role that does not work with families."""
    if by.role not in {role.value for role in RECORDS_CONSENT}:
        raise CannotBeDone("role-not-entitled", "this role does not record what families said")


async def agencies_there_are(acting: Acting) -> frozenset[str]:
    """Give the agencies there are: those that were said to be, or the providers of the agreements."""
    return acting.agencies or await agencies_agreed(acting.database)


def is_agency(agency: str, known: frozenset[str]) -> bool:
    """Say whether an agency is spelt as one and is one of those there are."""
    return AGENCY.fullmatch(agency) is not None and agency in known
