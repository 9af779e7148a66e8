"""Limits: a document that asks for too much is refused before anything is looked up, and quickly."""

import contextlib
import json
import sys
import time
from pathlib import Path

import pytest
from graphql import GraphQLSyntaxError, Lexer, Source, TokenKind, parse
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import HubError
from hub.graphql.circles import check_circles
from hub.graphql.counting import FEW, check_written
from hub.graphql.documents import Document, Documents
from hub.graphql.execution import build_schema
from hub.graphql.invalid import Invalid
from hub.graphql.limits import LONGEST_TEXT, LONGEST_VALUE, VALUES, Limits, check_values
from hub.graphql.reading import read_request
from hub.graphql.scanning import DEFINITIONS, _tokens_at_least, check_text
from tests.house import house
from tests.rooms.graphql.conftest import CONTEXT, Door, code

SCHEMA = build_schema()._schema
PERSON = 'person(id: "aa", context: {purpose: ANALYSIS})'


def read(text: str, documents: Documents | None = None) -> Document:
    return (documents or Documents(SCHEMA)).read(text, introspection=True)


def nested(levels: int) -> str:
    inner = "id"
    for _ in range(levels):
        inner = f"relationships {{ person {{ {inner} }} }}"
    return f"{{ {PERSON} {{ {inner} }} }}"


@pytest.mark.parametrize(
    ("within", "beyond", "what"),
    [
        (nested(4), nested(5), "levels"),
        (
            "{ me { " + " ".join(f"a{n}: name" for n in range(15)) + " } }",
            "{ me { " + " ".join(f"a{n}: name" for n in range(16)) + " } }",
            "aliases",
        ),
        (
            "{ me { " + "name @include(if: true) " * 20 + "} }",
            "{ me { " + "name @include(if: true) " * 21 + "} }",
            "directives",
        ),
        (
            "{ " + " ".join(f"a{n}: me {{ name }}" for n in range(5)) + " }",
            "{ " + " ".join(f"a{n}: me {{ name }}" for n in range(6)) + " }",
            "root fields",
        ),
        ("{ me { " + "name " * 499 + "} }", "{ me { " + "name " * 500 + "} }", "fields"),
        ("{ me { " + "name " * 400 + "} }", '{ person(id: "' + '" "' * 1_000 + '") { id } }', "tokens"),
        ("{ " + PERSON + " { " + "id " * 400 + "} } #" + "x" * 1_000, "{ me { name } } #" + "x" * 1_024, "comment"),
        ("{ " + PERSON + " { id } }", "{ " + "x" * 129 + " }", "name longer"),
        ("{ me { name } }" + " " * 16_000, "{ me { name } }" + " " * 16_384, "characters in the query"),
        (
            "{ ...F } fragment F on Query { " + " ".join(f"a{n}: me {{ name }}" for n in range(5)) + " }",
            "{ ...F b: me { name } } fragment F on Query { "
            + " ".join(f"a{n}: me {{ name }}" for n in range(5))
            + " }",
            "root fields",
        ),
        ("{ ... { me { name } } }", "{ " + "... { " * 220 + "me { name }" + " }" * 221, "nested too deeply"),
    ],
)
def test_each_limit_holds_at_its_edge(within: str, beyond: str, what: str) -> None:
    """What is just within a limit is read; what is just beyond is refused and told which limit it was."""
    try:
        read(within)
    except HubError as refused:  # pragma: no cover -- only where the limit is wrong
        pytest.fail(str(refused))
    with pytest.raises(HubError, match=what) as refused:
        read(beyond)
    assert refused.value.extensions == {"code": "LIMIT"}


@pytest.mark.parametrize("before", ["\ufeff", '"what it is for" ', '"""what\nit is for""" '])
def test_what_stands_before_a_definition_is_none_of_its_fields(before: str) -> None:
    """A mark that an editor wrote, or a description: a fragment may have as many fields as without."""
    fields = " ".join(f"a{n}: name" for n in range(7))
    read(f"{before}fragment F on Me {{ {fields} }} {before}query {{ me {{ ...F }} }}")


@pytest.mark.parametrize("doublings", [12, 40])
def test_fragments_that_double_are_counted_spread_and_refused_at_once(doublings: int) -> None:
    """Fragments that each spread the next twice: of forty, 2^40 fields; of twelve, what could still be waited for."""
    spread = (f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(doublings))
    text = f"{{ ...F0 }} {' '.join(spread)} fragment F{doublings} on Query {{ me {{ name }} }}"
    started = time.perf_counter()
    with pytest.raises(HubError, match="more than 500 fields"):
        read(text)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "text",
    [
        "{ ...F } fragment F on Query { ...F }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
        "{ me { name } } fragment F on Query { me { name } }",
        "{ me { name } } type Mine { name: String }",
    ],
)
def test_fragments_that_spread_themselves_and_what_is_no_query_are_refused(text: str) -> None:
    """A cycle never reaches the counting, which would not end."""
    with pytest.raises(Invalid) as invalid:
        read(text)
    assert {e.extensions["code"] for e in invalid.value.errors if e.extensions} == {"GRAPHQL_VALIDATION_FAILED"}


def test_fragments_that_meet_again_are_no_circle() -> None:
    """Two that spread a third, and one that spreads another twice, lead nowhere back; nor does one nobody defined."""
    read("{ me { ...A ...B } } fragment A on Me { ...C ...C } fragment B on Me { ...C } fragment C on Me { name }")
    with pytest.raises(Invalid) as told:
        read("{ me { ...A } } fragment A on Me { ...Nobody }")
    assert "Nobody" in told.value.errors[0].message


def test_fragments_that_double_are_walked_once_each() -> None:
    """Forty-five that spread the next one twice are looked at forty-five times, not two to the power of that."""
    text = " ".join(f"fragment F{n} on Me {{ ...F{n + 1} ...F{n + 1} }}" for n in range(45))
    check_circles(parse(f"{{ me {{ ...F0 }} }} {text} fragment F45 on Me {{ name }}"))


NAMES = ",".join(f'"v{n}":null' for n in range(VALUES + 100))


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        pytest.param(b'{"query":"{ me }","variables":{%s}}' % NAMES.encode(), True, id="names"),
        pytest.param(b'{"query":"{ me }","variables":{%s}}' % NAMES.replace(":", " : ").encode(), True, id="spaces"),
        pytest.param(b'{"query":"a\\n","variables":{"a":[%s1]}}' % (b"1," * 9_000), True, id="numbers"),
        pytest.param(b'{"query":"{ me }","variables":{"a":[%s1]}}' % (b'"\\",",' * 3_000), True, id="quotation marks"),
        pytest.param(b'{"query":"{ me }","variables":{"a":"%s"}}' % (b"1," * 9_000), False, id="commas in a text"),
        pytest.param(b'{"query":"{ me }","variables":{"a":"%s"}}' % (b'\\",\\"' * 3_000), False, id="quoted in a text"),
        pytest.param(b'{"query":"{ me }","variables":{"a":"%s\\\\"}}' % (b"\\\\," * 3_000), False, id="backslashes"),
        pytest.param(b'{"query":"{ me }","variables":{"a":[%s1]}}' % (b"1," * (VALUES - 2)), False, id="just so many"),
        pytest.param(b"," * 9_000, True, id="nothing at all"),
    ],
)
def test_values_are_counted_before_a_body_is_read(body: bytes, refused: bool) -> None:  # noqa: FBT001 -- a case
    """However they are written, too many are refused; what stands in a text is no value."""
    body = body + b" " * FEW
    with pytest.raises(HubError, match="values") if refused else contextlib.nullcontext():
        check_written(body)
    if not refused:
        check_values(read_request(body).variables)


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("x" * LONGEST_TEXT, False),
        ("x" * (LONGEST_TEXT + 1), True),
        ("\u00e9" * LONGEST_TEXT, False),
        ("\u4e2d" * 4 * LONGEST_TEXT, False),
        ("\n" * LONGEST_TEXT, False),
        ("\n" * 7 * LONGEST_TEXT, True),
        ("\U0001f600" * LONGEST_TEXT, False),
        ('"' + "x" * (LONGEST_TEXT - 1), False),
        ('"\\' + "x" * LONGEST_TEXT, True),
    ],
)
@pytest.mark.parametrize("escaped", [False, True])
def test_a_query_too_long_to_be_looked_at_is_refused_before_it_is_read(
    query: str, *, refused: bool, escaped: bool
) -> None:
    """Never one within the limit; one beyond it where it stands first and is of ASCII. Others are read, and refused."""
    body = json.dumps({"query": query, "variables": {}}, ensure_ascii=escaped).encode()
    with pytest.raises(HubError, match="characters in the query") if refused else contextlib.nullcontext():
        check_written(body)
    check_written(body.replace(b'{"query"', b'{"other": 1, "query"'))
    check_written(body[: LONGEST_TEXT // 2])


@pytest.mark.parametrize("text", ['{ me(a: "x', '{ me { name } } fragment F on Me { a(b: "\\"', '{\n  a(b: "x\n") }'])
def test_a_string_that_does_not_end_is_told_where_the_parser_would_tell_it(text: str) -> None:
    """The same line and column, without parsing."""
    with pytest.raises(GraphQLSyntaxError) as parsed:
        parse(text)
    (where,) = parsed.value.locations or ()
    with pytest.raises(HubError, match=f"line {where.line}, column {where.column}"):
        check_text(text, Limits(), introspection=False)


@pytest.mark.parametrize(("size", "refused"), [(LONGEST_VALUE, False), (LONGEST_VALUE + 1, True)])
def test_a_text_too_long_to_be_any_value_is_refused_before_it_is_read(size: int, *, refused: bool) -> None:
    """Among few texts; where there are many, or something in it is escaped, it is read and then refused."""
    whole = {"query": "{ me { name } }\n", "variables": {"a": "x" * size, "b": {"c": ["d"] * 9}}}
    with pytest.raises(HubError, match="longer than 65536") if refused else contextlib.nullcontext():
        check_written(json.dumps(whole).encode())
    check_written(json.dumps({"a": ["y"] * 200, "variables": {"a": "x" * size}}).encode())
    check_written(json.dumps({"variables": {"a": "\n" + "x" * size}}).encode())
    check_written(json.dumps({"query": 'a "quoted" word', "variables": {"a": "x" * size}}).encode())
    for no_text in (b"[" * 2 * size, b'{"a": "' + b"x" * 2 * size, b'{"a": "b", "c": ' + b" " * size + b'"d"}'):
        check_written(no_text)  # whatever else is wrong with it is told when it is read


@pytest.mark.parametrize("name", ["query", "fragment"])
def test_definitions_are_counted_before_anything_else_of_a_document(name: str) -> None:
    """As many as may be are read; one more is refused, and what only looks like one in a string is none."""
    head = {"query": "query Q{} {{ me {{ name }} }}", "fragment": "fragment F{} on Me {{ name }}"}[name]
    for count, refused in ((DEFINITIONS, False), (DEFINITIONS + 1, True)):
        text = " ".join(head.format(n) for n in range(count))
        with pytest.raises(HubError, match="operations and fragments") if refused else contextlib.nullcontext():
            check_text(text, Limits(), introspection=False)
    check_text('{ me(a: "' + "} query Q { " * 60 + '") { name } }', Limits(), introspection=False)


def test_a_value_longer_than_anything_the_hub_takes_is_refused() -> None:
    """It is not compared with the schema, nor is what it says repeated."""
    check_values({"a": "x" * LONGEST_VALUE})
    with pytest.raises(HubError, match="longer than 65536"):
        check_values({"a": [{"b": "x" * (LONGEST_VALUE + 1)}]})


def test_a_document_too_deep_for_the_checker_is_refused_like_one_too_deep_for_the_limits() -> None:
    """Running out of stack while checking is a limit reached, not a failure of the hub."""
    documents, text = Documents(SCHEMA), "{ " + "... { " * 150 + "me { name }" + " }" * 151
    depth = len(__import__("inspect").stack())
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 120)
    try:
        with pytest.raises(HubError, match="nested too deeply"):
            read(text, documents)
    finally:
        sys.setrecursionlimit(before)


async def test_a_subscription_is_no_question(tmp_path: Path) -> None:
    """What answers questions once says where subscriptions are answered, and asks nothing."""
    query = 'subscription ($c: RequestContext!) { involvementChanged(id: "aa", context: $c) { seenAt } }'
    async with house(tmp_path) as home:
        with pytest.raises(HubError, match="text/event-stream"):
            await home.ask(query, {"c": CONTEXT})


def test_a_document_the_checker_runs_out_of_stack_on_is_a_limit_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the parser's own bound, running out of stack is told like any other limit."""

    def deep(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("hub.graphql.documents.validate", deep)
    with pytest.raises(HubError, match="nested too deeply"):
        read("{ me { name } }")


@pytest.mark.parametrize(
    "extra",
    [
        {"context": CONTEXT | {f"k{n}": 1 for n in range(21_000)}},
        {"services": ["HEALTH"] * 21_000},
        {"unasked": [[[0] * 10] * 10] * 200},
        {f"v{n}": None for n in range(15_000)},
    ],
)
async def test_variables_that_hold_too_many_values_are_refused_before_any_is_checked(
    door: Door, extra: dict[str, object]
) -> None:
    """A replica answers everybody with one thread: what one client sends may not hold it."""
    query = """query ($id: ID!, $context: RequestContext!, $services: [Service!]) {
      person(id: $id, context: $context) { involvements(services: $services) { status } } }"""
    variables = {"id": door.home.ids["maya"], "context": CONTEXT} | extra
    await door.ask(query, {"id": door.home.ids["maya"], "context": CONTEXT})
    started = time.perf_counter()
    response = await door.ask(query, variables)
    assert time.perf_counter() - started < 0.3
    assert code(response.json()) == "LIMIT"


async def test_many_mistakes_in_the_variables_cost_no_more_than_a_few(door: Door) -> None:
    """As many wrong values as a request may hold are told of as one mistake, at once."""
    query = """query ($id: ID!, $context: RequestContext!, $services: [Service!]) {
      person(id: $id, context: $context) { involvements(services: $services) { status } } }"""
    wrong = {"id": "aa", "context": CONTEXT, "services": ["NOBODY"] * (VALUES - 5)}
    started = time.perf_counter()
    response = await door.ask(query, wrong)
    assert time.perf_counter() - started < 0.3
    assert code(response.json()) == "BAD_USER_INPUT"
    assert response.json()["errors"][0]["message"] == "variables of the wrong type: $services"
    assert code((await door.ask(query, wrong | {"one": 1})).json()) == "LIMIT"


@given(st.text("a_Z09+-.eE ,\n\r\t!$&():=@[]{|}é", max_size=60) | st.text(st.sampled_from("...a1 (:)"), max_size=30))
def test_no_more_tokens_are_reckoned_than_there_are(text: str) -> None:
    """What is refused before it is scanned would be refused by its tokens, as the language tells them apart."""
    lexer, count = Lexer(Source(text)), 0
    try:
        while lexer.advance().kind is not TokenKind.EOF:
            count += 1
    except GraphQLSyntaxError:
        return
    assert _tokens_at_least(text.encode()) <= count
