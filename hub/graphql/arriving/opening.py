"""Beginning an answer that comes part by part, where its client accepts that and its question allows it."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, Final

from hub.answer.question import Question
from hub.answer.unfolding import may_unfold
from hub.errors import HubError
from hub.graphql.arriving.arriving import MOST_AT_ONCE, MOST_EACH, Arriving
from hub.graphql.arriving.delivery import MOST_PENDING, Delivery
from hub.graphql.context import QueryContext
from hub.graphql.messages import Request, Result
from hub.graphql.operation import Operation
from hub.graphql.plan import Planner
from hub.graphql.planned import PlannedEngine
from hub.identity.requester import Requester

DIVIDED: Final = re.compile(r"@[\s,]*(?:defer|stream)\b")
"""What a document has that asks for parts, as everybody writes it."""


class Opening:
    """Begins answers that come part by part. One for the whole application: it knows how many are under way."""

    def __init__(self, planner: Planner, planned: PlannedEngine) -> None:
        """Take what plans, and what tells in a whole answer's words what went wrong."""
        self._planner = planner
        self._planned = planned
        self._under_way = Counter[str]()

    def may(self, request: Request, requester: Requester) -> bool:
        """Say whether a request may be answered in parts, as far as its text and its asker say; a hub asks whole."""
        if DIVIDED.search(request.query) is None or requester.relayed is not None:
            return False
        return self._under_way.total() < MOST_AT_ONCE and self._under_way[requester.subject] < MOST_EACH

    async def begin(
        self, operation: Operation, variables: Any, context: QueryContext, cost: int
    ) -> Arriving | Result | None:
        """Give an answer whose first part is ready; none where the whole is to be answered as always.

        A result where it went wrong before anything left.
        """
        layout = self._planner.layout(operation, variables)
        if layout is None:
            return None
        plan = self._planner.plan(operation, variables)
        try:
            question, ids = self._planned.question(plan.roots[0], context, variables)
        except HubError:
            return None  # which a whole answer says in its place
        if not may_unfold(question) or layout.most_pending * len(ids) > MOST_PENDING:
            return None
        places = {person_id: place for place, person_id in enumerate(question.people)}
        delivery = Delivery(layout, [places[one] for one in ids])
        try:
            return await self._first(question, delivery, context, cost)
        except Exception as error:  # noqa: BLE001 -- told as a whole answer tells it
            return replace(self._planned.result(plan, {layout.key: error}, context), cost=cost)

    async def _first(self, question: Question, delivery: Delivery, context: QueryContext, cost: int) -> Arriving:
        """Have the first part ready. It is counted before anything is waited for: many may ask at one moment."""
        with ExitStack() as place:
            place.enter_context(self._taken(question.requester.subject))
            unfolding = await context.asking.unfold(question)
            arriving = Arriving(unfolding, delivery, cost, place.pop_all().close)
        try:
            await arriving.first()
        except BaseException as error:
            await arriving.close(error)
            raise
        return arriving

    @contextmanager
    def _taken(self, subject: str) -> Iterator[None]:
        """Count an answer as under way for as long as the block runs."""
        self._under_way[subject] += 1
        try:
            yield
        finally:
            self._under_way -= Counter([subject])
