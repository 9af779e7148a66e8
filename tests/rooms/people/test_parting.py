"""What protects one protects both when they are parted, however that comes about, until somebody has looked."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select

from connectors.contract import LocalId
from hub.keys import Keyring
from hub.people.index import PersonIndex
from hub.people.parting import CONSENT, NOT_SHARING, OBJECTION, PARTING
from hub.people.proving_keys import KEK
from hub.people.sealing import Place, Sealer
from hub.store.database import Database
from schema.labels import Label
from tests.rooms.people.making import NHS, OTHER_NHS, made, take, who

LIGHT = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""Where the database makes no difference."""

ONE = LocalId("1")
HIDDEN = frozenset({Label.CONFIDENTIAL_ADDRESS})


@pytest.fixture
def sealer(keyring: Keyring) -> Sealer:
    return Sealer(keyring.versions(KEK))


async def said(database: Database, person: str, giver: str, state: str, **changed: Any) -> None:
    """Record what a giver said."""
    words = dict.fromkeys(("services", "kinds", "recipients", "evidence", "reason"), "")
    row = words | {"id": f"{giver}-{state}", "person_id": person, "giver": giver, "state": state, "method": "spoken"}
    row |= {"relationship": "MOTHER", "capacity": "NOT_STATED", "purposes": "EARLY_HELP", "recorded_by": "w"}
    async with database.begin() as connection:
        at = datetime(2026, 11, 1, tzinfo=UTC)
        await connection.execute(insert(CONSENT).values(row | {"recorded_at": at} | changed))


async def kept(database: Database, sealer: Sealer, table: Any, person: str, row_id: str, **given: Any) -> None:
    """Record an objection or a decision not to share, with its words sealed."""
    key = sealer.fresh(Place(table.name, row_id, 1))
    sealed = {"key_ct": key.wrapped, "text_ct": key.seal("text_ct", b"in words")}
    row = {"id": row_id, "person_id": person, "provider": "council", "services": "", **sealed}
    async with database.begin() as connection:
        await connection.execute(insert(table).values(row | given))


async def objected(database: Database, sealer: Sealer, person: str, row_id: str, state: str) -> None:
    given = {"objector": "MOTHER", "received": date(2026, 1, 1), "state": state, "recorded_by": "o"}
    await kept(database, sealer, OBJECTION, person, row_id, **given)


async def not_shared(database: Database, sealer: Sealer, person: str, row_id: str, ended_at: int | None = None) -> None:
    days = {"start": date(2026, 1, 1), "review": date(2027, 1, 1)}
    given = {"kinds": "", "reason": "RISK_TO_CHILD", "decided_by": "o", "ended_at": ended_at}
    await kept(database, sealer, NOT_SHARING, person, row_id, **given, **days)


async def states(database: Database, person: str) -> dict[str, list[str]]:
    """Give what is recorded of a person by their one id, by its sort."""
    found: dict[str, list[str]] = {}
    async with database.read() as connection:
        for table, name in ((CONSENT, "state"), (OBJECTION, "state"), (NOT_SHARING, "provider")):
            rows = await connection.execute(select(table.c[name]).where(table.c.person_id == person))
            found[table.name] = sorted(row[0] for row in rows)
    return {name: values for name, values in found.items() if values}


async def left(database: Database) -> set[tuple[str, str, str, str]]:
    """Give what is to be looked at."""
    columns = (PARTING.c[name] for name in ("person_id", "other_id", "because", "what"))
    async with database.read() as connection:
        return {tuple(row) for row in await connection.execute(select(*columns))}


async def joined(index: PersonIndex) -> tuple[str, str]:
    """Join what social care holds to whom health knows; give the person, and who social care's was."""
    await take(index, "health", made(labels=HIDDEN))
    await take(index, "sc", made(postcodes=("BK9 9ZZ",), labels=frozenset({Label.MAPPA})))
    person, other = await who(index, "health") or "", await who(index, "sc") or ""
    await index.join("sc", ONE, person, by="w", reason="the same")
    return person, other


async def test_a_split_leaves_both_protected(index: PersonIndex, database: Database, sealer: Sealer) -> None:
    """Refusals, objections, decisions and flags follow both; what was agreed to or overruled follows nobody."""
    person, other = await joined(index)
    await said(database, person, "mother", "REFUSED")
    await said(database, person, "father", "GIVEN")
    await said(database, other, "aunt", "WITHDRAWN")
    await objected(database, sealer, person, "raised", "RAISED")
    await objected(database, sealer, person, "overruled", "OVERRULED")
    await not_shared(database, sealer, person, "stands")
    await not_shared(database, sealer, person, "over", ended_at=1)
    assert await index.part("sc", ONE, by="w", reason="a cousin") == other
    protections = {"objection": ["RAISED"], "not_sharing": ["council"]}
    assert await states(database, other) == protections | {"consent": ["REFUSED", "WITHDRAWN"]}
    assert (await states(database, person))["consent"] == ["GIVEN", "REFUSED", "WITHDRAWN"]
    known = await index.people((person, other))
    assert known[person].flags == known[other].flags == {Label.CONFIDENTIAL_ADDRESS, Label.MAPPA}
    what = {("CONSENT", other), ("OBJECTION", other), ("NOT_SHARING", other), ("FLAG", other)}
    assert await left(database) == {
        (to, person if to == other else other, "SPLIT", one)
        for one, to in what | {("CONSENT", person), ("FLAG", person)}
    }
    async with database.read() as connection:
        (row,) = (await connection.execute(select(OBJECTION).where(OBJECTION.c.person_id == other))).all()
    assert (
        sealer.unwrap(Place("objection", row.id, 1), bytes(row.key_ct)).open("text_ct", bytes(row.text_ct))
        == b"in words"
    )


@LIGHT
async def test_a_word_that_was_taken_back_protects_nobody(index: PersonIndex, database: Database) -> None:
    """Of each giver the newest word counts, also where it was said of the other; one nobody can read is carried."""
    person, other = await joined(index)
    await said(database, person, "mother", "REFUSED")
    await said(database, person, "mother", "GIVEN")
    await said(database, person, "father", "REFUSED")
    await said(database, other, "father", "GIVEN")
    await said(database, person, "aunt", "nonsense", recorded_by="x")
    await index.part("sc", ONE, by="w", reason="a cousin")
    assert (await states(database, other))["consent"] == ["GIVEN", "nonsense"]


@LIGHT
async def test_flags_carried_go_on_to_whom_somebody_turns_out_to_be(index: PersonIndex, database: Database) -> None:
    """Joined again, what was carried to one protects both still; split again, both."""
    person, other = await joined(index)
    await index.part("sc", ONE, by="w", reason="a cousin")
    async with database.begin() as connection:
        await connection.exec_driver_sql("UPDATE known_different SET withdrawn_at = decided_at")
    await take(index, "health", made())
    await take(index, "sc", made(postcodes=("BK9 9ZZ",)))
    await index.join("sc", ONE, person, by="w", reason="the same after all")
    assert (await index.people((person,)))[person].flags == {Label.CONFIDENTIAL_ADDRESS, Label.MAPPA}
    assert await index.part("sc", ONE, by="w", reason="a cousin") == other
    known = await index.people((person, other))
    assert [k.status for k in known.values()] == ["active"] * 2
    assert known[other].flags == known[person].flags == {Label.CONFIDENTIAL_ADDRESS, Label.MAPPA}


@LIGHT
async def test_a_flag_carried_a_second_time_is_left_a_second_time(index: PersonIndex, database: Database) -> None:
    """Of each whom it came from, once: what is lifted of the one protects by the other. Parted anew, not anew."""
    person, other = await joined(index)
    await take(index, "housing", made(postcodes=("BK9 9ZX",), labels=HIDDEN))
    third = await who(index, "housing") or ""
    for _ in range(2):
        await index.part("sc", ONE, by="w", reason="a cousin")
        async with database.begin() as connection:
            await connection.exec_driver_sql("UPDATE known_different SET withdrawn_at = decided_at")
        await index.join("housing", ONE, other, by="w", reason="the same")
        await index.part("housing", ONE, by="w", reason="a cousin")
        async with database.begin() as connection:
            await connection.exec_driver_sql("UPDATE known_different SET withdrawn_at = decided_at")
        await index.join("sc", ONE, person, by="w", reason="the same after all")
    async with database.read() as connection:
        rows = [row for row in await connection.execute(select(PARTING)) if row.reference == "CONFIDENTIAL_ADDRESS"]
    assert sorted((row.person_id, row.other_id) for row in rows) == sorted([(other, person), (other, third)])


@LIGHT
@pytest.mark.parametrize("protected", [False, True])
async def test_a_source_that_parts_them_leaves_both_protected(
    index: PersonIndex, database: Database, *, protected: bool
) -> None:
    """A change that contradicts the person parts them as a worker would, and it is left to be looked at."""
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "sc", made(nhs=(NHS,)))
    person = await who(index, "health") or ""
    if protected:
        await said(database, person, "mother", "REFUSED")
    await take(index, "sc", made(nhs=(OTHER_NHS,)))
    apart = await who(index, "sc") or ""
    assert apart != person
    assert await states(database, apart) == ({"consent": ["REFUSED"]} if protected else {})
    what = "CONSENT" if protected else "NOTHING"
    assert await left(database) == {(apart, person, "CONTRADICTED", what)}


@LIGHT
@pytest.mark.parametrize("protected", [False, True])
async def test_what_returns_otherwise_stands_apart_and_is_protected(
    index: PersonIndex, database: Database, *, protected: bool
) -> None:
    """An entry that was joined, ended and comes back changed: apart, as protected as it was, and to be looked at."""
    person, _ = await joined(index)
    if protected:
        await said(database, person, "mother", "REFUSED")
    await take(index, "sc", made(ended=True))
    await take(index, "health", made())
    await take(index, "sc", made(family="Oyelaran", postcodes=("BK9 9ZZ",)))
    apart = await who(index, "sc") or ""
    assert apart != person
    assert await states(database, apart) == ({"consent": ["REFUSED"]} if protected else {})
    assert await left(database) == {(apart, person, "RETURNED", "CONSENT" if protected else "NOTHING")}


@LIGHT
async def test_who_comes_back_alone_as_they_were_is_nothing_to_look_at(index: PersonIndex, database: Database) -> None:
    """An entry that was nobody else's is the same person again, whatever changed."""
    await take(index, "sc", made())
    person = await who(index, "sc")
    await take(index, "sc", made(ended=True))
    await take(index, "sc", made(postcodes=("BK9 9ZZ",)))
    assert await who(index, "sc") == person
    assert await left(database) == set()


@LIGHT
async def test_flags_carried_go_along_with_who_comes_back_as_another(index: PersonIndex) -> None:
    """Carried to somebody at a parting, they protect whom that entry is after its source dropped and changed it."""
    person, other = await joined(index)
    assert await index.part("sc", ONE, by="w", reason="a cousin") == other
    await take(index, "housing", made(family="Oyelaran"))
    await take(index, "sc", made(ended=True))
    await take(index, "sc", made(family="Oyelaran"))
    now = await who(index, "sc") or ""
    assert now == await who(index, "housing") not in {person, other}
    assert (await index.people((now,)))[now].flags == HIDDEN
