"""Looks a lead is to hear of: their worker's own name, family, address and colleagues, no case, and at night."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.budgets.limits import Limits, Watch
from hub.governance.acting import CannotBeDone
from hub.governance.notices import waiting
from hub.governance.written import Unreadable
from hub.graphql.governing.room import by_of
from hub.identity.requester import Requester
from hub.reviews.items import close, items
from hub.reviews.watching import open_at
from hub.reviews.workers import TRAIT, forget_workforce, put_workforce, read_workforce
from schema.governance.review_kinds import ReviewAbout, ReviewedAs
from tests.cast import CHILDREN, NOW, canaries, requester
from tests.house import House, house
from tests.rooms.governing.desk import COUNCIL, HEALTH, ask, do, ledger, run

FIND = """query ($s: PersonSearchInput!, $c: RequestContext!) { searchPeople(input: $s, context: $c) {
  outcome candidates { id } } }"""
OPEN = "query ($id: ID!, $c: RequestContext!) { person(id: $id, context: $c) { dateOfBirth } }"
CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "R 1"}
MAYA = {"familyName": "Quillfeather", "givenName": "Maya", "dateOfBirth": "2012-05-17"}
NOBODY = {"familyName": "Nobody", "givenName": "Noone", "dateOfBirth": "2001-01-01"}
STAFF = f"""worker,given_name,family_name,postcode
sub-priya,Priya,Vane,{CHILDREN["maya"].traits.postcodes[0]}
sub-priya,Priya,Formerly,
sub-olu,Noone,Nobody,
"""


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as opened:
        yield opened


def worker(name: str, subject: str = "sub-priya") -> Requester:
    return replace(requester("social-worker"), subject=subject, name=name)


async def find(home: House, who: Requester, given: dict[str, str]) -> None:
    result = await run(home, who, FIND, s=given, c=CONTEXT)
    assert not result.errors, result.errors


async def raised(home: House, organisation: str = COUNCIL.organisation) -> list[tuple[str, bool]]:
    """Give what was raised, and of each whether somebody is concerned."""
    return sorted((k.item.about.value, bool(k.item.subject)) for k in await items(home.database, organisation))


@pytest.mark.parametrize(
    ("name", "given", "found"),
    [
        ("Priya Vane", MAYA, []),
        ("Maya Quillfeather", MAYA, [("OWN_NAME", False), ("SAME_SURNAME", True)]),
        ("Priya Quillfeather", MAYA, [("SAME_SURNAME", False), ("SAME_SURNAME", True)]),
        ("Priya Smythe-Quillfeather", MAYA, [("SAME_SURNAME", False), ("SAME_SURNAME", True)]),
        ("Priya Nobody", NOBODY, [("SAME_SURNAME", False)]),
        ("Cher", MAYA, []),
    ],
)
async def test_a_search_for_the_workers_own_name_is_told_of(
    home: House, name: str, given: dict[str, str], found: list[tuple[str, bool]]
) -> None:
    """By the name in the token, whether anybody is found or not; of whom it shows, under the ledger's name for them."""
    await find(home, worker(name), given)
    assert await raised(home) == found


async def test_what_an_employer_gave_of_its_workers_is_compared_and_cannot_be_read(home: House) -> None:
    """A former name, a home postcode, a colleague's name, of that organisation's workers alone; hashes are kept."""
    hashes = home.watching.reviews.hashes
    assert await put_workforce(home.acting, hashes, read_workforce(STAFF), by_of(COUNCIL)) == 2
    await find(home, worker("Priya Vane"), MAYA)
    assert await raised(home) == [("SAME_ADDRESS", True)]
    await find(home, worker("Priya Vane"), {**NOBODY, "familyName": "Formerly"})
    await find(home, worker("Priya Vane"), NOBODY)
    await find(home, worker("Priya Vane"), {**NOBODY, "givenName": "Other", "postcode": MAYA_POSTCODE})
    assert await raised(home) == [
        ("COLLEAGUE", False),
        ("SAME_ADDRESS", False),
        ("SAME_ADDRESS", True),
        ("SAME_SURNAME", False),
    ]
    elsewhere = replace(requester("police"), subject="sub-priya", name="Priya Vane")
    await find(home, elsewhere, MAYA)
    assert await raised(home, elsewhere.organisation) == []
    async with home.database.read() as connection:
        rows = (await connection.execute(select(TRAIT))).all()
    assert rows
    kept = str(rows)
    assert not [word for word in ("Priya", "Vane", "Formerly", "priya", "sub-", MAYA_POSTCODE) if word in kept]
    await forget_workforce(home.acting, by_of(COUNCIL))
    async with home.database.read() as connection:
        assert not (await connection.execute(select(TRAIT))).all()


MAYA_POSTCODE = CHILDREN["maya"].traits.postcodes[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "worker,given_name,family_name\n",
        "worker,given_name,family_name,postcode\na,b\n",
        "worker,given_name,family_name,postcode\n,Priya,Vane,\n",
        "worker,given_name,family_name,postcode\na,Priya,Vane,nowhere\n",
        "worker,given_name,family_name,postcode\na,,,\n",
        "worker,given_name,family_name,postcode\na,b,c,,d\n",
    ],
)
def test_a_file_of_workers_that_is_wrong_is_refused_whole(text: str) -> None:
    """It says in which line, and repeats nothing of it."""
    with pytest.raises(Unreadable, match="line") as refused:
        read_workforce(text)
    assert "Vane" not in str(refused.value)
    assert "nowhere" not in str(refused.value)


async def test_a_file_that_names_nobody_forgets_nobody(home: House) -> None:
    """An empty export is not an instruction."""
    with pytest.raises(CannotBeDone):
        await put_workforce(home.acting, home.watching.reviews.hashes, (), by_of(COUNCIL))


async def test_somebody_of_whom_the_organisation_has_no_case_is_told_of(home: House) -> None:
    """Nobody, somebody hidden and somebody known elsewhere alone are told of alike; those it has a case of are not."""
    early = requester("early-help")
    children = {key: child for key, child in CHILDREN.items() if key != "maya"}
    hidden = next(key for key, child in children.items() if key == "sealed")
    consent = {"purpose": "CHILD_IN_NEED", "reference": "R 1"}
    for child in (home.ids[hidden], "0" * 32):
        assert not (await run(home, early, OPEN, id=child, c=consent)).errors
    assert await raised(home, early.organisation) == [("NO_CASE", True)] * 2
    await run(home, requester("social-worker"), OPEN, id=home.ids["maya"], c=CONTEXT)
    assert await raised(home) == []
    triage = {"purpose": "SAFEGUARDING_TRIAGE", "reference": "R 1"}
    await run(home, requester("front-door"), OPEN, id="1" * 32, c=triage)
    assert await raised(home) == []


@pytest.mark.parametrize(
    ("hour", "day", "raises"),
    [(9, 2, False), (7, 2, False), (6, 2, True), (19, 2, False), (20, 2, True), (12, 7, True)],
)
async def test_what_is_asked_out_of_hours_is_told_of_once_a_day(
    tmp_path: Path, hour: int, day: int, *, raises: bool
) -> None:
    """By the clock in England, weekends too; one item however often."""
    at = datetime(2026, 3, day, hour, 30, tzinfo=UTC)
    assert open_at(Watch(), at) is not raises
    if (hour, day) in {(9, 2), (20, 2)}:
        async with house(tmp_path, clock=at) as home:
            for _ in range(3):
                await run(home, requester("social-worker"), OPEN, id=home.ids["maya"], c=CONTEXT)
            assert await raised(home) == ([("OUT_OF_HOURS", False)] if raises else [])


def test_the_clock_is_englands() -> None:
    """In summer six in the morning by UTC is seven."""
    assert open_at(Watch(), datetime(2026, 7, 1, 6, 30, tzinfo=UTC))
    assert open_at(Watch(weekends=True), datetime(2026, 3, 7, 12, tzinfo=UTC))


async def test_each_look_can_be_left_unwatched(tmp_path: Path) -> None:
    """By the file of budgets."""
    watch = Watch(same_name=False, same_address=False, colleague=False, no_case=False, out_of_hours=False)
    async with house(tmp_path, limits=Limits(watch=watch), clock=NOW.replace(hour=3)) as home:
        await put_workforce(home.acting, home.watching.reviews.hashes, read_workforce(STAFF), by_of(COUNCIL))
        await find(home, worker("Maya Quillfeather"), MAYA)
        await find(home, worker("Maya Quillfeather"), NOBODY)
        await run(home, worker("Priya Vane"), OPEN, id="1" * 32, c=CONTEXT)
        assert await raised(home) == []


ITEMS = "reviewItems(closed: true) { id about says detail actor subject reference at closedAt outcome }"


async def test_a_lead_sees_by_reference_alone_and_says_what_was_found(home: House) -> None:
    """Nothing of a record or a name is in it; one a day of each; another lead sees and closes none."""
    for _ in range(3):
        await find(home, worker("Priya Quillfeather"), MAYA)
    told: list[dict[str, Any]] = (await ask(home, COUNCIL, ITEMS))["reviewItems"]
    assert [t["about"] for t in told] == ["SAME_SURNAME"] * 2
    assert not [value for value in (*canaries(), "Priya", "sub-priya", home.ids["maya"]) if value in str(told)]
    assert {n.reference for n in (await waiting(home.database, COUNCIL.organisation)).found} == {t["id"] for t in told}
    assert (await ask(home, HEALTH, ITEMS))["reviewItems"] == []
    found = {"item": ("ID!", told[0]["id"]), "what": ("ReviewedAs!", "NOT_IN_ORDER")}
    change = "closeReviewItem(id: $item, outcome: $what) { id problem { code } }"
    assert (await do(home, HEALTH, change, **found))["problem"]["code"] == "no-such-item"
    assert (await do(home, COUNCIL, change, **found))["id"] == told[0]["id"]
    assert (await do(home, COUNCIL, change, **found))["problem"]["code"] == "no-such-item"
    after = {t["id"]: t for t in (await ask(home, COUNCIL, ITEMS))["reviewItems"]}
    assert after[told[0]["id"]]["outcome"] == "NOT_IN_ORDER"
    assert after[told[0]["id"]]["closedAt"]
    open_ones = await ask(home, COUNCIL, "reviewItems { id }")
    assert [t["id"] for t in open_ones["reviewItems"]] == [told[1]["id"]]
    assert [e["facts"] for e in await ledger(home) if e.get("name") == "review-item-closed"][-1] == {
        "outcome": "NOT_IN_ORDER"
    }


async def test_nobody_closes_an_item_about_themselves(home: House) -> None:
    """Not even a lead."""
    me = by_of(COUNCIL)
    await home.watching.reviews.items.leave(_item(home, COUNCIL))
    (kept,) = await items(home.database, me.organisation)
    with pytest.raises(CannotBeDone, match="somebody else"):
        await close(home.acting, kept.id, ReviewedAs.IN_ORDER, me)


def _item(home: House, who: Requester) -> Any:
    from hub.reviews.items import Item

    actor = home.watching.reviews.pseudonyms.actor(who.subject)
    return Item(who.organisation, ReviewAbout.OUT_OF_HOURS, actor, "req")


async def test_a_search_that_cannot_be_told_of_is_not_answered(home: House) -> None:
    """Whatever must be left for a lead is left before anything is shown."""
    async with home.database.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE review_item")
    result = await run(home, worker("Priya Quillfeather"), FIND, s=MAYA, c=CONTEXT)
    assert result.not_ready
    assert result.data is None
