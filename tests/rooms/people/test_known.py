"""Known people are kept in memory, and are who the database tells of at the moment all the same."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import delete, func, select, update

from connectors.contract import LocalId
from hub.people import known, who_is_who
from hub.people.index import PersonIndex
from hub.people.known import Kept, Read
from hub.people.linking import Status
from hub.store.database import Database
from hub.store.tables.people import AGENCY_LINK, LINK_KEY, PERSON, PERSON_SOURCE
from schema.labels import Label
from tests.rooms.people.making import NHS, made, take, who


async def test_whoever_has_changed_is_read_again(index: PersonIndex, database: Database) -> None:
    """A protection, an end, a join, a split, a seal: each shows at once; where nothing changed nothing is made anew."""
    await take(index, "health", made())
    await take(index, "sc", made(postcodes=("BK9 9ZZ",), nhs=(NHS,)))
    await take(index, "school", made(postcodes=("BK9 9ZZ",), nhs=(NHS,)))
    one, other = await who(index, "health") or "", await who(index, "sc") or ""
    ids, deciding = [one, other, "nobody"], index.deciding()

    async def written(*statements: object) -> None:
        async with database.begin() as connection:
            for statement in statements:
                await connection.execute(statement)  # type: ignore[call-overload] # an update, whatever of

    async def confirmed() -> None:
        async with database.begin() as connection:
            await who_is_who.confirm(deciding, connection, one, other, "w", "the same mother")

    async def split() -> None:
        async with database.begin() as connection:
            await who_is_who.split(deciding, connection, one, "sc", "w", "a cousin")

    hidden, at_school = made(labels=frozenset({Label.CONFIDENTIAL_ADDRESS})), PERSON_SOURCE.c.source_id == "school"
    changes: list[Callable[[], Awaitable[object]]] = [
        lambda: take(index, "health", hidden),
        confirmed,
        split,
        lambda: take(index, "school", made(ended=True)),
        lambda: written(update(PERSON).where(PERSON.c.id == other).values(labels="CONFIDENTIAL_ADDRESS SEXUAL_HEALTH")),
        lambda: written(update(PERSON).where(PERSON.c.id == other).values(status=Status.SEALED.value)),
        lambda: written(update(PERSON_SOURCE).where(at_school).values(labels="MENTAL_HEALTH", version=7)),
        lambda: written(update(AGENCY_LINK).values(ended_at=index.now())),
    ]
    before = await index.followed(ids)
    assert before.keys() == {one, other}
    for change in changes:
        await change()
        now = await index.followed(ids)
        assert now == await known.followed(database, deciding.sealer, ids)
        again = await index.followed(ids)
        assert all(again[i] is now[i] for i in now)
        assert change in changes[6:7] or now != before
        before = now


async def test_an_entry_in_anothers_place_is_another(index: PersonIndex, database: Database) -> None:
    """A database that was put back gives numbers again, to other children's entries: nobody is taken for them."""
    await take(index, "health", made())
    await take(index, "school", made("55"))
    child = await who(index, "health") or ""
    assert (await index.followed([child]))[child].at == {"health", "school"}
    gone = select(PERSON_SOURCE.c.id).where(PERSON_SOURCE.c.source_id == "school")
    async with database.begin() as connection:
        number = (await connection.execute(select(func.max(PERSON_SOURCE.c.number)))).scalar_one()
        await connection.execute(delete(AGENCY_LINK).where(AGENCY_LINK.c.entry_id.in_(gone)))
        await connection.execute(delete(LINK_KEY).where(LINK_KEY.c.entry == number))
        await connection.execute(delete(PERSON_SOURCE).where(PERSON_SOURCE.c.source_id == "school"))
    await take(index, "housing", made("77"))
    async with database.read() as connection:
        assert (await connection.execute(select(func.max(PERSON_SOURCE.c.number)))).scalar_one() == number
    (known_now,) = (await index.followed([child])).values()
    assert known_now.local_ids == {"health": ("1",), "housing": ("77",)}


@pytest.mark.parametrize("most", [4, 5])
def test_few_are_kept(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """So many people at most, however they were asked for together; whoever was read first goes first."""
    monkeypatch.setattr(known, "MOST", most)
    kept, read = Kept(), Read({}, frozenset())
    for _ in range(3):
        kept.keep(("a", "b"), read)
    kept.keep(("c", "d"), read)
    kept.keep(("e",), read)
    assert [kept.of(ids) is read for ids in (("a", "b"), ("c", "d"), ("e",))] == [most > 4, True, True]
    kept.keep(tuple("fghijkl"), read)
    assert [kept.of(ids) for ids in (("c", "d"), ("e",))] == [None, None]
    assert kept.of(tuple("fghijkl")) is read


def test_whose_local_ids_are_known_is_put_in_order() -> None:
    """Every id of a source's own stands with its source."""
    links = tuple(known.Link(s, known.Service("HEALTH"), LocalId(i)) for s, i in (("a", "1"), ("b", "2"), ("a", "3")))
    person = known.KnownPerson("p", Status.ACTIVE, frozenset(), links)
    assert person.local_ids == {"a": ("1", "3"), "b": ("2",)}
    assert person.at == {"a", "b"}
