"""A family put together: each relative once, nobody joined by a name, and each a person of their own."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.governance.acting import By
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.notices import waiting
from hub.governance.withholding import decide_not_to_share
from hub.people import who_is_who
from policies.facts import ConsentState
from policies.reading import read_rules
from policies.rulebook import Rulebook
from schema.labels import Label
from schema.records import RelationshipType as Kind
from tests.cast import NOW, agency
from tests.house import switch
from tests.rooms.answer.kinfolk import USUAL, Kinfolk, kinfolk, link, stranger
from tests.rooms.answer.test_beside import said

FAMILY = """family { id name types status sameHousehold parentalResponsibility differs possiblySame
  held { type name provenance { source asOf } } person { id } }"""


@pytest.fixture
async def kin() -> AsyncIterator[Kinfolk]:
    async with kinfolk() as made:
        yield made


def called(family: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Give relatives by the first word of their name."""
    return {one["name"].split()[0]: one for one in family}


def sources(one: dict[str, Any]) -> list[str]:
    return [held["provenance"]["source"] for held in one["held"]]


async def test_one_person_named_by_several_sources_is_one_relative(kin: Kinfolk) -> None:
    """Whom the index knows to be one is shown once, with what each source says, contradictions told as such."""
    family = called((await kin.ask(FAMILY))["family"])
    assert set(family) == {"mother", "father", "father-again", "rowan", "gran"}
    mother = family["mother"]
    assert sources(mother) == ["social-care", "housing", "health"]
    assert {held["provenance"]["asOf"] for held in mother["held"]} != {None}
    assert [t.value for t in mother["types"]] == ["MOTHER", "STEP_PARENT", "HOUSEHOLD"]
    assert mother["differs"] == ["type"]
    assert (mother["sameHousehold"], mother["parentalResponsibility"]) == (True, True)
    assert mother["person"]["id"] == kin.home.ids["mother"]
    assert family["rowan"]["differs"] == ["sameHousehold"]
    assert family["rowan"]["sameHousehold"] is None
    assert family["gran"]["parentalResponsibility"] is False


async def test_now_is_apart_from_the_past(kin: Kinfolk) -> None:
    """Somebody whom every source says to be gone is of the past; the rest come first, and either can be asked for."""
    family = (await kin.ask(FAMILY))["family"]
    assert [one["status"].value for one in family] == ["CURRENT"] * 4 + ["HISTORIC"]
    past = (await kin.ask("family(status: HISTORIC) { name sameHousehold }"))["family"]
    assert past == [{"name": "father-again at housing", "sameHousehold": None}]
    assert not (await kin.ask("family(status: UNKNOWN) { id }"))["family"]


async def test_two_whom_nothing_joins_are_two_and_possibly_the_same(kin: Kinfolk) -> None:
    """A like name joins nobody: it is said that they may be one, until somebody says that they are not."""
    one, other = link("social-care", "father", Kind.FATHER), link("housing", "father-again", Kind.HOUSEHOLD)
    one.name, other.name = "Alder Quillfeather", "QUILLFEATHER, Alder James"
    named = stranger("education", "alder quillfeather", Kind.PARENT)
    son, surname = stranger("education", "Alder Quillfeather", Kind.SIBLING), stranger("health", "Quillfeather")
    kin.names({"social-care": [one], "housing": [other], "education": [named, son], "health": [surname]})
    wanted = "family { id types name possiblySame }"
    family = (await kin.ask(wanted))["family"]
    assert len(family) == 5
    ids = {(r["name"], r["types"][0].value if r["types"] else None): r["id"] for r in family}
    father = ids["Alder Quillfeather", "FATHER"]
    alike = {r["id"]: set(r["possiblySame"]) for r in family}
    lodger, parent = ids["QUILLFEATHER, Alder James", "HOUSEHOLD"], ids["alder quillfeather", "PARENT"]
    brother = ids["Alder Quillfeather", "SIBLING"]
    assert alike == {
        father: {lodger, parent},
        lodger: {father, parent, brother},
        parent: {father, lodger},
        brother: {lodger},
        ids["Quillfeather", None]: set(),
    }
    async with kin.home.database.begin() as connection:
        deciding, (a, b) = kin.home.index.deciding(), (kin.home.ids["father"], kin.home.ids["father-again"])
        await who_is_who.reject(deciding, connection, a, b, "worker", "met both")
    alike = {r["id"]: set(r["possiblySame"]) for r in (await kin.ask(wanted))["family"]}
    assert alike[father] == {parent}


async def test_a_long_list_is_compared_with_nobody(kin: Kinfolk) -> None:
    """Of more than a hundred none is said to be like another: comparing each with each would take too long."""
    kin.names({"education": [stranger("education", f"Ada Lark {n}", Kind.OTHER) for n in range(101)]})
    assert not [r for r in (await kin.ask("family { possiblySame }"))["family"] if r["possiblySame"]]


async def test_a_day_that_may_not_be_shown_makes_nobody_past(kin: Kinfolk) -> None:
    """What is told of now and of the past rests on days the asker may see; dates are compared within one kind."""
    days = {"start": date(2010, 1, 1), "end": date(2011, 1, 1)}
    kin.names(
        {
            "social-care": [link("social-care", "mother", Kind.CARER, **days)],
            "health": [link("health", "mother", Kind.CARER, start=date(2010, 1, 2), end=date(2011, 1, 1))],
            "housing": [link("housing", "mother", None, start=date(2009, 1, 1))],
        }
    )
    (mother,) = (await kin.ask("family { status differs types held { start end } }"))["family"]
    assert (mother["status"].value, mother["differs"], len(mother["held"])) == ("CURRENT", ["start"], 3)
    asked = "family { status differs name } withheld { path }"
    kin.names(
        {"social-care": [link("social-care", "mother", Kind.CARER, labels=frozenset({Label.MENTAL_HEALTH}), **days)]}
    )
    told = await kin.ask(asked)
    assert told["family"] is None
    assert "relationships.end" in {gap["path"] for gap in told["withheld"]}
    kin.names(
        {
            "social-care": [
                link("social-care", "mother", Kind.CARER, end=date(2011, 1, 1)),
                stranger(
                    "social-care", "Somebody", Kind.OTHER, end=date(2011, 1, 1), labels=frozenset({Label.MENTAL_HEALTH})
                ),
            ]
        }
    )
    (mother,) = (await kin.ask(asked))["family"]
    assert (mother["status"].value, mother["differs"]) == ("UNKNOWN", [])


async def test_who_is_named_without_a_number_is_a_relative_without_a_page(kin: Kinfolk) -> None:
    """The hub has no record of them: they are in the child's record alone, and one source's two stay two."""
    kin.names({"education": [stranger("education", "Una Marsh", Kind.MOTHER), stranger("education", "Ola Marsh")]})
    family = (await kin.ask(FAMILY))["family"]
    assert [(one["name"], one["person"]) for one in family] == [("Una Marsh", None), ("Ola Marsh", None)]
    assert len({one["id"] for one in family}) == 2
    assert family == (await kin.ask(FAMILY))["family"], "the same ids each time"


async def test_nobody_is_their_own_relative(kin: Kinfolk) -> None:
    """A second row of the child in a list of the household is the child."""
    kin.names({"housing": [link("housing", "maya", Kind.HOUSEHOLD), link("housing", "mother", Kind.HOUSEHOLD)]})
    assert [one["name"] for one in (await kin.ask(FAMILY))["family"]] == ["mother at housing"]


async def test_every_source_is_asked_once_for_all_relatives_and_each_is_written_down(kin: Kinfolk) -> None:
    """However many relatives there are: one more ask of each source, and two entries in the ledger for each person."""
    before = kin.home.ledger.size
    told = await kin.ask("family { name person { id involvements { service } } }")
    opened = {one["person"]["id"] for one in told["family"]}
    assert len(opened) == 5
    assert kin.home.ledger.size - before == 2 * (1 + len(opened))
    assert max(len(connector.asks) for connector in kin.home.connectors.values()) == 2
    assert set(kin.home.connectors["social-care"].asks[1].people) == {
        f"social-care/{key}" for key in ("mother", "father", "rowan")
    }


async def test_relatives_of_relatives_are_not_walked(kin: Kinfolk) -> None:
    """Only what is asked is looked for: a relative's own relatives are named where the question says so."""
    kin.names({"health": [link("health", "gran", Kind.OTHER)]}, child="mother")
    mother = await kin.ask("id family { person { id } }", child="mother")
    assert [one["person"]["id"] for one in mother["family"]] == [kin.home.ids["gran"]]
    kin.names({"social-care": USUAL["social-care"]})
    asks = {s: len(c.asks) for s, c in kin.home.connectors.items()}
    await kin.ask("family { person { id } }")
    assert len(kin.home.connectors["health"].asks) - asks["health"] == 2


async def test_where_a_child_lives_is_not_told_by_who_lives_with_them(kin: Kinfolk) -> None:
    """Where an address is confidential, neither a household nor a relative's address in the same answer tells it."""
    asked = "family { name types sameHousehold person { names { given } addresses { lines } } } withheld { path code }"
    for flagged in ("maya", "mother"):
        await kin.flag({flagged: [Label.CONFIDENTIAL_ADDRESS]})
        told = await kin.ask(asked)
        mother = called(told["family"])["mother"]
        assert (mother["sameHousehold"], mother["person"]["addresses"]) == (None, None)
        assert Kind.HOUSEHOLD not in mother["types"]
        assert {g["code"].value for g in told["withheld"] if g["path"] == "relationships.sameHousehold"} == {
            "PROTECTED"
        }
        worker = called((await kin.ask(asked, "social-worker"))["family"])["mother"]
        assert worker["sameHousehold"] is True
        assert worker["person"]["addresses"]
    await kin.flag({"maya": [Label.NATIONALLY_RESTRICTED]})
    assert not called((await kin.ask(asked, "social-worker"))["family"])["mother"]["person"]["addresses"]


async def test_what_is_held_back_of_a_relative_openly_says_so(kin: Kinfolk) -> None:
    """What the provider decided not to share of a relative is a gap with its reason; other sources name them still."""
    owner = agency("health")
    decision = NotSharing(
        "",
        kin.home.ids["mother"],
        owner,
        frozenset(),
        frozenset(),
        NotSharingReason.RISK_TO_CHILD,
        NOW.date(),
        NOW.date().replace(year=2090),
        "lead",
    )
    await decide_not_to_share(kin.home.acting, decision, "words", By("lead", "ig-officer", owner))
    told = await kin.ask(f"{FAMILY} withheld {{ path source code }}")
    assert sources(called(told["family"])["mother"]) == ["social-care", "housing"]
    gaps = {(g["path"], g["source"], g["code"].value) for g in told["withheld"]}
    assert ("relationships.name", "health", "DECISION_NOT_TO_SHARE") in gaps


async def test_a_relative_agrees_for_themselves(kin: Kinfolk) -> None:
    """Where sharing rests on consent, what a parent agreed to for the child names nobody who did not agree too."""
    early = {"who": "early-help", "purpose": "EARLY_HELP"}
    await kin.home.register.record_consent(said(kin.home, ConsentState.GIVEN, "mother", "maya"))
    assert not (await kin.ask(FAMILY, **early))["family"]
    await kin.home.register.record_consent(said(kin.home, ConsentState.GIVEN, "mother", "mother"))
    family = called((await kin.ask(FAMILY, **early))["family"])
    assert set(family) == {"mother"}
    assert sources(family["mother"]) == ["housing", "health"]


async def test_a_mask_of_a_rule_masks_the_relatives_name(kin: Kinfolk) -> None:
    """A name shown by its initials of a person with a flag is shown so where somebody's relationship names them."""
    rows = {r.id: r for r in read_rules().rows}
    initials = replace(rows["early-help-05"], id="initials-01", role=("front-door-worker",), purpose=("*",))
    flagged = ("person-flagged-staff-or-relative",)
    initials = replace(initials, field=("Relationship.name",), obligation="initials", when=flagged)
    unsaid = replace(initials, id="unsaid-01", field=("Relationship.parental_responsibility",), on_deny="omit")
    await switch(kin.home, Rulebook([*rows.values(), initials, replace(unsaid, obligation="")]))
    await kin.flag({"mother": [Label.STAFF_OR_RELATIVE]})
    told = await kin.ask(f"{FAMILY} withheld {{ path masked }}")
    mother = next(one for one in told["family"] if Kind.MOTHER in (one["types"] or ()))
    assert (mother["name"], mother["parentalResponsibility"]) == ("M. A. H.", None)
    assert "relationships.parentalResponsibility" not in {gap["path"] for gap in told["withheld"]}
    assert {g["masked"] for g in told["withheld"] if g["path"] == "relationships.name"} == {True}
    owners = {notice.agency for notice in (await waiting(kin.home.database)).found}
    assert agency("housing") in owners


async def test_neither_identity_of_an_adopted_child_is_named(kin: Kinfolk) -> None:
    """A sister who is named with a child's earlier and later identity leads from neither to the other."""
    kin.names({"social-care": [link("social-care", key, Kind.SIBLING) for key in ("rowan", "father", "sealed")]})
    await kin.flag({"father": [Label.ADOPTION], "sealed": [Label.ADOPTION]}, sealed=("father", "sealed"))
    told = await kin.ask(f"{FAMILY} relationships {{ name person {{ id }} }} withheld {{ path }} sources {{ outcome }}")
    assert [one["name"] for one in told["family"]] == ["rowan at social-care"]
    assert [one["name"] for one in told["relationships"]] == ["rowan at social-care"]
    for identity in ("father", "sealed"):
        assert await kin.ask(FAMILY, child=identity) is None
