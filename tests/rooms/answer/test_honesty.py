"""What an answer must not say: none held where the truth is unknown, or anything that tells of what is protected."""

import asyncio
import dataclasses
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from connectors.contract import Ask, Identity, Rejected, Reply
from connectors.errors import SourceBroken
from hub.answer.prepare import Preparer
from hub.audit.entries import Ended, OutcomeRecord
from hub.governance.consent import Consent
from hub.store.database import StoreUnavailable
from policies.facts import ConsentState
from schema.labels import Label
from schema.purposes import Purpose
from schema.records import DutyDesk, Flag, Professional, Relationship
from tests.cast import CHILDREN, NOW, SYNCED
from tests.house import House, agree, house

ASK = "query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) { %s } }"
REPLACED = text(
    "INSERT INTO person (id, status, labels, version, superseded_by) "
    "SELECT 'aa', status, labels, version, id FROM person WHERE id = :id"
)
SOURCES = "sources { source outcome complete explanation asOf }"


def said(person: dict[str, Any], source: str) -> dict[str, Any]:
    return next(s for s in person["sources"] if s["source"] == source)


def consent(home: House, state: ConsentState, who: str = "maya", later: int = 0) -> Consent:
    return Consent(
        home.ids.get(who, who),
        "mother",
        state,
        frozenset(),
        frozenset({Purpose.EARLY_HELP}),
        frozenset(),
        "form",
        "sub",
        NOW + timedelta(seconds=later),
    )


async def test_a_right_that_arrives_while_others_answer_makes_nobody_hold_nothing(home: House) -> None:
    """Sources that might not be asked when the question was, and may be now, were not asked: that is said."""

    async def give(_: Ask) -> None:
        await home.register.record_consent(consent(home, ConsentState.GIVEN))

    home.connectors["early-help"].misbehave = give
    person = await home.person(who="early-help", purpose="EARLY_HELP", query=ASK % f"names {{ given }} {SOURCES}")
    assert not home.connectors["education"].asks
    assert said(person, "education")["outcome"] == "UNAVAILABLE"
    assert not said(person, "education")["complete"]


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"complete": False}, "UNAVAILABLE"),
        ({"rejected": (Rejected("row 1", "not-a-date"),)}, "UNAVAILABLE"),
        ({"stale": True}, "STALE"),
    ],
)
async def test_an_empty_answer_that_is_cut_unreadable_or_old_is_not_none_held(
    home: House, change: dict[str, Any], outcome: str
) -> None:
    connector = home.connectors["housing"]
    connector.misbehave = lambda ask: dataclasses.replace(
        connector.reply(ask), records=dict.fromkeys(ask.people, ()), **change
    )
    person = await home.person(query=ASK % f"flags {{ code }} chronology(services: [HOUSING]) {{ date }} {SOURCES}")
    assert said(person, "housing")["outcome"] == outcome
    assert person["chronology"] is None


@pytest.mark.parametrize(("part", "wrong"), [("duty_desk", [DutyDesk(phone="1")]), ("professionals", Professional())])
async def test_a_list_where_one_belongs_costs_that_part_alone(home: House, part: str, wrong: Any) -> None:
    """A record holding several where one belongs, or one where several do, leaves without it, and that is said."""
    connector = home.connectors["housing"]

    def spoilt(ask: Ask) -> Reply:
        reply = connector.reply(ask)
        for record in [one for held in reply.records.values() for one in held]:
            setattr(record, part, wrong)
        return reply

    connector.misbehave = spoilt
    wanted = f"involvements {{ service start dutyDesk {{ phone }} professionals {{ name }} }} {SOURCES}"
    person = await home.person(query=ASK % wanted)
    assert not said(person, "housing")["complete"]
    assert said(person, "health")["complete"]
    (left,) = [one for one in person["involvements"] if one["service"] == "HOUSING"]
    assert left["start"]
    assert left["dutyDesk" if part == "duty_desk" else part] is None


async def test_an_index_not_read_for_long_cannot_say_who_is_not_in_it(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        assert said(await home.person("hidden"), "police")["outcome"] == "NONE_HELD"
    async with house(tmp_path, clock=NOW + timedelta(hours=2), agreements=False, feeding=False) as home:
        assert said(await home.person("hidden"), "police")["outcome"] == "UNAVAILABLE"


@pytest.mark.parametrize("query", ["involvements { start } relationships { person { involvements { start } } }"])
async def test_what_is_withdrawn_while_relatives_are_asked_is_not_released(home: House, query: str) -> None:
    """Everything is released at one moment, by what holds then: the first fetched waits for the last."""
    asked = 0

    async def withdraw(ask: Ask) -> None:
        nonlocal asked
        asked += 1
        if any("rowan" in person for person in ask.people):
            await agree(home.register, expiry=date(2026, 3, 1))

    home.connectors["education"].misbehave = withdraw
    person = await home.person(who="social-worker", query=ASK % query)
    assert asked == 2
    assert len(person["involvements"]) == 1


async def test_what_is_withdrawn_while_an_alias_is_asked_is_not_released(home: House) -> None:
    query = """query ($a: ID!, $b: ID!, $context: RequestContext!) {
      a: person(id: $a, context: $context) { involvements { start } }
      b: person(id: $b, context: $context) { involvements { start } } }"""

    async def late(ask: Ask) -> None:
        if any("rowan" in person for person in ask.people):
            await asyncio.sleep(0.1)
            await agree(home.register, expiry=date(2026, 3, 1))

    home.connectors["education"].misbehave = late
    variables = {
        "a": home.ids["maya"],
        "b": home.ids["rowan"],
        "context": {"purpose": "CHILD_PROTECTION", "reference": "R"},
    }
    result = await home.ask(query, variables, who="social-worker")
    assert [len(result.data[key]["involvements"]) for key in ("a", "b")] == [1, 1]


async def test_a_person_sealed_while_sources_answer_is_nobody(home: House) -> None:
    child = CHILDREN["maya"]

    async def seal(_: Ask) -> None:
        async def feed() -> Any:
            yield Identity(child.local_id("health"), child.traits, NOW, frozenset({Label.ADOPTION}))

        service = home.answerer.preparer.sources["health"].config.service
        await home.index.refresh("health", service, feed())

    home.connectors["education"].misbehave = seal
    context = {"purpose": "CHILD_PROTECTION", "reference": "R"}
    result = await home.ask(ASK % "names { given }", {"id": home.ids["maya"], "context": context})
    assert result.data == {"person": None}


async def test_a_sealed_relative_is_named_by_nobody(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHILDREN, "maya", dataclasses.replace(CHILDREN["maya"], relatives=("rowan", "sealed")))
    person = await home.person(query=ASK % "relationships { name }")
    told = [r["name"] for r in person["relationships"]]
    assert len(told) == 3
    only_rowan = await home.person(query=ASK % "relationships { name person { id } }")
    assert {r["person"]["id"] for r in only_rowan["relationships"]} == {home.ids["rowan"]}


async def test_a_child_known_only_where_the_asker_may_not_look_is_like_nobody(home: House) -> None:
    """Early help may not know whom the police know: such a child, a sealed one and nobody at all are answered alike."""
    with_police = await _only_known_to_police(home)
    answers = [
        await home.person(child, "early-help", "EARLY_HELP")
        for child in (with_police, "sealed", "00000000-0000-0000-0000-000000000000")
    ]
    assert answers == [None, None, None]


async def _only_known_to_police(home: House) -> str:
    traits = dataclasses.replace(CHILDREN["rowan"].traits, names=(), identifiers=(), date_of_birth=date(2015, 2, 3))

    async def feed() -> Any:
        yield Identity(CHILDREN["rowan"].local_id("police"), traits, NOW)

    service = home.answerer.preparer.sources["police"].config.service
    await home.index.refresh("police", service, feed())
    found = await home.index.by_local("police", [CHILDREN["rowan"].local_id("police")])
    return next(iter(found.values()))


async def test_metrics_count_what_was_told_and_not_what_was_found(home: House) -> None:
    connector = home.connectors["health"]
    connector.misbehave = lambda ask: Reply(
        {ask.people[0]: (Flag(id="f", code="x", labels=frozenset({Label.SEXUAL_HEALTH})),)}, as_of=SYNCED
    )
    person = await home.person(query=ASK % f"flags {{ code }} {SOURCES}")
    assert said(person, "health")["outcome"] == "NONE_HELD"
    assert b'hub_source_outcomes_total{outcome="NONE_HELD",source="health"} 1.0' in home.observer.metrics()
    assert b'outcome="RECORDS",source="health"' not in home.observer.metrics()


async def test_records_of_a_kind_not_asked_for_are_not_even_counted(home: House) -> None:
    connector = home.connectors["police"]
    connector.misbehave = lambda ask: connector.reply(dataclasses.replace(ask, fields=connector.capabilities.fields))
    person = await home.person(query=ASK % "names { id } flags { id }", purpose="SAFEGUARDING_TRIAGE")
    assert person["flags"] is None


async def test_a_code_that_is_somebodys_text_is_not_logged(home: House) -> None:
    def fail(_: Ask) -> None:
        raise SourceBroken("Maya Quillfeather 9990000018")

    class Maya9990000018(Exception):
        """A class named after somebody."""

    def crash(_: Ask) -> None:
        raise Maya9990000018

    for misbehave in (fail, crash):
        home.connectors["police"].misbehave = misbehave
        await home.person()
    assert "9990000018" not in home.log.getvalue()
    assert "broken:unnamed" in home.log.getvalue()


async def test_a_failure_of_ours_is_not_written_down_as_the_asker_leaving(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[Ended] = []
    append = home.ledger.append

    async def watched(*entries: Any) -> Any:
        ended.extend(e.ended for e in entries if isinstance(e, OutcomeRecord))
        return await append(*entries)

    async def broken(*_: object) -> Any:
        raise ZeroDivisionError

    home.ledger.append = watched  # type: ignore[method-assign]
    monkeypatch.setattr(type(home.answerer.preparer), "gathered", broken)
    context = {"purpose": "CHILD_PROTECTION", "reference": "R"}
    await home.ask(ASK % "names { given }", {"id": home.ids["maya"], "context": context})
    assert ended == [Ended.FAILED]


async def test_consent_follows_a_person_whose_id_was_replaced(home: House) -> None:
    """What a mother said under the old id holds under the new, and what she says under the new under the old."""
    async with home.database.begin() as connection:
        await connection.execute(REPLACED, {"id": home.ids["maya"]})
    await home.register.record_consent(consent(home, ConsentState.GIVEN))
    await home.register.record_consent(consent(home, ConsentState.WITHDRAWN, later=1))
    person = await home.person("aa", "early-help", "EARLY_HELP", ASK % SOURCES)
    assert said(person, "education")["outcome"] == "WITHHELD"
    await home.register.record_consent(consent(home, ConsentState.GIVEN, later=2))
    await home.register.record_consent(consent(home, ConsentState.WITHDRAWN, who="aa", later=3))
    person = await home.person("aa", "early-help", "EARLY_HELP", ASK % SOURCES)
    assert said(person, "education")["outcome"] == "WITHHELD"


TWO = """query ($a: ID!, $b: ID!, $context: RequestContext!) {
  a: person(id: $a, context: $context) { names { given } } b: person(id: $b, context: $context) { names { given } } }"""


async def test_of_two_children_asked_together_none_is_answered_where_one_cannot_be(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are released at one moment or none is, and the ledger says that none was."""
    prepare = Preparer.prepare
    ended: list[Ended] = []
    append = home.ledger.append

    async def watched(*entries: Any) -> Any:
        ended.extend(e.ended for e in entries if isinstance(e, OutcomeRecord))
        return await append(*entries)

    async def fail_for_rowan(self: Preparer, question: Any, waited: float) -> Any:
        if home.ids["rowan"] in question.people:
            raise StoreUnavailable("OperationalError")
        return await prepare(self, question, waited)

    home.ledger.append = watched  # type: ignore[method-assign]
    monkeypatch.setattr(Preparer, "prepare", fail_for_rowan)
    context = {"purpose": "CHILD_PROTECTION", "reference": "R"}
    ids = {"a": home.ids["maya"], "b": home.ids["rowan"]}
    result = await home.ask(TWO, ids | {"context": context}, who="social-worker")
    assert result.data == {"a": None, "b": None}
    assert result.not_ready
    assert ended == [Ended.FAILED]


async def test_what_governs_cannot_be_read_again_so_nothing_is_released(home: House) -> None:
    """The last reading is not a formality: where it fails, what was fetched stays here."""
    standing = home.register.standing
    reads = 0

    async def once(people: Any) -> Any:
        nonlocal reads
        reads += 1
        if reads > 1:
            raise StoreUnavailable("OperationalError")
        return await standing(people)

    home.register.standing = once  # type: ignore[method-assign]
    context = {"purpose": "CHILD_PROTECTION", "reference": "R"}
    result = await home.ask(ASK % "names { given }", {"id": home.ids["maya"], "context": context})
    assert result.data == {"person": None}
    assert result.not_ready


async def test_persons_superseded_in_a_circle_are_nobody(home: House) -> None:
    """A way that leads nowhere is not walked for ever."""
    async with home.database.begin() as connection:
        for old, new in (("aa", "bb"), ("bb", "aa")):
            await connection.execute(
                text(
                    "INSERT INTO person (id, status, labels, version, superseded_by) "
                    "SELECT :old, status, labels, version, :new FROM person WHERE id = :id"
                ),
                {"old": old, "new": new, "id": home.ids["maya"]},
            )
    assert await home.person("aa") is None


async def test_a_relative_without_a_number_at_the_source_is_named_and_not_opened(home: House) -> None:
    """Somebody a source knows by name alone is told of, and nobody is guessed to be them."""
    connector = home.connectors["health"]

    def nameless(ask: Ask) -> Reply:
        told = connector.reply(ask).records
        lone = Relationship(id="r-lone", name="Somebody Lone")
        return Reply({person: (*records, lone) for person, records in told.items()}, as_of=SYNCED)

    connector.misbehave = nameless
    person = await home.person(query=ASK % "relationships { name person { id } }")
    opened = {r["name"]: r["person"] for r in person["relationships"]}
    assert opened.pop("Somebody Lone") is None
    assert all(opened.values())
