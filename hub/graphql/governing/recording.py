"""Recording: one way from a change that governance makes to what became of it, with a refusal as data."""

from collections.abc import Awaitable

import strawberry

from hub.graphql.governing.problems import REFUSALS, problem_of
from schema.governance.recorded import Recorded


async def recorded(work: Awaitable[str]) -> Recorded:
    """Do a change that gives a record's id; say which it is, or why nothing was done."""
    try:
        return Recorded(id=strawberry.ID(await work))
    except REFUSALS as error:
        return Recorded(problem=problem_of(error))
