"""The schools' system: a part of OneRoster v1p1 REST, with limit and offset paging and simple filters."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hub.demo.systems.answers import HEALTHZ, BadRequest, json, number, only
from hub.demo.systems.credentials import Guarded, bearer
from hub.demo.systems.switch import Switch

BASE = "/ims/oneroster/v1p1"
MOST_PREDICATES = 200
COMMON = frozenset({"sourcedId", "status", "dateLastModified"})
PERSON = COMMON | {"role", "identifier", "givenName", "familyName", "userIds.identifier"}
PREDICATE = re.compile(r"^\s*([A-Za-z.]+)\s*(=|!=|>=|>)\s*'([^']*)'\s*$")
PEOPLE_FIELDS = frozenset({"sourcedId", "user.sourcedId"})

Item: TypeAlias = dict[str, Any]
Test: TypeAlias = Callable[[Item], bool]


class Collection:
    """One OneRoster collection: its path, the key of a page, the key of one object, and what it may be filtered by."""

    def __init__(self, path: str, key: str, one: str, items: list[Item], fields: frozenset[str]) -> None:
        self.path, self.key, self.one, self.items, self.fields = path, key, one, items, fields
        self.by_id = {item["sourcedId"]: item for item in items}


def make(data: Path, secret: str, switch: Switch) -> ASGIApp:
    """Make the application from its records."""
    records = orjson.loads(data.read_bytes())
    students = [u["sourcedId"] for u in records["users"] if u["role"] == "student"]
    routes = [HEALTHZ]
    for collection in _collections(records):
        routes += _routes(collection, records["asOf"], switch, students)
    app = Starlette(routes=routes, exception_handlers={BadRequest: _bad, 404: _missing})
    return Guarded(app, bearer(secret), _failure("The token was not accepted"))


def _collections(records: dict[str, list[Item]]) -> list[Collection]:
    users = records["users"]
    enrolled = COMMON | {"user.sourcedId", "school.sourcedId", "role"}
    return [
        Collection("orgs", "orgs", "org", records["orgs"], COMMON),
        Collection("users", "users", "user", users, PERSON),
        Collection("students", "users", "user", [u for u in users if u["role"] == "student"], PERSON),
        Collection("teachers", "users", "user", [u for u in users if u["role"] == "teacher"], PERSON),
        Collection("enrollments", "enrollments", "enrollment", records["enrollments"], enrolled),
        Collection("demographics", "demographics", "demographics", records["demographics"], COMMON),
        Collection("academicSessions", "academicSessions", "academicSession", records["academicSessions"], COMMON),
    ]


def _routes(collection: Collection, as_of: str, switch: Switch, students: list[str]) -> list[Route]:
    async def many(request: Request) -> Response:
        only(request, ["limit", "offset", "filter"])
        test = _filter(request.query_params.get("filter", ""), collection.fields, switch, students)
        return _page(request, collection.key, [i for i in collection.items if test(i)], as_of)

    async def one(request: Request) -> Response:
        key = request.path_params["id"]
        if key in students:
            (key,) = switch.swapped([key], students)
        if key not in collection.by_id:
            return json(_failure("No such object"), 404)
        return json({collection.one: collection.by_id[key]})

    return [Route(f"{BASE}/{collection.path}", many), Route(f"{BASE}/{collection.path}/{{id}}", one)]


def _page(request: Request, key: str, items: list[Item], as_of: str) -> Response:
    limit, offset = number(request, "limit", 100, 500), number(request, "offset", 0, least=0)
    total = len(items)
    last = max(0, (total - 1) // limit * limit)
    places = {"first": 0, "last": last}
    if offset + limit < total:
        places["next"] = offset + limit
    if offset:
        places["prev"] = max(0, offset - limit)
    links = ", ".join(f'<{_at(request, limit, where)}>; rel="{rel}"' for rel, where in places.items())
    headers = {"X-Total-Count": str(total), "Link": links, "X-Data-As-Of": as_of}
    return json({key: items[offset : offset + limit]}, 200, **headers)


def _at(request: Request, limit: int, offset: int) -> str:
    query = {**dict(request.query_params), "limit": limit, "offset": offset}
    return str(request.url.replace(query=urlencode(query)))


def _filter(text: str, fields: frozenset[str], switch: Switch, students: list[str]) -> Test:
    if not text:
        return lambda _item: True
    either = " OR " in text
    if either and " AND " in text:
        raise BadRequest("filter: AND and OR cannot be mixed")
    parts = text.split(" OR " if either else " AND ")
    if len(parts) > MOST_PREDICATES:
        raise BadRequest(f"filter: at most {MOST_PREDICATES} predicates")
    tests = [_predicate(part, fields, switch, students) for part in parts]
    joined = any if either else all
    return lambda item: joined(test(item) for test in tests)


def _predicate(text: str, fields: frozenset[str], switch: Switch, students: list[str]) -> Test:
    found = PREDICATE.match(text)
    if not found or found[1] not in fields:
        raise BadRequest("filter: not a predicate this collection allows")
    field, operator, value = found.groups()
    if field in PEOPLE_FIELDS and value in students:
        (value,) = switch.swapped([value], students)
    compare: dict[str, Callable[[str], bool]] = {
        "=": lambda held: held == value,
        "!=": lambda held: held != value,
        ">=": lambda held: held >= value,
        ">": lambda held: held > value,
    }
    return lambda item: any(compare[operator](held) for held in _values(item, field))


def _values(item: Item, field: str) -> list[str]:
    head, _, rest = field.partition(".")
    value = item.get(head, "")
    if isinstance(value, list):
        return [str(v[rest]) for v in value]
    return [str(value[rest])] if rest else [str(value)]


def _failure(description: str) -> dict[str, str]:
    return {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": description}


async def _bad(_request: Request, error: Exception) -> Response:
    return json(_failure(str(error)), 400)


async def _missing(_request: Request, _error: Exception) -> Response:
    return json(_failure("No such path"), 404)
