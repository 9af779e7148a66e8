"""What officers may ask, under one root field that lets nobody else in."""

import strawberry

from hub.graphql.governing.agreements import AgreementQueries
from hub.graphql.governing.bases import BasisQueries
from hub.graphql.governing.emergencies import EmergencyQueries
from hub.graphql.governing.explaining import ExplainQueries
from hub.graphql.governing.looks import LookQueries
from hub.graphql.governing.matching import MatchingQueries
from hub.graphql.governing.notices import NoticeQueries
from hub.graphql.governing.overseeing import OversightQueries
from hub.graphql.governing.partings import PartingQueries
from hub.graphql.governing.person_records import PersonQueries
from hub.graphql.governing.reasons import ReasonQueries
from hub.graphql.governing.reviews import ReviewQueries
from hub.graphql.governing.unreadable import UnreadableQueries
from hub.graphql.governing.versions import VersionQueries


@strawberry.type(description="What governs answers, as an information governance officer may see it.")
class Governance(
    VersionQueries,
    LookQueries,
    ExplainQueries,
    AgreementQueries,
    PersonQueries,
    EmergencyQueries,
    NoticeQueries,
    BasisQueries,
    ReasonQueries,
    UnreadableQueries,
    OversightQueries,
    ReviewQueries,
    MatchingQueries,
    PartingQueries,
):
    """Everything officers may ask."""
