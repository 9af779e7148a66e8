"""Documents: parsed, validated and measured once, then found again by a keyed digest of their text.

A document with a literal in it is never kept, and of one that is, not its text: no name or number stays in memory.
"""

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)

from hub.errors import Code, HubError
from hub.graphql.circles import check_circles
from hub.graphql.invalid import TOO_DEEP, not_parsed, not_valid
from hub.graphql.kept import Fingerprints, Kept
from hub.graphql.limits import TOKENS, Limits, check_limits
from hub.graphql.literals import forget_text, may_hold_a_value
from hub.graphql.operation import Operation
from hub.graphql.scanning import check_length, check_text

KEPT = 256
"""Documents kept in one process."""

_BLIND = (*specified_rules, NoSchemaIntrospectionCustomRule)


@dataclass(frozen=True, slots=True)
class Document:
    """A document that passed every check."""

    operations: dict[str | None, Operation]

    def operation(self, name: str | None) -> Operation:
        """Give the operation to run; BAD_USER_INPUT when there is no telling which."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None or name not in self.operations:
            raise HubError(Code.BAD_USER_INPUT, "name one of the document's operations in operationName")
        return self.operations[name]


class Documents:
    """Parses and validates, and keeps the result: rules are built once, never per request."""

    def __init__(self, schema: GraphQLSchema, *, limits: Limits | None = None) -> None:
        """Validate against this schema."""
        self._schema = schema
        self._limits = limits or Limits()
        self._fingerprints = Fingerprints()
        self._kept: Kept[tuple[bytes, bool], Document] = Kept(KEPT)

    def read(self, text: str, *, introspection: bool) -> Document:
        """Give the document of a text; raise HubError, or Invalid with errors that hold no value.

        Whoever may not introspect is told nothing of the schema: no suggestion either, and no document kept for
        somebody who may is given to them.
        """
        check_length(text)
        digest = self._fingerprints.of(text)
        kept = self._kept.get((digest, introspection))
        if kept is not None:
            return kept
        node = self._checked(text, introspection=introspection)
        if may_hold_a_value(node):
            return self._document(node, None)
        document = self._document(node, digest)
        forget_text(node)
        self._kept.keep((digest, introspection), document)
        return document

    def _checked(self, text: str, *, introspection: bool) -> DocumentNode:
        check_text(text, self._limits, introspection=introspection)
        rules = specified_rules if introspection else _BLIND
        try:
            node = parse(text, max_tokens=TOKENS)
            check_circles(node)
            wrong = validate(self._schema, node, rules, max_errors=10, hide_suggestions=not introspection)
        except GraphQLSyntaxError as error:
            raise not_parsed(error) from None
        except RecursionError:
            raise HubError(Code.LIMIT, TOO_DEEP) from None
        if wrong:
            raise not_valid(node, wrong)
        check_limits(node, self._limits)
        return node

    def _document(self, node: DocumentNode, digest: bytes | None) -> Document:
        fragments = {d.name.value: d for d in node.definitions if isinstance(d, FragmentDefinitionNode)}
        return Document(
            {
                d.name.value if d.name else None: Operation.of(self._schema, d, fragments, digest)
                for d in node.definitions
                if isinstance(d, OperationDefinitionNode)
            }
        )
