"""Decisions about named people: exactly what asking for the person shows, to nobody but the worker who may ask."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import orjson
import pytest

from connectors.contract import Ask, Reply
from hub.answer.question import NESTED, PATHS
from hub.audit.reports import how_decided, who_looked
from hub.authzen.evaluating import MOST_PEOPLE
from hub.governance.consent import Consent
from policies.facts import ConsentState
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.person import PARTS
from schema.purposes import Purpose
from schema.records import Address
from tests.cast import CHILDREN, NOW, ROLES, SERVICES, canaries
from tests.questions import camel
from tests.rooms.authzen.asking import kind_question, of_person, person_question, role, stated, worker
from tests.rooms.authzen.conftest import Point

SHARED = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-0000-0000-000000000000"
CELLS = [(field, service) for field in sorted(CATALOGUE) for service in SERVICES.values()]
SOURCE_OF = {service: source for source, service in SERVICES.items()}
PURPOSES = ("CHILD_PROTECTION", "EARLY_HELP", "EDUCATION_WELFARE", "CRIME_PREVENTION")


def _selection(record: str) -> str:
    own = [camel(f.name) for f in CATALOGUE.values() if f.record == record]
    inner = [f"{camel(part)} {_selection(kind)}" for part, kind in NESTED.get(record, {}).items()]  # type: ignore[call-overload] # a record's name is text
    return f"{{ {' '.join([*own, *inner])} provenance {{ source }} }}"


EVERYTHING = (
    "query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) { "
    + " ".join(f"{part} {_selection(record)}" for part, record in PARTS.items())
    + " sources { source outcome } withheld { path source masked } } }"
)


def shown(person: dict[str, Any], field: FieldId, source: str) -> str:
    """Say what a GraphQL answer shows of a field of a source: PERMIT, MASK, or nothing of it."""
    values = [value for at, value in _values(person, PATHS[field].split(".")) if at == source]
    gaps = {gap["masked"] for gap in person["withheld"] if (gap["path"], gap["source"]) == (PATHS[field], source)}
    if False in gaps or not any(value not in (None, [], "") for value in values):
        return ""
    return "MASK" if gaps else "PERMIT"


def _values(held: Any, path: list[str]) -> Iterator[tuple[str, Any]]:
    for record in held if isinstance(held, list) else [held]:
        value = record.get(path[0]) if record else None
        if value is None:
            continue
        if len(path) > 1:
            yield from _values(value, path[1:])
        else:
            yield record["provenance"]["source"], value


@SHARED
@pytest.mark.parametrize("who", sorted(ROLES))
async def test_a_decision_is_what_the_answer_shows(shared: Point, who: str) -> None:
    """For every role, child and purpose: true where the answer shows the field, whole or in part, and nowhere else."""
    chance = Random(who)  # noqa: S311 -- a seeded choice of cells
    for child in (*CHILDREN, NOBODY):
        purpose = chance.choice(PURPOSES)
        person_id = shared.home.ids.get(child, child)
        context = {"purpose": purpose, "reference": "REF 1"}
        answer = await shared.home.ask(EVERYTHING, {"id": person_id, "context": context}, who=who)
        assert not answer.errors
        person = answer.data["person"]
        cells = chance.sample(CELLS, 90)
        told = await shared.ask(
            "evaluations",
            {
                "subject": worker(who),
                "action": {"name": "view"},
                "context": context,
                "evaluations": [{"resource": of_person(person_id, field, service)} for field, service in cells],
            },
            who,
        )
        for (field, service), one in zip(cells, told["evaluations"], strict=True):
            seen = shown(person, field, SOURCE_OF[service]) if person else ""
            verdict = one["context"]["verdict"]
            assert (one["decision"], verdict if one["decision"] else "") == (bool(seen), seen), (child, field, service)


@SHARED
async def test_the_roles_between_them_meet_every_verdict(shared: Point) -> None:
    """The comparison is not hollow: shown whole, in part, brokered, withheld, not there and unknown all come up."""
    maya = shared.home.ids["maya"]
    health = shared.home.connectors["health"]
    met = {}
    for name, asked, who in (
        ("PERMIT", person_question(maya, "Involvement.status", "HEALTH"), "front-door"),
        ("MASK", person_question(maya, "Birth.date_of_birth", "SOCIAL_CARE", "school", "EDUCATION_WELFARE"), "school"),
        ("BROKER", person_question(maya, "Involvement.status", "HEALTH", "police"), "police"),
        ("WITHHOLD", person_question(maya, "Involvement.status", "HEALTH", "analyst"), "analyst"),
        ("NOTHING", person_question(NOBODY, "Involvement.status", "HEALTH"), "front-door"),
    ):
        met[name] = await shared.ask("evaluation", asked, who)
        assert met[name]["context"]["verdict"] == name
        assert met[name]["decision"] is (name in {"PERMIT", "MASK"})
    assert met["BROKER"]["context"]["contact"]["team"] == "health duty"
    health.misbehave = lambda _: 1 / 0
    unknown = await shared.ask("evaluation", person_question(maya, "Involvement.status", "HEALTH"), "front-door")
    health.misbehave = None
    assert (unknown["decision"], unknown["context"]["verdict"]) == (False, "UNKNOWN")
    assert unknown["context"]["outcome"] == "UNAVAILABLE"
    whole = person_question(maya, "Birth.date_of_birth", "SOCIAL_CARE", "school", "EDUCATION_WELFARE")
    whole |= {"action": {"name": "view-whole"}}
    assert (await shared.ask("evaluation", whole, "school"))["decision"] is False


async def test_nobody_sealed_and_not_held_are_answered_in_the_same_bytes(point: Point) -> None:
    """No such person, one who is sealed, one whose field is left out without trace, and one who has none: alike."""
    ids = point.home.ids
    point.home.connectors["health"].misbehave = lambda ask: _addresses(ask, point, "health", None)
    secret = frozenset({Label.SEXUAL_HEALTH})
    point.home.connectors["social-care"].misbehave = lambda ask: _addresses(ask, point, "social-care", secret)
    asked = {
        "nobody": person_question(NOBODY, "Address.postcode", "SOCIAL_CARE"),
        "sealed": person_question(ids["sealed"], "Address.postcode", "SOCIAL_CARE"),
        "left out": person_question(ids["rowan"], "Address.postcode", "SOCIAL_CARE"),
        "none held": person_question(ids["rowan"], "Address.postcode", "HEALTH"),
        "no such source": person_question(ids["rowan"], "Address.postcode", "POLICE"),
    }
    answers = {}
    for name, question in asked.items():
        response = await point.send("evaluation", orjson.dumps(question), "front-door")
        headers = {n: v for n, v in response.headers.items() if not n.endswith("request-id")}
        answers[name] = (response.status_code, response.content, headers, len(response.headers["x-request-id"]))
    assert len(set(map(str, answers.values()))) == 1, answers
    point.home.connectors["social-care"].misbehave = None
    assert (await point.ask("evaluation", asked["left out"], "front-door"))["decision"] is True
    assert orjson.loads(answers["nobody"][1])["context"]["verdict"] == "NOTHING"


def _addresses(ask: Ask, point: Point, source: str, labels: frozenset[Label] | None) -> Reply:
    """Answer with every address labelled, or with none."""
    whole = point.home.connectors[source].reply(ask)
    left = {}
    for local, records in whole.records.items():
        kept = [r for r in records if not isinstance(r, Address)]
        kept += [replace(r, labels=labels) for r in records if isinstance(r, Address) and labels is not None]
        left[local] = tuple(kept)
    return Reply(left, as_of=whole.as_of)


async def test_consent_counts_from_the_next_decision(point: Point) -> None:
    """What rests on consent is decided by that child's own, and a withdrawal closes the next decision."""
    maya = point.home.ids["maya"]
    asked = person_question(maya, "Involvement.status", "EDUCATION", "early-help", "EARLY_HELP")
    before = await point.ask("evaluation", asked, "early-help")
    assert (before["decision"], before["context"]["code"]) == (False, "CONSENT_NOT_GIVEN")
    every: frozenset[Any] = frozenset()
    early_help = frozenset({Purpose.EARLY_HELP})
    given = Consent(maya, "mother", ConsentState.GIVEN, every, early_help, every, "in writing", "cast", NOW)
    await point.home.register.record_consent(given)
    assert (await point.ask("evaluation", asked, "early-help"))["decision"] is True
    later = NOW + timedelta(minutes=1)
    await point.home.register.record_consent(replace(given, state=ConsentState.WITHDRAWN, recorded_at=later))
    after = await point.ask("evaluation", asked, "early-help")
    assert (after["decision"], after["context"]["code"]) == (False, "CONSENT_REFUSED")


async def test_only_the_worker_who_would_be_shown_it_may_ask(point: Point) -> None:
    """An officer, a colleague, another agency and a role are refused, and nothing of the child is looked at."""
    maya = point.home.ids["maya"]
    plain = person_question(maya, "Involvement.status", "HEALTH")
    for asked, who in (
        (plain, "ig-officer"),
        (plain, "social-worker"),
        (plain, "police"),
        (plain | {"subject": role()}, "ig-officer"),
        (plain | {"subject": role()}, "front-door"),
    ):
        status, said = await point.refused("evaluation", asked, who)
        assert status == 403, said
    assert await point.written() == []
    assert not any(connector.asks for connector in point.home.connectors.values())


async def test_what_is_looked_up_may_not_be_stated(point: Point) -> None:
    """Facts and labels of a named person are real or nothing; a wrong id, source or missing reference is 400."""
    maya = point.home.ids["maya"]
    plain = person_question(maya, "Involvement.status", "HEALTH")
    labelled = of_person(maya, "Involvement.status", "HEALTH")
    labelled["properties"]["labels"] = []
    for parts, place in (
        ({"context": stated()}, "context.facts"),
        ({"resource": labelled}, "resource.properties.labels"),
        ({"resource": of_person("no/such id", "Birth.sex", "HEALTH")}, "resource.properties.person"),
        ({"resource": of_person(maya, "Birth.sex", "HEALTH", "police")}, "resource.properties.source"),
        ({"context": {"purpose": "CHILD_PROTECTION"}}, "context.reference"),
        ({"context": {"purpose": "CHILD_PROTECTION", "reference": "?"}}, "context.reference"),
    ):
        status, said = await point.refused("evaluation", plain | parts, "front-door")
        assert status == 400
        assert place in said
    assert await point.written() == []
    one = await point.ask(
        "evaluation", plain | {"resource": of_person(maya, "Involvement.status", "HEALTH", "health")}, "front-door"
    )
    assert one["decision"] is True


async def test_it_is_written_down_before_it_is_answered_in_codes(point: Point) -> None:
    """Before the source is asked stand the decision asked for and the question, after it the outcome; no value."""
    maya = point.home.ids["maya"]
    asked = person_question(maya, "Professional.phone", "HEALTH")
    asked["context"] |= {"reason": "because Maya Quillfeather rang", "i_work_with_this_child": True}
    seen: list[list[str]] = []

    async def watch(_: Ask) -> None:
        seen.append([entry["kind"] for entry in await point.written()])

    point.home.connectors["health"].misbehave = watch
    response = await point.send("evaluation", orjson.dumps(asked), "front-door")
    assert response.json()["decision"] is True
    assert seen == [["EVENT", "INTENT"]]
    event, intent, outcome = await point.written()
    assert (event["name"], event["facts"]) == (
        "decision-asked",
        {"purpose": "CHILD_PROTECTION", "service": "HEALTH"},
    )
    assert event["subject"] == intent["subject"] == outcome["subject"]
    assert event["actor"] == intent["actor"]
    assert {event["request_id"], intent["request_id"]} == {response.headers["hub-request-id"]}
    whole = orjson.dumps([event, intent, outcome]).decode() + response.text + point.home.log.getvalue()
    assert not [canary for canary in canaries() if canary in whole]
    assert maya not in whole
    looks = await who_looked(point.home.database, intent["subject"])
    assert len(looks) == 1


@SHARED
async def test_what_is_withheld_is_quoted_by_a_decision_id(shared: Point) -> None:
    """Its id leads the officer who may know to the rules behind it; the worker is told no rule."""
    asked = person_question(shared.home.ids["hidden"], "Address.postcode", "HEALTH")
    told = await shared.ask("evaluation", asked, "front-door")
    assert (told["decision"], told["context"]["verdict"]) == (False, "WITHHOLD")
    assert {"rules", "reason_admin"}.isdisjoint(told["context"])
    assert await how_decided(shared.home.database, told["context"]["decision_id"]) is not None


async def test_a_ledger_that_cannot_be_written_answers_nothing(point: Point) -> None:
    """503 and no source asked: what cannot be written down is not decided."""
    await point.home.ledger.close()
    asked = person_question(point.home.ids["maya"], "Involvement.status", "HEALTH")
    response = await point.send("evaluation", orjson.dumps(asked), "front-door")
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert isinstance(response.json(), str)
    assert not any(connector.asks for connector in point.home.connectors.values())


async def test_fields_of_one_person_are_one_question(point: Point) -> None:
    """What is alike but for the field is asked of the source once; each service is asked only for its own fields."""
    maya = point.home.ids["maya"]
    cells = [("Involvement.status", "HEALTH"), ("Involvement.start", "HEALTH"), ("Involvement.team", "HOUSING")]
    body = person_question(maya, "Birth.sex", "HEALTH")
    body |= {"evaluations": [{"resource": of_person(maya, field, service)} for field, service in cells]}
    assert [one["decision"] for one in (await point.ask("evaluations", body, "front-door"))["evaluations"]] == [
        True
    ] * 3
    asks = {source: c.asks for source, c in point.home.connectors.items() if c.asks}
    assert {source: len(of) for source, of in asks.items()} == {"health": 1, "housing": 1}
    assert asks["housing"][0].fields == {FieldId("Involvement.team")}
    assert asks["health"][0].fields == {FieldId("Involvement.status"), FieldId("Involvement.start")}


async def test_a_batch_may_be_about_a_few_people_only(point: Point) -> None:
    """As many as one GraphQL request may ask about; more are refused before anybody is looked at."""
    ids = [f"{n:08d}-0000-0000-0000-000000000000" for n in range(MOST_PEOPLE + 1)]
    body = person_question(NOBODY, "Birth.sex", "HEALTH")
    body |= {"evaluations": [{"resource": of_person(one, "Birth.sex", "HEALTH")} for one in ids]}
    assert (await point.refused("evaluations", body, "front-door"))[0] == 400
    assert await point.written() == []
    body["evaluations"].pop()
    assert len((await point.ask("evaluations", body, "front-door"))["evaluations"]) == MOST_PEOPLE


@SHARED
async def test_kinds_and_people_may_stand_in_one_batch(shared: Point) -> None:
    """Each is answered in its place."""
    kind, named = kind_question(), person_question(NOBODY, "Birth.sex", "HEALTH")
    told = await shared.ask("evaluations", {"evaluations": [kind, named, kind]}, "front-door")
    assert [one["decision"] for one in told["evaluations"]] == [True, False, True]
