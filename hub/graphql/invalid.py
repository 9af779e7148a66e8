"""What a client is told of a document that cannot be run: where it is wrong, and nothing of what it says."""

from collections.abc import Iterable, Mapping
from typing import Final

from graphql import DocumentNode, GraphQLError, GraphQLSyntaxError, ValueNode, VariableNode

from hub.errors import Code, HubError
from hub.graphql.limits import TOKENS
from hub.graphql.literals import literals_of

TOO_DEEP = "the document is nested too deeply"
LITERAL: Final = "A literal does not fit the type the schema expects here."
UNSAID: Final = (
    "This is not valid. What exactly is wrong is not said, because it would repeat a literal or look like it:"
    " put values in variables to be told."
)
STREAMED_TWICE: Final = (
    "What is told under one name is selected more than once here, and streamed: select it once, with @stream and"
    " everything you want of the list, or give one of the fields an alias of its own."
)
SAME_LABEL: Final = "Two labels of @defer and @stream are the same: give each another, or none."

_OURS: Final[Mapping[str, str]] = {
    "overlapping stream directives": STREAMED_TWICE,
    "label argument must be unique": SAME_LABEL,
}
"""What the parser's library says by the way and what is said instead; neither repeats anything of the document."""


class Invalid(Exception):
    """The document does not fit the schema; ``errors`` say where and hold no literal of it."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        """Keep the errors."""
        super().__init__("invalid document")
        self.errors = errors


def not_parsed(error: GraphQLSyntaxError) -> HubError:
    """Say where the syntax breaks, or which limit of the parser was reached."""
    if "tokens" in error.message:
        return HubError(Code.LIMIT, f"more than {TOKENS} tokens")
    if "too deeply" in error.message:
        return HubError(Code.LIMIT, TOO_DEEP)
    where = " and ".join(f"line {at.line}, column {at.column}" for at in error.locations or ())
    return HubError(Code.GRAPHQL_PARSE_FAILED, f"Syntax error at {where}.")


def not_valid(node: DocumentNode, errors: Iterable[GraphQLError]) -> Invalid:
    """Take out every message that repeats a literal: it may be somebody's name or number."""
    literals = literals_of(node)
    code = {"code": Code.GRAPHQL_VALIDATION_FAILED.value}
    return Invalid([GraphQLError(_said(e, literals), nodes=e.nodes, extensions=code) for e in errors])


def _said(error: GraphQLError, literals: Iterable[str]) -> str:
    """Give what is said of an error: nothing that could be a literal."""
    for theirs, ours in _OURS.items():
        if theirs in error.message:
            return ours
    if _about_a_literal(error):
        return LITERAL
    return UNSAID if any(value in error.message for value in literals) else error.message


def _about_a_literal(error: GraphQLError) -> bool:
    """Say whether the error stands at a literal: its message would print it, escaped or not."""
    return any(isinstance(node, ValueNode) and not isinstance(node, VariableNode) for node in error.nodes or ())
