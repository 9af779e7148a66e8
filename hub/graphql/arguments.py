"""A root field's arguments as its resolver would have them: what its definition asks of them is looked at once.

Most are variables whose values were read already. Whatever else is written there (a literal, a default, a variable
that was not sent) is read by graphql-core, and every value becomes what Strawberry would make of it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass
from typing import Any

import strawberry
from graphql import FieldNode, GraphQLField, GraphQLNonNull, Undefined, VariableNode, is_required_argument
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.types.arguments import convert_argument, convert_arguments
from strawberry.types.base import StrawberryList, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.unset import UNSET

from hub.graphql.selection import arguments_of, null_argument

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Argument:
    name: str
    python_name: str
    convert: Convert
    non_null: bool
    may_be_left_out: bool
    """Without one there is nothing in its place, neither a default nor a mistake."""


class Arguments:
    """Reads the arguments of one schema's root fields."""

    def __init__(self, schema: strawberry.Schema) -> None:
        """Take the schema."""
        self._schema = schema
        self._known: dict[int, tuple[GraphQLField, tuple[_Argument, ...]]] = {}

    def of(self, definition: GraphQLField, node: FieldNode, variables: Any) -> dict[str, Any]:
        """Give a root field's arguments; BAD_USER_INPUT where one is null that may not be."""
        written = {argument.name.value: argument.value for argument in node.arguments or ()}
        made: dict[str, Any] = {}
        for one in self._of(definition):
            value_node = written.get(one.name)
            if value_node is None and one.may_be_left_out:
                continue
            if not isinstance(value_node, VariableNode) or value_node.name.value not in variables.coerced:
                return self._anyhow(definition, node, variables)
            value = variables.coerced[value_node.name.value]
            if value is None and one.non_null:
                raise null_argument()
            made[one.python_name] = one.convert(value)
        return made

    def _anyhow(self, definition: GraphQLField, node: FieldNode, variables: Any) -> dict[str, Any]:
        return convert_arguments(
            arguments_of(definition, node, variables),
            definition.extensions["strawberry-definition"].arguments,
            scalar_registry=self._schema.schema_converter.scalar_registry,
            config=self._schema.config,
        )

    def _of(self, definition: GraphQLField) -> tuple[_Argument, ...]:
        known = self._known.get(id(definition))
        if known is None:  # the definition is kept too, so that its id stays its own
            known = self._known[id(definition)] = (definition, tuple(self._looked_at(definition)))
        return known[1]

    def _looked_at(self, definition: GraphQLField) -> Iterator[_Argument]:
        declared = {
            self._schema.config.name_converter.from_argument(argument): argument
            for argument in definition.extensions["strawberry-definition"].arguments
        }
        for name, argument in definition.args.items():
            own = declared[name]
            left_out = not is_required_argument(argument) and coerce_default_value(argument) is Undefined
            convert, non_null = self._convert(own.type), isinstance(argument.type, GraphQLNonNull)
            yield _Argument(name, own.python_name, convert, non_null, left_out)

    def _convert(self, kind: Any) -> Convert:
        """Give what Strawberry makes of a value of this type that graphql-core has read."""
        if type(kind) is StrawberryOptional:  # what may be left out says so by a sort of its own, a subclass
            return self._convert(kind.of_type)
        if isinstance(kind, StrawberryList):
            item = self._convert(kind.of_type)
            return _if_there(lambda value: [item(one) for one in value])
        if self._leaf(kind):
            return _as_is
        if has_object_definition(kind) and kind.__strawberry_definition__.from_input is None:
            return _if_there(self._input(kind))
        return self._by_strawberry(kind)

    def _leaf(self, kind: Any) -> bool:
        if kind is GlobalID:
            return False
        return (
            is_scalar(kind, self._schema.schema_converter.scalar_registry)
            or isinstance(kind, StrawberryEnumDefinition)
            or has_enum_definition(kind)
        )

    def _input(self, kind: Any) -> Convert:
        declared = kind.__strawberry_definition__
        from_field = self._schema.config.name_converter.from_field
        absent = {
            field.python_name: None
            for field in declared.fields
            if field.default_value is MISSING and field.default_factory is MISSING
        }
        fields = [
            (from_field(field), field.python_name, self._convert(field.resolve_type(type_definition=declared)))
            for field in declared.fields
        ]

        def convert(value: Mapping[str, Any]) -> Any:
            given = {python: inner(value[name]) for name, python, inner in fields if name in value}
            return kind(**{**absent, **given})

        return convert

    def _by_strawberry(self, kind: Any) -> Convert:
        registry, config = self._schema.schema_converter.scalar_registry, self._schema.config
        return lambda value: convert_argument(value, kind, registry, config)


def _as_is(value: Any) -> Any:
    return value


def _if_there(convert: Convert) -> Convert:
    return lambda value: value if value is None or value is UNSET else convert(value)


def arguments_in(
    schema: strawberry.Schema, definition: GraphQLField, node: FieldNode, variables: Any
) -> dict[str, Any]:
    """Give a root field's arguments as its resolver would have them, for whoever reads them once."""
    return Arguments(schema).of(definition, node, variables)
