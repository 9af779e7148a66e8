"""Requests that ask for too much, each in its own way: every one is to be refused in few words and at little cost."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

PERSON: Final = 'person(id: "aa", context: {purpose: ANALYSIS})'
ASKED: Final = """query ($id: ID!, $context: RequestContext!, $services: [Service!]) {
  person(id: $id, context: $context) { involvements(services: $services) { status } } }"""
WHY: Final = {"purpose": "CHILD_PROTECTION", "reference": "R 1"}
MANY: Final = 20_000


def body(query: str, variables: Any = None, **more: Any) -> bytes:
    """Write a request."""
    return orjson.dumps({"query": query, "variables": variables, **more})


def _nested(levels: int) -> str:
    inner = "id"
    for _ in range(levels):
        inner = f"relationships {{ person {{ {inner} }} }}"
    return f"{{ {PERSON} {{ {inner} }} }}"


def _doubling(levels: int) -> str:
    spread = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels))
    return f"{{ ...F0 }} {spread} fragment F{levels} on Query {{ me {{ name }} }}"


def _introspection(levels: int) -> str:
    inner = "name"
    for _ in range(levels):
        inner = f"fields {{ type {{ {inner} }} }}"
    return f"{{ __schema {{ types {{ {inner} }} }} }}"


def _circular(fragments: int) -> str:
    spread = " ".join(f"fragment F{n} on Me {{ ...F{(n + 1) % fragments} }}" for n in range(fragments))
    return f"{{ me {{ ...F0 }} }} {spread}"


ATTACKS: Final[Mapping[str, bytes]] = {
    "aliases of one field, 20 000": body("{ me { " + " ".join(f"a{n}: name" for n in range(MANY // 2)) + " } }"),
    "aliases of one field, 150": body("{ me { " + " ".join(f"a{n}: name" for n in range(150)) + " } }"),
    "aliases of a root field, 100": body("{ " + " ".join(f"a{n}: me {{ name }}" for n in range(100)) + " }"),
    "one field, 20 000 times": body("{ me { " + "name " * MANY + "} }"),
    "one field, 900 times": body("{ me { " + "name " * 900 + "} }"),
    "directives, 20 000": body("{ me { name " + "@include(if:true) " * (MANY // 2) + "} }"),
    "directives, 150": body("{ me { name " + "@include(if: true) " * 150 + "} }"),
    "directives nobody knows, 400": body("{ me { name " + "@aa " * 400 + "} }"),
    "a fragment that spreads itself": body("{ ...F } fragment F on Query { ...F }"),
    "fragments in a circle, 150": body(_circular(120)),
    "fragments that double, 60": body(_doubling(60)),
    "depth, 60": body(_nested(60)),
    "depth, 10 000 braces": body("{" * 10_000),
    "depth, 10 000 lists": body("{ person(id: " + "[" * 10_000),
    "variables, 20 000": body(ASKED, {f"v{n}": None for n in range(MANY // 2)}),
    "a list in the variables, 20 000": body(ASKED, {"id": "aa", "context": WHY, "services": ["HEALTH"] * MANY}),
    "wrong values in the variables, 990": body(ASKED, {"id": "aa", "context": WHY, "services": ["NOBODY"] * 990}),
    "a variable of 200 kB": body(ASKED, {"id": "a" * 200_000, "context": WHY}),
    "variables 10 000 deep": b'{"query":"{ me { name } }","variables":{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}}",
    "introspection, all of it": body("{ __schema { types { fields { args { type { ofType { name } } } } } } }"),
    "introspection in a circle": body(_introspection(30)),
    "a batch of 500": b"[" + b",".join([b'{"query":"{ me { name } }"}'] * 500) + b"]",
    "operations, 150": body(" ".join(f"query Q{n} {{ me {{ name }} }}" for n in range(150)), operationName="Q1"),
    "a name of 200 kB": body("{ " + "n" * 200_000 + " }"),
    "a comment of 200 kB": body("# " + "n" * 200_000 + "\n{ nothing }"),
    "a string of 200 kB": body('{ person(id: "' + "n" * 200_000 + '") { id } }'),
    "unicode escapes of 200 kB": body('{ person(id: "' + "\\u0041" * 33_000 + '") { id } }'),
    "a block string of 200 kB": body('{ person(id: """' + '\\"""' * 50_000),
    "strings that do not end, 900": body("{ person(id: " + '"a\n' * 900),
    "fields that do not exist, 400": body("{ " + " ".join(f"n{n}" for n in range(400)) + " }"),
    "fields that are in conflict, 450": body("{ me { " + "name role(a: 1) " * 180 + "} }"),
    "a body of 300 kB": body("{ me { name } }", {"a": "a" * 300_000}),
    "a mutation, 100 times": body("mutation { " + " ".join(f"a{n}: rejectPolicyVersion" for n in range(100)) + " }"),
}
"""By what each is."""
