"""Execution: a selection compiled once, answered, projected. What cannot be planned goes to the ordinary engine."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import strawberry
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    ValueNode,
    VariableNode,
    Visitor,
    get_named_type,
    visit,
)
from graphql.execution.values import get_variable_values
from strawberry.types.arguments import convert_arguments

from hub.answer.question import Question, Wanted, wanted_of
from hub.answer.selection import Selection
from hub.audit.errors import LedgerUnavailable
from hub.errors import Code, HubError
from hub.governance.register import WrongPolicyVersion
from hub.graphql.asking import Asking
from hub.graphql.documents import Document, Documents
from hub.graphql.limits import VARIABLE_ERRORS, check_values
from hub.graphql.projection import Project, Projector
from hub.graphql.query import Query, QueryContext
from hub.graphql.selection import Reader, arguments_of, null_argument
from hub.identity.requester import Requester
from hub.store.database import StoreUnavailable

PLANS = 64
"""Plans kept for one document: one for each set of the variables that steer it."""

STEERED = 1024
"""Bytes of steering variables beyond which a plan is made for one request and forgotten."""

PLANNED = frozenset({"person", "search_people", "me", "sources"})


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request, already known to be an object of the right shape."""

    query: str
    variables: Mapping[str, Any]
    operation: str | None


@dataclass(frozen=True, slots=True)
class Root:
    """One root field of a plan: what it wants and how its answer is written."""

    selection: Selection
    node: FieldNode
    wanted: Wanted
    project: Project | None


@dataclass(frozen=True, slots=True)
class Result:
    """Data and errors as they are sent; ``not_ready`` when nothing could be decided or written down."""

    data: Any
    errors: Sequence[GraphQLError] = ()
    not_ready: bool = False

    def body(self) -> dict[str, Any]:
        """Give the response object of the GraphQL specification."""
        body: dict[str, Any] = {"data": self.data} if self.data is not None or not self._request_error else {}
        if self.errors:
            body["errors"] = [e.formatted for e in self.errors]
        return body

    @property
    def _request_error(self) -> bool:
        return any(e.path is None for e in self.errors)


class QuietSchema(strawberry.Schema):
    """Strawberry's schema, except that errors are not logged: its own log lines print the query and the message."""

    def process_errors(self, errors: list[GraphQLError], execution_context: object = None) -> None:
        """Log nothing: what went wrong is said by the executor, without values."""


def build_schema() -> strawberry.Schema:
    """Build the schema from the words and the root."""
    return QuietSchema(Query)


class Executor:
    """Runs requests. One for the whole application: what it compiles, it keeps with the document."""

    def __init__(
        self,
        schema: strawberry.Schema,
        asking: Asking,
        *,
        introspection: bool,
        failed: Callable[[str, BaseException], None],
    ) -> None:
        """Take the schema and the rooms behind it; ``failed`` is told of errors nobody foresaw, without values."""
        self._schema = schema
        self._core: GraphQLSchema = schema._schema  # noqa: SLF001 -- Strawberry gives no public way to graphql-core's schema
        self._asking = asking
        self._documents = Documents(self._core, introspection=introspection)
        self._failed = failed
        names = _names(schema)
        self._python_names = {(kind, gql): python for kind, python, gql, _ in names}
        self._projector = Projector(
            {(kind, python): gql for kind, python, gql, _ in names},
            frozenset((kind, python) for kind, python, _, method in names if method),
        )

    async def run(self, request: Request, requester: Requester, request_id: str, *, ordinary: bool = False) -> Result:
        """Answer a request; ``ordinary`` insists on the ordinary engine."""
        check_values(request.variables)
        document = self._documents.read(request.query)
        operation = document.operation(request.operation)
        if operation.operation is not OperationType.QUERY:
            raise HubError(Code.BAD_USER_INPUT, "only queries are answered here")
        variables = self._variables(operation, request.variables)
        roots = self._plan(document, operation, variables, request.variables)
        context = QueryContext(self._asking, requester, request_id, {r.selection.key: r.wanted for r in roots})
        if ordinary or not all(r.project or r.selection.name == "__typename" for r in roots):
            return await self._ordinary(request, context)
        return await self._planned(roots, context, variables)

    def _variables(self, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> Any:
        coerced = get_variable_values(
            self._core,
            operation.variable_definitions or (),
            dict(given),
            max_errors=VARIABLE_ERRORS,
            hide_suggestions=True,
        )
        if isinstance(coerced, list):
            names = sorted({n.value for e in coerced if (n := _variable(e))})
            raise HubError(
                Code.BAD_USER_INPUT,
                f"variables of the wrong type: {', '.join('$' + n for n in names) or 'see the schema'}",
            )
        return coerced

    def _plan(
        self, document: Document, operation: OperationDefinitionNode, variables: Any, given: Mapping[str, Any]
    ) -> Sequence[Root]:
        """Compile what is selected, once for each document and set of the variables that steer it."""
        name = operation.name.value if operation.name else None
        steering = document.plans.get(name)
        if steering is None:
            steering = document.plans[name] = _steering(document, operation)
        steered = repr([given.get(v, ...) for v in steering]).encode()
        key = (name, blake2b(steered, digest_size=32).digest())  # what was typed is not kept, only its hash
        roots = document.plans.get(key)
        if roots is None:
            roots = self._compile(document, operation, variables)
            if len(document.plans) < PLANS and len(steered) <= STEERED:
                document.plans[key] = roots
        return roots

    def _compile(self, document: Document, operation: OperationDefinitionNode, variables: Any) -> Sequence[Root]:
        query = self._core.query_type
        assert query is not None  # noqa: S101 -- build_schema gives one
        reader = Reader(document.fragments, variables, self._python_names, query)
        nodes: dict[str, FieldNode] = {}
        for node in reader.flat(operation.selection_set):
            nodes.setdefault(node.alias.value if node.alias else node.name.value, node)
        roots = []
        for selection in reader.fields(query, [operation.selection_set]):
            project = None
            if selection.name in PLANNED:
                kind = get_named_type(query.fields[nodes[selection.key].name.value].type)
                assert isinstance(kind, GraphQLObjectType)  # noqa: S101 -- every planned root is an object
                project = self._projector.compile(kind, selection.children)
            wanted = wanted_of([selection]) if selection.name == "person" else Wanted()
            roots.append(Root(selection, nodes[selection.key], wanted, project))
        return roots

    async def _planned(self, roots: Sequence[Root], context: QueryContext, variables: Any) -> Result:
        people = [root for root in roots if root.selection.name == "person"]
        rest = [root for root in roots if root.selection.name != "person"]
        asked, *others = await asyncio.gather(
            self._people(people, context, variables),
            *(self._root(root, context, variables) for root in rest),
            return_exceptions=True,
        )
        if isinstance(asked, BaseException):
            raise asked
        answered = {
            root.selection.key: answer for root, answer in zip([*people, *rest], [*asked, *others], strict=True)
        }
        answers = [answered[root.selection.key] for root in roots]
        data: dict[str, Any] | None = {}
        errors = []
        for root, answer in zip(roots, answers, strict=True):
            if isinstance(answer, BaseException):
                if not isinstance(answer, Exception):
                    raise answer
                errors.append(self._error(answer, root, context))
                nullable = root.selection.name == "person"
                data = None if data is None or not nullable else {**data, root.selection.key: None}
            elif data is not None:
                data[root.selection.key] = answer
        return Result(data, errors, _not_ready(errors))

    async def _people(self, roots: Sequence[Root], context: QueryContext, variables: Any) -> list[Any]:
        """Answer every question about a person together, so that all are released by the same consent and rules."""
        questions: dict[str, Question] = {}
        answers: dict[str, Any] = {}
        for root in roots:
            key = root.selection.key
            try:
                given = self._arguments(root, variables)
                questions[key] = context.asking.about(
                    context.requester, context.request_id, str(given["id"]), given["context"], root.wanted
                )
            except HubError as error:
                answers[key] = error
        try:
            people = await context.asking.people(list(questions.values())) if questions else []
        except Exception as error:  # noqa: BLE001 -- said of each of them, as the ordinary engine would
            answers |= dict.fromkeys(questions, error)
        else:
            answers |= dict(zip(questions, people, strict=True))
        return [self._written(root, answers[root.selection.key]) for root in roots]

    def _written(self, root: Root, answer: Any) -> Any:
        if answer is None or isinstance(answer, Exception) or root.project is None:
            return answer
        return root.project(answer)

    def _arguments(self, root: Root, variables: Any) -> dict[str, Any]:
        definition = self._core.query_type.fields[root.node.name.value]  # type: ignore[union-attr] # checked when compiled
        field = definition.extensions["strawberry-definition"]
        return convert_arguments(
            arguments_of(definition, root.node, variables),
            field.arguments,
            scalar_registry=self._schema.schema_converter.scalar_registry,
            config=self._schema.config,
        )

    async def _root(self, root: Root, context: QueryContext, variables: Any) -> Any:
        if root.project is None:
            return "Query"
        arguments = self._arguments(root, variables)
        value = _resolve(root.selection.name, context, arguments)
        if isinstance(value, Awaitable):
            value = await value
        if value is None:
            return None
        return [root.project(v) for v in value] if isinstance(value, list) else root.project(value)

    def _error(self, error: Exception, root: Root, context: QueryContext) -> GraphQLError:
        known = as_hub_error(error)
        if known.code is Code.INTERNAL:
            self._failed(context.request_id, error)
        return GraphQLError(str(known), nodes=[root.node], path=[root.selection.key], extensions=known.extensions)

    async def _ordinary(self, request: Request, context: QueryContext) -> Result:
        """Let Strawberry's own engine answer: introspection, and whatever a plan cannot express."""
        done = await self._schema.execute(
            request.query,
            variable_values=dict(request.variables),
            operation_name=request.operation,
            context_value=context,
        )
        errors = [self._safe(e, context) for e in done.errors or ()]
        return Result(done.data, errors, _not_ready(errors))

    def _safe(self, error: GraphQLError, context: QueryContext) -> GraphQLError:
        cause = error.original_error or error
        if isinstance(cause, GraphQLError) and any(isinstance(node, ValueNode) for node in cause.nodes or ()):
            cause = null_argument()  # the engine's own complaint about an argument, which would print it
        known = as_hub_error(cause)
        if known.code is Code.INTERNAL:
            self._failed(context.request_id, cause)
        return GraphQLError(str(known), nodes=error.nodes, path=error.path, extensions=known.extensions)


def _resolve(name: str, context: QueryContext, arguments: Mapping[str, Any]) -> Any:
    asking, requester = context.asking, context.requester
    match name:
        case "search_people":
            return asking.search(requester, context.request_id, arguments["input"], arguments["context"])
        case "me":
            return asking.me(requester)
        case _:
            return asking.sources()


INTERNAL = "Something went wrong in the hub. Nothing was released. Quote the request id."


def as_hub_error(error: BaseException) -> HubError:
    """Give what a client may be told of an error: what nobody foresaw is INTERNAL and says nothing."""
    if isinstance(error, HubError):
        return error
    if isinstance(error, LedgerUnavailable):
        return HubError(Code.NOT_READY, "The audit ledger cannot be written, so nothing is asked. Try again shortly.")
    if isinstance(error, StoreUnavailable | WrongPolicyVersion):
        return HubError(Code.NOT_READY, "The rules cannot be read, so nothing is decided. Try again shortly.")
    return HubError(Code.INTERNAL, INTERNAL)


def _not_ready(errors: Sequence[GraphQLError]) -> bool:
    return any((e.extensions or {}).get("code") == Code.NOT_READY for e in errors)


def _variable(error: GraphQLError) -> Any:
    for node in error.nodes or ():
        variable = getattr(node, "variable", None)
        if isinstance(variable, VariableNode):
            return variable.name
    return None


class _Variables(Visitor):
    """Collects the variables used below the root fields' own arguments: those that steer what is selected."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.found.add(node.name.value)


def _steering(document: Document, operation: OperationDefinitionNode) -> tuple[str, ...]:
    seen = _Variables()
    for fragment in document.fragments.values():
        visit(fragment, seen)
    for node in operation.selection_set.selections:
        for directive in node.directives or ():
            visit(directive, seen)
        if inner := getattr(node, "selection_set", None):
            visit(inner, seen)
    return tuple(sorted(seen.found))


def _names(schema: strawberry.Schema) -> list[tuple[str, str, str, bool]]:
    """List every field: type, Python name, GraphQL name, and whether it is a method."""
    found = []
    for kind, graphql_type in schema._schema.type_map.items():  # noqa: SLF001 -- as above
        if isinstance(graphql_type, GraphQLObjectType) and not kind.startswith("__"):
            for name, core in graphql_type.fields.items():
                field = core.extensions["strawberry-definition"]
                found.append((kind, field.python_name, name, field.base_resolver is not None))
    return found
