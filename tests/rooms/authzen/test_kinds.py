"""Decisions about kinds of question: what the rules decide, told to whoever may know, and nothing of any child."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.authzen.bond import Bond
from hub.authzen.kinds import Policy
from hub.governance.agreements import Agreements
from hub.governance.standing import Standing
from policies.decide import decide
from policies.facts import Asker, BasisState, Facts
from policies.simulate.exploring import WORDS
from policies.vocabulary import ROLES
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service
from tests.cast import SERVICES, TODAY, agency, requester
from tests.house import RULES
from tests.rooms.authzen.asking import IN_ORDER, kind_question, of_kind, role, stated, worker, written
from tests.rooms.authzen.conftest import Point
from tests.rooms.policies.drawn import facts_drawn

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASKERS = st.builds(
    Asker,
    st.sampled_from(sorted(ROLES)),
    st.sampled_from([agency(source) for source in SERVICES]),
    st.sampled_from(list(Purpose)),
)
LABELS = st.frozensets(st.sampled_from(list(Label)), max_size=2)


# Whoever asks, of whatever field, with whatever facts: the decision is the one that an answer would be given by.
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asker=ASKERS,
    service=st.sampled_from(list(Service)),
    field=st.sampled_from(sorted(CATALOGUE)),
    facts=facts_drawn,
    labels=LABELS,
)
async def test_a_decision_is_the_one_an_answer_is_given_by(
    shared: Point, asker: Asker, service: Service, field: FieldId, facts: Facts, labels: frozenset[Label]
) -> None:
    told = await shared.ask("evaluation", written(asker, service, field, labels, facts))
    mask = decide(asker, {"one": (service, facts)}, frozenset({field}), RULES)["one"]
    expected = mask.decide(field, labels)
    context = told["context"]
    assert told["decision"] is expected.verdict.shows
    assert context["verdict"] == expected.verdict
    assert context.get("code") == expected.reason
    assert context["rules"] == {"allow": list(expected.allow), "deny": list(expected.deny)}
    assert context["policy_version"] == RULES.version
    owed = {duty["id"] for duty in context.get("obligations", [])}
    assert owed == ({*(["mask"] * bool(expected.mask)), *expected.duties} if expected.verdict.shows else set())


async def test_what_is_not_stated_is_taken_to_refuse(shared: Point) -> None:
    """With every fact in order the field is shown; with any one of them left out it is not, or no more than it was."""
    shown = await shared.ask("evaluation", kind_question())
    assert shown["decision"] is True
    for name in ("agreement", "relationship"):
        facts = {n: word for n, word in IN_ORDER.items() if n != name}
        closed = await shared.ask("evaluation", kind_question(context={"purpose": "CHILD_PROTECTION", "facts": facts}))
        assert closed["decision"] is False, name
    nothing_said = await shared.ask("evaluation", kind_question(context={"purpose": "CHILD_PROTECTION"}))
    assert nothing_said["decision"] is False


async def test_leaving_a_fact_out_never_opens_anything() -> None:
    """Whatever word a fact might be, leaving it out shows no field that stating it would not show."""
    bond = Bond.of(requester("ig-officer"), Standing(0, RULES.version, Agreements(()), ()), ())
    policy = Policy(RULES, TODAY, {}, bond)
    in_order: dict[str, object] = {"basis": LawfulBasis.PUBLIC_TASK, "basis_state": BasisState.IN_FORCE}
    in_order |= {name: next(w for w in WORDS[name] if w == said) for name, said in IN_ORDER.items() if name in WORDS}
    opened = 0
    for role_, purpose, service, emergency in product(sorted(ROLES), Purpose, ("HEALTH", "EDUCATION"), (False, True)):
        in_order["break_glass"] = emergency
        asker = Asker(role_, agency("social-care"), purpose)

        def shown(stated_: Mapping[str, object], to: Asker = asker, of: str = service) -> frozenset[FieldId]:
            return RULES.ruling(to, Service(of), policy.facts(to, stated_)).permitted

        for name in WORDS.keys() - {"basis", "basis_state"}:
            unsaid = shown({n: word for n, word in in_order.items() if n != name})
            for word in WORDS[name]:
                said = shown({**in_order, name: word})
                assert unsaid <= said, (asker, service, name, word)
                opened += unsaid < said
    assert opened


async def test_the_lawful_basis_follows_from_the_purpose_and_a_stated_one_from_the_law(shared: Point) -> None:
    """A basis that the caller names is held against the law of the day; nobody decides it by naming it."""
    named = await shared.ask("evaluation", kind_question(context=stated(basis="CHILDREN_ACT_1989_S47")))
    plain = await shared.ask("evaluation", kind_question())
    assert named == plain
    not_theirs = kind_question(subject=role("police-officer"), context=stated(basis="EDUCATION_ACT_2002_S175"))
    assert (await shared.ask("evaluation", not_theirs))["context"]["code"] == "NO_LAWFUL_BASIS"


async def test_a_part_of_a_value_is_an_obligation_and_is_not_the_whole(shared: Point) -> None:
    """A mask is true for view, with the mask to put on; for view-whole it is false, since a part is not enough."""
    school = {
        "subject": role("school-safeguarding-lead", "cast-education"),
        "resource": of_kind("Birth.date_of_birth", "SOCIAL_CARE"),
        "context": stated("EDUCATION_WELFARE"),
    }
    part = await shared.ask("evaluation", kind_question(**school))
    assert (part["decision"], part["context"]["verdict"]) == (True, "MASK")
    assert [owed["id"] for owed in part["context"]["obligations"]] == ["mask"]
    assert part["context"]["obligations"][0]["mask"] == "year-only"
    whole = await shared.ask("evaluation", kind_question(**school, action={"name": "view-whole"}))
    assert (whole["decision"], whole["context"]["verdict"]) == (False, "MASK")


async def test_brokered_withheld_and_omitted_are_false(shared: Point) -> None:
    """Whatever is not shown is false, with words for the worker and what to do."""
    police = role("police-officer", "cast-police")
    brokered = await shared.ask("evaluation", kind_question(subject=police))
    assert (brokered["decision"], brokered["context"]["verdict"]) == (False, "BROKER")
    omitted = await shared.ask(
        "evaluation", kind_question(resource=of_kind("Involvement.status", "HEALTH", "ADOPTION"))
    )
    assert (omitted["decision"], omitted["context"]["verdict"]) == (False, "OMIT")
    withheld = await shared.ask("evaluation", kind_question(context=stated(agreement="NONE")))
    assert (withheld["decision"], withheld["context"]["verdict"]) == (False, "WITHHOLD")
    assert withheld["context"]["remedy"] in withheld["context"]["reason_user"]["en"]


async def test_a_service_is_asked_about_as_the_field_that_says_it_knows_the_child(shared: Point) -> None:
    """A resource of type service is the existence of that service's involvement."""
    service = {"type": "service", "id": "HEALTH", "properties": {"labels": []}}
    asked = await shared.ask("evaluation", kind_question(resource=service))
    assert asked == await shared.ask("evaluation", kind_question(resource=of_kind("Involvement.service", "HEALTH")))


async def test_others_learn_of_their_own_role_and_never_the_rules(shared: Point) -> None:
    """A worker is told of their own role at their own agency without rule ids; of any other, 403."""
    own = await shared.ask("evaluation", kind_question(), who="front-door")
    assert own["decision"] is True
    assert {"rules", "reason_admin"}.isdisjoint(own["context"])
    assert own == await shared.ask("evaluation", kind_question(subject=worker()), who="front-door")
    for subject in (role("social-worker"), role("front-door-worker", "cast-health"), worker("social-worker")):
        status, said = await shared.refused("evaluation", kind_question(subject=subject), "front-door")
        assert status == 403, said


async def test_a_worker_is_what_their_token_says(shared: Point) -> None:
    """Role, agency and team of a worker may be said, and must be those of the token."""
    said = worker() | {"properties": {"role": "front-door-worker", "agency": "cast-social-care"}}
    assert (await shared.ask("evaluation", kind_question(subject=said), who="front-door"))["decision"] is True
    for other in ({"role": "social-worker"}, {"agency": "cast-health"}, {"team": "a team"}):
        claimed = kind_question(subject=worker() | {"properties": other})
        assert (await shared.refused("evaluation", claimed, "front-door"))[0] == 403


async def test_nothing_is_written_of_a_kind_of_question_and_no_source_is_asked(shared: Point) -> None:
    """Pure policy is about nobody: it leaves no entry about a child and wakes no agency's system."""
    before = await shared.written()
    await shared.ask("evaluation", kind_question())
    await shared.ask("search/resource", kind_question(resource={"type": "field", "properties": {"labels": []}}))
    assert await shared.written() == before
    assert not any(connector.asks for connector in shared.home.connectors.values())


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"subject": {"type": "secret-word", "id": "x"}}, "subject.type"),
    ({"subject": {"type": "role", "id": "secret-word"}}, "subject.id"),
    ({"subject": role(agency="Secret Word")}, "subject.properties.agency"),
    ({"subject": "secret-word"}, "subject"),
    ({"action": {"name": "secret-word"}}, "action.name"),
    ({"action": {}}, "action.name"),
    ({"action": None}, "action"),
    ({"resource": of_kind("Secret.word")}, "resource.id"),
    ({"resource": of_kind(service="secret-word")}, "resource.properties.service"),
    ({"resource": {"type": "field", "id": "Birth.sex"}}, "resource.properties.service"),
    ({"resource": {"type": "field", "id": "Birth.sex", "properties": {"service": "HEALTH"}}}, "properties.labels"),
    ({"resource": of_kind("Birth.sex", "HEALTH", "secret-word")}, "resource.properties.labels[0]"),
    (
        {"resource": {"type": "service", "id": "HEALTH", "properties": {"labels": "ORDINARY"}}},
        "labels must be an array",
    ),
    (
        {"resource": {"type": "service", "id": "HEALTH", "properties": {"labels": [], "source": "secret-word"}}},
        "resource.properties.source",
    ),
    ({"context": {"purpose": "secret-word"}}, "context.purpose"),
    ({"context": {}}, "context.purpose"),
    ({"context": stated(consent="secret-word")}, "context.facts.consent"),
    ({"context": stated(own="yes")}, "context.facts.own"),
    ({"context": stated(flags=["secret-word"])}, "context.facts.flags[0]"),
    ({"context": stated(flags=None)}, "context.facts.flags"),
    ({"context": {"purpose": "CHILD_PROTECTION", "facts": {}}}, "context.facts.flags is missing"),
    ({"context": stated(**{"secret-word": "x"})}, "context.facts"),
    ({"context": {"purpose": "CHILD_PROTECTION", "facts": []}}, "context.facts"),
    ({"context": {"purpose": "x" * 600}}, "context.purpose"),
]


# 400 with one sentence that names the place; nothing of what was sent comes back.
@pytest.mark.parametrize(("parts", "place"), WRONG, ids=[place for _, place in WRONG])
async def test_an_unknown_word_is_refused_by_its_place_and_never_repeated(
    shared: Point, parts: dict[str, Any], place: str
) -> None:
    asked = {name: part for name, part in kind_question(**parts).items() if part is not None}
    status, said = await shared.refused("evaluation", asked)
    assert status == 400
    assert place in said
    assert "secret" not in said.lower()


async def test_members_nobody_declared_are_passed_over_and_null_is_absent(shared: Point) -> None:
    """A general enforcement point may send more than is known here (section 10.1.1): the answer is the same."""
    plain = kind_question()
    more = orjson.loads(orjson.dumps(plain))
    for part in ("subject", "action", "resource"):
        more[part]["more"] = {"deep": [1, {"er": None}]}
        more[part].setdefault("properties", {})["ip_address"] = "192.0.2.1"
    more["context"] |= {"time": "2026-03-02T09:30:00Z", "reference": None}
    more |= {"more": 1, "page": None}
    assert await shared.ask("evaluation", more) == await shared.ask("evaluation", plain)
