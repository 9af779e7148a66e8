"""Groups: the system and the organisation somebody asks through, each with limits over all their users."""

from dataclasses import dataclass

from hub.budgets.limits import GroupLimits, Limits
from hub.budgets.names import BudgetNames
from hub.budgets.storing import Sums
from hub.budgets.use import DAY, HOUR, Counting, Level, Measure
from hub.identity.requester import Requester


@dataclass(frozen=True, slots=True)
class Group:
    """A system or an organisation: its account and what it may come to."""

    whose: str
    account: str
    limits: GroupLimits


def groups_of(who: Requester, names: BudgetNames, limits: Limits) -> tuple[Group, Group]:
    """Give the groups a requester counts towards."""
    organisation = names.organisation(who.organisation)
    return (
        Group("client", names.client(who), limits.of_client(who.client)),
        Group("organisation", organisation, limits.of_organisation(who.organisation)),
    )


def sums_of(sums: Sums, limits: GroupLimits, counting: Counting) -> tuple[tuple[Measure, int, int, int, int], ...]:
    """Give, for each measure: what the group came to, how many more these are, its limit, and the window in seconds."""
    return (
        (Measure.PEOPLE_HOUR, sums.people_hour, counting.first_looks, limits.people_hour, HOUR),
        (Measure.PEOPLE_DAY, sums.people_day, counting.first_looks, limits.people_day, DAY),
        (Measure.SEARCHES_HOUR, sums.searches_hour, counting.searches, limits.searches_hour, HOUR),
    )


def reached(count: int, more: int, limit: int, limits: Limits) -> Level:
    """Say how far so many more would bring a group."""
    if not more:
        return Level.FREE
    if count + more > limits.stop(limit):
        return Level.STOPPED
    return Level.REASON if count + more > limit else Level.FREE
