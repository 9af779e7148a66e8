"""Answering by Strawberry's own engine, and whole: introspection, and whatever a plan cannot express."""

from collections.abc import Callable

import strawberry
from graphql import GraphQLError, ValueNode

from hub.errors import Code
from hub.graphql.arriving.undivided import undivided
from hub.graphql.context import QueryContext
from hub.graphql.failures import any_not_ready, as_hub_error
from hub.graphql.messages import Request, Result
from hub.graphql.selection import null_argument


class OrdinaryEngine:
    """Runs whole requests. Told in the same words as a plan's answer."""

    def __init__(self, schema: strawberry.Schema, failed: Callable[[str, BaseException], None]) -> None:
        """Take the schema, and whom to tell of errors nobody foresaw."""
        self._schema = schema
        self._failed = failed

    async def answer(self, request: Request, context: QueryContext) -> Result:
        """Answer a request that was checked already."""
        done = await self._schema.execute(
            undivided(request.query),
            variable_values=dict(request.variables),
            operation_name=request.operation,
            context_value=context,
        )
        errors = [self._safe(e, context) for e in done.errors or ()]
        return Result(done.data, errors, any_not_ready(errors))

    def _safe(self, error: GraphQLError, context: QueryContext) -> GraphQLError:
        cause = error.original_error or error
        if isinstance(cause, GraphQLError) and any(isinstance(node, ValueNode) for node in cause.nodes or ()):
            cause = null_argument()  # the engine's own complaint about an argument, which would print it
        known = as_hub_error(cause)
        if known.code is Code.INTERNAL:
            self._failed(context.request_id, cause)
        return GraphQLError(str(known), nodes=error.nodes, path=error.path, extensions=known.extensions)
