"""Reports: a family is told who looked and why; a gap's rules can be fetched; an erasure is on record."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.audit.entries import Ended
from hub.audit.erasure import ERASED, erase
from hub.audit.errors import EntryRefused, LedgerUnavailable
from hub.audit.export import export_ledger, latest_notes
from hub.audit.ledger import Ledger
from hub.audit.reports import decision_id, how_decided, who_looked
from hub.audit.verify import verify, verify_database
from hub.keys import Keyring
from hub.store.database import Database
from schema.fields import CATALOGUE
from schema.purposes import Purpose
from tests.rooms.audit import people
from tests.rooms.audit.test_ledger import opened, run


@pytest.fixture
async def ledger(database: Database, keyring: Keyring) -> Ledger:
    """Open a ledger on each kind of database."""
    return await opened(database, keyring)


async def test_a_family_is_told_who_looked(database: Database, ledger: Ledger) -> None:
    """Each look: when, organisation, role, purpose, basis, how it ended, what was shown and withheld; nobody else's."""
    asked = people.intent(1)
    await ledger.append(asked, people.outcome(asked, 2))
    await ledger.append(people.intent(3, subject=people.OTHER), people.search(people.OTHER, people.CHILD))
    await ledger.append(people.search(people.OTHER), people.intent(4))
    await ledger.close()
    searched, looked, unfinished = await who_looked(database, people.CHILD)
    assert (looked.at, looked.role, looked.organisation) == ("2025-03-04T09:30:01.000000Z", "front-door", "northshire")
    assert looked.purpose == Purpose.SAFEGUARDING_TRIAGE.means
    assert looked.basis.startswith("Children Act 2004")
    assert looked.ended == "The question was answered."
    (told,) = looked.told
    assert told.service == "Housing"
    assert told.shown == (CATALOGUE[people.STATUS].means, CATALOGUE[people.NAME].means)
    assert told.withheld == (CATALOGUE[people.PHONE].means,)
    assert "search" in searched.ended
    assert "not" in unfinished.ended
    assert unfinished.told == ()
    assert await who_looked(database, people.WORKER) == ()


async def test_a_question_without_a_basis_and_a_source_since_gone(database: Database, ledger: Ledger) -> None:
    """No basis is no words; a source that the intent did not name is called by its name."""
    asked = replace(people.intent(), basis=None)
    ended = people.outcome(asked, ended=Ended.ABANDONED)
    ended = replace(ended, sources=(replace(ended.sources[0], source="other"),))
    await ledger.append(asked, ended)
    await ledger.close()
    (look,) = await who_looked(database, people.CHILD)
    assert look.basis == ""
    assert look.told[0].service == "other"


async def test_a_gap_can_be_explained(database: Database, ledger: Ledger) -> None:
    """By the id given with a gap: the version, rules and facts as they were; nothing for an id that is not there."""
    asked = people.intent()
    await ledger.append(asked, people.outcome(asked))
    await ledger.close()
    path = "involvements.professionals.phone"
    found = await how_decided(database, decision_id(asked.record_id, "housing-north", path))
    assert found is not None
    assert (found.path, found.policy_version, found.rules) == (path, "v1", ("A01", "D03"))
    assert people.PHONE in found.asked
    assert people.PHONE not in found.permitted
    assert found.facts == {"agreement": "IN_FORCE", "consent": "NOT_RECORDED"}
    assert await how_decided(database, decision_id(asked.record_id, "elsewhere", path)) is None
    assert await how_decided(database, "nothing") is None


async def test_an_erased_body_leaves_a_log_that_verifies(
    database: Database, ledger: Ledger, public: Ed25519PublicKey
) -> None:
    """The body and salt are gone, who erased them is written, and nothing is damaged; the next open resumes."""
    asked = people.intent()
    await ledger.append(asked, people.outcome(asked))
    assert await erase(database, ledger, people.event(name=ERASED, about=asked.record_id)) == 1
    await ledger.close()
    found = await verify_database(database, public)
    assert (found.ok, found.erased, found.records) == (True, 1, 3)
    assert await who_looked(database, people.CHILD) == ()
    assert await how_decided(database, decision_id(asked.record_id, "housing-north", "x")) is None


async def test_an_erasure_says_what_it_is(database: Database, ledger: Ledger) -> None:
    """An event of another name, or about nothing, erases nothing; a database that fails refuses."""
    for event in (people.event(about="x"), people.event(name=ERASED)):
        with pytest.raises(EntryRefused):
            await erase(database, ledger, event)
    if database.dialect == "sqlite":
        await run(
            database,
            "CREATE TRIGGER no BEFORE UPDATE ON audit_record BEGIN SELECT RAISE(FAIL, 'no'); END",
        )
        asked = people.intent()
        await ledger.append(asked)
        with pytest.raises(LedgerUnavailable):
            await erase(database, ledger, people.event(name=ERASED, about=asked.record_id))
    await ledger.close()


async def test_an_export_of_either_database_verifies(
    database: Database, ledger: Ledger, public: Ed25519PublicKey, tmp_path: Path
) -> None:
    """What is exported verifies offline; an erased body is null there; nothing is overwritten."""
    asked = people.intent()
    await ledger.append(asked, people.outcome(asked))
    await erase(database, ledger, people.event(name=ERASED, about=asked.record_id))
    assert await latest_notes(database) == ()
    await ledger.close()
    path = tmp_path / "ledger.jsonl"
    assert await export_ledger(database, public, path) == 3
    found = verify(path, public, witnessed=await latest_notes(database))
    assert (found.ok, found.records, found.erased) == (True, 3, 1)
    with pytest.raises(FileExistsError):
        await export_ledger(database, public, path)
