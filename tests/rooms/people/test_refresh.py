"""A feed links entries by the release rule and by nothing else (d1, DESIGN section 6)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text, update

from connectors.contract import Identity, LocalId, Name
from hub.people.criteria import Criteria
from hub.people.found import Found, Result
from hub.people.index import Link, PersonIndex
from hub.people.linking import Status
from hub.people.refresh import BATCH
from hub.people.sealing import Tampered
from hub.store.database import CHECKPOINT, Database
from hub.store.roomy import USUAL
from hub.store.tables.people import PERSON, SOURCE_FEED
from schema.labels import Label
from tests.rooms.people.conftest import NOW
from tests.rooms.people.making import (
    BORN,
    HEALTH,
    HOUSING,
    NHS,
    OTHER_NHS,
    SOCIAL_CARE,
    START,
    everybody,
    made,
    take,
    who,
)

ADOPTION = frozenset({Label.ADOPTION})


# An identifier, a name and the date of birth are one person, though the surname and address are others.
async def test_r1_links(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    done = await take(index, "sc", made("9", family="Hartley", postcodes=("BK9 9ZZ",), nhs=("999 000 0018",)))
    assert (done.read, done.added, done.linked) == (1, 1, 1)
    assert await who(index, "health") == await who(index, "sc", "9")


# Exact given name, surname, date of birth and postcode are one person, current or former.
@pytest.mark.parametrize(
    "other",
    [
        made("2"),
        made("2", given="AMELIA", family="okonkwo "),
        made("2", family="Hartley", former=(Name("Amelia", "Okonkwo"),)),
        made("2", postcodes=("BK9 9ZZ", "bk34ab")),
        made("2", given="Amelia Rose"),
        made("2", family="Okonkwo-Hartley"),
    ],
)
async def test_r2_links(index: PersonIndex, other: Identity) -> None:
    await take(index, "health", made())
    await take(index, "housing", other, service=HOUSING)
    assert await who(index, "health") == await who(index, "housing", "2")


# Anything less, and anything that speaks against, is left for a person to decide.
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (made(), made(postcodes=("BK9 9ZZ",))),
        (made(), made(given="Millie")),
        (made(), made(given="Ameila")),
        (made(), made(born=date(2015, 9, 3))),
        (made(), made(family="Hartley")),
        (made(postcodes=("ZZ99 3VZ",)), made(postcodes=("ZZ99 3VZ",))),
        (made(given="Baby"), made(given="Baby")),
        (made(born=None), made(born=None)),
        (made(nhs=(NHS,)), made(nhs=(OTHER_NHS,))),
        (made(nhs=(NHS,)), made(nhs=(NHS,), born=date(2015, 3, 8))),
        (made(nhs=(NHS,)), made(nhs=(NHS,), given="Tyler", family="Bickerstaffe")),
        (made(nhs=(NHS,)), made(nhs=(NHS,), given="Chidinma")),
        (made(nhs=("9990000019",)), made(nhs=("9990000019",), postcodes=())),
        (made(given="Muhammad Ali"), made(given="Muhammad")),
    ],
)
async def test_less_does_not_link(index: PersonIndex, one: Identity, other: Identity) -> None:
    await take(index, "health", one)
    await take(index, "sc", other)
    assert await who(index, "health") != await who(index, "sc")


# A superseded number is still the person's own.
async def test_a_superseded_number_is_followed(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS, OTHER_NHS)))
    await take(index, "sc", made(nhs=(OTHER_NHS,), postcodes=()))
    assert await who(index, "health") == await who(index, "sc")


# Twins are two people, in one feed or in several (L5).
async def test_twins_stay_apart(index: PersonIndex) -> None:
    await take(index, "health", made("1", given="Ayaan"), made("2", given="Ayesha"))
    await take(index, "sc", made("1", given="Ayesha"), made("2", given="Ayaan"))
    assert await who(index, "health", "1") == await who(index, "sc", "2")
    assert await who(index, "health", "2") == await who(index, "sc", "1")
    assert await who(index, "health", "1") != await who(index, "health", "2")


# An entry that fits two persons joins neither: it must be the only one.
async def test_two_that_fit_are_none(index: PersonIndex) -> None:
    await take(index, "health", made(postcodes=("BK1 1AA",)), made("2", postcodes=("BK2 2AA",)))
    await take(index, "sc", made(postcodes=("BK1 1AA", "BK2 2AA")))
    assert len({await who(index, "health"), await who(index, "health", "2"), await who(index, "sc")}) == 3


# A number decides between persons whom name and address do not tell apart.
async def test_a_number_decides(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)), made("2", nhs=(OTHER_NHS,)))
    await take(index, "sc", made(nhs=(NHS,)))
    assert await who(index, "sc") == await who(index, "health", "1")


# More entries under one key than are looked at link nobody.
async def test_truncated_blocks_link_nobody(index: PersonIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.people.linking.CAP", 2)
    await take(index, "health", made("1"), made("2", given="Beth"), made("3", given="Cara"))
    await take(index, "sc", made())
    assert await who(index, "sc") != await who(index, "health")


# A protected identity never links, and whoever shares its identity is sealed with it.
@pytest.mark.parametrize("label", [Label.ADOPTION, Label.WITNESS_PROTECTION, Label.GENDER_RECOGNITION])
async def test_protected_identities_never_link(index: PersonIndex, label: Label) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "sc", made(nhs=(NHS,), labels=frozenset({label})))
    await take(index, "school", made(nhs=(NHS,)))
    persons = [await who(index, source) for source in ("health", "sc", "school")]
    assert len(set(persons)) == 3
    known = await index.people([p for p in persons if p])
    assert all(k.sealed and k.flags == {label} for k in known.values())


# A label that comes later parts the entry from its person, and seals both.
async def test_a_label_that_comes_later_seals(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "sc", made(nhs=(NHS,)))
    done = await take(index, "sc", made(nhs=(NHS,), labels=ADOPTION))
    assert (done.changed, done.unlinked) == (1, 1)
    one, other = await who(index, "health"), await who(index, "sc")
    assert one
    assert other
    assert one != other
    assert all(k.sealed for k in (await index.people([one, other])).values())


# A lone entry that becomes protected is sealed; its label going away does not unseal it.
async def test_a_lone_entry_is_sealed_and_stays_so(index: PersonIndex) -> None:
    await take(index, "sc", made())
    before = await who(index, "sc")
    await take(index, "sc", made(labels=ADOPTION))
    await take(index, "sc", made())
    assert await who(index, "sc") == before
    known = await index.person(before or "")
    assert known
    assert known.sealed


# A change that contradicts parts an entry; one that would fit somebody else never joins.
async def test_changes_part_and_never_join(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "sc", made(nhs=(NHS,)), made("2", family="Hartley", nhs=(OTHER_NHS,)))
    together = await who(index, "sc")
    await take(index, "sc", made(nhs=(NHS,), sex="MALE"))
    assert await who(index, "sc") == together
    await take(index, "sc", made("1", nhs=(OTHER_NHS,)), made("2", nhs=(NHS,)))
    assert await who(index, "health") == together
    assert len({together, await who(index, "sc"), await who(index, "sc", "2")}) == 3


# The same entry read again changes nothing; one whose values changed is found by the new and not by the old.
async def test_refreshing_is_incremental(index: PersonIndex) -> None:
    await take(index, "health", made())
    again = await take(index, "health", made())
    assert (again.added, again.changed) == (0, 0)
    changed = await take(index, "health", made(family="Hartley", born=date(2014, 1, 2), changed=5))
    assert changed.changed == 1
    assert await index.watermark("health") == START + timedelta(hours=5)
    assert await index.watermark("nowhere") is None
    new = await index.search(Criteria(surname="Hartley", date_of_birth=date(2014, 1, 2)), everybody)
    old = await index.search(Criteria(surname="Okonkwo", date_of_birth=BORN), everybody)
    assert isinstance(new, Found)
    assert isinstance(old, Found)
    assert (new.result, old.result) == (Result.POSSIBLE, Result.NO_MATCH)


# An entry that ends is nobody's; when it comes back it is who it was.
async def test_ended_entries_end_and_may_return(index: PersonIndex) -> None:
    await take(index, "health", made())
    before = await who(index, "health")
    done = await take(index, "health", made(ended=True), made("7", ended=True))
    assert (done.ended, done.added) == (1, 0)
    assert await who(index, "health") is None
    assert (await take(index, "health", made(ended=True))).ended == 0
    known = await index.person(before or "")
    assert known is not None
    assert known.links == ()
    await take(index, "health", made())
    assert await who(index, "health") == before


# An entry that comes back beside its own joins them by the rule.
async def test_a_returned_entry_joins_by_the_rule(index: PersonIndex) -> None:
    await take(index, "health", made())
    await take(index, "sc", made())
    await take(index, "sc", made(ended=True))
    await take(index, "sc", made())
    assert await who(index, "sc") == await who(index, "health")


# A feed that breaks leaves whole batches, and no word of how far it was read: its order is its own.
async def test_a_broken_feed_can_go_on(index: PersonIndex) -> None:
    told: list[int] = []

    async def breaking() -> AsyncIterator[Identity]:
        for n in range(BATCH + 10):
            yield made(str(n), given=f"Child{'abcdefghij'[n % 10]}", born=BORN + timedelta(days=n), changed=-n)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await index.refresh("health", HEALTH, breaking(), told.append)
    assert told == [BATCH]
    assert await index.watermark("health") is None
    assert await who(index, "health", "3") is not None
    assert await index.feeds() == {}
    assert await who(index, "health", str(BATCH)) is None
    await take(index, "health", made(str(BATCH), changed=5))
    assert await index.watermark("health") == START + timedelta(hours=5)


# A mistyped year leaves nobody out: a feed is never said to be read further than the moment at which reading began.
async def test_a_watermark_is_never_later_than_now(index: PersonIndex, database: Database) -> None:
    await take(index, "health", replace(made(), changed=NOW + timedelta(days=65_000)))
    assert await index.watermark("health") == NOW
    async with database.begin() as connection:
        later = update(SOURCE_FEED).values(watermark=NOW + timedelta(days=9))
        await connection.execute(later)
    assert await index.watermark("health") == NOW
    await take(index, "health", made())
    assert await index.watermark("health") == NOW


# Who stood alone because their like was not there yet joins it when the feed is read again (L9).
async def test_an_unchanged_entry_that_stands_alone_is_placed_again(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "sc", made(family="Hartley", postcodes=("BK9 9ZZ",), nhs=(OTHER_NHS,)))
    await take(index, "sc", made(family="Hartley", postcodes=("BK9 9ZZ",), nhs=(NHS,)))
    one, other = await who(index, "health") or "", await who(index, "sc") or ""
    assert one != other
    done = await take(index, "sc", made(family="Hartley", postcodes=("BK9 9ZZ",), nhs=(NHS,)))
    assert (done.changed, done.linked) == (0, 1)
    assert await who(index, "sc") == one
    emptied = await index.person(other)
    assert emptied
    assert (emptied.status, emptied.superseded_by) == (Status.SUPERSEDED, one)
    assert await index.part("sc", LocalId("1"), by="worker-1", reason="number of a cousin") == other
    await take(index, "sc", made(family="Hartley", postcodes=("BK9 9ZZ",), nhs=(NHS,)))
    assert await who(index, "sc") == other


# Two entries of one source that stand apart are not made one by reading them again.
async def test_two_of_one_source_are_not_placed_together_again(index: PersonIndex) -> None:
    await take(index, "health", made("1", nhs=(NHS,)), made("2", given="Beth", nhs=(OTHER_NHS,)))
    await take(index, "health", made("2", nhs=(NHS,)))
    await take(index, "health", made("1", nhs=(NHS,)), made("2", nhs=(NHS,)))
    assert await who(index, "health", "1") != await who(index, "health", "2")


# A protected identity that is read again seals whoever turns out to be its like.
async def test_protection_spreads_when_read_again(index: PersonIndex) -> None:
    await take(index, "sc", made(nhs=(NHS,), labels=ADOPTION))
    await take(index, "health", made(nhs=(OTHER_NHS,), postcodes=("BK9 9ZZ",)))
    one = await who(index, "health") or ""
    async with index._database.begin() as connection:
        await connection.execute(update(PERSON).where(PERSON.c.id == await who(index, "sc")).values(status="active"))
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "sc", made(nhs=(NHS,), labels=ADOPTION))
    known = await index.people([one, await who(index, "sc") or ""])
    assert all(k.sealed for k in known.values())
    assert len(known) == 2


# A person says where they are known, when each feed was last read, and how they are protected.
async def test_a_known_person(index: PersonIndex) -> None:
    await take(index, "health", made(labels=frozenset({Label.NATIONALLY_RESTRICTED})))
    await take(index, "sc", made("77"), service=SOCIAL_CARE)
    await take(index, "housing", service=HOUSING)
    person = await who(index, "health")
    known = await index.person(person or "")
    assert known is not None
    assert known.links == (Link("health", HEALTH, LocalId("1")), Link("sc", SOCIAL_CARE, LocalId("77")))
    assert (known.status, known.sealed, known.superseded_by) == (Status.ACTIVE, False, None)
    assert known.flags == {Label.NATIONALLY_RESTRICTED}
    assert await index.feeds() == {"health": NOW, "sc": NOW, "housing": NOW}
    assert await index.person("nobody") is None
    assert await index.people([]) == {}


# Tracing gets what most sources hold, without a protected address; a sealed person gives nothing.
async def test_traits_for_tracing(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,), former=(Name("Amelia", "Hartley"),), postcodes=("BK34AB", "BK1 1AA")))
    await take(index, "sc", made(given="AMELIA", nhs=("999 000 0018", "12")))
    traits = await index.traits(await who(index, "health") or "")
    assert traits.names == (Name("Amelia", "Okonkwo"), Name("Amelia", "Hartley"))
    assert (traits.date_of_birth, traits.postcodes, traits.address) == (BORN, ("BK3 4AB", "BK1 1AA"), "14 Alder Lane")
    assert [value for _, value in traits.identifiers] == [NHS]
    await take(index, "sc", made(nhs=(NHS,), labels=frozenset({Label.CONFIDENTIAL_ADDRESS})))
    hidden = await index.traits(await who(index, "health") or "")
    assert (hidden.postcodes, hidden.address) == ((), None)
    await take(index, "z", made("5", given="Zed", labels=ADOPTION))
    assert (await index.traits(await who(index, "z", "5") or "")).names == ()


# Nothing of a person lies readable in the database (E7), and rows that were swapped do not open.
async def test_nothing_lies_readable_and_swaps_are_noticed(index: PersonIndex, database: Database) -> None:
    await take(index, "health", made("local-one", nhs=(NHS,)), made("local-two", given="Zed"))
    person = await who(index, "health", "local-one") or ""
    async with database.begin() as connection:
        for table in ("person", "person_source", "agency_link", "link_key", "source_feed"):
            rows = (await connection.execute(text(f"select * from {table}"))).all()  # noqa: S608 -- names above
            written = b"|".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)
            for value in (
                b"Amelia",
                b"Okonkwo",
                b"amelia",
                b"okonkwo",
                b"BK3",
                NHS.encode(),
                b"local-one",
                b"2015-03-09",
            ):
                assert value not in written
        rows = (await connection.execute(text("select id, local_ct from person_source"))).all()
        for (row_id, _), (_, other) in zip(rows, reversed(rows), strict=True):
            await connection.execute(
                text("update person_source set local_ct = :other where id = :id"), {"other": other, "id": row_id}
            )
    with pytest.raises(Tampered, match=r"person_source.local_ct does not open"):
        await index.person(person)


# The same local id twice in a batch counts once, as it was last said.
async def test_said_twice(index: PersonIndex) -> None:
    done = await take(index, "health", made(), replace(made(), ended=True), made(family="Hartley"))
    assert done.added == 1


# When each feed was last read is kept a little while, so that it need not be read for every question.
async def test_when_feeds_were_read(index: PersonIndex) -> None:
    await take(index, "health", made())
    assert await index.feeds() == {"health": NOW}
    await take(index, "sc", made())
    assert await index.feeds() == {"health": NOW}


async def test_room_is_given_back(database: Database, index: PersonIndex) -> None:
    """A connection that a feed was written through bounds SQLite's log as any other does, and keeps as few pages."""
    await take(index, "health", made("1"))
    if database.dialect == "sqlite":
        async with database.begin() as connection:
            told = [
                (await connection.exec_driver_sql(f"PRAGMA {p}")).scalar() for p in ("wal_autocheckpoint", "cache_size")
            ]
        assert told == [CHECKPOINT, -USUAL * 1024]
