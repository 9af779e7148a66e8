"""A search tells no more than may be shown: not by agreeing, not by finding, not by a note about somebody else (C1)."""

from dataclasses import replace

import pytest

from hub.people.comparable import Comparable, Seen
from hub.people.criteria import Criteria
from hub.people.found import Found, Result
from hub.people.index import PersonIndex
from hub.people.rules import Note, Rule
from hub.people.weights import Agreement, Compared
from schema.labels import Label
from schema.records import IdentifierSystem
from tests.rooms.people.making import BORN, HOME, NHS, OTHER_NHS, everybody, made, take

NAMED = Criteria(surname="Okonkwo", given="Amelia", date_of_birth=BORN)
EVERY = frozenset(Compared)
NUMBERS = frozenset({Compared.NHS, Compared.UPN, Compared.OTHER})


def only(fields: frozenset[Compared], *, district: bool = False) -> Seen:
    """Let these attributes be compared, at every source and of everybody."""
    return lambda _source, _labels: Comparable(fields, district)


async def look(index: PersonIndex, criteria: Criteria, seen: Seen) -> Found:
    """Search as somebody who may see every source, and only so much of each."""
    found = await index.search(criteria, everybody, seen)
    assert isinstance(found, Found)
    return found


# Who may not see postcodes cannot try them out: right and wrong ones give one answer.
async def test_a_postcode_cannot_be_guessed(index: PersonIndex) -> None:
    await take(index, "health", made())
    seen = only(EVERY - {Compared.POSTCODE})
    right, wrong = [await look(index, replace(NAMED, postcode=p), seen) for p in (HOME, "BK9 9ZZ")]
    assert right == wrong
    assert right.result is Result.POSSIBLE


# Who may see the district is told whether the district agrees, and no more.
async def test_a_masked_postcode_tells_its_district(index: PersonIndex) -> None:
    await take(index, "health", made())
    seen = only(EVERY - {Compared.POSTCODE}, district=True)
    right, near, far = [await look(index, replace(NAMED, postcode=p), seen) for p in (HOME, "BK3 9ZZ", "BK9 9ZZ")]
    assert right == near
    agreed = [e.agreement for e in right.candidates[0].evidence if e.field is Compared.POSTCODE]
    other = [e.agreement for e in far.candidates[0].evidence if e.field is Compared.POSTCODE]
    assert (agreed, other) == ([Agreement.DISTRICT], [Agreement.DIFFERENT])


# Who may not see a number finds nobody by it, and is not told that it agrees or differs.
async def test_a_number_cannot_be_tried(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    alone = Criteria(identifier=(IdentifierSystem.NHS_NUMBER, NHS))
    assert (await look(index, alone, only(EVERY - NUMBERS))).result is Result.NO_MATCH
    assert (await look(index, alone, only(EVERY))).result is Result.POSSIBLE
    tried = [
        await look(index, replace(NAMED, identifier=(IdentifierSystem.NHS_NUMBER, n)), only(EVERY - NUMBERS))
        for n in (NHS, OTHER_NHS)
    ]
    assert tried[0] == tried[1]


# A date of birth that may not be seen neither finds a child nor speaks for one; the names still do.
@pytest.mark.parametrize("hidden", [Compared.BIRTH, Compared.GIVEN, Compared.SEX])
async def test_what_is_hidden_is_not_compared(index: PersonIndex, hidden: Compared) -> None:
    await take(index, "health", made())
    found = await look(index, replace(NAMED, postcode=HOME), only(EVERY - {hidden}))
    assert hidden not in {e.field for c in found.candidates for e in c.evidence}
    by_date = await look(index, Criteria(surname="Okonkwo", date_of_birth=BORN), only(EVERY - {Compared.BIRTH}))
    assert by_date.result is Result.NO_MATCH


# What one source may tell is told, though another that knows the same child may not.
async def test_each_source_tells_its_own(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "police", made(nhs=(NHS,)))
    asked = replace(NAMED, identifier=(IdentifierSystem.NHS_NUMBER, NHS))
    found = await look(index, asked, lambda s, _: Comparable(EVERY - NUMBERS if s == "police" else EVERY))
    assert found.match
    assert found.match.rule is Rule.R1
    assert [h.source_id for h in found.match.held] == ["health", "police"]


# A child reached only by what may not be told is not found, though another source tells everything it holds.
async def test_a_number_seen_elsewhere_only_finds_nobody(index: PersonIndex) -> None:
    await take(index, "police", made(nhs=(NHS,)))
    await take(index, "health", made())
    asked = Criteria("Okonkwo", identifier=(IdentifierSystem.NHS_NUMBER, NHS))
    found = await look(index, asked, lambda s, _: Comparable(EVERY - NUMBERS if s == "police" else EVERY))
    assert found.result is Result.NO_MATCH


# Somebody who may not be found leaves no trace: neither as one of several that fit, nor as somebody's twin.
async def test_who_is_barred_leaves_no_trace(index: PersonIndex) -> None:
    await take(index, "health", made("1", given="Ayaan"))
    seen: Seen = lambda _, labels: None if Label.SEXUAL_HEALTH in labels else Comparable()  # noqa: E731 -- one line
    asked = [Criteria("Okonkwo", given, BORN, postcode=HOME) for given in ("Ayaan", "")]
    before = [await look(index, each, seen) for each in asked]
    await take(index, "health", made("2", given="Ayesha", labels=frozenset({Label.SEXUAL_HEALTH})))
    assert [await look(index, each, seen) for each in asked] == before
    twins = await look(index, asked[1], only(EVERY))
    assert {n for c in twins.candidates for n in c.notes} >= {Note.TWIN}
