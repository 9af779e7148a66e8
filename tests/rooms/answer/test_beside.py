"""Beside the records: a refusal is told whatever a question rests on, an emergency says when it ends; no more."""

import dataclasses
from pathlib import Path
from typing import Any

from connectors.contract import Ask
from hub.governance.acting import By
from hub.governance.break_glass import GlassReason
from hub.governance.breaking_glass import Asked, break_glass, end
from hub.governance.consent import Consent
from hub.governance.givers import Capacity, GiverRelationship
from policies.facts import ConsentState
from schema.governance.consent_told import ConsentStanding
from schema.purposes import Purpose
from tests.cast import NOW, SERVICES, agency, requester
from tests.house import House, house

ASK = "query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) { %s } }"
CONSENT = "consent { service state refusedBy givenBy disagree since expires }"
BANNER = "emergencyAccess { reference ends banner }"


def said(home: House, state: ConsentState, giver: str, who: str = "maya") -> Consent:
    """Give what a parent said about everything."""
    return Consent(
        home.ids[who],
        giver,
        state,
        frozenset(),
        frozenset(Purpose),
        frozenset(),
        "form",
        "sub",
        NOW,
        relationship=GiverRelationship[giver.upper()],
        capacity=Capacity.PARENTAL_RESPONSIBILITY,
        given=NOW.date(),
    )


async def opened(home: House, who: str = "front-door", child: str = "maya", *owners: str) -> str:
    """Break glass for somebody; give its id."""
    by = requester(who)
    asked = Asked(
        home.ids[child],
        frozenset(map(agency, owners or ("health", "police"))),
        GlassReason.MISSING_CHILD,
        "words",
        "REF 9",
    )
    return (await break_glass(home.acting, asked, By(by.subject, by.role, by.organisation))).id


def of(person: dict[str, Any], service: str) -> dict[str, Any]:
    return next(c for c in person["consent"] if c["service"] == service)


async def test_a_refusal_is_told_though_the_question_does_not_rest_on_consent(home: House) -> None:
    """A section 47 enquiry sees every service, and that the mother refused what the father agreed to."""
    await home.register.record_consent(said(home, ConsentState.GIVEN, "father"))
    await home.register.record_consent(said(home, ConsentState.REFUSED, "mother"))
    person = await home.person(query=ASK % f"involvements {{ start }} {CONSENT}")
    assert {c["service"] for c in person["consent"]} == set(SERVICES.values())
    assert of(person, "HEALTH") == {
        "service": "HEALTH",
        "state": ConsentStanding.REFUSED,
        "refusedBy": [GiverRelationship.MOTHER],
        "givenBy": [GiverRelationship.FATHER],
        "disagree": True,
        "since": NOW.date(),
        "expires": None,
    }
    assert len(person["involvements"]) == len(SERVICES)


async def test_what_is_not_asked_for_is_not_told(home: House) -> None:
    await home.register.record_consent(said(home, ConsentState.REFUSED, "mother"))
    await opened(home)
    assert "REFUSED" not in str(await home.person())


async def test_consent_is_told_of_no_service_whose_records_are_not_shown(home: House) -> None:
    """Early help may not know that the police know her; a school sees its own; nobody tells of who does not answer."""
    await home.register.record_consent(said(home, ConsentState.GIVEN, "mother"))
    query = ASK % f"{CONSENT} sources {{ service outcome }}"
    for who, purpose in (("early-help", "EARLY_HELP"), ("school", "EDUCATION_WELFARE"), ("analyst", "ANALYSIS")):
        person = await home.person(who=who, purpose=purpose, query=query)
        answered = {s["service"] for s in person["sources"] if s["outcome"].value == "RECORDS"}
        assert {c["service"] for c in person["consent"]} == answered < set(SERVICES.values())
    home.connectors["health"].misbehave = _silent
    person = await home.person(query=query)
    assert "HEALTH" not in {c["service"] for c in person["consent"]}


def _silent(_: Ask) -> None:
    raise OSError


async def test_hidden_records_and_none_at_all_tell_the_same_of_consent(home: House) -> None:
    """Whatever a record's label hides whole is not given away by a word on consent beside it."""
    from hub.governance.consenting import record_consent
    from schema.labels import Label

    refused = dataclasses.replace(said(home, ConsentState.REFUSED, "mother"))
    await record_consent(home.acting, refused, By("sub", "ig-officer", agency("social-care")))
    query = ASK % f"{CONSENT} sources {{ service outcome }}"

    def hidden(ask: Ask) -> Any:
        reply = home.connectors["health"].reply(ask)
        for records in reply.records.values():
            for record in records:
                record.labels = frozenset({Label.SEXUAL_HEALTH})
        return reply

    home.connectors["health"].misbehave = hidden
    one = await home.person(query=query)
    home.connectors["health"].misbehave = lambda ask: dataclasses.replace(
        home.connectors["health"].reply(ask), records=dict.fromkeys(ask.people, ())
    )
    other = await home.person(query=query)
    assert one == other
    assert "HEALTH" not in {c["service"] for c in one["consent"]}


async def test_consent_is_that_of_the_moment_of_release(home: House) -> None:
    """Withdrawn while sources answer: told as withdrawn."""
    await home.register.record_consent(said(home, ConsentState.GIVEN, "mother"))

    async def withdraw(_: Ask) -> None:
        await home.register.record_consent(said(home, ConsentState.WITHDRAWN, "mother"))

    home.connectors["education"].misbehave = withdraw
    person = await home.person(query=ASK % CONSENT)
    assert of(person, "HEALTH")["state"] is ConsentStanding.WITHDRAWN


async def test_an_emergency_access_says_when_it_ends_to_whoever_has_it(home: House) -> None:
    """To them alone, about that child alone, and no longer than it is open."""
    reference = await opened(home)
    person = await home.person(query=ASK % BANNER)
    told = person["emergencyAccess"]
    assert told["reference"] == reference
    assert "Emergency access" in told["banner"]
    assert "words" not in str(told)
    assert (await home.person("rowan", query=ASK % BANNER))["emergencyAccess"] is None
    assert (await home.person(who="social-worker", query=ASK % BANNER))["emergencyAccess"] is None
    by = requester("front-door")
    await end(home.acting, reference, By(by.subject, by.role, by.organisation))
    assert (await home.person(query=ASK % BANNER))["emergencyAccess"] is None


async def test_of_nobody_nothing_is_told(home: House) -> None:
    """Someone sealed and someone who does not exist are answered alike, whatever is recorded of either."""
    await home.register.record_consent(said(home, ConsentState.REFUSED, "mother", "sealed"))
    await opened(home, "front-door", "sealed")
    both = [
        await home.person(child, who=who, purpose=purpose, query=ASK % f"{CONSENT} {BANNER}")
        for child in ("sealed", "0" * 32)
        for who, purpose in (("front-door", "CHILD_PROTECTION"), ("ig-officer", "POLICY_REVIEW"))
    ]
    assert both[0] == both[2] is None
    assert both[1] == both[3] == {"consent": [], "emergencyAccess": None}


async def test_relatives_are_told_of_like_anybody(tmp_path: Path) -> None:
    """A sibling's consent stands beside the sibling."""
    async with house(tmp_path) as home:
        await home.register.record_consent(said(home, ConsentState.REFUSED, "mother", "rowan"))
        query = ASK % f"consent {{ state }} relationships {{ person {{ {CONSENT} }} }}"
        person = await home.person(query=query, who="social-worker")
    assert {c["state"] for c in person["consent"]} == {ConsentStanding.NOT_RECORDED}
    beside = [r["person"] for r in person["relationships"] if r["person"]]
    assert {c["state"] for one in beside for c in one["consent"]} == {ConsentStanding.REFUSED}
