"""A person says who is who: each decision moves links and can be taken back, and no rule goes against it."""

import pytest

from connectors.contract import LocalId
from hub.people import who_is_who
from hub.people.contradictions import Kind
from hub.people.criteria import Criteria
from hub.people.decisions import CannotDecide
from hub.people.index import PersonIndex
from hub.people.linking import Status
from hub.store.database import Database
from schema.labels import Label
from tests.rooms.people.making import BORN, NHS, OTHER_NHS, everybody, made, take, who

WHO = Criteria(surname="Okonkwo", given="Amelia", date_of_birth=BORN)


async def two(index: PersonIndex) -> tuple[str, str]:
    """Make two persons whom no rule joins, the second known to two sources."""
    await take(index, "health", made())
    await take(index, "sc", made(postcodes=("BK9 9ZZ",), nhs=(NHS,)))
    await take(index, "school", made(postcodes=("BK9 9ZZ",), nhs=(NHS,)))
    return await who(index, "health") or "", await who(index, "sc") or ""


async def at(index: PersonIndex) -> list[str | None]:
    return [await who(index, source) for source in ("health", "sc", "school")]


async def confirm(database: Database, index: PersonIndex, one: str, other: str) -> None:
    async with database.begin() as connection:
        await who_is_who.confirm(index.deciding(), connection, one, other, "w", "the same mother")


async def reject(database: Database, index: PersonIndex, one: str, other: str) -> None:
    async with database.begin() as connection:
        await who_is_who.reject(index.deciding(), connection, one, other, "w", "met both")


async def withdraw(database: Database, index: PersonIndex, one: str, other: str) -> None:
    async with database.begin() as connection:
        await who_is_who.withdraw(index.deciding(), connection, one, other, "w2")


async def split(database: Database, index: PersonIndex, person: str, source: str) -> str:
    async with database.begin() as connection:
        return await who_is_who.split(index.deciding(), connection, person, source, "w", "a cousin")


# Confirming moves every entry of the other; splitting each source off again gives back both persons and every answer.
async def test_confirm_and_split_restore(index: PersonIndex, database: Database) -> None:
    one, other = await two(index)
    before = [await index.search(WHO, everybody), await index.people((one, other)), await at(index)]
    await confirm(database, index, one, other)
    assert await at(index) == [one, one, one]
    assert (await index.followed([other]))[other].id == one
    assert await split(database, index, one, "sc") == other
    assert await split(database, index, one, "school") != one
    assert (await at(index))[:2] == [one, other]
    await withdraw(database, index, other, await who(index, "school") or "")
    await confirm(database, index, other, await who(index, "school") or "")
    assert [await index.search(WHO, everybody), (await at(index))] == [before[0], before[2]]


# What a person joined stays joined though a source leaves it out for a while; what came back as another's does not.
async def test_a_join_outlasts_a_gap_in_a_feed(index: PersonIndex, database: Database) -> None:
    await take(index, "x", made("7", "Zed", "Zulu"))
    await take(index, "y", made("8", "Zod", "Zola"))
    one, other = await who(index, "x", "7") or "", await who(index, "y", "8") or ""
    await confirm(database, index, one, other)
    for changed, still in ((made("8", "Zod", "Zola"), True), (made("8", "Quill", "Quark"), False)):
        await take(index, "y", made("8", "Zod", "Zola", ended=True))
        assert await who(index, "y", "8") is None
        await take(index, "y", changed)
        now = await who(index, "y", "8") or ""
        assert (now == one) is still
    assert other in (await index.people((one,)))[one].aliases


# What somebody parted from a person after the source dropped it is not given back to them.
async def test_a_join_taken_back_does_not_return(index: PersonIndex, database: Database) -> None:
    await take(index, "x", made("7", "Zed", "Zulu"))
    await take(index, "y", made("8", "Zod", "Zola"))
    one, other = await who(index, "x", "7") or "", await who(index, "y", "8") or ""
    await confirm(database, index, one, other)
    assert await split(database, index, one, "y") == other
    await take(index, "y", made("8", "Zod", "Zola", ended=True))
    await take(index, "y", made("8", "Zod", "Zola"))
    assert await who(index, "y", "8") == other


# Two that were said to be different are joined by nobody, until somebody takes it back: then by a person, by no rule.
async def test_reject_and_withdraw(index: PersonIndex, database: Database) -> None:
    one, other = await two(index)
    await reject(database, index, one, other)
    await reject(database, index, other, one)
    for pair in ((one, other), (other, one)):
        with pytest.raises(CannotDecide, match="said-to-be-different"):
            await confirm(database, index, *pair)
    for said in (made(nhs=(NHS,)), made(nhs=(NHS,)), made(ended=True), made(nhs=(NHS,))):  # changed, as before, back
        await take(index, "health", said)
    assert await at(index) == [one, other, other]
    await withdraw(database, index, one, other)
    with pytest.raises(CannotDecide, match="not-said-to-be-different"):
        await withdraw(database, index, one, other)
    await take(index, "health", made(nhs=(NHS,)))
    assert await at(index) == [one, other, other]
    history = (await index.history(one))[1]
    assert {(said.decided_by, said.reason, said.withdrawn_by) for said in history} == {("w", "met both", "w2")}
    await reject(database, index, one, other)
    with pytest.raises(CannotDecide, match="said-to-be-different"):
        await confirm(database, index, one, other)
    await withdraw(database, index, one, other)
    await confirm(database, index, one, other)
    assert await at(index) == [one, one, one]


# Whoever is sealed, not born yet, unknown or the same is nobody to decide on; a source that holds nothing is said.
async def test_who_cannot_be_decided_on(index: PersonIndex, database: Database) -> None:
    one, other = await two(index)
    await take(index, "old", made("9", "Rosie", nhs=(OTHER_NHS,), labels=frozenset({Label.ADOPTION})))
    await take(index, "sc", made("u", born=None, expected=BORN, mother="m"))
    nobody = [await who(index, "old", "9") or "", await who(index, "sc", "u") or "", "nobody"]
    for someone in nobody:
        for decide in (confirm, reject, withdraw):
            with pytest.raises(CannotDecide, match="no-such-person"):
                await decide(database, index, one, someone)
        with pytest.raises(CannotDecide, match="no-such-person"):
            await split(database, index, someone, "sc")
    with pytest.raises(CannotDecide, match="the-same-person"):
        await confirm(database, index, one, one)
    with pytest.raises(CannotDecide, match="no-such-entry"):
        await split(database, index, other, "health")
    with pytest.raises(CannotDecide, match="nothing-to-part"):
        await split(database, index, one, "health")
    await confirm(database, index, one, other)
    with pytest.raises(CannotDecide, match="no-such-person"):
        await confirm(database, index, one, other)


# Two entries of one source leave together, and stay one person.
async def test_a_source_that_holds_somebody_twice_is_split_whole(index: PersonIndex, database: Database) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "sc", made("1", nhs=(NHS,)), made("2", nhs=(NHS,)))
    person = await who(index, "health") or ""
    apart = await split(database, index, person, "sc")
    assert [await who(index, "sc", n) for n in ("1", "2")] == [apart, apart]
    assert await who(index, "health") == person


# Every link says who decided, when and why, what ended it, and that a rule gave no reason.
async def test_history(index: PersonIndex, database: Database) -> None:
    one, other = await two(index)
    await confirm(database, index, one, other)
    links, _ = await index.history(one)
    assert {(x.source_id, x.rule, x.decided_by, x.reason) for x in links if x.ended_at is None} == {
        ("health", "alone", "hub", None),
        *((source, "joined by a person", "w", "the same mother") for source in ("sc", "school")),
    }
    assert {x.ended_because for x in (await index.history(other))[0]} == {"joined by a person"}


# A person whose entries cannot all be one's is listed, whoever joined them; nobody else is.
async def test_contradictions(index: PersonIndex, database: Database) -> None:
    one, other = await two(index)
    assert await index.contradictions() == []
    await take(index, "zz", made("5", nhs=(OTHER_NHS,), born=BORN.replace(day=10), postcodes=("BK9 9ZZ",)))
    third = await who(index, "zz", "5") or ""
    await confirm(database, index, other, third)
    (found,) = await index.contradictions()
    assert (found.person_id, found.kinds, found.sources) == (
        other,
        (Kind.NHS_NUMBERS, Kind.BIRTHS),
        ("sc", "school", "zz"),
    )
    assert (await index.people([one]))[one].status is Status.ACTIVE
    assert await index.by_local("zz", [LocalId("5")]) == {LocalId("5"): other}


# A split says anew what was taken back before: somebody must take it back again before they are one.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_split_after_a_no_was_taken_back_is_a_no_again(index: PersonIndex, database: Database) -> None:
    one, other = await two(index)
    await reject(database, index, one, other)
    await withdraw(database, index, one, other)
    await confirm(database, index, other, one)
    async with database.begin() as connection:
        apart = await who_is_who.split(index.deciding(), connection, other, "health", "w", "a cousin")
    with pytest.raises(CannotDecide, match="said-to-be-different"):
        await confirm(database, index, other, apart)
    await withdraw(database, index, other, apart)
    await index.join("health", LocalId("1"), other, by="w", reason="the same")
    await index.part("health", LocalId("1"), by="w", reason="a cousin")
    with pytest.raises(CannotDecide, match="said-to-be-different"):
        await index.join("health", LocalId("1"), other, by="w", reason="the same")
