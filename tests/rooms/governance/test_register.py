"""The register on both databases: a change by one replica counts in another's next question."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from hub.governance.agreements import Agreement, Status
from hub.governance.consent import Consent, consent_state
from hub.governance.data_items import EVERYTHING
from hub.governance.register import Register
from hub.store.database import Database, StoreUnavailable
from policies.facts import AgreementState, ConsentState
from schema.purposes import Purpose
from schema.services import Service

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CONSENT = Consent(
    "p-1",
    "mother",
    ConsentState.GIVEN,
    frozenset({Service("HEALTH")}),
    frozenset({Purpose.EARLY_HELP, Purpose.CHILD_IN_NEED}),
    frozenset({"council"}),
    "form",
    "worker",
    NOW,
    date(2027, 1, 1),
)
AGREEMENT = Agreement(
    "a-1",
    "Made up",
    "health",
    frozenset({"council"}),
    frozenset({Purpose.EARLY_HELP}),
    date(2026, 1, 1),
    date(2026, 6, 1),
    date(2026, 12, 31),
    (EVERYTHING,),
    Status.SIGNED,
)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    await opened.upgrade()
    yield opened
    await opened.close()


def in_force(standing_agreements: object) -> bool:
    state = standing_agreements.state("health", "council", Purpose.EARLY_HELP, NOW.date())  # type: ignore[attr-defined]
    return state is AgreementState.IN_FORCE


async def test_without_an_active_policy_version_nothing_can_be_decided(database: Database) -> None:
    """An empty register is not permission."""
    with pytest.raises(StoreUnavailable, match="no policy version is active"):
        await Register(database).standing(())


async def test_every_change_moves_the_epoch(database: Database) -> None:
    """Activation, agreement and consent each move it once, so that no replica keeps an old answer."""
    register = Register(database)
    epochs = []
    for change in (
        lambda: register.activate("v1", NOW),
        lambda: register.activate("v2", NOW),
        lambda: register.activate("v1", NOW),
        lambda: register.record_agreements([AGREEMENT]),
        lambda: register.record_consent(CONSENT),
    ):
        await change()
        epochs.append((await register.standing(())).epoch)
    assert epochs == sorted(set(epochs))
    assert (await register.standing(())).policy_version == "v1"


async def test_what_was_recorded_is_read_as_it_was(database: Database) -> None:
    """Consent and agreement come back whole, moments in UTC."""
    register = Register(database)
    await register.activate("v1", NOW)
    everything = replace(CONSENT, giver="father", services=frozenset(), recipients=frozenset(), expires=None)
    for consent in (CONSENT, everything):
        await register.record_consent(consent)
    await register.record_agreements([AGREEMENT])
    standing = await register.standing(["p-1", "p-2"])
    assert sorted(standing.consents, key=lambda c: c.giver) == [everything, CONSENT]
    assert in_force(standing.agreements)
    assert (await register.standing(["p-2"])).consents == ()
    assert (await register.standing(())).consents == ()


async def test_another_replica_sees_a_change_in_its_next_question(database: Database) -> None:
    """Two registers on one database: what one records, the other's very next reading has."""
    here, there = Register(database), Register(Database(database.url))
    await here.activate("v1", NOW)
    before = await there.standing(["p-1"])
    assert (before.consents, in_force(before.agreements)) == ((), False)
    await here.record_consent(CONSENT)
    await here.record_agreements([AGREEMENT])
    after = await there.standing(["p-1"])
    assert after.consents == (CONSENT,)
    assert in_force(after.agreements)
    assert after.epoch > before.epoch
    withdrawn = replace(CONSENT, state=ConsentState.WITHDRAWN, recorded_at=NOW + timedelta(seconds=1))
    await here.record_consent(withdrawn)
    await here.record_agreements([replace(AGREEMENT, expiry=date(2026, 3, 1))])
    await here.activate("v2", NOW)
    last = await there.standing(["p-1"])
    assert {c.state for c in last.consents} == {ConsentState.GIVEN, ConsentState.WITHDRAWN}
    assert not in_force(last.agreements)
    assert last.policy_version == "v2"
    await there._database.close()


async def test_agreements_are_kept_by_epoch_and_consent_never(database: Database) -> None:
    """Agreements are read again only when something changed; consent is read for every question."""
    register = Register(database)
    await register.activate("v1", NOW)
    await register.record_agreements([AGREEMENT])
    said: list[str] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def _heard(_c: object, _k: object, statement: str, *_: object) -> None:
        said.append(statement.lower())

    first = await register.standing(["p-1"])
    second = await register.standing(["p-1"])
    assert second.agreements is first.agreements
    assert sum("agreement" in s for s in said) <= 1
    await register.record_consent(CONSENT)
    assert (await register.standing(["p-1"])).agreements is not first.agreements


async def test_a_store_that_is_gone_refuses(database: Database) -> None:
    """A register that cannot be read says that the store is unavailable, and no more."""
    register = Register(database)
    await register.activate("v1", NOW)
    async with database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE governance_epoch RENAME TO away")
    with pytest.raises(StoreUnavailable):
        await register.standing(["p-1"])


async def test_activations_at_once_leave_one_version_active(database: Database) -> None:
    """However many replicas activate at one moment, one version counts, and the database takes no second."""
    here, there = Register(database), Register(Database(database.url))
    for n in range(12):
        await asyncio.gather(here.activate(f"a{n}", NOW), there.activate(f"b{n}", NOW))
        async with database.read() as connection:
            active = (await connection.execute(text("SELECT version FROM policy_version WHERE active"))).all()
        assert len(active) == 1
        assert (await here.standing(())).policy_version == active[0][0]
    with pytest.raises(IntegrityError):
        async with database.begin() as connection:
            await connection.execute(text("INSERT INTO policy_version (version, active) VALUES ('x', TRUE)"))
    await there._database.close()


async def test_a_withdrawal_counts_though_the_agreement_before_it_has_a_later_time(database: Database) -> None:
    """Consent is ordered by the database, which both replicas write to, not by the clock of either."""
    here, there = Register(database), Register(Database(database.url))
    await here.activate("v1", NOW)
    await there.record_consent(replace(CONSENT, recorded_at=NOW + timedelta(minutes=10)))
    await here.record_consent(replace(CONSENT, state=ConsentState.WITHDRAWN))
    told = (await here.standing(["p-1"])).consents
    assert sorted(c.recorded_at for c in told) == [NOW, NOW + timedelta(minutes=10)]
    state = consent_state(told, Service("HEALTH"), Purpose.EARLY_HELP, "council", NOW.date())
    assert state is ConsentState.WITHDRAWN
    await there._database.close()
