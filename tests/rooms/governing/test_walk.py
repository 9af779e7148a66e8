"""Every field of governing and every change, found in the schema itself, refuses every role that is not entitled."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from sqlalchemy import select

from hub.governance.break_glass import ENTITLED
from hub.governance.epoch import EPOCH
from hub.graphql.execution import Result
from hub.graphql.governing.entitled import For
from hub.graphql.schema import build_schema, core_of
from policies.vocabulary import Role
from tests.house import House, house
from tests.rooms.governing.desk import FEW, ledger, of, run

SCHEMA = core_of(build_schema())
OFFICER = frozenset({Role.IG_OFFICER})
FOR = {
    "breakGlass": ENTITLED,
    "agreeAsSecondPerson": ENTITLED,
    "confirmSamePerson": ENTITLED,
    "rejectSamePerson": ENTITLED,
    "withdrawRejection": ENTITLED,
    "splitPerson": ENTITLED,
    "confirmBirth": ENTITLED,
    "withdrawBirth": ENTITLED,
    "endEmergencyAccess": ENTITLED | OFFICER,
}
"""The changes that are not officers' alone; every other one, a new one too, is expected to be theirs."""

_PLAIN = {
    "ID": '"00000000000000000000000000000000"',
    "String": '"x"',
    "Int": "1",
    "Boolean": "true",
    "Date": '"2026-03-02"',
    "DateTime": '"2036-03-02T00:00:00+00:00"',
}


def fields(schema: GraphQLSchema, name: str) -> dict[str, GraphQLField]:
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return dict(kind.fields)


def value(kind: Any) -> str:
    """Write some value of an input type."""
    if isinstance(kind, GraphQLNonNull):
        return value(kind.of_type)
    if isinstance(kind, GraphQLList):
        return "[]"
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        needed = {n: f for n, f in kind.fields.items() if isinstance(f.type, GraphQLNonNull)}
        return f"{{{', '.join(f'{n}: {value(f.type)}' for n, f in needed.items())}}}"
    return _PLAIN[kind.name]


def written(name: str, field: GraphQLField) -> str:
    """Write a field with some value for every argument it must have."""
    needed = {n: a for n, a in field.args.items() if isinstance(a.type, GraphQLNonNull)}
    arguments = f"({', '.join(f'{n}: {value(a.type)}' for n, a in needed.items())})" if needed else ""
    inner = "{ __typename }" if isinstance(get_named_type(field.type), GraphQLObjectType) else ""
    return f"{name}{arguments} {inner}"


QUESTIONS = {n: f"query {{ governance {{ {written(n, f)} }} }}" for n, f in fields(SCHEMA, "Governance").items()}
CHANGES = {n: f"mutation {{ {written(n, f)} }}" for n, f in fields(SCHEMA, "Mutation").items()}


@pytest.fixture(scope="module")
def home(loop: asyncio.Runner) -> Iterator[House]:
    with tempfile.TemporaryDirectory() as folder:
        opened = house(Path(folder), rulebook=FEW)
        yield loop.run(opened.__aenter__())
        loop.run(opened.__aexit__(None, None, None))


async def state(home: House) -> tuple[int, int]:
    """Give what moves whenever anything is changed: the epoch, and the length of the ledger."""
    async with home.database.read() as connection:
        epoch = (await connection.execute(select(EPOCH.c.value))).scalar_one()
    return epoch, len(await ledger(home))


def refused(result: Result, root: str) -> bool:
    codes = [(e.extensions or {}).get("code") for e in result.errors]
    return result.data == {root: None} and codes == ["FORBIDDEN"]


@pytest.mark.parametrize("role", sorted(set(Role) - OFFICER))
def test_no_question_of_governing_is_answered_to_another_role(home: House, loop: asyncio.Runner, role: Role) -> None:
    """The same few words whatever was asked, and nothing beside them."""
    said = set()
    for query in QUESTIONS.values():
        result = loop.run(run(home, of(role.value, "social-care"), query))
        assert refused(result, "governance"), query
        said.add(str(result.errors[0].message))
    assert said == {"This is not for your role."}


@pytest.mark.parametrize("name", CHANGES)
def test_no_change_is_made_by_a_role_that_is_not_entitled(home: House, loop: asyncio.Runner, name: str) -> None:
    """And nothing is written down of it, nor moved."""
    before = loop.run(state(home))
    for role in sorted(set(Role) - FOR.get(name, OFFICER)):
        assert refused(loop.run(run(home, of(role.value, "social-care"), CHANGES[name])), name), role
    assert loop.run(state(home)) == before


@pytest.mark.parametrize("name", CHANGES)
def test_whoever_is_entitled_is_let_through_to_a_reason_in_data(home: House, loop: asyncio.Runner, name: str) -> None:
    """The walk above would pass if everybody were refused: those entitled get an answer, never an error."""
    for role in sorted(FOR.get(name, OFFICER)):
        result = loop.run(run(home, of(role.value, "social-care"), CHANGES[name]))
        assert not result.errors, (name, result.errors)
        assert result.data[name] is not None


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_officer_is_answered(home: House, loop: asyncio.Runner, name: str) -> None:
    """Or told what is wrong with the question: never an error nobody foresaw."""
    result = loop.run(run(home, of("ig-officer", "social-care"), QUESTIONS[name]))
    assert {(e.extensions or {}).get("code") for e in result.errors} <= {"BAD_USER_INPUT"}
    assert result.data["governance"] is not None


def unguarded(schema: strawberry.Schema) -> list[str]:
    """Name every change that names no roles it is for."""
    found = fields(core_of(schema), "Mutation")
    held = {n: f.extensions["strawberry-definition"].extensions for n, f in found.items()}
    return [n for n, extensions in held.items() if not any(isinstance(e, For) for e in extensions)]


def test_every_change_names_its_roles_and_one_that_does_not_is_found() -> None:
    """A liar: a change without roles is found by the same look."""

    @strawberry.type
    class Query:
        one: int = 1

    @strawberry.type
    class Mutation:
        @strawberry.mutation
        async def careless(self) -> int:
            return 1

    assert unguarded(build_schema()) == []
    assert unguarded(strawberry.Schema(Query, Mutation)) == ["careless"]


def test_nothing_is_changed_below_a_root_field() -> None:
    """Root fields of a mutation run one after the other; those below would not: a change is always a root field."""
    kinds = {get_named_type(f.type).name for f in fields(SCHEMA, "Mutation").values()}
    methods = [
        f"{kind}.{name}"
        for kind in kinds
        for name, field in fields(SCHEMA, kind).items()
        if field.extensions["strawberry-definition"].base_resolver is not None
    ]
    assert methods == []
