"""Answering by a plan: every root field asked at once, people together, and each answer written as it was compiled."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import strawberry
from graphql import GraphQLError

from hub.answer.question import Question
from hub.errors import Code, HubError
from hub.graphql.arguments import Arguments
from hub.graphql.context import QueryContext
from hub.graphql.failures import any_not_ready, as_hub_error
from hub.graphql.federation import key_of, stated
from hub.graphql.messages import Result
from hub.graphql.plan import ABOUT_PEOPLE, ENTITIES, Plan, Root
from hub.graphql.schema import core_of
from schema.request import RequestContext

Failed = Callable[[str, BaseException], None]


class PlannedEngine:
    """Runs plans."""

    def __init__(self, schema: strawberry.Schema, failed: Failed) -> None:
        """Take the schema, and whom to tell of errors nobody foresaw."""
        self._core = core_of(schema)
        self._given = Arguments(schema)
        self._failed = failed

    async def answer(self, plan: Plan, context: QueryContext, variables: Any) -> Result:
        """Answer every root field; an error takes its field, or everything where the field may not be null."""
        people = [root for root in plan.roots if root.selection.name in ABOUT_PEOPLE]
        rest = [root for root in plan.roots if root.selection.name not in ABOUT_PEOPLE]
        if not rest:
            found = await self._people(people, context, variables)
        else:
            asked, *others = await asyncio.gather(
                self._people(people, context, variables),
                *(self._root(root, context, variables) for root in rest),
                return_exceptions=True,
            )
            if isinstance(asked, BaseException):
                raise asked
            found = [*asked, *others]
        answered = {root.selection.key: answer for root, answer in zip([*people, *rest], found, strict=True)}
        return self.result(plan, answered, context)

    def result(self, plan: Plan, answered: Mapping[str, Any], context: QueryContext) -> Result:
        """Give the result of what became of each root field: what was written, or why there is none."""
        data: dict[str, Any] | None = {}
        errors = []
        for root in plan.roots:
            answer = answered[root.selection.key]
            if isinstance(answer, BaseException):
                if not isinstance(answer, Exception):
                    raise answer
                errors.append(self._error(answer, root, context))
                nullable = root.selection.name == "person"
                data = None if data is None or not nullable else {**data, root.selection.key: None}
                continue
            placed = self._placed(answer, root, context, errors)
            if data is not None:
                data[root.selection.key] = placed
        return Result(data, errors, any_not_ready(errors))

    def _placed(self, answer: Any, root: Root, context: QueryContext, errors: list[GraphQLError]) -> Any:
        """Give an answer with nothing in the place of a key that is wrong, of which it is said there."""
        if root.selection.name != ENTITIES:
            return answer
        errors += [self._error(one, root, context, n) for n, one in enumerate(answer) if isinstance(one, Exception)]
        return [None if isinstance(one, Exception) else one for one in answer]

    async def _people(self, roots: Sequence[Root], context: QueryContext, variables: Any) -> list[Any]:
        """Answer every question about a person together, so that all are released by the same consent and rules."""
        asked: dict[str, tuple[Question, Sequence[str]]] = {}
        answers: dict[str, Any] = {}
        keys: dict[str, Sequence[Any]] = {}
        for root in roots:
            key = root.selection.key
            try:
                asked[key] = self.question(root, context, variables)
                keys[key] = self._arguments(root, variables).get("representations", ())
            except HubError as error:
                answers[key] = error
        try:
            people = await context.asking.answers(list(asked.values())) if asked else []
        except Exception as error:  # noqa: BLE001 -- said of each of them, as the ordinary engine would
            answers |= dict.fromkeys(asked, error)
        else:
            answers |= dict(zip(asked, people, strict=True))
        return [_written(root, answers[root.selection.key], keys.get(root.selection.key, ())) for root in roots]

    async def _root(self, root: Root, context: QueryContext, variables: Any) -> Any:
        if root.project is None:
            return "Query"
        value = _resolve(root.selection.name, context, self._arguments(root, variables))
        if isinstance(value, Awaitable):
            value = await value
        if value is None:
            return None
        return root.project.each(value) if isinstance(value, list) else root.project(value)

    def question(self, root: Root, context: QueryContext, variables: Any) -> tuple[Question, Sequence[str]]:
        """Give the question that a root field about people asks, and whom in which order; HubError what is wrong."""
        given = self._arguments(root, variables)
        ids, why = _whom_and_why(root.selection.name, given, context)
        only = given.get("sources")
        return context.asking.about(context.requester, context.request_id, ids, why, root.wanted, only), ids

    def _arguments(self, root: Root, variables: Any) -> dict[str, Any]:
        definition = self._core.query_type.fields[root.node.name.value]  # type: ignore[union-attr] # checked when compiled
        return self._given.of(definition, root.node, variables)

    def _error(self, error: Exception, root: Root, context: QueryContext, *place: int) -> GraphQLError:
        known = as_hub_error(error)
        if known.code is Code.INTERNAL:
            self._failed(context.request_id, error)
        said = GraphQLError(str(known), path=[root.selection.key, *place], extensions=known.extensions)
        said.locations = [root.place]
        return said


def _whom_and_why(name: str, given: Mapping[str, Any], context: QueryContext) -> tuple[Sequence[str], RequestContext]:
    """Give whom a root field asks about, and why: a gateway says it in headers, and may send keys that are wrong."""
    if name == ENTITIES:
        why = stated(context.stated)
        return [key for key in map(key_of, given["representations"]) if isinstance(key, str)], why
    return given["ids"] if name == "people" else (given["id"],), given["context"]


def _written(root: Root, answer: Any, keys: Sequence[Any]) -> Any:
    """Write what was found; of a gateway's keys that are wrong, what is wrong with them stands in their places."""
    if isinstance(answer, Exception) or root.project is None:
        return answer
    written = root.project.some(answer)
    if root.selection.name == ENTITIES:
        found = iter(written)
        return [next(found) if isinstance(key, str) else key for key in map(key_of, keys)]
    return written if root.selection.name == "people" else written[0]


def _resolve(name: str, context: QueryContext, arguments: Mapping[str, Any]) -> Any:
    asking, requester = context.asking, context.requester
    match name:
        case "search_people":
            return asking.search(requester, context.request_id, arguments["input"], arguments["context"])
        case "match_people":
            people, why, only = arguments["people"], arguments["context"], arguments.get("sources")
            return asking.match(requester, context.request_id, people, why, only)
        case "me":
            return asking.me(requester)
        case _:
            return asking.sources()
