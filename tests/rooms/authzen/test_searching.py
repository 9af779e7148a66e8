"""Search: what it finds is what evaluation permits and all of it, in pages, and never anything of a named person."""

from typing import Any

import pytest

from policies.facts import Asker
from policies.simulate.exploring import WORDS
from policies.simulate.reverse import who_can
from policies.vocabulary import ROLES
from schema.fields import CATALOGUE, FieldId
from schema.purposes import Purpose
from schema.services import Service
from tests.cast import requester
from tests.house import RULES
from tests.rooms.authzen.asking import VIEW, kind_question, of_kind, of_person, role, stated, worker
from tests.rooms.authzen.conftest import Point

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROLE_SEARCH = {"subject": {"type": "role"}, "action": VIEW, "resource": of_kind(), "context": stated()}
FIELD_SEARCH = {
    "subject": role(),
    "action": VIEW,
    "resource": {"type": "field", "properties": {"service": "HEALTH", "labels": []}},
    "context": stated(),
}


async def every(point: Point, path: str, query: dict[str, Any], **page: Any) -> list[dict[str, Any]]:
    """Follow a search to its end."""
    found: list[dict[str, Any]] = []
    told = await point.ask(path, query | ({"page": page} if page else {}))
    while True:
        assert list(told) == ["page", "context", "results"]
        assert told["page"]["count"] == len(told["results"])
        found += told["results"]
        if not told["page"]["next_token"]:
            assert told["page"]["total"] == len(found)
            return found
        told = await point.ask(path, query | {"page": {"token": told["page"]["next_token"]}})


async def decided(point: Point, questions: list[dict[str, Any]]) -> list[bool]:
    """Evaluate some kinds of question."""
    found: list[bool] = []
    for start in range(0, len(questions), 100):
        told = await point.ask("evaluations", {"evaluations": questions[start : start + 100]})
        found += [one["decision"] for one in told["evaluations"]]
    return found


@pytest.mark.parametrize("field", ["Involvement.status", "Plan.goals", "Professional.phone"])
async def test_the_roles_found_are_those_that_evaluation_permits(shared: Point, field: str) -> None:
    """Every role found evaluates to true and every other to false; the rules' own reverse question says the same."""
    for service, purpose in (("HEALTH", "CHILD_PROTECTION"), ("EDUCATION", "EDUCATION_WELFARE")):
        query = ROLE_SEARCH | {"resource": of_kind(field, service), "context": stated(purpose)}
        found = await every(shared, "search/subject", query)
        named = [one["id"] for one in found]
        questions = [query | {"subject": role(word)} for word in sorted(ROLES)]
        permitted = [word for word, yes in zip(sorted(ROLES), await decided(shared, questions), strict=True) if yes]
        assert named == permitted
        assert all(await decided(shared, [query | {"subject": one} for one in found]))
        assert set(named) == await _reverse(shared, FieldId(field), Service(service), Purpose(purpose))


async def _reverse(point: Point, field: FieldId, service: Service, purpose: Purpose) -> set[str]:
    policy = await point.access._answering["/access/v1/evaluation"].__self__.policy(requester("ig-officer"))  # type: ignore[attr-defined] # its evaluator
    own = "cast-social-care"
    found = set()
    words = stated(purpose.value)["facts"]
    for access in who_can(field, service, RULES):
        facts = policy.facts(Asker(access.role.value, own, purpose), _facts(words))
        in_it = own in access.agencies and purpose in access.purposes and access.form.verdict.shows
        if in_it and any(situation.holds(facts) for situation in access.when):
            found.add(access.role.value)
    return found


def _facts(words: dict[str, Any]) -> dict[str, object]:
    named = {name: said for name, said in words.items() if name in WORDS}
    return {name: next(word for word in WORDS[name] if str(word) == said) for name, said in named.items()}


async def test_the_fields_found_are_those_that_evaluation_permits(shared: Point) -> None:
    """Of one service or of all, in pages of any size: nothing is missing, nothing twice, nothing that is refused."""
    found = await every(shared, "search/resource", FIELD_SEARCH, limit=7)
    assert found == await every(shared, "search/resource", FIELD_SEARCH)
    questions = [kind_question(resource=of_kind(field, "HEALTH")) for field in sorted(CATALOGUE)]
    permitted = [f for f, yes in zip(sorted(CATALOGUE), await decided(shared, questions), strict=True) if yes]
    assert [one["id"] for one in found] == permitted
    anywhere = FIELD_SEARCH | {"resource": {"type": "field", "properties": {"labels": []}}}
    all_found = await every(shared, "search/resource", anywhere)
    assert {one["properties"]["service"] for one in all_found} == {service.value for service in Service}
    assert all(await decided(shared, [kind_question(resource=one) for one in all_found]))
    services = await every(
        shared, "search/resource", FIELD_SEARCH | {"resource": {"type": "service", "properties": {"labels": []}}}
    )
    assert all(await decided(shared, [kind_question(resource=one) for one in services]))
    assert len(services) == len(Service)


async def test_the_actions_found_are_those_that_evaluation_permits(shared: Point) -> None:
    """A whole value may be seen and seen whole; a masked one seen; a refused one neither."""
    school = {
        "subject": role("school-safeguarding-lead", "cast-education"),
        "resource": of_kind("Birth.date_of_birth", "SOCIAL_CARE"),
        "context": stated("EDUCATION_WELFARE"),
    }
    plain = {"subject": role(), "resource": of_kind(), "context": stated()}
    closed = plain | {"context": stated(agreement="NONE")}
    for query, expected in ((plain, ["view", "view-whole"]), (school, ["view"]), (closed, [])):
        found = await every(shared, "search/action", query)
        assert [one["name"] for one in found] == expected
        assert all(await decided(shared, [query | {"action": one} for one in found]))


async def test_an_id_of_what_is_searched_for_is_passed_over(shared: Point) -> None:
    """The id of the subject or resource searched for does not count, whatever it is (sections 8.4.1 and 8.5.1)."""
    roles = await every(shared, "search/subject", ROLE_SEARCH)
    assert roles == await every(shared, "search/subject", ROLE_SEARCH | {"subject": {"type": "role", "id": "secret"}})
    fields = await every(shared, "search/resource", FIELD_SEARCH)
    resource = FIELD_SEARCH["resource"] | {"id": 7}  # type: ignore[operator] # it is an object
    assert fields == await every(shared, "search/resource", FIELD_SEARCH | {"resource": resource})


async def test_nobody_is_searched_and_workers_are_not_listed(shared: Point) -> None:
    """A named person, or a list of workers, is refused; so is a list of roles to anybody but an officer."""
    maya = shared.home.ids["maya"]
    named = of_person(maya, "Involvement.status", "HEALTH")
    for path, query in (
        ("search/subject", ROLE_SEARCH | {"resource": named}),
        ("search/resource", FIELD_SEARCH | {"resource": named}),
        ("search/action", {"subject": worker("ig-officer"), "resource": named, "context": stated()}),
        ("search/subject", ROLE_SEARCH | {"subject": {"type": "worker"}}),
    ):
        status, said = await shared.refused(path, query)
        assert status == 400, said
        assert maya not in said
    assert (await shared.refused("search/subject", ROLE_SEARCH, "front-door"))[0] == 403
    assert (await shared.refused("search/resource", FIELD_SEARCH, "social-worker"))[0] == 403
    assert (await shared.ask("search/resource", FIELD_SEARCH, "front-door"))["results"]


async def test_a_token_fits_its_own_query_alone(shared: Point) -> None:
    """Another query, another caller, another endpoint, another limit, or a token nobody gave: 400."""
    first = await shared.ask("search/resource", FIELD_SEARCH | {"page": {"limit": 3}})
    token = first["page"]["next_token"]
    assert await shared.ask("search/resource", FIELD_SEARCH | {"page": {"token": token, "limit": 3}})
    for query in (
        FIELD_SEARCH | {"page": {"token": token}, "context": stated(agreement="PAST_REVIEW")},
        FIELD_SEARCH | {"page": {"token": token, "limit": 4}},
        FIELD_SEARCH | {"page": {"token": token[:-1] + ("A" if token[-1] != "A" else "B")}},
        FIELD_SEARCH | {"page": {"token": "secret!"}},
        FIELD_SEARCH | {"page": {"token": "A" * 500}},
        FIELD_SEARCH | {"page": {"limit": -1}},
        FIELD_SEARCH | {"page": {"limit": True}},
        FIELD_SEARCH | {"page": "secret"},
    ):
        status, said = await shared.refused("search/resource", query)
        assert status == 400
        assert "page" in said
        assert "secret" not in said
    by_another = FIELD_SEARCH | {"page": {"token": token}}
    assert (await shared.refused("search/resource", by_another, "front-door"))[0] == 400


async def test_pages_are_bounded(shared: Point) -> None:
    """However many are wanted, a page is no larger than it may be; none may be wanted, and the rest is still there."""
    anywhere = FIELD_SEARCH | {"resource": {"type": "field", "properties": {"labels": []}}}
    most = await shared.ask("search/resource", anywhere | {"page": {"limit": 2**62}})
    assert most["page"]["count"] == 200 < most["page"]["total"]
    none = await shared.ask("search/resource", anywhere | {"page": {"limit": 0}})
    assert (none["results"], bool(none["page"]["next_token"])) == ([], True)


async def test_a_search_is_answered_by_the_version_that_counts(shared: Point) -> None:
    """It says which, as an evaluation does."""
    told = await shared.ask("search/resource", FIELD_SEARCH)
    assert told["context"] == {"policy_version": RULES.version}
