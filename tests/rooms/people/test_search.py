"""One form, three outcomes: match only by the release rule, possible with reasons, or nothing (d2)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from connectors.contract import LocalId
from hub.people.criteria import Criteria, Invalid, TooLittle
from hub.people.found import SHOWN, Found, Result
from hub.people.index import PersonIndex
from hub.people.rules import Note, Rule
from hub.people.weights import Agreement, Compared
from schema.labels import Label
from schema.records import IdentifierSystem
from tests.rooms.people.making import BORN, HOME, NHS, OTHER_NHS, SOCIAL_CARE, everybody, made, take, who

EXACT = Criteria(surname="Okonkwo", given="Amelia", date_of_birth=BORN, postcode=HOME)
NUMBER = (IdentifierSystem.NHS_NUMBER, NHS)


async def look(index: PersonIndex, criteria: Criteria) -> Found:
    """Search as somebody who may see every source."""
    found = await index.search(criteria, everybody)
    assert isinstance(found, Found)
    return found


# Exact name, date of birth and postcode match, and the answer says by which rule and version and with what bits.
async def test_an_exact_question_matches(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    found = await look(index, EXACT)
    assert found.result is Result.MATCH
    assert found.match is not None
    assert found.match.person_id == await who(index, "health")
    assert found.match.rule is Rule.R2
    assert found.rule_version == "2/2026-11.2"
    assert found.match.score == pytest.approx(sum(e.bits for e in found.match.evidence), abs=0.01)
    assert found.match.explanation() == (
        "surname: exact +6.5; given name: exact +6.0; date of birth: exact +9.0; postcode: exact +7.0; "
        "total 28.5; rule R2"
    )
    assert found.searched == ("surname", "given name", "date of birth", "postcode")


# An identifier with a name and date of birth matches, wherever the child lives.
async def test_an_identifier_matches(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    found = await look(index, Criteria(surname="Okonkwo", date_of_birth=BORN, identifier=NUMBER))
    assert found.match is not None
    assert found.match.rule is Rule.R1


# Less than the rule is possible, with the reason.
@pytest.mark.parametrize(
    ("criteria", "note"),
    [
        (Criteria(surname="Okonkwo", date_of_birth=BORN), Note.TOO_LITTLE_AGREES),
        (Criteria(surname="*Okonkwo%", given="Amelia", date_of_birth=BORN), Note.TOO_LITTLE_AGREES),
        (Criteria(surname="Okonkwo", given="Millie", date_of_birth=BORN, postcode=HOME), Note.TOO_LITTLE_AGREES),
        (replace(EXACT, date_of_birth=date(2015, 9, 3)), Note.BIRTHS_DIFFER),
        (Criteria(surname="Okonkwo", given="Amelia", age=11), Note.BIRTH_APPROXIMATE),
        (
            Criteria(surname="Okonkwo", given="Amelia", born_between=(BORN - timedelta(180), BORN + timedelta(180))),
            Note.BIRTH_APPROXIMATE,
        ),
        (Criteria(given="Okonkwo", surname="Amelia", date_of_birth=BORN, postcode=HOME), Note.TOO_LITTLE_AGREES),
        (Criteria(identifier=NUMBER), Note.TOO_LITTLE_AGREES),
        (
            Criteria(surname="Nowak", given="Piotr", date_of_birth=date(2001, 1, 2), identifier=NUMBER),
            Note.NUMBER_OF_ANOTHER,
        ),
        (replace(EXACT, identifier=(IdentifierSystem.NHS_NUMBER, OTHER_NHS)), Note.NUMBERS_DIFFER),
    ],
)
async def test_less_is_possible(index: PersonIndex, criteria: Criteria, note: Note) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    found = await look(index, criteria)
    assert found.result is Result.POSSIBLE
    assert note in found.candidates[0].notes
    assert note in found.candidates[0].explanation()


# Every question about a twin shows both, with the banner, and matches only on the exact given name (L5).
@pytest.mark.parametrize(
    ("given", "result"),
    [("Ayaan", Result.MATCH), ("Ayesha", Result.MATCH), ("", Result.POSSIBLE), ("Ayah", Result.POSSIBLE)],
)
async def test_twins_are_both_shown(index: PersonIndex, given: str, result: Result) -> None:
    await take(index, "health", made("1", given="Ayaan"), made("2", given="Ayesha"))
    found = await look(index, Criteria(surname="Okonkwo", given=given, date_of_birth=BORN, postcode=HOME))
    assert found.result is result
    assert len(found.candidates) == 2
    assert all(Note.TWIN in c.notes for c in found.candidates)


# A twin of nearly the same name is shown beside the other, and neither is a match by a name that is not exact (L5).
@pytest.mark.parametrize("given", ["Ayan", "Ayaan", "A", ""])
async def test_twins_of_nearly_one_name(index: PersonIndex, given: str) -> None:
    await take(index, "health", made("1", given="Ayaan"), made("2", given="Ayana"))
    found = await look(index, Criteria(surname="Okonkwo", given=given, date_of_birth=BORN, postcode=HOME))
    assert found.result is (Result.MATCH if given == "Ayaan" else Result.POSSIBLE)
    assert len(found.candidates) == 2
    assert all({Note.TWIN, Note.TWIN_OR_SLIP} & {*c.notes} for c in found.candidates)


# The number an agency's own screen shows finds the child, at the sources the requester may see alone.
async def test_a_case_number_finds(index: PersonIndex) -> None:
    await take(index, "sc", made("302-003"), service=SOCIAL_CARE)
    case = Criteria(identifier=(IdentifierSystem.CASE_NUMBER, " 302-003 "))
    found = await look(index, case)
    assert found.result is Result.POSSIBLE
    assert [str(e.field) for e in found.candidates[0].evidence] == ["other identifier"]
    assert found.searched == ("Case system number at the source",)
    unseen = await index.search(case, lambda source: source == "health")
    assert isinstance(unseen, Found)
    assert unseen.result is Result.NO_MATCH


# An address weighs where the postcode is not known, as long or as short as it is given.
@pytest.mark.parametrize(
    ("address", "level"),
    [
        ("14 Alder Ln", Agreement.EXACT),
        ("14, ALDER LANE, Brookminster", Agreement.EXACT),
        ("14 Alder Lnae", Agreement.SIMILAR),
        ("2 Ferry Road", Agreement.DIFFERENT),
    ],
)
async def test_an_address_weighs(index: PersonIndex, address: str, level: Agreement) -> None:
    await take(index, "health", made())
    found = await look(index, Criteria(surname="Okonkwo", given="Amelia", age=11, address=address))
    assert [e.agreement for e in found.candidates[0].evidence if e.field is Compared.ADDRESS] == [level]
    assert "address" in found.searched


# Two people who fit are both possible.
async def test_two_that_fit_are_possible(index: PersonIndex) -> None:
    await take(index, "health", made("1", nhs=(NHS,)), made("2", nhs=(OTHER_NHS,)))
    found = await look(index, EXACT)
    assert found.result is Result.POSSIBLE
    assert all(Note.NOT_UNIQUE in c.notes and c.rule is None for c in found.candidates)


# Nobody like that: the answer says what was searched, and nothing else.
async def test_no_match_says_what_was_searched(index: PersonIndex) -> None:
    await take(index, "health", made())
    found = await look(index, Criteria(surname="Bickerstaffe", date_of_birth=date(2001, 1, 2)))
    assert (found.result, found.candidates, found.match) == (Result.NO_MATCH, (), None)
    assert found.searched == ("surname", "date of birth")


# Only what a visible source holds can find a child, score or be shown.
async def test_only_visible_sources_are_searched(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "sc", made(nhs=(NHS,), family="Hartley"), service=SOCIAL_CARE)
    secret = Criteria(surname="Hartley", date_of_birth=BORN)
    assert (await look(index, secret)).result is Result.POSSIBLE
    unseen = await index.search(secret, lambda source: source == "health")
    assert isinstance(unseen, Found)
    assert [e.agreement for c in unseen.candidates for e in c.evidence if e.field == "surname"] in ([], ["different"])
    known = await index.search(EXACT, lambda source: source == "health")
    assert isinstance(known, Found)
    assert [h.source_id for h in known.candidates[0].held] == ["health"]
    nothing = await index.search(EXACT, lambda _source: False)
    assert isinstance(nothing, Found)
    assert nothing.result is Result.NO_MATCH


# A sealed identity answers exactly as nobody does (L10).
@pytest.mark.parametrize(
    "criteria",
    [
        EXACT,
        Criteria(identifier=NUMBER),
        Criteria(surname="Okonkwo", date_of_birth=BORN),
        Criteria(given="Amelia", age=11, postcode=HOME),
    ],
)
async def test_sealed_is_no_match(index: PersonIndex, criteria: Criteria) -> None:
    empty = await look(index, criteria)
    await take(index, "sc", made(nhs=(NHS,), labels=frozenset({Label.ADOPTION})))
    await take(index, "health", made(nhs=(NHS,)))
    assert await look(index, criteria) == empty


# A child whose address is protected is not found by any question that names a postcode, and no address is shown.
@pytest.mark.parametrize("label", [Label.CONFIDENTIAL_ADDRESS, Label.NATIONALLY_RESTRICTED])
async def test_a_protected_address_is_no_way_in(index: PersonIndex, label: Label) -> None:
    await take(index, "sc", made(nhs=(NHS,), labels=frozenset({label})))
    await take(index, "health", made(nhs=(NHS,)))
    assert (await look(index, EXACT)).result is Result.NO_MATCH
    by_address = replace(EXACT, postcode="", address="14 Alder Lane")
    assert (await look(index, by_address)).result is Result.NO_MATCH
    by_name = await look(index, Criteria(surname="Okonkwo", given="Amelia", date_of_birth=BORN))
    assert by_name.result is Result.POSSIBLE
    assert all((h.traits.postcodes, h.traits.address) == ((), None) for h in by_name.candidates[0].held)


# An unborn child is found through the mother only, is never a match, and waits for somebody to confirm the birth (L11).
async def test_unborn(index: PersonIndex) -> None:
    coming = made("9", given="", born=None, expected=date(2027, 1, 5), mother="m1")
    twin = made("10", given="", born=None, expected=date(2027, 1, 5), mother="m1")
    await take(index, "sc", coming, twin)
    assert (await look(index, Criteria(surname="Okonkwo", age=0, postcode=HOME))).result is Result.NO_MATCH
    found = await look(index, Criteria(mother=(("sc", LocalId("m1")),)))
    assert found.result is Result.POSSIBLE
    assert [c.notes for c in found.candidates] == [(Note.UNBORN,), (Note.UNBORN,)]
    hidden = await index.search(Criteria(mother=(("sc", LocalId("m1")),)), lambda source: source == "health")
    assert isinstance(hidden, Found)
    assert hidden.result is Result.NO_MATCH
    await take(index, "sc", made("9", mother="m1"))
    await take(index, "health", made())
    person = await who(index, "sc", "9") or ""
    assert person != await who(index, "health")
    await index.confirm_birth(person, by="w", reason="the midwife says so")
    again = await look(index, EXACT)
    assert {c.person_id for c in again.candidates} == {person, await who(index, "health")}


# More people than fit on a page: no list, no count (L6).
async def test_too_many(index: PersonIndex) -> None:
    crowd = [made(str(n), postcodes=(f"BK{n % 9 + 1} {n % 7 + 1}AA",)) for n in range(SHOWN + 5)]
    await take(index, "health", *crowd)
    found = await look(index, Criteria(surname="Okonkwo", given="Amelia", date_of_birth=BORN))
    assert (found.result, found.candidates) == (Result.TOO_MANY, ())


# When not everybody was looked at, nothing matches by name; a number still may (L6).
async def test_truncated_never_matches_without_a_number(index: PersonIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    await take(
        index, "health", *(made(str(n), nhs=(NHS,) if n == 1 else (), postcodes=(f"BK{n} 1AA",)) for n in range(1, 7))
    )
    monkeypatch.setattr("hub.people.blocks.CAP", 3)
    by_name = await look(index, Criteria(surname="Okonkwo", given="Amelia", date_of_birth=BORN))
    assert (by_name.result, by_name.candidates) == (Result.TOO_MANY, ())
    at_home = await look(index, Criteria(surname="Okonkwo", given="Amelia", date_of_birth=BORN, postcode="BK1 1AA"))
    assert at_home.result is Result.POSSIBLE
    assert [(c.person_id, c.rule, c.notes) for c in at_home.candidates] == [
        (await who(index, "health", "1"), None, (Note.TRUNCATED,))
    ]
    by_number = await look(index, Criteria(surname="Okonkwo", date_of_birth=BORN, identifier=NUMBER))
    assert by_number.match is not None
    assert by_number.match.person_id == await who(index, "health", "1")


# The youngest comes first among equals.
async def test_youngest_first_among_equals(index: PersonIndex) -> None:
    births = [date(2015, 1, 2), date(2015, 8, 4), date(2015, 5, 6)]
    await take(index, "health", *(made(str(n), born=born, postcodes=()) for n, born in enumerate(births)))
    found = await look(
        index, Criteria(surname="Okonkwo", given="Amelia", born_between=(date(2014, 1, 1), date(2016, 12, 31)))
    )
    assert [c.born for c in found.candidates] == sorted(births, reverse=True)


# Too little to look with says what to add; what cannot be right says why, beside its box, before anything is searched.
@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (Criteria(), TooLittle),
        (Criteria(surname="Okonkwo"), TooLittle),
        (Criteria(surname="Okonkwo", given="Amelia"), TooLittle),
        (Criteria(surname="**", date_of_birth=BORN), TooLittle),
        (Criteria(given="Baby", date_of_birth=BORN), TooLittle),
        (Criteria(date_of_birth=BORN, postcode=HOME), TooLittle),
        (Criteria(surname="Okonkwo", age=11), TooLittle),
        (Criteria(identifier=(IdentifierSystem.NHS_NUMBER, "9990000019")), Invalid),
        (Criteria(surname="Okonkwo", born_between=(BORN, BORN - timedelta(1))), Invalid),
        (Criteria(surname="Okonkwo", age=121), Invalid),
    ],
)
async def test_what_cannot_be_looked_with(index: PersonIndex, criteria: Criteria, expected: type) -> None:
    answer = await index.search(criteria, everybody)
    assert isinstance(answer, expected)
    if isinstance(answer, Invalid) and answer.field == "identifier":
        assert answer.why == "one digit looks wrong"


# Any other identifier can be looked with too.
async def test_other_identifiers_are_looked_with(index: PersonIndex) -> None:
    found = await look(
        index, Criteria(identifier=(IdentifierSystem.YOT_NUMBER, "BRK/1/25"), surname="Nowak", date_of_birth=BORN)
    )
    assert found.searched == ("surname", "date of birth", "Youth justice service number")
