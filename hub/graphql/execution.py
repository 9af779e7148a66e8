"""Execution: a request checked, planned and answered. What cannot be planned goes to the ordinary engine.

That engine runs mutations too: one after the other, as they are written (GraphQL specification, 6.2.2).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import strawberry
from graphql import OperationType

from hub.answer.question import Wanted
from hub.errors import Code, HubError
from hub.graphql.arriving.arriving import Arriving
from hub.graphql.arriving.opening import Opening
from hub.graphql.asking import Asking
from hub.graphql.context import QueryContext
from hub.graphql.cost import check_cost
from hub.graphql.documents import Documents
from hub.graphql.governing.entitled import OFFICERS
from hub.graphql.governing.room import Governing
from hub.graphql.limits import check_values
from hub.graphql.messages import Request, Result
from hub.graphql.operation import Operation
from hub.graphql.ordinary import OrdinaryEngine
from hub.graphql.plan import Planner
from hub.graphql.planned import PlannedEngine
from hub.graphql.reading import Refused
from hub.graphql.schema import build_schema, core_of
from hub.graphql.subscription import STREAMS
from hub.graphql.watching.watched import Watched, watched_of
from hub.identity.requester import Requester

__all__ = ["Executor", "Request", "Result", "build_schema"]


class Executor:
    """Runs requests. One for the whole application: it keeps what it compiles."""

    def __init__(
        self,
        schema: strawberry.Schema,
        asking: Asking,
        governing: Governing,
        *,
        introspection: bool,
        failed: Callable[[str, BaseException], None],
    ) -> None:
        """Take the schema and the rooms behind it; ``failed`` is told of errors nobody foresaw, without values.

        ``introspection`` lets everybody who signed in see the schema; without it officers alone do.
        """
        self._asking = asking
        self._governing = governing
        self._schema = schema
        self._core = core_of(schema)
        self._introspection = introspection
        self._documents = Documents(self._core)
        self._planner = Planner(schema)
        self._planned = PlannedEngine(schema, failed)
        self._ordinary = OrdinaryEngine(schema, failed)
        self._opening = Opening(self._planner, self._planned)

    async def run(self, request: Request, requester: Requester, request_id: str, *, ordinary: bool = False) -> Result:
        """Answer a request; ``ordinary`` insists on the ordinary engine."""
        operation = self._read(request, requester)
        if operation.node.operation is OperationType.SUBSCRIPTION:
            raise HubError(Code.BAD_USER_INPUT, STREAMS)
        if operation.node.operation is OperationType.MUTATION and request.reads:
            raise Refused(405, "Send a mutation by POST.", {"Allow": "POST"})
        if operation.node.operation is OperationType.MUTATION and requester.relayed is not None:
            raise HubError(Code.FORBIDDEN, "Another hub asks; it changes nothing here.")
        variables = operation.variables.read(request.variables)
        cost = check_cost(operation.costs, variables)
        return replace(await self._answer(request, operation, variables, requester, request_id, ordinary), cost=cost)

    async def arriving(self, request: Request, requester: Requester, request_id: str) -> Arriving | Result | None:
        """Begin an answer that comes part by part, its first part ready; none where a request is answered whole.

        A result where it went wrong before anything left.
        """
        if not self._opening.may(request, requester):
            return None
        operation = self._read(request, requester)
        if operation.node.operation is not OperationType.QUERY:
            return None
        variables = operation.variables.read(request.variables)
        cost = check_cost(operation.costs, variables)
        context = self._context(request, requester, request_id, {})
        return await self._opening.begin(operation, variables, context, cost)

    def watched(self, request: Request, requester: Requester, request_id: str) -> Watched | None:
        """Give what a subscription asks to be told of, checked as a question is; none where it is no subscription."""
        operation = self._read(request, requester)
        if operation.node.operation is not OperationType.SUBSCRIPTION:
            return None
        variables = operation.variables.read(request.variables)
        cost = check_cost(operation.costs, variables)
        (root,) = self._planner.plan(operation, variables).roots
        watched = watched_of(self._schema, root, variables, cost)
        watched.question(self._asking, requester, request_id)
        return watched

    def _read(self, request: Request, requester: Requester) -> Operation:
        check_values(request.variables)
        document = self._documents.read(request.query, introspection=self._seeing(requester))
        return document.operation(request.operation)

    async def _answer(
        self,
        request: Request,
        operation: Operation,
        variables: Any,
        requester: Requester,
        request_id: str,
        ordinary: bool,  # noqa: FBT001 -- passed on as it came
    ) -> Result:
        if operation.node.operation is OperationType.MUTATION:
            return await self._ordinary.answer(request, self._context(request, requester, request_id, {}))
        plan = self._planner.plan(operation, variables)
        context = self._context(
            request, requester, request_id, {root.selection.key: root.wanted for root in plan.roots}
        )
        if ordinary or not plan.whole:
            return await self._ordinary.answer(request, context)
        return await self._planned.answer(plan, context, variables)

    def note(self, requester: Requester) -> str | None:
        """Say, in a code, that the requester nears a limit; none where they do not."""
        return self._asking.note(requester)

    def _seeing(self, requester: Requester) -> bool:
        return self._introspection or requester.role in OFFICERS

    def _context(
        self, request: Request, requester: Requester, request_id: str, wanted: Mapping[str, Wanted]
    ) -> QueryContext:
        return QueryContext(
            self._asking, self._governing, requester, request_id, wanted, request.stated, self._seeing(requester)
        )
