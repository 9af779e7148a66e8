"""Why workers asked, in their own words: which questions have a reason, and one opened at a time for a reviewer."""

from collections.abc import Awaitable
from datetime import datetime

import strawberry

from hub.audit.reports import DIVIDER
from hub.governance.objecting import read_objection_words
from hub.governance.reason_reading import Given, read_reason, reasons_given
from hub.governance.withholding import read_decision_words
from hub.graphql.context import Info
from hub.graphql.governing.arguments import RecordId
from hub.graphql.governing.entitled import OFFICERS, For
from hub.graphql.governing.problems import REFUSALS, problem_of
from hub.graphql.governing.room import by_of
from schema.governance.asked_reason import AskedReason, WordsRead


def _own_sources(info: Info) -> frozenset[str]:
    own = info.context.requester.organisation
    return frozenset(s.config.id for s in info.context.governing.preparer.sources if s.config.agency == own)


def _published(given: Given) -> AskedReason:
    return AskedReason(
        id=strawberry.ID(given.record_id),
        at=datetime.fromisoformat(given.at),
        search=given.search,
        role=given.role,
        organisation=given.organisation,
        purpose=given.purpose,
        self_declared=given.self_declared,
    )


async def _read(work: Awaitable[str]) -> WordsRead:
    try:
        return WordsRead(text=await work)
    except REFUSALS as error:
        return WordsRead(problem=problem_of(error))


@strawberry.type
class ReasonQueries:
    """What may be asked of reasons."""

    @strawberry.field(
        description="Questions whose asker said why, by your agency's workers or of its records, newest first;"
        " 500 at most."
    )
    async def reasons(self, info: Info) -> list[AskedReason]:
        """List questions with a reason."""
        acting, by = info.context.governing.acting, by_of(info.context.requester)
        return [_published(one) for one in (await reasons_given(acting, _own_sources(info), by)).found]


@strawberry.type
class WordsMutations:
    """Words that are opened for whoever has to judge them; each is written down, which is why none is a query."""

    @strawberry.mutation(
        description="Read why somebody asked, by the question's id or the id of any of its decisions."
        " That you read it is in the ledger.",
        extensions=[For(OFFICERS)],
    )
    async def read_reason(
        self,
        info: Info,
        id: RecordId,  # noqa: A002 -- the schema's word
    ) -> WordsRead | None:
        """Open a reason."""
        acting, by = info.context.governing.acting, by_of(info.context.requester)
        return await _read(read_reason(acting, str(id).partition(DIVIDER)[0], _own_sources(info), by))

    @strawberry.mutation(
        description="Read what somebody said who objected to what your agency does. That you read it is in the ledger.",
        extensions=[For(OFFICERS)],
    )
    async def read_objection_words(
        self,
        info: Info,
        id: RecordId,  # noqa: A002 -- the schema's word
    ) -> WordsRead | None:
        """Open an objection's words."""
        acting, by = info.context.governing.acting, by_of(info.context.requester)
        return await _read(read_objection_words(acting, str(id), by))

    @strawberry.mutation(
        description="Read why your agency decided not to share. That you read it is in the ledger.",
        extensions=[For(OFFICERS)],
    )
    async def read_decision_not_to_share_words(
        self,
        info: Info,
        id: RecordId,  # noqa: A002 -- the schema's word
    ) -> WordsRead | None:
        """Open a decision's words."""
        acting, by = info.context.governing.acting, by_of(info.context.requester)
        return await _read(read_decision_words(acting, str(id), by))
