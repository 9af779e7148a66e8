"""Workers: what is known of whoever asks, so that a search for their own family is seen. Keyed hashes and nothing else.

The surname is the last word of the name in the token, and is not kept. Former names, the postcode of home and the names
of colleagues are there only where the employer gave a file of them: the employer is their controller and may check its
own workers' use of records, for this alone (UK GDPR Articles 6(1)(e) or (f) and 5(1)(c)): no birthday, no address, no
list that could be read.
"""

import csv
import hmac
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import Dialect, bindparam, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.audit.pseudonyms import Pseudonyms
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.written import Unreadable
from hub.identity.requester import Requester
from hub.keys import Keyring
from hub.people.normalise import name_words, postcode
from hub.store.database import Database, patience, table
from hub.store.one_hop import OneHop
from hub.store.tables.budgets import WorkerTraitRow

TRAIT = table(WorkerTraitRow)
COLUMNS = ("worker", "given_name", "family_name", "postcode")


class Trait(StrEnum):
    """What of a worker is compared."""

    SURNAME = "surname"
    NAME = "name"
    POSTCODE = "postcode"


@dataclass(frozen=True, slots=True)
class Worker:
    """What is known of whoever asks, and whether the name searched for is a colleague's; all keyed hashes."""

    surnames: frozenset[str]
    names: frozenset[str]
    postcodes: frozenset[str]
    colleagues: frozenset[str] = frozenset()


class WorkerHashes:
    """Makes the hashes, under a key of their own."""

    def __init__(self, keyring: Keyring) -> None:
        """Take the key."""
        self._key = hmac.digest(keyring.audit, b"workers", "sha256")

    def surnames(self, text: str) -> frozenset[str]:
        """Hash each word of a surname: half of a double name is the family's too."""
        return frozenset(self._hash(Trait.SURNAME, word) for word in name_words(text))

    def name(self, given: str, family: str) -> str:
        """Hash a whole name: the first given name and the surname; empty where either is missing."""
        first, last = name_words(given)[:1], name_words(family)
        return self._hash(Trait.NAME, f"{first[0]} {''.join(last)}") if first and last else ""

    def postcode(self, text: str) -> str:
        """Hash a postcode; empty where it is none."""
        return self._hash(Trait.POSTCODE, postcode(text) or "")

    def _hash(self, trait: Trait, value: str) -> str:
        if not value:
            return ""
        return hmac.digest(self._key, f"{trait}\0{value}".encode(), "sha256")[:16].hex()

    def of_token(self, requester: Requester) -> tuple[frozenset[str], str]:
        """Give the hashes of the surname and the name in a token: its last word, and its first."""
        words = requester.name.split()
        last = words[-1] if words else ""
        return self.surnames(last), self.name(words[0] if len(words) > 1 else "", last)


@lru_cache(maxsize=8)
def _read(dialect: Dialect) -> OneHop:
    mine = TRAIT.c.actor == bindparam("actor")
    colleague = (TRAIT.c.kind == bindparam("kind")) & (TRAIT.c.hash == bindparam("name"))
    query = select(TRAIT.c.kind, TRAIT.c.hash, TRAIT.c.actor)
    return OneHop(query.where(TRAIT.c.organisation == bindparam("organisation"), or_(mine, colleague)), dialect)


async def worker_of(
    database: Database, hashes: WorkerHashes, pseudonyms: Pseudonyms, requester: Requester, searched_name: str
) -> Worker:
    """Give what is known of whoever asks, and whether ``searched_name`` is a colleague's, in one hop."""
    actor = pseudonyms.actor(requester.subject)
    given = {
        "actor": str(actor),
        "name": searched_name,
        "organisation": requester.organisation,
        "kind": Trait.NAME.value,
    }
    async with patience():
        rows = await _read(database.engine.dialect).rows(database, given)
    surnames, name = hashes.of_token(requester)

    def own(trait: Trait) -> set[str]:
        return {row[1] for row in rows if row[0] == trait.value and row[2] == actor}

    return Worker(
        surnames | own(Trait.SURNAME),
        frozenset(own(Trait.NAME) | {name}) - {""},
        frozenset(own(Trait.POSTCODE)),
        frozenset(row[1] for row in rows if row[0] == Trait.NAME.value and row[2] != actor) - {""},
    )


def read_workforce(text: str) -> tuple[Mapping[str, str], ...]:
    """Read a file of workers; Unreadable says in which row what is wrong, and repeats nothing of it."""
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise Unreadable("line 1", f"a file of workers begins with {','.join(COLUMNS)}")
    rows = []
    for number, row in enumerate(reader, 2):
        place = f"line {number}"
        if None in row or None in row.values():
            raise Unreadable(place, "it has more or fewer cells than the first")
        if not row["worker"].strip():
            raise Unreadable(place, "worker is empty: it is the worker's id at sign-in (sub in the token)")
        if row["postcode"].strip() and not postcode(row["postcode"]):
            raise Unreadable(place, "postcode is not one")
        if not any(row[name].strip() for name in COLUMNS[1:]):
            raise Unreadable(place, "it says nothing of the worker")
        rows.append(row)
    return tuple(rows)


async def put_workforce(acting: Acting, hashes: WorkerHashes, rows: Collection[Mapping[str, str]], by: By) -> int:
    """Keep hashes of an organisation's workers in the place of those it gave before; give how many workers."""
    if not rows:
        raise CannotBeDone("nobody", "the file names nobody; to forget all workers use --forget")
    traits = {trait for row in rows for trait in _traits(acting, hashes, row)}
    await _replace(acting, traits, by)
    return len({trait[2] for trait in traits})


async def forget_workforce(acting: Acting, by: By) -> None:
    """Forget what an organisation gave of its workers."""
    await _replace(acting, (), by)


async def _replace(acting: Acting, traits: Iterable[tuple[str, str, str]], by: By) -> None:
    kept = [dict(zip(("kind", "hash", "actor"), t, strict=True), organisation=by.organisation) for t in sorted(traits)]

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(delete(TRAIT).where(TRAIT.c.organisation == by.organisation))
        if kept:
            await connection.execute(insert(TRAIT), kept)

    workers = f"n{len({row['actor'] for row in kept})}"
    await acting.act(by, change, Note("workforce-recorded", by.organisation, facts={"workers": workers}))


def _traits(acting: Acting, hashes: WorkerHashes, row: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    actor = str(acting.pseudonyms.actor(row["worker"].strip()))
    found = [(Trait.SURNAME, one) for one in hashes.surnames(row["family_name"])]
    found.append((Trait.NAME, hashes.name(row["given_name"], row["family_name"])))
    found.append((Trait.POSTCODE, hashes.postcode(row["postcode"])))
    return [(trait.value, value, actor) for trait, value in found if value]
