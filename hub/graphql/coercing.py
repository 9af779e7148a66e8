"""Variables as the schema has them: for each type a way of reading is made once, and what is wrong ends the reading.

It gives what graphql-core's own coercion gives (GraphQL specification, 6.1.2), which asks of every value again which
sort its type is, and finds a sentence for each mistake. Here a mistake is the variable's name.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.pyutils import is_iterable
from graphql.utilities.coerce_input_value import coerce_default_value

from hub.errors import Code, HubError
from hub.graphql.limits import VARIABLE_ERRORS

Way = Callable[[Any], Any]
"""Reads one value; ``Undefined`` where it is wrong."""


@dataclass(frozen=True, slots=True)
class _Variable:
    signature: GraphQLVariableSignature
    way: Way

    def default(self) -> Any:
        """Give the value of one that was not sent; Undefined where it may not be left out."""
        try:
            return coerce_default_value(self.signature)
        except TypeError:  # the default itself was validated; what it leaves out has a default that is wrong
            return Undefined


class Variables:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, definitions: Iterable[VariableDefinitionNode]) -> None:
        """Make the ways of an operation that passed validation."""
        signatures = [get_variable_signature(schema, one) for one in definitions]
        self._all = tuple(_Variable(s, way_of(s.type)) for s in signatures if isinstance(s, GraphQLVariableSignature))

    def read(self, given: Mapping[str, Any]) -> VariableValues:
        """Give the variables as the schema has them; BAD_USER_INPUT names those that are wrong, without a value."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        wrong: list[str] = []
        for one in self._all:
            name = one.signature.name
            value = given.get(name, Undefined)
            sources[name] = VariableValueSource(one.signature, value)
            if value is not Undefined:
                read = one.way(value)
            elif one.signature.default is not None:
                read = one.default()
            elif isinstance(one.signature.type, GraphQLNonNull):
                read = Undefined
            else:
                continue
            if read is not Undefined:
                coerced[name] = read
                continue
            wrong.append(name)
            if len(wrong) == VARIABLE_ERRORS:
                break
        if wrong:
            raise HubError(
                Code.BAD_USER_INPUT, f"variables of the wrong type: {', '.join('$' + n for n in sorted(wrong))}"
            )
        return VariableValues(sources, coerced)


def way_of(kind: GraphQLInputType) -> Way:
    """Give how values of a type are read."""
    if isinstance(kind, GraphQLNonNull):
        inner = _present(kind.of_type)
        return lambda value: Undefined if value is None else inner(value)
    present = _present(kind)
    return lambda value: None if value is None else present(value)


def _present(kind: Any) -> Way:
    if isinstance(kind, GraphQLList):
        return _list(way_of(kind.of_type))
    return _named(kind)


def _list(item: Way) -> Way:
    def way(value: Any) -> Any:
        if not is_iterable(value):  # one value that is no list is a list of one
            read = item(value)
            return Undefined if read is Undefined else [read]
        made = []
        for one in value:
            read = item(one)
            if read is Undefined:
                return Undefined
            made.append(read)
        return made

    return way


@lru_cache(maxsize=256)
def _named(kind: Any) -> Way:
    if isinstance(kind, GraphQLInputObjectType):
        return _object(kind)
    leaf = _leaf(kind)
    if not isinstance(kind, GraphQLEnumType):
        return leaf
    members = frozenset(kind.values)  # whatever is none of them need not be told of any that are like it
    return lambda value: leaf(value) if type(value) is str and value in members else Undefined


def _leaf(kind: Any) -> Way:
    coerce = kind.coerce_input_value

    def way(value: Any) -> Any:
        try:
            return coerce(value)
        except Exception:  # noqa: BLE001 -- a scalar says by any error that the value is none of it
            return Undefined

    return way


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    out: str
    way: Way
    required: bool
    declared: GraphQLInputField


def _object(kind: GraphQLInputObjectType) -> Way:
    fields: list[_Field] = []

    def way(value: Any) -> Any:
        if not isinstance(value, dict) or not value.keys() <= kind.fields.keys():
            return Undefined
        if not fields:  # made when first wanted: a type may have itself within it
            fields.extend(_fields(kind))
        made: dict[str, Any] = {}
        for one in fields:
            if one.name in value:
                read = one.way(value[one.name])
            elif one.required:
                return Undefined
            else:
                read = coerce_default_value(one.declared)
                if read is Undefined:
                    continue
            if read is Undefined:
                return Undefined
            made[one.out] = read
        if kind.is_one_of and (len(value) != 1 or list(made.values()) == [None] or len(made) != 1):
            return Undefined
        return kind.out_type(made)

    return way


def _fields(kind: GraphQLInputObjectType) -> Iterable[_Field]:
    for name, field in kind.fields.items():
        yield _Field(name, field.out_name or name, way_of(field.type), is_required_input_field(field), field)
