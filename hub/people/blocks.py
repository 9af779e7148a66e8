"""Blocks: the few people who share something with a question, the rarest shared thing first.

A block is everybody who shares one key. Only whole blocks are taken, the smallest first, and no more people than can
be looked at; a block that is left out is said, for then not everybody who might fit was looked at.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hub.people.hashing import Hashers
from hub.people.keys import IDENTIFIER, Key
from hub.people.linking import CAP
from hub.store.database import Database

_SQLITE_BLOCK = """
SELECT DISTINCT a.person_id FROM link_key AS k CROSS JOIN person_source AS s CROSS JOIN agency_link AS a
WHERE k.h = ? AND s.number = k.entry AND s.source_id IN (SELECT value FROM json_each(?))
AND a.entry_id = s.id AND a.ended_at IS NULL LIMIT ?
"""
_POSTGRESQL_BLOCKS = """
SELECT w.h, f.person_id FROM unnest($1::bigint[]) AS w (h) CROSS JOIN LATERAL (
  SELECT DISTINCT a.person_id FROM link_key AS k JOIN person_source AS s ON s.number = k.entry
  JOIN agency_link AS a ON a.entry_id = s.id AND a.ended_at IS NULL
  WHERE k.h = w.h AND s.source_id = ANY ($2::text[]) LIMIT $3
) AS f
"""
_ENTRIES = """
SELECT s.id, s.number, s.source_id, s.service, s.key_ct, s.local_ct, s.payload_ct, s.labels, s.version,
p.id, p.status, p.labels
FROM {people} CROSS JOIN agency_link AS a CROSS JOIN person_source AS s
WHERE {among} AND a.person_id = p.id AND a.ended_at IS NULL AND s.id = a.entry_id ORDER BY s.source_id, s.id
"""
_SQLITE_ENTRIES = _ENTRIES.format(people="json_each(?) AS w CROSS JOIN person AS p", among="p.id = w.value")
_POSTGRESQL_ENTRIES = _ENTRIES.format(people="person AS p", among="p.id = ANY ($1::text[])")


class Row(NamedTuple):
    """One entry of a person as it lies in the database."""

    id: str
    number: int
    source_id: str
    service: str
    key_ct: bytes
    local_ct: bytes
    payload_ct: bytes
    labels: str
    version: int
    person_id: str
    status: str
    person_labels: str


@dataclass(frozen=True, slots=True)
class Near:
    """Who shares something: ``truncated`` where a block was too large; ``by_number`` where a number alone named few."""

    people: Sequence[str]
    truncated: bool
    by_number: bool


async def near(database: Database, hashers: Hashers, wanted: Collection[Key], sources: Collection[str]) -> Near:
    """Give those who share a key at the sources named."""
    if not wanted or not sources:
        return Near((), truncated=False, by_number=False)
    blocks = await _blocks(database, hashers, wanted, sources)
    numbers = frozenset[str]().union(*(block for key, block in blocks.items() if key.kind == IDENTIFIER))
    people = dict.fromkeys(sorted(numbers) if len(numbers) <= CAP else ())
    truncated = len(numbers) > CAP
    for _, block in sorted(((k, b) for k, b in blocks.items() if k.kind != IDENTIFIER), key=lambda kb: len(kb[1])):
        if len(block) > CAP or len(people.keys() | block) > CAP:
            truncated = True
            break  # every other block is as large or larger
        people |= dict.fromkeys(sorted(block))
    return Near(tuple(people), truncated, by_number=0 < len(numbers) <= CAP)


async def _blocks(
    database: Database, hashers: Hashers, wanted: Collection[Key], sources: Collection[str]
) -> Mapping[Key, set[str]]:
    """Give, by key, who shares it: no more than one over the cap of each."""
    hashes = hashers.hashes(wanted)
    blocks: dict[Key, set[str]] = {key: set() for key in wanted}
    if database.local is not None:
        given = json.dumps(sorted(sources))
        for h, at in hashes.items():
            rows = database.local.execute(_SQLITE_BLOCK, (h, given, CAP + 1))
            blocks[at.key].update(person for (person,) in rows)
    else:
        for h, person in await _fetched(database, _POSTGRESQL_BLOCKS, list(hashes), sorted(sources), CAP + 1):
            blocks[hashes[h].key].add(person)
    return blocks


async def entries(database: Database, people: Iterable[str]) -> list[list[Row]]:
    """Give the entries of several people, a list for each of them."""
    ids = list(people)
    if not ids:
        return []
    if database.local is not None:
        rows: Iterable[Any] = database.local.execute(_SQLITE_ENTRIES, (json.dumps(ids),))
    else:
        rows = await _fetched(database, _POSTGRESQL_ENTRIES, ids)
    found: dict[str, list[Row]] = {}
    for row in map(Row._make, rows):
        found.setdefault(row.person_id, []).append(row)
    return list(found.values())


async def _fetched(database: Database, statement: str, *given: Any) -> Sequence[Any]:
    async with database.read() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None  # noqa: S101 -- a connection that is open has one
        return list(await driver.fetch(statement, *given))
