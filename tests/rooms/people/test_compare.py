"""A score is the sum of what agrees, each part explained, and taking agreement away never raises it (L8)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Name, Traits
from hub.people.compare import compare, score
from hub.people.evaluate import Quality, evaluate
from hub.people.profile import Profile, profile
from hub.people.rules import Note, Rule, judge
from hub.people.weights import Agreement, Compared, shipped
from schema.records import IdentifierSystem

WEIGHTS = shipped()
GIVENS = st.sampled_from(
    ["Amelia", "Millie", "Ameila", "A", "Amelia Rose", "Tyler", "Okonkwo", "Muhammad Ali", "Mohammed"]
)
FAMILIES = st.sampled_from(["Okonkwo", "Okonkow", "Okonkwo-Hartley", "Hartley", "Nowak", "Amelia", "Reid", "Read"])
DATES = st.dates(date(2014, 1, 1), date(2015, 12, 31)) | st.sampled_from(
    [date(2015, 3, 9), date(2015, 9, 3), date(2015, 3, 8)]
)
NUMBERS = st.sampled_from(["9990000018", "9990000026"])
traits = st.builds(
    Traits,
    names=st.lists(st.builds(Name, GIVENS, FAMILIES), max_size=2).map(tuple),
    date_of_birth=st.none() | DATES,
    sex=st.sampled_from([None, "FEMALE", "MALE", "UNKNOWN"]),
    postcodes=st.lists(st.sampled_from(["BK3 4AB", "BK3 9ZZ", "BK1 1AA", "ZZ99 3VZ"]), max_size=2).map(tuple),
    address=st.none() | st.sampled_from(["14 Alder Lane", "14 Alder Ln, Brookminster", "2 Ferry Road", ""]),
    identifiers=st.lists(
        st.tuples(st.just(IdentifierSystem.NHS_NUMBER), NUMBERS)
        | st.tuples(st.just(IdentifierSystem.YOT_NUMBER), st.sampled_from(["1", "2"])),
        max_size=2,
    ).map(tuple),
)


def _level(one: Traits, other: Traits, field: Compared) -> Agreement | None:
    found = compare(profile((one,)), profile((other,)), WEIGHTS)
    return next((e.agreement for e in found if e.field is field), None)


def _named(given_name: str, family: str) -> Traits:
    return Traits(names=(Name(given_name, family),))


# Every part has its own bits, one part a field, and the parts sum to the score.
@given(traits, traits)
def test_parts_sum_to_the_total(one: Traits, other: Traits) -> None:
    found = compare(profile((one,)), profile((other,)), WEIGHTS)
    assert len({e.field for e in found}) == len(found)
    assert score(found) == pytest.approx(sum(WEIGHTS.of(e.field, e.agreement) for e in found), abs=0.01)


# Taking one agreeing field away never raises the score.
@given(traits, traits)
def test_less_agreement_never_scores_more(one: Traits, other: Traits) -> None:
    asked, held = profile((one,)), profile((other,))
    before = compare(asked, held, WEIGHTS)
    for agreeing in (e for e in before if e.bits > 0):
        less = compare(_without(asked, agreeing.field), held, WEIGHTS)
        assert score(less) <= score(before)


def _without(asked: Profile, field: Compared) -> Profile:
    none: dict[Compared, dict[str, object]] = {
        Compared.SURNAME: {"surnames": (), "current_surnames": frozenset()},
        Compared.GIVEN: {"givens": ()},
        Compared.BIRTH: {"births": (), "born_between": None},
        Compared.POSTCODE: {"postcodes": (), "current_postcodes": frozenset()},
        Compared.ADDRESS: {"addresses": ()},
        Compared.SEX: {"sexes": frozenset()},
    }
    if field in none:
        return replace(asked, **none[field])  # type: ignore[arg-type] # the fields' own types
    kept = {
        Compared.NHS: lambda s: s is not IdentifierSystem.NHS_NUMBER,
        Compared.UPN: lambda s: s is not IdentifierSystem.UPN,
        Compared.OTHER: lambda s: s in {IdentifierSystem.NHS_NUMBER, IdentifierSystem.UPN},
    }[field]
    return replace(asked, identifiers=frozenset(i for i in asked.identifiers if kept(i[0])))


# A comparison says the same whichever of two entries is asked about.
@given(traits, traits)
def test_comparing_is_symmetric_in_the_rule(one: Traits, other: Traits) -> None:
    there = judge(compare(profile((one,)), profile((other,)), WEIGHTS))
    back = judge(compare(profile((other,)), profile((one,)), WEIGHTS))
    assert there == back


# No rule without the exact date of birth, and none where two valid NHS numbers differ or a given name does.
@given(traits, traits)
def test_the_release_rule_holds(one: Traits, other: Traits) -> None:
    evidence = compare(profile((one,)), profile((other,)), WEIGHTS)
    at = {e.field: e.agreement for e in evidence}
    verdict = judge(evidence)
    if verdict.rule:
        assert at[Compared.BIRTH] is Agreement.EXACT
        assert at.get(Compared.NHS) is not Agreement.DIFFERENT
        assert at.get(Compared.GIVEN) is not Agreement.DIFFERENT
    if verdict.rule is Rule.R2:
        assert at[Compared.GIVEN] is Agreement.EXACT
        assert at[Compared.POSTCODE] in {Agreement.EXACT, Agreement.FORMER}
    assert bool(verdict.rule) is not bool(verdict.notes)


# Given names agree as people use them, not only as they are spelt.
@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Amelia", "AMELIA", Agreement.EXACT),
        ("Amelia", "Amelia Rose", Agreement.EXACT),
        ("Lily-Mae", "Lilymae", Agreement.EXACT),
        ("Lily-Mae", "Lily-Rose", Agreement.SIMILAR),
        ("Muhammad", "Muhammad Ali", Agreement.SIMILAR),
        ("Muhammad", "Mohammed", Agreement.EQUIVALENT),
        ("Zofia", "Sophia", Agreement.EQUIVALENT),
        ("Oleksandr", "Alexander", Agreement.EQUIVALENT),
        ("Aoife", "Eefa", Agreement.EQUIVALENT),
        ("Siân", "Sian", Agreement.EXACT),
        ("Samuel", "Sam", Agreement.EQUIVALENT),
        ("Samuel", "Samantha", Agreement.DIFFERENT),
        ("Temitope", "Temitayo", Agreement.ROUGHLY),
        ("Chidinma", "Chidimna", Agreement.SIMILAR),
        ("C", "Chidinma", Agreement.INITIAL),
        ("Ayaan", "Ayesha", Agreement.DIFFERENT),
        ("Hartley", "Ayesha", Agreement.EXCHANGED),
        ("Baby", "Ayesha", None),
    ],
)
def test_given_names(one: str, other: str, level: Agreement | None) -> None:
    assert _level(_named(one, "Nowak"), _named(other, "Hartley"), Compared.GIVEN) is level


# Surnames agree whole, in part, nearly, or in sound.
@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("O'Brien", "OBrien", Agreement.EXACT),
        ("Smith-Jones", "Smithjones", Agreement.FORMER),
        ("Smith-Jones", "Jones", Agreement.PART),
        ("Hartley", "Hatrley", Agreement.SIMILAR),
        ("Reid", "Read", Agreement.SIMILAR),
        ("Chowdhury", "Chaudhry", Agreement.EQUIVALENT),
        ("Shevchenko", "Szewczenko", Agreement.EQUIVALENT),
        ("Pemberton", "Penbertom", Agreement.ROUGHLY),
        ("Leigh", "Lee", Agreement.SOUNDS),
        ("Hartley", "Nowak", Agreement.DIFFERENT),
        ("Amelia", "Nowak", Agreement.EXCHANGED),
        ("", "Nowak", None),
    ],
)
def test_surnames(one: str, other: str, level: Agreement | None) -> None:
    assert _level(_named("Tyler", one), _named("Amelia", other), Compared.SURNAME) is level


# Dates of birth agree as they are mistyped.
@pytest.mark.parametrize(
    ("born", "level"),
    [
        (date(2015, 3, 9), Agreement.EXACT),
        (date(2015, 9, 3), Agreement.DAY_MONTH),
        (date(2015, 3, 8), Agreement.ONE_DIGIT),
        (date(2005, 3, 9), Agreement.ONE_DIGIT),
        (date(2015, 11, 28), Agreement.YEAR),
        (date(2001, 11, 28), Agreement.DIFFERENT),
        (None, None),
    ],
)
def test_births(born: date | None, level: Agreement | None) -> None:
    assert _level(Traits(date_of_birth=date(2015, 3, 9)), Traits(date_of_birth=born), Compared.BIRTH) is level


# Postcodes agree now, before, or by district; an approximate birth agrees or not.
def test_postcodes_and_approximate_births() -> None:
    here = Traits(postcodes=("BK3 4AB", "BK1 1AA"))
    for other, level in (
        ("BK3 4AB", Agreement.EXACT),
        ("BK1 1AA", Agreement.FORMER),
        ("BK3 4AD", Agreement.SIMILAR),
        ("BK3 9ZZ", Agreement.DISTRICT),
        ("BK7 7AA", Agreement.DIFFERENT),
    ):
        assert _level(here, Traits(postcodes=(other,)), Compared.POSTCODE) is level
    held = profile((Traits(date_of_birth=date(2015, 3, 9)),))
    for year, level in ((2015, Agreement.WITHIN), (2012, Agreement.DIFFERENT)):
        asked = Profile(born_between=(date(year, 1, 1), date(year, 12, 31)))
        assert [e.agreement for e in compare(asked, held, WEIGHTS)] == [level]


# Twins are told by what differs.
def test_twins_are_noticed() -> None:
    one = Traits(names=(Name("Ayaan", "Hussain"),), date_of_birth=date(2019, 1, 2), postcodes=("BK3 4AB",))
    other = replace(one, names=(Name("Ayesha", "Hussain"),))
    assert set(judge(compare(profile((one,)), profile((other,)), WEIGHTS)).notes) == {Note.GIVEN_DIFFERS, Note.TWIN}
    numbers = [((IdentifierSystem.NHS_NUMBER, number),) for number in ("9990000018", "9990000026")]
    sam, samantha = (replace(one, names=(Name(g, "Hussain"),)) for g in ("Sam", "Samantha"))
    near = [replace(t, identifiers=n) for t, n in zip((sam, samantha), numbers, strict=True)]
    found = judge(compare(profile((near[0],)), profile((near[1],)), WEIGHTS))
    assert found.notes == (Note.NUMBERS_DIFFER, Note.TWIN_OR_SLIP)
    for called in ("Ayan", "A"):
        slip = replace(one, names=(Name(called, "Hussain"),))
        assert Note.TWIN_OR_SLIP in judge(compare(profile((one,)), profile((slip,)), WEIGHTS)).notes, called
    namesake = replace(one, names=(Name("Hussain", "Hussain"),))
    assert Note.TWIN in judge(compare(profile((namesake,)), profile((other,)), WEIGHTS)).notes


# Quality counts pairs: right, wrong and missed.
def test_quality() -> None:
    truth = {"a": {"s": ["1"], "t": ["1"], "u": ["1"]}, "b": {"s": ["2"]}}
    links = {("s", "1"): "p", ("t", "1"): "p", ("s", "2"): "p", ("u", "1"): "q"}
    quality = evaluate(truth, links)
    assert quality == Quality(right=1, wrong=2, missed=2)
    assert (round(quality.precision, 2), round(quality.recall, 2), round(quality.f1, 2)) == (0.33, 0.33, 0.33)
    assert evaluate({}, {}).f1 == 1.0
    assert Quality(0, 1, 1).f1 == 0.0
