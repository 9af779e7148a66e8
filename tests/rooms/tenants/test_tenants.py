"""One hub, several tenants: an organisation is one. What belongs to another reads like what is not there.

Every object that one organisation's work leaves (people, consents, objections, decisions, allocations, emergency
access, notices, review items, entries of the ledger, decision ids) is asked for by every role of another that shares
nothing with it, through every field and every change that takes an id, over HTTP; and the same with an id of nothing.
"""

import os
import re
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
)
from sqlalchemy import select

from hub.governance.standing_read import ALLOCATION, CONSENT, GRANT, NOT_SHARING, OBJECTION
from hub.graphql.schema import build_schema, core_of
from hub.identity.requester import Requester
from hub.reviews.items import ITEM
from hub.store.database import table
from hub.store.tables.audit import AuditRecord
from hub.store.tables.governance import NoticeRow
from policies.vocabulary import Role
from tests.cast import canaries
from tests.house import House, house
from tests.rooms.governing.desk import COUNCIL, WORKER, do, run
from tests.rooms.governing.test_people import allocated, decide, objected, recorded_for
from tests.rooms.graphql.conftest import AUDIENCE, Door, door_of

SCHEMA = core_of(build_schema())
STRANGERS = "elsewhere-council"
"""A tenant that owns no source, has signed nothing with anybody and works with nobody's child."""

MANY = int(os.environ.get("TENANT_IDS", "10"))
"""Ids asked for: one of each sort at least, and more where more are wanted."""

FOR_WORKERS = ("Query.person", "Query.people")
"""What is for workers. Emergency access is too, and opens whomever an emergency would show: tenants do not bound it."""

_PLAIN = {
    "String": '"x"',
    "Int": "1",
    "Boolean": "true",
    "Date": '"2026-03-02"',
    "DateTime": '"2036-03-02T00:00:00+00:00"',
}
_CONTEXT = '{purpose: CHILD_PROTECTION, reference: "R 1", reason: "why"}'


def value(kind: Any, one: str) -> str:
    """Write a value of an input type, with an id wherever there may be one."""
    if isinstance(kind, GraphQLNonNull):
        return value(kind.of_type, one)
    if isinstance(kind, GraphQLList):
        return f"[{value(kind.of_type, one)}]" if get_named_type(kind).name == "ID" else "[]"
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        if kind.name == "RequestContext":
            return _CONTEXT
        needed = {n: f for n, f in kind.fields.items() if isinstance(f.type, GraphQLNonNull) or _is_id(f.type)}
        return f"{{{', '.join(f'{n}: {value(f.type, one)}' for n, f in needed.items())}}}"
    return f'"{one}"' if kind.name == "ID" else _PLAIN[kind.name]


def _is_id(kind: Any) -> bool:
    return bool(get_named_type(kind).name == "ID")


def takes_id(kind: Any) -> bool:
    """Say whether an id can be given somewhere in an input."""
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType):
        return any(takes_id(f.type) for f in named.fields.values())
    return bool(named.name == "ID")


def selected(kind: Any, depth: int = 3) -> str:
    """Select all of an output that needs no argument, so far down."""
    named = get_named_type(kind)
    if not isinstance(named, GraphQLObjectType):
        return ""
    inner = [
        f"{n} {selected(f.type, depth - 1)}"
        for n, f in named.fields.items()
        if not any(isinstance(a.type, GraphQLNonNull) for a in f.args.values())
        and (depth > 1 or not isinstance(get_named_type(f.type), GraphQLObjectType))
    ]
    return f"{{ __typename {' '.join(inner)} }}"


def written(name: str, field: GraphQLField, one: str) -> str:
    """Write a field with an id wherever it takes one."""
    given = {n: a for n, a in field.args.items() if isinstance(a.type, GraphQLNonNull) or takes_id(a.type)}
    arguments = ", ".join(f"{n}: {value(a.type, one)}" for n, a in given.items())
    return f"{name}({arguments}) {selected(field.type)}"


def questions(one: str) -> Iterator[tuple[str, str]]:
    """Give every field and change that takes an id, with this one."""
    for head, tail, kind in (
        ("query { ", " }", "Query"),
        ("query { governance { ", " } }", "Governance"),
        ("mutation { ", " }", "Mutation"),
    ):
        fields = SCHEMA.type_map[kind].fields  # type: ignore[attr-defined] # all three are objects
        for name, field in fields.items():
            if any(takes_id(a.type) for a in field.args.values()):
                yield f"{kind}.{name}", head + written(name, field, one) + tail


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with house(tmp_path) as home, door_of(home, tmp_path) as opened:
        yield opened


async def worked(home: House) -> list[str]:
    """Let one organisation do its work; give the id of all that it left."""
    maya = home.ids["maya"]
    for change in (recorded_for, decide, objected, allocated):
        assert not (await change(home, COUNCIL, maya))["problem"]
    glass = """breakGlass(access: {person: "%s", agencies: ["cast-health"], reason: IMMEDIATE_DANGER, text: "why",
      reference: "R 1", minutes: 10}) { emergencyAccess { reference } problem { code } }"""
    assert (await do(home, WORKER, glass % maya))["emergencyAccess"]
    who = "query ($id: ID!, $c: RequestContext!) { person(id: $id, context: $c) { withheld { decisionId } } }"
    asked = {"id": maya, "c": {"purpose": "EARLY_HELP", "reference": "R 1"}}
    answer = await run(home, WORKER, who, **asked)
    decisions = [w["decisionId"] for w in answer.data["person"]["withheld"]]
    assert decisions
    find = """query ($c: RequestContext!) { searchPeople(context: $c, input: {familyName: "Nobody", givenName: "Noone",
      dateOfBirth: "2001-01-01"}) { outcome } }"""
    own = Requester("sub-w", "Worker Nobody", "social-worker", WORKER.organisation, "tests")
    assert not (await run(home, own, find, c={"purpose": "CHILD_PROTECTION", "reference": "R 1"})).errors
    tables = (CONSENT, OBJECTION, NOT_SHARING, ALLOCATION, GRANT, ITEM, table(NoticeRow))
    first, more = [maya, decisions[0]], list[str]()
    async with home.database.read() as connection:
        for source in tables:
            ids = list(await connection.scalars(select(source.c.id)))
            assert ids, source.name
            first, more = [*first, ids[0]], more + ids[1:]
        records = list(await connection.scalars(select(table(AuditRecord).c.record_id)))
    return [*first, records[0], *more, *records[1:]]


def alike(one: str) -> str:
    """Give an id of the same shape, of nothing."""
    return re.sub(r"[0-9a-f]{4,}", lambda part: secrets.token_hex(len(part[0]))[: len(part[0])], one)


async def asked(door: Door, role: str, query: str, one: str) -> tuple[int, str]:
    """Ask as somebody of the other tenant; give the status and the body without the id and the request's own."""
    who = Requester(f"sub-{role}", "Somebody Elsewhere", role, STRANGERS, "elsewhere")
    token = door.issuer.token(who, audience=AUDIENCE)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    response = await door.client.post("/graphql", content=orjson.dumps({"query": query}), headers=headers)
    body = response.text.replace(one, "*")
    return response.status_code, re.sub(r'"(requestId|decisionId|id)":"[^"]*"', r'"\1":"*"', body)


async def test_what_belongs_to_another_organisation_reads_like_what_is_not_there(door: Door) -> None:
    """Status and body are the same as for an id of nothing, in data, errors and the ledger's search; no value leaks."""
    ids, values = (await worked(door.home))[:MANY], canaries()
    tried, differ, nothing_there = 0, set[str](), dict[tuple[str, str, str], tuple[int, str]]()
    for role in (Role.IG_OFFICER, Role.SOCIAL_WORKER):
        for one in ids:
            nothing, shape = alike(one), re.sub(r"[0-9a-f]", "x", one)
            for (name, query), (_, other) in zip(questions(one), questions(nothing), strict=True):
                if role is Role.SOCIAL_WORKER and name not in FOR_WORKERS:
                    continue
                there = await asked(door, role, query, one)
                if (role, name, shape) not in nothing_there:  # of nothing it is asked once for each shape of an id
                    nothing_there[role, name, shape] = await asked(door, role, other, nothing)
                if there != nothing_there[role, name, shape] or any(v in there[1] for v in values):
                    differ.add(f"{name} to {role}")
                tried += 1
    assert differ == set()
    assert tried >= len(ids) * 20


async def test_lists_hold_nothing_of_another_organisation(door: Door) -> None:
    """An officer elsewhere lists no grant, notice, item or agreement of others."""
    await worked(door.home)
    lists = "{ governance { emergencyAccesses { reference } notices { id } reviewItems(closed: true) { id } } }"
    status, body = await asked(door, Role.IG_OFFICER, lists, "-none-")
    assert status == 200
    assert orjson.loads(body)["data"]["governance"] == {"emergencyAccesses": [], "notices": [], "reviewItems": []}


async def test_the_walk_sees_a_difference(door: Door) -> None:
    """The owner's own officer is answered otherwise: the comparison is not hollow."""
    maya, nothing = door.home.ids["maya"], alike(door.home.ids["maya"])
    differ = []
    for (name, query), (_, other) in zip(questions(maya), questions(nothing), strict=True):
        there, not_there = await run(door.home, COUNCIL, query), await run(door.home, COUNCIL, other)
        if str(there.data).replace(maya, "*") != str(not_there.data).replace(nothing, "*"):
            differ.append(name)
    assert "Governance.person" in differ
