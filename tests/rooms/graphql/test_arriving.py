"""Answers in parts: put together they are the whole answer; nothing leaves but by what governs when it does."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from connectors.contract import Ask, Reply
from connectors.errors import SourceUnavailable
from hub.audit.entries import Ended, OutcomeRecord
from hub.audit.errors import LedgerUnavailable
from hub.audit.reports import who_looked
from hub.errors import Code, HubError
from hub.graphql.arriving import arriving, opening
from hub.graphql.arriving.accepts import Form, form_of
from hub.graphql.arriving.arriving import Arriving
from hub.graphql.arriving.begun import Begun
from hub.graphql.arriving.delivery import MOST_PENDING
from hub.graphql.arriving.undivided import undivided
from hub.graphql.invalid import LITERAL, SAME_LABEL, STREAMED_TWICE, UNSAID, Invalid
from hub.graphql.messages import Request, Result
from policies.facts import ConsentState
from policies.rulebook import Rulebook
from schema.labels import Label
from schema.outcomes import Outcome
from schema.person import PARTS
from tests.cast import SYNCED, requester
from tests.house import RULES, House, house, switch
from tests.questions import Generated, generated
from tests.rooms.answer.test_beside import said
from tests.rooms.graphql.parts import Gates, arrive, missing, same, wave_by_wave
from tests.rooms.graphql.watchers import WATCH
from tests.rooms.policies.rules import bar

CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "R 1"}
ASK = "query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) { %s } }"
FAST_FIRST = ASK % (
    'id ... @defer(label: "who") { involvements @stream(label: "OneByOne") { service provenance { source } }'
    ' sources @stream { source outcome reason } } ... @defer(label: "rest") { age withheld { path code } }'
)


DIRECTIVES = 12
"""Directives of a generated document: what it spreads twice counts twice, and twenty are let be."""


def given_about(home: House, child: str = "maya", purpose: str = "CHILD_PROTECTION") -> dict[str, Any]:
    return {"id": home.ids[child], "context": CONTEXT | {"purpose": purpose}}


NAMING = re.compile(r"(\w+: )?(family|relationships)\b")


def used(body: list[str], fragments: list[str]) -> list[str]:
    """Leave out fragments that nothing spreads any more."""
    spread, kept = " ".join(body), list[str]()
    for one in reversed(fragments):  # one that spreads another is written after it
        if re.search(rf"\.\.\.{one.split()[1]}\b", spread):
            kept.append(one)
            spread += one
    return kept


@st.composite
def divided(draw: Any) -> Generated:
    """Put ``@defer`` and ``@stream`` at random into a generated question, fragments in fragments among them.

    Relatives are left out most times, and most times all is deferred or streamed: else everything comes at once.
    """
    made: Generated = draw(generated())
    often = st.sampled_from([True, True, True, False])
    kin, all_later, body = not draw(often), draw(often), list[str]()
    for n, one in enumerate(text for text in made.body if kin or not NAMING.match(text)):
        text, later = one, False
        if draw(st.booleans()) and re.match(r"(\w+: )?(" + "|".join([*PARTS, "sources", "withheld"]) + r")\b", text):
            count = draw(st.sampled_from(["", "", "(initialCount: 2)", "(if: $yes)", f'(label: "s{n}")', "(if: $no)"]))
            text, later = text.replace(" {", f" @stream{count} {{", 1), count != "(if: $no)"
        for depth in range(draw(st.integers(int(all_later and not later and one != "id"), 2))):
            given_ = draw(st.sampled_from(["", "", f'(label: "d{n}.{depth}")', "(if: $yes)", "(if: $no)"]))
            text = f"... @defer{given_} {{ {text} }}"
        body.append(text)
    if len(body) > 1 and draw(st.booleans()) and not re.search("@stream|label", body[0] + body[1]):
        body = [f"... @defer {{ {body[0]} {body[1]} }}", *body[1:]]  # the same in two fragments, or in one and beside
    made.body, made.fragments = body, used(body, made.fragments)
    assume(made.text.count("@") < DIRECTIVES)
    return made


ASKERS = [("front-door", "CHILD_PROTECTION"), ("early-help", "EARLY_HELP"), ("analyst", "ANALYSIS")]
AT = st.lists(st.sampled_from(["social-care", "health", "education", "housing"]), min_size=1, max_size=2)
SOURCES = st.lists(AT, min_size=1, max_size=3)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    question=divided(),
    waves=SOURCES,
    child=st.sampled_from(["maya", "maya", "rowan", "hidden", "sealed"]),
    who=st.sampled_from([*ASKERS[:1] * 3, *ASKERS]),
)
def test_parts_come_to_the_whole_answer_and_to_nothing_else(
    home: House, loop: asyncio.Runner, question: Generated, waves: list[list[str]], child: str, who: tuple[str, str]
) -> None:
    """Whatever is deferred and streamed, whoever asks about whom, in whichever order sources answer."""
    variables = given_about(home, child, who[1])
    text = question.text
    parts = loop.run(arrive(home, text, variables, *waves, who=who[0]))
    whole = loop.run(home.ask(text, variables, who=who[0]))
    engine = loop.run(home.ask(text, variables, who=who[0], ordinary=True))
    assert orjson.dumps(whole.body()) == orjson.dumps(engine.body())
    if parts is not None:  # nothing is divided, or relatives are asked about
        assert not isinstance(parts, Result)
        assert same(parts, whole.data)


def test_whoever_answered_is_shown_at_once_and_each_later_one_when_it_comes(home: House, loop: asyncio.Runner) -> None:
    parts = loop.run(arrive(home, FAST_FIRST, given_about(home), ["police"], ["health"]))
    assert isinstance(parts, list)
    first, police, health = parts
    began = first["data"]["person"]["involvements"]
    assert len(began) == 7
    assert {"POLICE", "HEALTH"}.isdisjoint(one["service"] for one in began)
    assert [one.get("label") for one in first["pending"]] == ["OneByOne", None, "rest"]
    assert [one["service"] for one in police["incremental"][0]["items"]] == ["POLICE"]
    assert [one["service"] for one in health["incremental"][0]["items"]] == ["HEALTH"]
    assert health["incremental"][-1]["data"]["age"] == 13
    assert same(parts, loop.run(home.ask(FAST_FIRST, given_about(home))).data)


def test_a_service_by_itself_comes_when_its_source_does(home: House, loop: asyncio.Runner) -> None:
    """For clients that know fragments and no streams: one fragment a service."""
    query = ASK % " ".join(
        f'... @defer(label: "{s}") {{ {s.lower()}: involvements(services: [{s}]) {{ service }} }}'
        for s in ("POLICE", "HEALTH", "HOUSING")
    )
    parts = loop.run(arrive(home, query, given_about(home), ["housing"], ["police"], ["health"]))
    assert isinstance(parts, list)
    assert parts[0]["data"] == {"person": {}}
    told = [[next(iter(one["data"])) for one in part.get("incremental", ())] for part in parts[1:]]
    assert told == [["housing"], ["police"], ["health"]]
    assert same(parts, loop.run(home.ask(query, given_about(home))).data)


def test_what_waits_for_every_source_comes_with_the_last(home: House, loop: asyncio.Runner) -> None:
    """A source that came and of which nothing is to be told makes no part; fragments in fragments or not."""
    query = ASK % "id ...Sum @defer" + " fragment Sum on Person { age ... @defer { names { id given } ...Id } }"
    query += " fragment Id on Person { id sex }"
    parts = loop.run(arrive(home, query, given_about(home), ["housing"], ["police"], ["health"]))
    assert isinstance(parts, list)
    first, last = parts
    assert first["data"] == {"person": {"id": home.ids["maya"]}}
    assert set(last["incremental"][0]["data"]) == {"age", "names", "sex"}
    assert same(parts, loop.run(home.ask(query, given_about(home))).data)


def test_a_list_is_not_begun_with_nothing_nor_with_less_than_was_asked(home: House, loop: asyncio.Runner) -> None:
    """An empty list says that none is held: where a source could not answer it is null, which is known in the end."""
    query = ASK % (
        "... @defer { past: involvements(status: HISTORIC) @stream { service } }"
        " ... @defer { involvements @stream(initialCount: 8) { service } }"
    )

    def down(_: Ask) -> None:
        raise SourceUnavailable("down")

    home.connectors["police"].misbehave = down
    try:
        parts = loop.run(arrive(home, query, given_about(home), ["housing"], ["health"]))
        whole = loop.run(home.ask(query, given_about(home))).data
    finally:
        home.connectors["police"].misbehave = None
    assert isinstance(parts, list)
    assert parts[0]["data"] == {"person": {}}
    assert [one["data"].keys() for part in parts[1:] for one in part["incremental"]] == [{"past"}, {"involvements"}]
    assert whole["person"]["past"] is None
    assert same(parts, whole)


def test_what_is_no_question_about_people_is_answered_whole(home: House, loop: asyncio.Runner) -> None:
    about = given_about(home)
    assert loop.run(arrive(home, "{ ... @defer { me { name } } }", {})) is None
    watch = WATCH.replace("changes {", "... @defer(if: false) { seenAt } changes {")
    assert loop.run(arrive(home, watch, about)) is None
    steered = FAST_FIRST.replace("query (", "query ($x: Boolean = true, ").replace('label: "rest"', "if: $x")
    with pytest.raises(HubError, match="null"):
        loop.run(arrive(home, steered, about | {"x": None}))
    assert loop.run(home.ask(steered, about | {"x": False})).data["person"]["age"] == 13


def test_children_asked_about_together_arrive_each_by_itself(home: House, loop: asyncio.Runner) -> None:
    """The same child twice is told of in both places; nobody is null at once; the list itself is not divided."""
    query = (
        "query ($ids: [ID!]!, $context: RequestContext!) { people(ids: $ids, context: $context) @stream {"
        " id ... @defer { age } involvements @stream { service } } }"
    )
    ids = [home.ids["rowan"], home.ids["maya"], "0" * 8, home.ids["rowan"]]
    given_ = {"ids": ids, "context": CONTEXT}
    parts = loop.run(arrive(home, query, given_, ["police"], ["health"]))
    assert isinstance(parts, list)
    assert parts[0]["data"]["people"][2] is None
    assert len(parts) > 1
    assert same(parts, loop.run(home.ask(query, given_)).data)
    many = {"ids": [home.ids["maya"]] * (MOST_PENDING // 2 + 1), "context": CONTEXT}
    assert len(many["ids"]) <= 100 or loop.run(arrive(home, query, many)) is None


HIDES = {
    "refused": None,
    "not asked": "rowan",
    "asked and hidden": "maya",
    "asked and holds nothing": "maya",
}


@pytest.mark.parametrize("case", HIDES)
def test_what_reads_like_none_held_leaves_at_the_end_whether_it_was_asked_or_not(
    home: House, loop: asyncio.Runner, case: str
) -> None:
    """Refused without a word, not asked, asked with all of it hidden, asked in vain: all in the last part alone.

    The police answer before the slow source does in every case, or need not: neither shows.
    """
    child, before = HIDES[case] or "maya", RULES
    connector = home.connectors["police"]
    hidden = frozenset({Label.SEXUAL_HEALTH})

    def say(ask: Ask) -> Reply:
        reply = connector.reply(ask)
        for held in reply.records.values():
            for record in held:
                record.labels = hidden
        return reply if case == "asked and hidden" else Reply(dict.fromkeys(ask.people, ()), as_of=SYNCED)

    try:
        if case == "refused":
            omitted = bar(id="omit-police", service="POLICE", on_deny="omit", reason="PROTECTED")
            loop.run(switch(home, Rulebook([*before.rows, omitted])))
        elif case.startswith("asked"):
            connector.misbehave = say
        asks = len(connector.asks)
        parts = loop.run(arrive(home, FAST_FIRST, given_about(home, child), ["health"]))
        assert (len(connector.asks) > asks) is case.startswith("asked")
    finally:
        connector.misbehave = None
        loop.run(switch(home, before))
    assert isinstance(parts, list)
    in_which = [n for n, part in enumerate(parts) if b'"police"' in orjson.dumps(part)]
    assert in_which == [1]
    assert parts[0]["data"]["person"]["involvements"]
    told = [one for one in parts[1]["incremental"] if "items" in one][-1]["items"]
    assert {"source": "police", "outcome": "NONE_HELD", "reason": None} in told


async def test_each_part_is_decided_anew_and_in_the_ledger_before_it_leaves(tmp_path: Path) -> None:
    """Rules that shut a source out between two parts take effect in the later; the ledger has one look, with all."""
    async with house(tmp_path) as home:
        gates, append, written = Gates(home, "police", "health"), home.ledger.append, list[Any]()

        async def noting(*entries: Any) -> Any:
            done = await append(*entries)
            written.extend(entries)
            return done

        home.ledger.append = noting  # type: ignore[method-assign] # what is written is what is tried
        with wave_by_wave(gates, ()):
            request = Request(FAST_FIRST, given_about(home), None)
            came: Any = await home.executor.arriving(request, requester("front-door"), "req")
            assert [e.ended for e in written if isinstance(e, OutcomeRecord)] == [Ended.PART]
            assert not came.delivery.over
            gates.open("police")
            await came.waited()
            assert await came.told()
            assert {s.source for e in written if isinstance(e, OutcomeRecord) for s in e.sources} >= {"police"}
            await switch(home, Rulebook([*RULES.rows, bar(id="shut", role="front-door-worker", service="HEALTH")]))
            gates.open("health")
            await came.waited()
            assert await came.told()
            assert came.delivery.over
        last = str(came.delivery.payload)
        assert "WITHHELD" in last
        assert "HEALTH'}" not in last.replace("provenance", "")
        await came.close()
        outcomes = [e for e in written if isinstance(e, OutcomeRecord)]
        assert {e.ended for e in outcomes[:-1]} == {Ended.PART}
        assert outcomes[-1].ended is Ended.CHANGED
        became = {s.source: s for s in outcomes[-1].sources}
        assert became["health"].outcome is Outcome.WITHHELD
        subject = home.answerer.preparer.pseudonyms.subject(home.ids["maya"])
        (look,) = await who_looked(home.database, subject)
        assert {told.source for told in look.told} == set(home.connectors)


async def test_consent_withdrawn_between_two_parts_takes_effect_in_the_later(tmp_path: Path) -> None:
    """Early help rests on it: what came before it was withdrawn has left, what comes after is withheld."""
    async with house(tmp_path) as home:
        await home.register.record_consent(said(home, ConsentState.GIVEN, "mother"))
        gates = Gates(home, "health")
        with wave_by_wave(gates, ()):
            request = Request(FAST_FIRST, given_about(home, purpose="EARLY_HELP"), None)
            came: Any = await home.executor.arriving(request, requester("early-help"), "req")
            assert came.delivery.take()["data"]["person"]["involvements"]
            await home.register.record_consent(said(home, ConsentState.REFUSED, "mother"))
            gates.open("health")
            await came.waited()
            assert await came.told()
            await came.close()
        last = orjson.loads(orjson.dumps(came.delivery.take()))
        told = {one["source"]: one for part in last["incremental"] for one in part.get("items", ()) if "outcome" in one}
        assert told["health"]["outcome"] == "WITHHELD"
        assert told["health"]["reason"] == "CONSENT_REFUSED"
        assert '"HEALTH"' not in orjson.dumps(last).decode()


async def test_whoever_may_no_longer_be_known_of_is_told_of_no_more(tmp_path: Path) -> None:
    """Rules that make a child nobody to the asker between two parts: what is outstanding is refused with a code."""
    async with house(tmp_path) as home:
        gates = Gates(home, "health")
        with wave_by_wave(gates, ()):
            request = Request(FAST_FIRST, given_about(home, "rowan"), None)
            came: Any = await home.executor.arriving(request, requester("front-door"), "req")
            first = came.delivery.take()
            omitted = bar(id="gone", service="SOCIAL_CARE EDUCATION HEALTH", on_deny="omit", reason="PROTECTED")
            await switch(home, Rulebook([*RULES.rows, omitted]))
            gates.open("health")
            await came.waited()
            assert await came.told()
            await came.close()
        last = came.delivery.take()
        assert last["hasNext"] is False
        assert "incremental" not in last
        assert {one["id"] for one in last["completed"]} == {one["id"] for one in first["pending"]}
        assert {e["extensions"]["code"] for one in last["completed"] for e in one["errors"]} == {"FORBIDDEN"}
        assert came.delivery.failed(HubError(Code.INTERNAL, "x")) == {"hasNext": False}


async def test_a_look_waits_for_its_moment_whatever_was_looked_for_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looks are a whole number of beats after the request: a source of which nothing is told moves no later part."""
    monkeypatch.setattr(arriving, "MOMENT", 0.0)
    monkeypatch.setattr(arriving, "BEAT", 0.2)
    async with house(tmp_path) as home:
        gates = Gates(home, "police", "health")
        request = Request(FAST_FIRST, given_about(home), None)
        came: Any = await home.executor.arriving(request, requester("front-door"), "req")
        since = came._since
        while missing(came.unfolding, gates):  # noqa: ASYNC110 -- what has come is a table, and no event
            await asyncio.sleep(0)
        await came.told()
        waiting = asyncio.create_task(came.waited())
        await asyncio.sleep(0.25)
        assert not waiting.done()
        beat = (time.perf_counter() - since) // arriving.BEAT
        gates.open("police")
        await waiting
        assert (time.perf_counter() - since) // arriving.BEAT > beat
        gates.lift()
        await came.close()


async def test_no_more_come_in_parts_at_once_than_may_though_all_ask_at_the_same_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest are answered whole; whoever was refused before a source was asked, or is done, gives the place back."""
    monkeypatch.setattr(opening, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(arriving, "MOMENT", 0.0)
    async with house(tmp_path) as home:
        gates, request = Gates(home, "health"), Request(FAST_FIRST, given_about(home), None)

        async def ask() -> Any:
            return await home.executor.arriving(request, requester("front-door"), "req")

        answers = await asyncio.gather(*(ask() for _ in range(5)))
        assert [type(one) is Arriving for one in answers].count(True) == 2
        assert answers.count(None) == 3
        gates.lift()
        for one in answers[:2]:
            await one.close()

        async def full(*_: object) -> Any:
            raise LedgerUnavailable("disk-full")

        append, home.ledger.append = home.ledger.append, full  # type: ignore[method-assign] # a disk that is full
        assert {type(await ask()) for _ in range(3)} == {Result}
        home.ledger.append = append  # type: ignore[method-assign] # as it was
        last = await ask()
        assert type(last) is Arriving
        async with Begun() as begun:
            pass  # the request is over, and its answer is ready only now
        with pytest.raises(asyncio.CancelledError):
            await begun.hold(last)
        assert home.executor._opening._under_way.total() == 0


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("multipart/mixed", Form.MIXED),
        ("multipart/mixed;incrementalSpec=v0.2, application/json", Form.MIXED_NAMED),
        ('multipart/mixed; boundary="-"; charset=utf-8', Form.MIXED),
        ("multipart/mixed;deferSpec=20220824, application/json", None),
        ("multipart/mixed;subscriptionSpec=1.0", None),
        ("multipart/mixed;q=0", None),
        ("application/json, */*", None),
        ("", None),
        ("text/event-stream", Form.EVENTS),
        ("application/graphql-response+json, text/event-stream, multipart/mixed", Form.MIXED),
        ("multipart/mixed;q=0.5, text/event-stream", Form.EVENTS),
        ("multipart/mixed;q=2", None),
    ],
)
def test_who_accepts_parts_says_so_by_name(accept: str, form: Form | None) -> None:
    assert form_of([accept]) is form


def test_the_ordinary_engine_is_given_nothing_that_asks_for_parts() -> None:
    """Directives go, with the variables that steered them alone; another operation's variables stay."""
    text = "query A($x: Boolean!, $y: Boolean!) { ...F @defer(if: $x) me @skip(if: $y) { name } } query B { ...F }"
    left = undivided(text + " fragment F on Query { sources @stream(if: true) { id } }")
    assert "defer" not in left
    assert "stream" not in left
    assert "$x" not in left
    assert "$y" in left
    assert undivided("{ me { name } }") == "{ me { name } }"


@pytest.mark.parametrize(
    ("selected", "words"),
    [
        ("involvements @stream(initialCount: 1) { service } involvements @stream(initialCount: 1) { status }", "twice"),
        ("involvements @stream { service } ... @defer { involvements { status } }", "twice"),
        ('names @stream(label: "a") { given } sources @stream(label: "a") { source }', "label"),
        ('names @stream(label: "Person") { given nothing }', "unsaid"),
        ("involvements(services: [POLISE]) @stream { service }", "literal"),
    ],
)
def test_whoever_asks_for_parts_wrongly_is_told_what_to_do(home: House, selected: str, words: str) -> None:
    """Not that a literal has the wrong type where none has; where that would repeat one, that it is not said."""
    said = {"twice": STREAMED_TWICE, "label": SAME_LABEL, "unsaid": UNSAID, "literal": LITERAL}
    with pytest.raises(Invalid) as refused:
        home.executor._read(Request(ASK % selected, {}, None), requester("front-door"))
    assert [error.message for error in refused.value.errors] == [said[words]]
