"""What cannot be written down is not asked, in whatever way the ledger fails, at whatever call the store does."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from hub.answer.write_down import write_down
from hub.audit.entries import Event, new_record_id
from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import DEADLINE
from hub.governance.acting import By
from hub.governance.consent import Consent
from hub.governance.consenting import record_consent
from hub.governance.givers import Capacity, GiverRelationship
from policies.facts import ConsentState
from schema.purposes import Purpose
from tests.cast import NOW, TODAY, canaries
from tests.faults.unwritable import CONTEXT, SQLITE, held
from tests.house import WHO, House, house

WRITTEN = """audit_record WHERE instr(body, '"name":"consent-given"') > 0"""
MOST = 60
"""Calls to the store that one question surely does not need."""


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("way", SQLITE)
async def test_a_ledger_that_cannot_be_written_lets_nothing_be_asked(home: House, way: str) -> None:
    """Five questions at once: all refused in time, no source called, nothing told; well again when it is mended."""
    found = await held(home, SQLITE[way], 5)
    assert found.holds(grace=2), found


async def test_whoever_waited_to_be_counted_does_not_wait_as_long_again(home: House) -> None:
    """A write that hangs holds the lock that counting waits for: both together end within the ledger's own deadline."""
    end = Event(new_record_id(), "r-waited", NOW, "watch-ended")
    begun = time.monotonic()
    async with SQLITE["every write hangs"](home):
        with pytest.raises(LedgerUnavailable, match="deadline"):
            await write_down(home.ledger, [end], waited=DEADLINE)
        took = time.monotonic() - begun
    assert took < 1.0
    await write_down(home.ledger, [end], waited=0)


class Failing:
    """Fails the k-th call to the store, through whichever door it comes: the engines, the quick read, the ledger."""

    def __init__(self, home: House) -> None:
        """Watch a house's doors."""
        self._home = home
        self.left = -1
        self.failed = ""

    def call(self, door: str = "database") -> None:
        """Count a call down, and fail it at nought; ``failed`` then says at which door."""
        self.left -= 1
        if self.left == 0:
            self.failed = door
            raise OperationalError("a call", {}, Exception("planted"))

    @contextmanager
    def at(self, call: int) -> Iterator[None]:
        """Let one call fail, counted from one."""
        self.left, self.failed = call, ""
        engines = [e.sync_engine for e in (self._home.database.engine, self._home.database._reader)]
        for engine in engines:
            event.listen(engine, "before_cursor_execute", self._cursor)
        local, self._home.database.local = self._home.database.local, _Quick(self)  # type: ignore[misc, assignment] # a door of ours
        self._kept = local
        write, self._home.ledger._writer.write = self._home.ledger._writer.write, self._write  # type: ignore[method-assign] # the same
        self._writes = write
        try:
            yield
        finally:
            self.left = -1
            self._home.database.local = local  # type: ignore[misc] # as it was
            self._home.ledger._writer.write = write  # type: ignore[method-assign] # as it was
            for engine in engines:
                event.remove(engine, "before_cursor_execute", self._cursor)

    def _cursor(self, *_: Any) -> None:
        self.call()

    async def _write(self, rows: Any) -> None:
        try:
            self.call("ledger")
        except OperationalError as error:
            from hub.audit.errors import LedgerUnavailable

            raise LedgerUnavailable("planted") from error
        await self._writes(rows)


class _Quick:
    def __init__(self, failing: Failing) -> None:
        self._failing = failing

    def execute(self, *given: Any) -> Any:
        self._failing.call()
        assert self._failing._kept is not None
        return self._failing._kept.execute(*given)


async def counted(home: House, what: str) -> int:
    """Count rows."""
    async with home.database.read() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {what}"))).scalar_one())  # noqa: S608 -- a test's own


async def test_a_question_that_fails_at_any_call_to_the_store_tells_nothing_unwritten(home: House) -> None:
    """The first call, the second, and so on until all are past: whatever was told has its intent and its outcome.

    Once as it comes, and once with all in memory that a question before it left there: else a call that is made once
    only would put off the others by one, and some would never fail.
    """
    failing, variables = Failing(home), {"id": home.ids["maya"], "context": CONTEXT}
    told = 0
    for warm in (False, True):
        failed = []
        for call in range(1, MOST):
            if warm:
                assert not (await home.ask(WHO, variables)).errors
            before = await counted(home, "audit_record WHERE kind = 'OUTCOME'")
            with failing.at(call):
                answer = await home.ask(WHO, variables)
            if any(canary in str(answer.body()) for canary in canaries()):
                told += 1
                assert await counted(home, "audit_record WHERE kind = 'OUTCOME'") == before + 1
            else:
                assert answer.errors
            if not failing.failed:
                break
            failed.append(failing.failed)
        assert not failing.failed
        assert call > 3
    assert failed.count("ledger") == 2, "the intent and the outcome"
    assert told >= 2
    assert await counted(home, "audit_record WHERE kind = 'INTENT'") >= told


async def test_a_change_that_fails_at_any_call_to_the_store_is_whole_or_not_there(home: House) -> None:
    """A consent is recorded whole and written down, or nobody is told that it was and it is not there."""
    failing, by = Failing(home), By("officer", "ig-officer", "county-council")
    consent = Consent(
        home.ids["maya"], "mother", ConsentState.GIVEN, frozenset(), frozenset({Purpose.EARLY_HELP}), frozenset(),
        "form", by.subject, NOW, None, relationship=GiverRelationship.MOTHER,
        capacity=Capacity.PARENTAL_RESPONSIBILITY, given=TODAY,
    )  # fmt: skip
    for call in range(1, MOST):
        before = await counted(home, "consent")
        with failing.at(call):
            try:
                await record_consent(home.acting, consent, by)
                done = True
            except Exception:  # noqa: BLE001 -- whatever it is, it was not acknowledged
                done = False
        assert await counted(home, "consent") - before == done
        assert await counted(home, WRITTEN) >= await counted(home, "consent")
        if not failing.failed:
            break
    assert done
    assert call > 2
