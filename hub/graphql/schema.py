"""The executable schema: the words joined to the root, and how its names map to Python's."""

from typing import NamedTuple

import strawberry
from graphql import GraphQLError, GraphQLObjectType, GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from hub.graphql.federation import SCALARS
from hub.graphql.governing.mutation import Mutation
from hub.graphql.query import Query
from hub.graphql.subscription import Subscription


class QuietSchema(strawberry.Schema):
    """Strawberry's schema, except that errors are not logged: its own log lines print the query and the message."""

    def process_errors(self, errors: list[GraphQLError], execution_context: object = None) -> None:
        """Log nothing: what went wrong is said by the executor, without values."""


def build_schema() -> strawberry.Schema:
    """Build the schema from the words and the roots."""
    config = StrawberryConfig(scalar_map=SCALARS, enable_experimental_incremental_execution=True)
    return QuietSchema(Query, Mutation, Subscription, config=config)


def core_of(schema: strawberry.Schema) -> GraphQLSchema:
    """Give graphql-core's schema."""
    return schema._schema  # noqa: SLF001 -- Strawberry gives no public way to it


class FieldName(NamedTuple):
    """A field of a type: its name in Python and in GraphQL, and whether it is a method with arguments."""

    kind: str
    python: str
    graphql: str
    method: bool


def field_names(schema: strawberry.Schema) -> list[FieldName]:
    """List every field of every object of the schema."""
    found = []
    for kind, graphql_type in core_of(schema).type_map.items():
        if isinstance(graphql_type, GraphQLObjectType) and not kind.startswith("__"):
            for name, core in graphql_type.fields.items():
                field = core.extensions["strawberry-definition"]
                found.append(FieldName(kind, field.python_name, name, field.base_resolver is not None))
    return found
