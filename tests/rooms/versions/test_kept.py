"""What is stored stays: the database refuses to change it, and what was changed all the same decides nothing."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub.governance.register import WrongPolicyVersion
from hub.governance.versions.compiling import compiled
from hub.governance.versions.errors import VersionDamaged, VersionRefused
from hub.governance.versions.example_cells import EXAMPLE_COLUMNS, cells_of, example_of
from hub.governance.versions.governing import governing
from hub.governance.versions.joined import PolicyRoom
from hub.governance.versions.rulebooks import KEPT, Rulebooks
from hub.governance.versions.shipped import shipped
from hub.governance.versions.store import EXAMPLE, RULE, is_stored
from hub.governance.versions.version import Version, digest_of, read_content
from hub.governance.versions.watching import Watch
from hub.store.database import StoreUnavailable
from policies.rows import COLUMNS
from policies.rulebook import Rulebook
from policies.validation import RulebookError
from tests.rooms.versions.stage import AUTHOR, FIRST, Room, approved, content, published

SHIPPED = shipped()


async def bypass(here: Room, *statements: str) -> None:
    """Change what is stored, as somebody may who can drop the guards."""
    async with here.database.begin() as connection:
        if here.database.dialect == "sqlite":
            names = await connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in names.all():
                await connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            await connection.exec_driver_sql("SET session_replication_role = replica")
        for statement in statements:
            await connection.exec_driver_sql(statement)
        if here.database.dialect != "sqlite":
            await connection.exec_driver_sql("SET session_replication_role = DEFAULT")


@pytest.mark.parametrize("table", ["rulebook", "rulebook_rule", "rulebook_step"])
async def test_the_database_itself_refuses_to_change_or_remove_a_row(here: Room, table: str) -> None:
    """Not the code alone: an UPDATE, a DELETE and a late rule are refused by SQLite and PostgreSQL alike."""
    statements = [f"UPDATE {table} SET reason = 'x'", f"DELETE FROM {table}"]  # noqa: S608 -- names of tables
    if table == "rulebook_rule":
        columns = ", ".join(f'"{c.name}"' for c in RULE.c if c.name != "id")
        statements.append(f"INSERT INTO {table} (id, {columns}) SELECT 'late', {columns} FROM {table}")  # noqa: S608 -- the same
    if here.database.dialect == "sqlite":
        statements.append(f"REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608 -- the same
    if here.database.dialect == "postgresql":
        statements.append(f"TRUNCATE {table} CASCADE")
    for statement in statements:
        with pytest.raises(DBAPIError, match="a stored version of the rules never"):
            async with here.database.begin() as connection:
                await connection.execute(text(statement))
    assert (await here.versions.read(FIRST.rulebook.version)).rules == FIRST.rules


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE rulebook_rule SET effect = 'Deny' WHERE id = 'allow-health'",
        "UPDATE rulebook_rule SET role = '*' WHERE id = 'allow-health'",
        "DELETE FROM rulebook_rule WHERE id = 'allow-health'",
        "DELETE FROM rulebook_rule",
        "UPDATE rulebook SET digest = 'x'",
    ],
)
async def test_a_damaged_version_is_never_decided_by(here: Room, damage: str) -> None:
    """One cell, one row, all rows: not loaded, let go of where it was, and back by itself when it holds again."""
    version = FIRST.rulebook.version
    told: list[str] = []
    watch = Watch(PolicyRoom(here.versions, here.rulebooks, here.lives), told.append)
    assert await watch.look() == ""
    assert here.rulebooks.holds(version)
    async with here.database.read() as connection:
        rules = [dict(row) for row in (await connection.execute(RULE.select())).mappings()]
    await bypass(here, damage)
    assert await watch.look() == await watch.look() == "VersionDamaged"
    assert told == ["VersionDamaged"]
    assert not here.rulebooks.holds(version)
    for refused in (here.rulebooks.at(version), governing(here.register, here.rulebooks, ())):
        with pytest.raises(WrongPolicyVersion):
            await refused
    with pytest.raises(WrongPolicyVersion):
        here.rulebooks.held(version)
    digest = digest_of(FIRST.rules)
    await bypass(here, "DELETE FROM rulebook_rule", f"UPDATE rulebook SET digest = '{digest}'")  # noqa: S608 -- a digest
    async with here.database.begin() as connection:
        if here.database.dialect == "postgresql":
            await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        await connection.execute(RULE.insert(), rules)
    assert await watch.look() == ""
    assert (await governing(here.register, here.rulebooks, ())).policy_version == version


async def test_without_an_active_version_nothing_is_decided(here: Room) -> None:
    """An empty table of versions is said, and starting does not fill it by itself."""
    await bypass(here, "DELETE FROM policy_version")
    told: list[str] = []
    watch = Watch(PolicyRoom(here.versions, here.rulebooks, here.lives), told.append)
    assert await watch.look() == "VersionRefused"
    with pytest.raises(StoreUnavailable):
        await governing(here.register, here.rulebooks, ())
    assert not await here.lives.ship(FIRST)
    assert await here.lives.roll_back(AUTHOR, "put back what counted", FIRST.rulebook.version)
    assert await watch.look() == ""


async def test_questions_that_meet_share_one_load_and_each_gets_the_right_version(here: Room) -> None:
    """A version is compiled once however many wait for it, and two versions never share a rulebook."""
    second = await published(here.lives, content("HEALTH"))
    compiles: list[str] = []

    async def counting(stored: Version) -> Rulebook:
        compiles.append(stored.id)
        return await compiled(stored)

    fresh = Rulebooks(here.versions, counting)
    versions = [FIRST.rulebook.version, second] * 10
    books = await asyncio.gather(*(fresh.at(v) for v in versions))
    assert [b.version for b in books] == versions
    assert sorted(compiles) == sorted(set(versions))
    assert {b.version for b in fresh.all_held()} == set(versions)


async def test_only_so_many_versions_are_held(plain: Room) -> None:
    """The oldest loaded is let go of, and loaded again when it is wanted."""
    made = [content("HEALTH", why=f"n {n}") for n in range(3)]
    versions = [FIRST.rulebook.version, *[await plain.lives.draft(m, AUTHOR, "a reason") for m in made]]
    for version in versions:
        await plain.rulebooks.at(version)
    assert all(plain.rulebooks.holds(v) for v in versions)
    assert len(versions) < KEPT
    plain.rulebooks.know(FIRST.rulebook)
    plain.rulebooks._held.clear()
    plain.rulebooks._held.update({str(n): FIRST.rulebook for n in range(KEPT)})
    assert await plain.rulebooks.at(versions[0]) is FIRST.rulebook
    assert len(plain.rulebooks._held) == KEPT


async def test_what_is_approved_is_proved_before_it_counts(here: Room) -> None:
    """A look proves the latest approved version once, so that no question waits for it; a damaged one is let be."""
    compiles: list[str] = []

    async def counting(stored: Version) -> Rulebook:
        compiles.append(stored.id)
        return await compiled(stored)

    fresh = Rulebooks(here.versions, counting)
    watch = Watch(PolicyRoom(here.versions, fresh, here.lives), lambda _: None)
    version = await approved(here.lives, content("HEALTH"))
    assert await watch.look() == await watch.look() == ""
    assert sorted(compiles) == sorted([FIRST.rulebook.version, version])
    assert not fresh.holds(version)
    await here.lives.activate(version, AUTHOR)
    assert (await fresh.at(version)).version == version
    assert len(compiles) == 2
    damaged = await approved(here.lives, content("HOUSING", why="never seen"))
    await bypass(here, f"DELETE FROM rulebook_rule WHERE version = '{damaged}'")  # noqa: S608 -- a digest
    assert await watch.look() == ""
    assert damaged not in compiles


async def test_a_version_that_keeps_changing_while_it_is_loaded_refuses_the_question(plain: Room) -> None:
    """After a few other versions came to count meanwhile, the question is told to come again."""

    class Never(Rulebooks):
        def holds(self, version: str) -> bool:
            del version
            return False

    with pytest.raises(WrongPolicyVersion):
        await governing(plain.register, Never(plain.versions), ())


async def test_another_build_whose_rules_read_otherwise_does_not_decide_by_an_old_version(plain: Room) -> None:
    """A stored version that can no longer be a rulebook, or is another one now, is damage and not a guess."""
    stored = await plain.versions.read(FIRST.rulebook.version)
    with pytest.raises(VersionDamaged):
        await compiled(replace(stored, rules=({**stored.rules[0], "effect": "Deny"},)))
    with pytest.raises(VersionDamaged):
        await compiled(replace(stored, rules=stored.rules[:1]))
    with pytest.raises(VersionRefused, match="there is no version"):
        await plain.versions.read("nowhere")
    async with plain.database.read() as connection:
        assert not await is_stored(connection, "nowhere")


def test_the_tables_have_a_column_for_every_cell() -> None:
    """A column added to rules or examples must come with a migration."""
    assert [c.name for c in RULE.c] == ["version", *COLUMNS]
    assert [c.name for c in EXAMPLE.c] == ["version", "place", *EXAMPLE_COLUMNS]


def test_the_shipped_rules_and_examples_are_cells_and_back() -> None:
    """Nothing of a rulebook or its examples is lost by storing it."""
    assert tuple(example_of(cells_of(e)) for e in SHIPPED.examples) == SHIPPED.examples
    again = read_content(SHIPPED.rules, SHIPPED.example_cells)
    assert again.rulebook.version == SHIPPED.rulebook.version


@pytest.mark.parametrize("column", ["role", "service", "field", "facts", "expect", "flags"])
def test_an_example_with_a_wrong_word_is_refused_and_named(column: str) -> None:
    """Every fault of every row is told at once."""
    cells = cells_of(SHIPPED.examples[0])
    spoilt = {**cells, column: "basis=x" if column == "facts" else "nonsense"}
    wrong = [{**SHIPPED.rules[0], "effect": "Deny"}, *SHIPPED.rules[1:]]
    with pytest.raises(RulebookError) as refused:
        read_content(wrong, [spoilt, {"where": "x"}])
    assert len(refused.value.faults) == 3
    assert SHIPPED.rules[0]["id"] in str(refused.value)
