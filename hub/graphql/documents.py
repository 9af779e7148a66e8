"""Documents: parsed, validated and measured once, then kept by their text. No error repeats what was sent."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    EnumValueNode,
    FloatValueNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    IntValueNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)

from hub.errors import Code, HubError
from hub.graphql.limits import TOKENS, Limits, check_limits

KEPT = 256
TOO_DEEP = "the document is nested too deeply"


@dataclass(frozen=True, slots=True)
class Document:
    """A document that passed every check, and the plans made for it."""

    operations: dict[str | None, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    node: DocumentNode
    plans: dict[Any, Any] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Give the operation to run; BAD_USER_INPUT when there is no telling which."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None or name not in self.operations:
            raise HubError(Code.BAD_USER_INPUT, "name one of the document's operations in operationName")
        return self.operations[name]


class Documents:
    """Parses and validates, and keeps the result by the text: rules are built once, never per request."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool, limits: Limits | None = None) -> None:
        """Validate against this schema; introspection is refused unless allowed."""
        self._schema = schema
        self._introspection = introspection
        self._rules = list(specified_rules) + ([] if introspection else [NoSchemaIntrospectionCustomRule])
        self._limits = limits or Limits()
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def read(self, text: str) -> Document:
        """Give the document of a text, or raise HubError or a list of GraphQL errors without values."""
        kept = self._kept.get(text)
        if kept is not None:
            self._kept.move_to_end(text)
            return kept
        document = self._check(text)
        self._kept[text] = document
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return document

    def _check(self, text: str) -> Document:
        try:
            node = parse(text, max_tokens=TOKENS)
            wrong = validate(self._schema, node, self._rules, max_errors=10, hide_suggestions=not self._introspection)
        except GraphQLSyntaxError as error:
            raise _syntax(error) from None
        except RecursionError:
            raise HubError(Code.LIMIT, TOO_DEEP) from None
        if wrong:
            raise Invalid(_without_values(node, wrong))
        check_limits(node, self._limits)
        operations = {
            d.name.value if d.name else None: d for d in node.definitions if isinstance(d, OperationDefinitionNode)
        }
        fragments = {d.name.value: d for d in node.definitions if isinstance(d, FragmentDefinitionNode)}
        return Document(operations, fragments, node)


class Invalid(Exception):
    """The document does not fit the schema; ``errors`` say where and hold no literal of it."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        """Keep the errors."""
        super().__init__("invalid document")
        self.errors = errors


def _syntax(error: GraphQLSyntaxError) -> HubError:
    if "tokens" in error.message:
        return HubError(Code.LIMIT, f"more than {TOKENS} tokens")
    if "too deeply" in error.message:
        return HubError(Code.LIMIT, TOO_DEEP)
    where = " and ".join(f"line {at.line}, column {at.column}" for at in error.locations or ())
    return HubError(Code.GRAPHQL_PARSE_FAILED, f"Syntax error at {where}.")


class _Literals(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter(self, node: Any, *_: object) -> None:
        if isinstance(node, StringValueNode | IntValueNode | FloatValueNode | EnumValueNode) and node.value:
            self.found.add(node.value)


def _without_values(node: DocumentNode, errors: Iterable[GraphQLError]) -> list[GraphQLError]:
    """Take out every message that repeats a literal: it may be somebody's name or number."""
    literals = _Literals()
    visit(node, literals)
    code = {"code": Code.GRAPHQL_VALIDATION_FAILED.value}
    return [
        GraphQLError(
            "A literal does not fit the type the schema expects here."
            if _about_a_literal(e) or any(value in e.message for value in literals.found)
            else e.message,
            nodes=e.nodes,
            extensions=code,
        )
        for e in errors
    ]


def _about_a_literal(error: GraphQLError) -> bool:
    """Say whether the error stands at a literal: its message would print it, escaped or not."""
    return any(isinstance(node, ValueNode) and not isinstance(node, VariableNode) for node in error.nodes or ())
