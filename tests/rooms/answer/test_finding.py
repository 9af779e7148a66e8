"""Finding a person: seen only as far as the rules permit, and written down before anything is shown."""

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Identity
from hub.answer.finding import criteria_of
from hub.audit.entries import Search
from hub.audit.errors import LedgerUnavailable
from hub.errors import Code, HubError
from hub.graphql.execution import Result
from policies.rulebook import Rulebook
from schema.labels import Label
from schema.search import PersonSearchInput
from tests.cast import CHILDREN, NOW, SYNCED, canaries
from tests.house import RULES, House, agree, house, switch
from tests.rooms.policies.rules import bar, rule

FIND = """query ($input: PersonSearchInput!, $context: RequestContext!) {
  searchPeople(input: $input, context: $context) { outcome searched explanation
  candidates { id names dateOfBirth expectedDateOfBirth age sex postcodes services score
  evidence { field agreement bits } rule notes } } }"""
MAYA = {"familyName": "Quillfeather", "givenName": "Maya", "dateOfBirth": "2012-05-17"}


async def ask(home: House, who: str = "front-door", purpose: str = "SAFEGUARDING_TRIAGE", **given: Any) -> Result:
    context = {"purpose": purpose, "reference": "R 1"}
    return await home.ask(FIND, {"input": given or MAYA, "context": context}, who=who)


async def find(home: House, *args: Any, **given: Any) -> dict[str, Any]:
    result = await ask(home, *args, **given)
    assert not result.errors
    found: dict[str, Any] = result.data["searchPeople"]
    return found


async def test_a_child_is_found_with_all_that_tells_them_apart(home: House) -> None:
    """Names, birth, postcode and the services that hold them, with the evidence and the rule."""
    found = await find(home, **MAYA, identifier={"system": "NHS_NUMBER", "value": "999 000 0018"})
    (maya,) = found["candidates"]
    assert (found["outcome"], maya["id"]) == ("MATCH", home.ids["maya"])
    assert maya["rule"]
    assert maya["names"] == ["Maya Quillfeather", "Maya Oldname"]
    assert (maya["dateOfBirth"], maya["age"], maya["postcodes"]) == (date(2012, 5, 17), 13, ["BK7 7QQ"])
    assert len(maya["services"]) == 9
    assert sum(e["bits"] for e in maya["evidence"]) == pytest.approx(maya["score"], abs=0.01)
    assert {"surname", "given name", "date of birth"} <= set(found["searched"])


async def test_what_may_not_be_seen_is_not_searched(home: House) -> None:
    """A school sees its own records of the child and nobody else's; an analyst nobody's at all."""
    (maya,) = (await find(home, "school", "EDUCATION_WELFARE"))["candidates"]
    assert maya["services"] == ["EDUCATION"]
    nothing = await find(home, "analyst", "ANALYSIS")
    assert (nothing["outcome"], nothing["candidates"]) == ("NO_MATCH", [])
    assert nothing["searched"]
    assert "does not mean that no service knows" in nothing["explanation"]


async def test_nobody_is_found_who_is_sealed(home: House) -> None:
    """Whatever is typed."""
    found = await find(home, familyName="Somebody", givenName="Formerly", dateOfBirth="2019-01-30")
    assert found["outcome"] == "NO_MATCH"


@pytest.mark.parametrize(
    "given",
    [
        {"familyName": "Quillfeather"},
        {"postcode": "BK7 7QQ"},
        {"familyName": "*%"},
        {"identifier": {"system": "NHS_NUMBER", "value": "9990000019"}},
        {"identifier": {"system": "NHS_NUMBER", "value": "Quillfeather"}},
        {"familyName": "Quillfeather", "bornFrom": "2012-01-01"},
        {"familyName": "Quillfeather", "bornTo": "2012-01-01"},
        {"familyName": "Quillfeather", "givenName": "Maya", "bornFrom": "2013-01-01", "bornTo": "2012-01-01"},
    ],
)
async def test_too_little_and_what_cannot_be_right_are_said_without_a_value(home: House, given: dict[str, Any]) -> None:
    """The worker is told what to add or mend; what was typed is not repeated, and nothing is written down."""
    before = home.ledger.size
    result = await ask(home, **given)
    assert result.data is None
    assert [e.extensions for e in result.errors] == [{"code": "BAD_USER_INPUT"}]
    said = result.errors[0].message
    assert not any(word in said for word in ("Quillfeather", "999000", "BK7", "2012", "2013", "*"))
    assert home.ledger.size == before


async def test_a_search_is_written_down_by_the_names_of_its_criteria(home: House) -> None:
    """The ledger learns what kind of thing was typed and who was presented, never the words."""
    written: list[Any] = []
    append = home.ledger.append

    async def kept(*entries: Any) -> Any:
        written.extend(entries)
        return await append(*entries)

    home.ledger.append = kept  # type: ignore[method-assign]
    await find(home)
    await find(home, familyName="Nobody", dateOfBirth="2011-01-01")
    first, second = written
    assert isinstance(first, Search)
    assert first.criteria == ("date_of_birth", "family_name", "given_name")
    assert (len(first.presented), second.presented) == (1, ())
    assert home.ids["maya"] not in first.presented
    assert "Quillfeather" not in repr(written)


async def test_what_cannot_be_written_down_is_not_shown(home: House) -> None:
    """Not even that somebody was found."""

    async def fail(*_: Any) -> Any:
        raise LedgerUnavailable("disk-full")

    home.ledger.append = fail  # type: ignore[method-assign]
    result = await ask(home)
    assert result.not_ready
    assert result.data is None
    assert result.errors[0].extensions == {"code": "NOT_READY"}
    assert not any(canary in str(result.body()) for canary in canaries())


async def test_another_policy_version_refuses_a_search_too(home: House) -> None:
    """A replica never searches by rules it does not hold."""
    await home.register.activate("0123456789ab", NOW)
    assert (await ask(home)).not_ready


async def flagged(home: House, label: Label) -> None:
    """Let social care's feed say that Maya herself is protected."""
    child = CHILDREN["maya"]
    local = child.local_id("social-care")

    async def feed() -> AsyncIterator[Identity]:
        changed = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        yield Identity(local, child.traits, changed, frozenset({label}))

    assert changed_after(SYNCED)
    await home.index.refresh("social-care", home.answerer.preparer.sources["social-care"].config.service, feed())
    assert (await home.index.people([home.ids["maya"]]))[home.ids["maya"]].flags == {label}


def changed_after(moment: datetime) -> bool:
    return moment < NOW


@pytest.mark.parametrize("label", [Label.POLICE_INTELLIGENCE, Label.SEXUAL_HEALTH, Label.MENTAL_HEALTH])
async def test_a_person_whose_own_protection_hides_them_is_not_found(home: House, label: Label) -> None:
    """A search shows no more of a protected person than a question about them would: it reads like nobody."""
    nobody = await find(home, familyName="Quillfeather", givenName="Maya", dateOfBirth="2012-05-18", postcode="ZZ1 1ZZ")
    await flagged(home, label)
    found = await find(home)
    assert (found["outcome"], found["candidates"]) == ("NO_MATCH", [])
    assert nobody["outcome"] in {"NO_MATCH", "POSSIBLE"}


async def test_one_who_may_be_seen_is_not_hidden_by_one_who_may_not(home: House) -> None:
    """The others who could be meant are still shown, and none of them as the one meant."""
    await flagged(home, Label.POLICE_INTELLIGENCE)
    given = {"familyName": "Quillfeather", "bornFrom": "2010-01-01", "bornTo": "2020-01-01", "postcode": "BK7 7QQ"}
    found = await find(home, **given)
    assert {c["id"] for c in found["candidates"]} <= {home.ids["rowan"]}
    alone = await find(home, "front-door", "SAFEGUARDING_TRIAGE", **given)
    assert alone["outcome"] in {"POSSIBLE", "NO_MATCH"}


async def test_a_protected_address_is_not_shown_and_finds_nobody(home: House) -> None:
    """A child in a refuge is found by name, without a postcode beside it, and never by one."""
    await flagged(home, Label.CONFIDENTIAL_ADDRESS)
    (maya,) = (await find(home))["candidates"]
    assert maya["postcodes"] == []
    assert (await find(home, **MAYA, postcode="BK7 7QQ"))["outcome"] == "NO_MATCH"


NUMBER = {"system": "NHS_NUMBER", "value": "9990000018"}
"""By what somebody is found of whom little may be compared."""


def masking(*obligations: tuple[str, str]) -> Rulebook:
    rows = [rule(id="all", sensitivity="PROTECTED")]
    rows += [
        bar(id=f"mask-{n}", field=field, on_deny="mask", obligation=mask) for n, (field, mask) in enumerate(obligations)
    ]
    return Rulebook(tuple(rows))


async def test_candidates_are_masked_as_the_rules_say(tmp_path: Path) -> None:
    """A year alone, an outward postcode and initials leave no more than that; an age would tell more than the year."""
    rules = masking(
        ("Birth.date_of_birth", "year-only"), ("Address.postcode", "outward-postcode"), ("PersonName.given", "initials")
    )
    async with house(tmp_path, rulebook=rules) as home:
        (maya,) = (await find(home, identifier=NUMBER))["candidates"]
    assert (maya["dateOfBirth"], maya["age"]) == (date(2012, 1, 1), None)
    assert maya["postcodes"] == ["BK7"]
    assert maya["names"] == ["M. Quillfeather", "M. Oldname"]


async def test_what_a_rule_denies_of_a_candidate_is_left_out(tmp_path: Path) -> None:
    """A field that may not be shown is null or missing; the rest still helps to choose."""
    rules = Rulebook(
        (
            rule(id="all", sensitivity="PROTECTED"),
            bar(id="no", field="Birth.date_of_birth Birth.sex Address.postcode PersonName.given"),
        )
    )
    async with house(tmp_path, rulebook=rules) as home:
        (maya,) = (await find(home, identifier=NUMBER))["candidates"]
    assert (maya["dateOfBirth"], maya["age"], maya["sex"], maya["postcodes"]) == (None, None, None, [])
    assert maya["names"] == ["Quillfeather", "Oldname"]


def test_a_range_needs_both_ends_and_an_identifier_its_system() -> None:
    """What was typed becomes what the index looks for."""
    given = PersonSearchInput(family_name="Q", born_from=date(2012, 1, 1), born_to=date(2013, 1, 1))
    assert criteria_of(given).born_between == (date(2012, 1, 1), date(2013, 1, 1))
    with pytest.raises(HubError) as refused:
        criteria_of(dataclasses.replace(given, born_to=None))
    assert refused.value.code is Code.BAD_USER_INPUT


async def test_a_search_confirms_nothing_that_would_be_withheld(home: House) -> None:
    """The police hold nothing of this child and may see half a postcode: guessing the whole tells them no more."""
    given = {"familyName": "Quillfeather", "givenName": "Rowan", "dateOfBirth": "2016-11-02"}
    right, wrong = [
        await find(home, "police", "CRIME_PREVENTION", **given, postcode=guess) for guess in ("BK7 7QQ", "BK7 7QX")
    ]
    assert right["outcome"] == wrong["outcome"]
    assert [c["evidence"] for c in right["candidates"]] == [c["evidence"] for c in wrong["candidates"]]
    number = {"system": "NHS_NUMBER", "value": "9990000026"}
    assert (await find(home, "police", "CRIME_PREVENTION", identifier=number))["candidates"] == []


async def test_a_protection_set_while_a_search_runs_is_obeyed(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Candidates are decided on once more before they are shown: one protected meanwhile was never found."""
    people = home.index.people

    async def protected(ids: Any) -> Any:
        return {i: replace(k, flags=frozenset({Label.POLICE_INTELLIGENCE})) for i, k in (await people(ids)).items()}

    monkeypatch.setattr(home.index, "people", protected)
    found = await find(home)
    assert (found["outcome"], found["candidates"]) == ("NO_MATCH", [])


async def test_what_changes_between_finding_and_showing_is_searched_again(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other rules come to count while the search is written down: the answer is the new rules', as asked in peace."""
    before = await find(home)
    assert "BK7 7QQ" in str(before["candidates"])
    fewer = Rulebook([*RULES.rows, bar(id="no-postcodes", field="Address.postcode")])
    append, told = home.ledger.append, list[Any]()

    async def switching(*entries: Any) -> Any:
        told.extend(entries)
        if len(told) == 1:
            await switch(home, fewer)
        return await append(*entries)

    monkeypatch.setattr(home.ledger, "append", switching)
    during = await find(home, postcode="BK7 7QQ", **MAYA)
    assert len(told) == 2
    assert during == await find(home, postcode="BK7 7QQ", **MAYA) != before
    assert "BK7 7QQ" not in str(during["candidates"])


async def test_consent_elsewhere_changes_no_search(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something else that is decided meanwhile moves the epoch, and the search stands: it comes to the same."""
    append, told = home.ledger.append, list[Any]()

    async def meanwhile(*entries: Any) -> Any:
        told.extend(entries)
        await agree(home.register)
        return await append(*entries)

    monkeypatch.setattr(home.ledger, "append", meanwhile)
    assert (await find(home))["candidates"]
    assert len(told) == 1


async def test_a_search_under_which_the_rules_keep_changing_is_refused(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few tries the asker is told to come again, and is shown nothing."""
    append, told = home.ledger.append, list[Any]()
    books = [Rulebook([*RULES.rows, bar(id=f"bar-{n}", role="analyst")]) for n in range(3)]

    async def switching(*entries: Any) -> Any:
        await switch(home, books[len(told)])
        told.extend(entries)
        return await append(*entries)

    monkeypatch.setattr(home.ledger, "append", switching)
    result = await ask(home)
    assert (result.not_ready, result.data, len(told)) == (True, None, 3)


async def test_evidence_gathered_before_a_protection_was_known_of_is_not_told(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who may still be shown, and of whom a flag was set while the search ran: shown without evidence."""
    search = home.index.search

    async def flagging(*given: Any) -> Any:
        found = await search(*given)
        await flagged(home, Label.STAFF_OR_RELATIVE)
        return found

    monkeypatch.setattr(home.index, "search", flagging)
    (maya,) = (await find(home, "social-worker", "CHILD_PROTECTION"))["candidates"]
    assert (maya["evidence"], maya["rule"], maya["score"]) == ([], None, 0.0)
