"""A person may join an entry to somebody or part it; both are recorded, and a parting is respected for ever (L9)."""

import pytest
from sqlalchemy import text, update

from connectors.contract import LocalId
from hub.people.criteria import Criteria
from hub.people.decisions import CannotDecide
from hub.people.found import Found
from hub.people.index import PersonIndex
from hub.people.linking import Status
from hub.store.database import Database
from hub.store.tables.people import PERSON
from schema.labels import Label
from tests.rooms.people.making import BORN, NHS, OTHER_NHS, everybody, made, take, who

ONE = LocalId("1")
WHO = Criteria(surname="Okonkwo", given="Amelia", date_of_birth=BORN)


async def two(index: PersonIndex) -> tuple[str, str]:
    """Make two persons whom no rule joins."""
    await take(index, "health", made())
    await take(index, "sc", made(postcodes=("BK9 9ZZ",)))
    return await who(index, "health") or "", await who(index, "sc") or ""


# A join moves one link, keeps the old one as history, says who decided, and points on from the person it emptied.
async def test_join(index: PersonIndex, database: Database) -> None:
    one, other = await two(index)
    await index.join("sc", ONE, one, by="worker-1", reason="same mother and school")
    assert await who(index, "sc") == one
    emptied = await index.person(other)
    assert emptied is not None
    assert (emptied.status, emptied.superseded_by, emptied.links) == (Status.SUPERSEDED, one, ())
    async with database.read() as connection:
        rows = (
            await connection.execute(text("select decided_by, ended_because from agency_link order by decided_by"))
        ).all()
    assert ("hub", "joined by a person") in [tuple(r) for r in rows]
    assert ("worker-1", None) in [tuple(r) for r in rows]
    await index.join("sc", ONE, one, by="worker-1", reason="again")


# Parting what was joined gives back every earlier answer.
async def test_join_and_part_restores(index: PersonIndex) -> None:
    one, other = await two(index)
    before = [await index.person(one), await index.person(other), await index.search(WHO, everybody)]
    await index.join("sc", ONE, one, by="worker-1", reason="same mother")
    assert await index.part("sc", ONE, by="worker-2", reason="different mother") == other
    assert [await index.person(one), await index.person(other), await index.search(WHO, everybody)] == before


# What was parted is joined again by nobody: not by a rule, not by a person, not after it ends and comes back.
async def test_a_parting_is_for_ever(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "sc", made(nhs=(NHS,)))
    one = await who(index, "health") or ""
    assert await who(index, "sc") == one
    other = await index.part("sc", ONE, by="worker-1", reason="number of a cousin")
    await take(index, "sc", made(nhs=(NHS,), sex="MALE"))
    assert await who(index, "sc") == other
    await take(index, "sc", made(nhs=(NHS,), ended=True))
    await take(index, "sc", made(nhs=(NHS,)))
    assert await who(index, "sc") == other
    for source, person in (("sc", one), ("health", other)):
        with pytest.raises(CannotDecide, match="said-to-be-different"):
            await index.join(source, ONE, person, by="worker-2", reason="surely the same")


# What cannot be decided is refused by a code; a sealed person is as if there were none.
async def test_refusals(index: PersonIndex) -> None:
    one, other = await two(index)
    await take(index, "old", made("9", given="Rosie", nhs=(OTHER_NHS,), labels=frozenset({Label.ADOPTION})))
    sealed = await who(index, "old", "9") or ""
    for source, local, person, code in (
        ("sc", "nobody", one, "no-such-entry"),
        ("sc", "1", "nobody", "no-such-person"),
        ("sc", "1", sealed, "no-such-person"),
        ("old", "9", one, "no-such-person"),
    ):
        with pytest.raises(CannotDecide, match=code):
            await index.join(source, LocalId(local), person, by="w", reason="r")
    await index.join("sc", ONE, one, by="w", reason="r")
    with pytest.raises(CannotDecide, match="no-such-person"):
        await index.join("health", ONE, other, by="w", reason="r")
    with pytest.raises(CannotDecide, match="nothing-to-part"):
        await index.part("old", LocalId("9"), by="w", reason="r")
    for person, code in ((one, "not-unborn"), ("nobody", "no-such-person"), (sealed, "no-such-person")):
        with pytest.raises(CannotDecide, match=code):
            await index.confirm_birth(person, by="w", reason="r")


# A birth cannot be confirmed before its date is known.
async def test_a_birth_needs_its_date(index: PersonIndex) -> None:
    await take(index, "sc", made(born=None, expected=BORN, mother="m"))
    with pytest.raises(CannotDecide, match="no-date-of-birth"):
        await index.confirm_birth(await who(index, "sc") or "", by="w", reason="r")


# An unborn child whom a feed leaves out and names again with a date of birth is as unborn as before.
@pytest.mark.parametrize("others", [False, True])
async def test_a_birth_waits_for_a_person_though_the_feed_forgot_the_child(index: PersonIndex, *, others: bool) -> None:
    unborn, born = made(born=None, expected=BORN, mother="m", nhs=(NHS,)), made(nhs=(NHS,), mother="m")
    await take(index, "sc", unborn)
    child = await who(index, "sc") or ""
    if others:
        await take(index, "health", made(nhs=(NHS,)))
    await take(index, "sc", made(ended=True))
    await take(index, "sc", born)
    known = await index.person(child)
    assert known is not None
    assert (await who(index, "sc"), known.status) == (child, "unborn")
    await take(index, "sc", born)
    assert await who(index, "sc") == child
    looked = await index.search(WHO, everybody)
    assert isinstance(looked, Found)
    assert child not in {candidate.person_id for candidate in looked.candidates}
    await index.confirm_birth(child, by="w", reason="seen")
    await take(index, "sc", made(ended=True))
    await take(index, "sc", born)
    again = await index.person(await who(index, "sc") or "")
    assert again is not None
    assert again.status == "active"


# The database itself refuses a second live link of one entry.
async def test_one_live_link_by_the_database(index: PersonIndex, database: Database) -> None:
    await two(index)
    with pytest.raises(Exception, match=r"(?i)unique"):
        async with database.begin() as connection:
            await connection.execute(
                text(
                    "insert into agency_link (id, entry_id, person_id, rule, rule_version, key_ct, evidence_ct, "
                    "decided_by, decided_at) select 'x', entry_id, 'y', rule, rule_version, key_ct, evidence_ct, "
                    "decided_by, decided_at from agency_link limit 1"
                )
            )


async def chain(index: PersonIndex) -> tuple[str, str, str]:
    """Make three persons, of whom the first was joined to the second and the second to the third."""
    await take(index, "health", made())
    await take(index, "sc", made(postcodes=("BK9 9ZZ",)))
    await take(index, "school", made(postcodes=("BK8 8ZZ",)))
    first, second, third = [await who(index, source) or "" for source in ("health", "sc", "school")]
    await index.join("health", ONE, second, by="worker-1", reason="the same")
    await index.join("health", ONE, third, by="worker-1", reason="the same")
    await index.join("sc", ONE, third, by="worker-1", reason="the same")
    return first, second, third


# An old id leads to the person it is now however often they were joined, and that person says all their old ids.
async def test_an_old_id_is_followed_to_the_end(index: PersonIndex) -> None:
    first, second, third = await chain(index)
    found = await index.followed((first, third, "nobody"))
    assert {asked: known.id for asked, known in found.items()} == {first: third, third: third}
    assert found[first].aliases == {first, second, third}
    assert await index.superseded_into(third) == {first, second, third}
    assert await index.superseded_into(first) == {first}
    assert await index.superseded_into("nobody") == frozenset()
    assert len(await index.people((first, second, third))) == 3


# Should ids ever lead in a circle, nobody is found by them, and the hub does not turn for ever.
async def test_a_circle_leads_to_nobody(index: PersonIndex, database: Database) -> None:
    first, second, third = await chain(index)
    async with database.begin() as connection:
        for one, other in ((second, first), (third, "gone")):
            await connection.execute(update(PERSON).where(PERSON.c.id == one).values(superseded_by=other))
    assert await index.followed((first, second, third)) == {}
    assert await index.superseded_into(first) == {first, second}
