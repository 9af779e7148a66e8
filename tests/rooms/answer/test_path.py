"""The path of one question: decided before anything is fetched, written down before anything is asked or released."""

import asyncio
import dataclasses
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Ask, Reply
from hub.answer.prepare import Preparer
from hub.audit.entries import Ended, Intent, OutcomeRecord
from hub.audit.errors import LedgerUnavailable
from hub.governance.agreements import Agreement, Status
from hub.governance.consent import Consent
from hub.governance.data_items import EVERYTHING
from hub.graphql.execution import Result
from policies.facts import ConsentState
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.services import Service
from tests.cast import NOW, SERVICES, agency, canaries
from tests.house import RULES, WHO, House, agree, house

ASK = "query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) { %s } }"


def outcomes(person: dict[str, Any]) -> dict[str, str]:
    return {s["source"]: s["outcome"].value for s in person["sources"]}


async def test_a_front_door_worker_sees_all_nine_services_and_whom_to_ring(home: House) -> None:
    person = await home.person()
    assert set(outcomes(person).values()) == {"RECORDS"}
    assert {i["service"] for i in person["involvements"]} == set(SERVICES.values())
    assert all(i["professionals"][0]["phone"] for i in person["involvements"])


async def test_a_source_with_nothing_permitted_is_not_called_at_all(home: House) -> None:
    await home.person(who="analyst", purpose="ANALYSIS")
    await home.person(who="ig-officer", purpose="POLICY_REVIEW")
    assert [c.source for c in home.connectors.values() if c.asks] == []


async def test_a_source_is_asked_only_for_what_was_both_asked_and_permitted(home: House) -> None:
    query = ASK % "involvements { start notes }"
    await home.person(who="school", purpose="EDUCATION_WELFARE", query=query)
    for connector in home.connectors.values():
        for ask in connector.asks:
            assert ask.fields <= {"Involvement.start", "Involvement.notes"}
    assert home.connectors["education"].asks
    assert not home.connectors["health"].asks


async def test_protected_existence_reads_exactly_like_none_held(home: House) -> None:
    """An early help worker may not know that the police know the child: compare with a child they do not know."""
    await home.register.record_consent(consent(home, ConsentState.GIVEN))
    shown = await home.person(who="early-help", purpose="EARLY_HELP")
    police = next(s for s in shown["sources"] if s["source"] == "police")
    home.connectors["police"].asks.clear()
    other = await home.person("hidden", who="front-door", purpose="SAFEGUARDING_TRIAGE")
    unknown = next(s for s in other["sources"] if s["source"] == "police")
    assert police == unknown
    assert police["outcome"] is Outcome.NONE_HELD
    assert not home.connectors["police"].asks
    assert not any(w["source"] == "police" for w in shown["withheld"])


def consent(home: House, state: ConsentState, **changes: Any) -> Consent:
    given = Consent(
        home.ids["maya"],
        "mother",
        state,
        frozenset(),
        frozenset({Purpose.EARLY_HELP}),
        frozenset(),
        "form",
        "sub-early-help",
        NOW,
    )
    return dataclasses.replace(given, **changes)


async def test_early_help_rests_on_consent_and_withdrawal_acts_on_the_next_question(home: House) -> None:
    async def seen() -> set[str]:
        return {
            s for s, o in outcomes(await home.person(who="early-help", purpose="EARLY_HELP")).items() if o == "RECORDS"
        }

    before = await seen()
    await home.register.record_consent(consent(home, ConsentState.GIVEN))
    given = await seen()
    await home.register.record_consent(consent(home, ConsentState.WITHDRAWN, recorded_at=NOW + timedelta(seconds=1)))
    after = await seen()
    assert before == after
    assert before < given
    person = await home.person(who="early-help", purpose="EARLY_HELP")
    assert "CONSENT_REFUSED" in {w["code"].value for w in person["withheld"]}


async def test_consent_withdrawn_while_sources_answer_is_decided_again_before_release(home: House) -> None:
    await home.register.record_consent(consent(home, ConsentState.GIVEN))
    fetched = asyncio.Event()

    async def withdraw(_: Ask) -> None:
        await home.register.record_consent(
            consent(home, ConsentState.WITHDRAWN, recorded_at=NOW + timedelta(seconds=1))
        )
        fetched.set()

    home.connectors["education"].misbehave = withdraw
    person = await home.person(who="early-help", purpose="EARLY_HELP")
    assert fetched.is_set()
    assert outcomes(person)["education"] == "WITHHELD"
    assert "education" not in str(person["involvements"])


async def test_a_change_that_opens_nothing_new_is_not_filled_from_nowhere(home: House) -> None:
    """Consent given while sources answer releases nothing that was not fetched, and says the answer is not whole."""

    async def give(_: Ask) -> None:
        await home.register.record_consent(consent(home, ConsentState.GIVEN))

    home.connectors["early-help"].misbehave = give
    person = await home.person(who="early-help", purpose="EARLY_HELP")
    assert "education" not in str(person["involvements"])


async def test_no_agreement_and_an_expired_one_close_every_other_agencys_data(tmp_path: Path) -> None:
    async with house(tmp_path, agreements=False) as home:
        none = await home.person()
        assert {s for s, o in outcomes(none).items() if o == "RECORDS"} == {"social-care"}
        assert {w["code"].value for w in none["withheld"]} == {"NO_AGREEMENT"}
        await agree(home.register, expiry=date(2026, 3, 1))
        assert outcomes(await home.person()) == outcomes(none)
        await agree(home.register)
        assert set(outcomes(await home.person()).values()) == {"RECORDS"}


async def test_a_confidential_address_is_withheld_while_the_rest_is_shown(home: House) -> None:
    person = await home.person("hidden", purpose="SAFEGUARDING_TRIAGE")
    assert person["addresses"] is None
    assert {w["code"].value for w in person["withheld"] if w["path"].startswith("addresses")} == {"PROTECTED"}
    assert "BK9 9ZZ" not in str(person)
    assert person["involvements"]


async def test_nobody_sees_a_sealed_identity_and_it_reads_like_nobody(home: House) -> None:
    for who, purpose in (("front-door", "CHILD_PROTECTION"), ("social-worker", "CHILD_PROTECTION")):
        assert await home.person("sealed", who, purpose) is None
        assert await home.person("00000000-0000-0000-0000-000000000000", who, purpose) is None
    sealed = await home.person("sealed", "analyst", "ANALYSIS")
    nobody = await home.person("00000000-0000-0000-0000-000000000000", "analyst", "ANALYSIS")
    for answer in (sealed, nobody):
        answer.pop("id")
        for gap in answer["withheld"]:
            gap.pop("decisionId")
    assert sealed == nobody


async def test_relatives_are_decided_on_and_written_down_separately(home: House) -> None:
    query = """query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
      relationships { type name person { id involvements { service } sources { source outcome } } } } }"""
    person = await home.person(query=query)
    rowans = [r["person"] for r in person["relationships"] if r["person"]]
    assert {r["id"] for r in rowans} == {home.ids["rowan"]}
    assert {i["service"] for i in rowans[0]["involvements"]} == {"SOCIAL_CARE", "EDUCATION", "HEALTH"}
    assert len(home.connectors["health"].asks) == 2
    assert home.ledger.size == 4


async def test_the_ledger_is_written_before_anything_is_asked_and_before_anything_is_released(home: House) -> None:
    order: list[str] = []
    append = home.ledger.append

    async def written(*entries: Any) -> Any:
        order.extend(type(e).__name__ for e in entries)
        return await append(*entries)

    home.ledger.append = written  # type: ignore[method-assign]
    for connector in home.connectors.values():
        connector.misbehave = lambda _: order.append("asked")
    await home.person()
    assert order == ["Intent", *["asked"] * 9, "OutcomeRecord"]


@pytest.mark.parametrize("failing", [Intent, OutcomeRecord])
async def test_what_cannot_be_written_down_is_not_released(home: House, failing: type) -> None:
    append = home.ledger.append

    async def fail(*entries: Any) -> Any:
        if any(isinstance(e, failing) for e in entries):
            raise LedgerUnavailable("disk-full")
        return await append(*entries)

    home.ledger.append = fail  # type: ignore[method-assign]
    result = await ask(home)
    assert result.not_ready
    assert result.data == {"person": None}
    assert not any(canary in str(result.body()) for canary in canaries())
    called = [c for c in home.connectors.values() if c.asks]
    assert bool(called) is (failing is OutcomeRecord)


async def ask(home: House) -> Result:
    context = {"purpose": "CHILD_PROTECTION", "reference": "R1"}
    return await home.ask(WHO, {"id": home.ids["maya"], "context": context})


async def test_a_policy_version_this_replica_does_not_hold_is_never_answered_with_another(home: House) -> None:
    await home.register.activate("0123456789ab", NOW)
    result = await ask(home)
    assert result.not_ready
    assert result.data == {"person": None}
    await home.register.activate(RULES.version, NOW)
    assert not (await ask(home)).errors


async def test_a_store_that_cannot_be_read_refuses_and_recovers(home: House) -> None:
    async with home.database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE consent RENAME TO consent_away")
    result = await ask(home)
    assert result.not_ready
    assert not any(c.asks for c in home.connectors.values())
    async with home.database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE consent_away RENAME TO consent")
    assert not (await ask(home)).errors


async def test_a_client_that_goes_away_cancels_what_is_asked_and_is_written_down(home: House) -> None:
    ended: list[Ended] = []
    append = home.ledger.append

    async def watched(*entries: Any) -> Any:
        ended.extend(e.ended for e in entries if isinstance(e, OutcomeRecord))
        return await append(*entries)

    home.ledger.append = watched  # type: ignore[method-assign]
    asked = asyncio.Event()

    async def hang(_: Ask) -> None:
        asked.set()
        await asyncio.sleep(30)

    home.connectors["health"].misbehave = hang
    task = asyncio.create_task(ask(home))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [Ended.ABANDONED]
    assert home.connectors["health"].cancelled == 1


async def test_a_ledger_that_fails_while_a_question_is_abandoned_changes_nothing_more(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = home.ledger.append

    async def fail(*entries: Any) -> Any:
        if any(isinstance(e, OutcomeRecord) for e in entries):
            raise LedgerUnavailable("disk-full")
        return await append(*entries)

    async def broken(*_: object) -> Any:
        raise ZeroDivisionError

    home.ledger.append = fail  # type: ignore[method-assign]
    monkeypatch.setattr(Preparer, "gathered", broken)
    result = await ask(home)
    assert result.errors[0].extensions == {"code": "INTERNAL"}


async def test_a_source_not_yet_indexed_is_unknown_never_none_held(tmp_path: Path) -> None:
    async with house(tmp_path, no_feed=("police",)) as home:
        home.connectors["police"].feeds = True
        person = await home.person()
        assert outcomes(person)["police"] == "UNAVAILABLE"
        assert person["involvements"]


async def test_a_source_without_a_feed_is_traced_by_what_identifies_the_person(tmp_path: Path) -> None:
    async with house(tmp_path, no_feed=("police",)) as home:
        assert outcomes(await home.person())["police"] == "RECORDS"
        assert home.connectors["police"].traced
        assert outcomes(await home.person("hidden"))["police"] == "NONE_HELD"


async def test_an_age_a_source_does_not_cover_is_said(home: House) -> None:
    """Youth justice covers from ten: a child of nine has no answer there, which is not the same as none."""
    query = ASK % "sources { source outcome asOf }"
    person = await home.person("rowan", query=query)
    assert outcomes(person)["youth-justice"] == "NOT_COVERED"
    assert outcomes(person)["police"] == "NONE_HELD"
    fresh = {s["source"]: s["asOf"] for s in person["sources"]}
    assert fresh["police"] is not None


async def test_lists_are_null_where_something_is_unknown_and_empty_only_where_none_is_held(home: House) -> None:
    query = ASK % "names { given }"
    for connector in home.connectors.values():
        connector.misbehave = lambda ask, c=connector: dataclasses.replace(
            c.reply(ask), records=dict.fromkeys(ask.people, ())
        )
    assert (await home.person(query=query))["names"] == []

    def down(_: Ask) -> None:
        raise OSError

    home.connectors["health"].misbehave = down
    assert (await home.person(query=query))["names"] is None


async def test_services_narrow_whom_is_asked(home: House) -> None:
    query = """query ($id: ID!, $context: RequestContext!) { person(id: $id, context: $context) {
      involvements(services: [HOUSING]) { service } sources { source } } }"""
    person = await home.person(query=query)
    assert [i["service"] for i in person["involvements"]] == [Service("HOUSING")]
    assert [s["source"] for s in person["sources"]] == ["housing"]
    assert [c.source for c in home.connectors.values() if c.asks] == ["housing"]


async def test_an_agreement_not_yet_begun_is_none(tmp_path: Path) -> None:
    later = Agreement(
        "later",
        "Later",
        agency("health"),
        frozenset({agency("social-care")}),
        frozenset(Purpose),
        date(2027, 1, 1),
        date(2028, 1, 1),
        date(2029, 1, 1),
        (EVERYTHING,),
        Status.SIGNED,
    )
    async with house(tmp_path, agreements=False) as home:
        await home.register.record_agreements([later])
        assert outcomes(await home.person())["health"] == "WITHHELD"


async def test_a_source_nothing_of_which_can_be_read_is_unknown_and_not_none_held(home: House) -> None:
    class Other:
        """Something that is no record."""

    home.connectors["housing"].misbehave = lambda ask: Reply({ask.people[0]: (Other(),)})  # type: ignore[dict-item]
    person = await home.person()
    housing = next(s for s in person["sources"] if s["source"] == "housing")
    assert (housing["outcome"], housing["complete"]) == (Outcome.UNAVAILABLE, False)
