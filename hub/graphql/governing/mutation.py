"""What may be changed: each field names the roles it is for, and runs after the one before it has ended."""

import strawberry

from hub.graphql.governing.agreements import AgreementMutations
from hub.graphql.governing.allocations import AllocationMutations
from hub.graphql.governing.bases import BasisMutations
from hub.graphql.governing.consents import ConsentMutations
from hub.graphql.governing.editing import VersionMutations
from hub.graphql.governing.emergencies import EmergencyMutations
from hub.graphql.governing.matching import BirthMutations, MatchingMutations
from hub.graphql.governing.notices import NoticeMutations
from hub.graphql.governing.partings import PartingMutations
from hub.graphql.governing.reasons import WordsMutations
from hub.graphql.governing.reviews import ReviewMutations
from hub.graphql.governing.withholding import WithholdingMutations


@strawberry.type(description="What may be changed. A refusal stands beside the thing, as `problem`; nothing changed.")
class Mutation(
    VersionMutations,
    AgreementMutations,
    ConsentMutations,
    WithholdingMutations,
    AllocationMutations,
    EmergencyMutations,
    NoticeMutations,
    BasisMutations,
    WordsMutations,
    ReviewMutations,
    MatchingMutations,
    BirthMutations,
    PartingMutations,
):
    """Everything that may be changed."""
