"""What officers record about people, on both databases: consent, decisions not to share, objections."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import text, update

from hub.audit.errors import LedgerUnavailable
from hub.governance.acting import Acting, By, CannotBeDone
from hub.governance.agreeing import agreement_by_id, agreements_in, import_agreement, set_status
from hub.governance.agreements import Agreement, Status
from hub.governance.consent import Consent
from hub.governance.consenting import consents_of, import_consents, record_consent, record_consents, withdraw
from hub.governance.data_items import EVERYTHING
from hub.governance.givers import Capacity, ConsentReason, GiverRelationship
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.objecting import assess, receive
from hub.governance.objections import Objection, ObjectionReason
from hub.governance.register import AGREEMENT, Register
from hub.governance.standing import Standing
from hub.governance.withholding import decide_not_to_share, share_again
from hub.store.database import StoreUnavailable
from policies.facts import AgreementState, ConsentState, ObjectionState
from schema.kinds import Kind
from schema.purposes import Purpose
from tests.rooms.governance.desk import (
    CONSENT,
    HEALTH,
    HEALTH_OFFICER,
    MAYA,
    NOW,
    OFFICER,
    ONE,
    POLICE,
    TODAY,
    events,
    everything_stored,
)

KINDS = CONSENT.kinds
SECRET = "said by Maya's aunt"


async def standing(acting: Acting, *people: str) -> Standing:
    return await Register(acting.database).standing(people or (MAYA,))


def state(now: Standing, kind: Kind = Kind.EXISTENCE) -> ConsentState:
    return now.consent_by_kind(ONE, HEALTH, Purpose.EARLY_HELP, "county-council", TODAY)[kind]


async def test_a_consent_is_read_as_it_was_recorded_and_written_down(acting: Acting) -> None:
    """Every part of it, in the list and in the next question's standing."""
    whole = replace(CONSENT, reviewed=date(2026, 4, 1), reason=ConsentReason.NOT_GIVEN)
    record_id = await record_consent(acting, whole, OFFICER)
    (told,) = await consents_of(acting.database, [MAYA])
    assert (told, told.id) == (whole, record_id)
    now = await standing(acting)
    assert now.consents == (whole,)
    assert await events(acting) == [("consent-given", record_id)]
    assert {kind for kind in Kind if state(now, kind) is ConsentState.GIVEN} == KINDS
    assert now.consent(ONE, HEALTH, Purpose.EARLY_HELP, "county-council", TODAY) is ConsentState.GIVEN


async def test_a_withdrawal_takes_back_everything_a_giver_agreed_to(acting: Acting) -> None:
    """Every service, kind, recipient and purpose, of that giver's alone; in one row, so never by halves."""
    await record_consents(acting, [CONSENT, replace(CONSENT, services=frozenset({POLICE}))], OFFICER)
    father = replace(CONSENT, giver="father", relationship=GiverRelationship.FATHER)
    await record_consent(acting, father, OFFICER)
    record_id = await withdraw(acting, ONE, "mother", OFFICER, reason=ConsentReason.TOO_MUCH_SHARED, said=TODAY)
    now = await standing(acting)
    assert {state(now, kind) for kind in Kind} == {ConsentState.WITHDRAWN}
    last = (await consents_of(acting.database, [MAYA]))[-1]
    assert (last.id, last.reason, last.given, last.recorded_by) == (
        record_id,
        ConsentReason.TOO_MUCH_SHARED,
        TODAY,
        OFFICER.subject,
    )
    summary = now.consent_summary(ONE, HEALTH, Purpose.EARLY_HELP, "county-council", TODAY)
    assert summary.disagree
    assert summary.refused_by == {GiverRelationship.MOTHER}
    assert (summary.since, summary.expires) == (TODAY, None)
    assert (await events(acting))[-1] == ("consent-withdrawn", record_id)


async def test_one_record_may_be_taken_back_and_the_rest_stand(sqlite: Acting) -> None:
    """What that record was about, and no more; nothing recorded is nothing to take back."""
    kept, gone = await record_consents(sqlite, [CONSENT, replace(CONSENT, services=frozenset({POLICE}))], OFFICER)
    assert kept != gone
    why = {"reason": ConsentReason.RECIPIENT, "said": TODAY}
    await withdraw(sqlite, ONE, "mother", OFFICER, only=gone, **why)  # type: ignore[arg-type] # keywords
    now = await standing(sqlite)
    assert state(now) is ConsentState.GIVEN
    assert now.consent(ONE, POLICE, Purpose.EARLY_HELP, "county-council", TODAY) is ConsentState.WITHDRAWN
    for giver, only in (("father", None), ("mother", "no such record")):
        with pytest.raises(CannotBeDone, match="nothing"):
            await withdraw(sqlite, ONE, giver, OFFICER, only=only, **why)  # type: ignore[arg-type] # keywords


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("nothing-said", {"state": ConsentState.UNAVAILABLE}),
        ("no-purpose", {"purposes": frozenset()}),
        ("no-giver", {"giver": " "}),
        ("giver-in-words", {"giver": "Mrs Quillfeather"}),
        ("method-in-words", {"method": "told me at 7 Canary Row"}),
        ("evidence-in-words", {"evidence": "Mrs Quillfeather, 7 Canary Row"}),
        ("evidence-in-words", {"evidence": "x" * 65}),
    ],
)
async def test_what_says_nothing_is_not_recorded(sqlite: Acting, code: str, wrong: dict[str, object]) -> None:
    """Several are recorded all or none: one that says nothing, and none is."""
    with pytest.raises(CannotBeDone) as refused:
        await record_consents(sqlite, [CONSENT, replace(CONSENT, **wrong)], OFFICER)  # type: ignore[arg-type] # drawn
    assert refused.value.code == code
    assert await consents_of(sqlite.database, ONE) == ()
    assert await events(sqlite) == []


async def test_what_cannot_be_written_down_is_not_done(acting: Acting) -> None:
    """The ledger refuses: no consent, no agreement, nothing moved."""
    before = (await standing(acting)).epoch
    await acting.ledger.close()
    with pytest.raises(LedgerUnavailable):
        await record_consent(acting, CONSENT, OFFICER)
    after = await standing(acting)
    assert (after.epoch, after.consents) == (before, ())


async def test_what_the_store_refuses_is_not_said_to_be_done(acting: Acting) -> None:
    """The change fails after it was written down: nothing half done, and a second entry says so."""
    before = (await standing(acting)).epoch
    async with acting.database.begin() as connection:
        await connection.execute(text("ALTER TABLE consent RENAME TO away"))
    with pytest.raises(StoreUnavailable):
        await record_consent(acting, CONSENT, OFFICER)
    async with acting.database.begin() as connection:
        await connection.execute(text("ALTER TABLE away RENAME TO consent"))
    assert (await standing(acting)).epoch == before
    (first, row), (second, same) = await events(acting)
    assert (first, second, row) == ("consent-given", "consent-given-not-acknowledged", same)


async def test_an_import_never_undoes_a_later_word(acting: Acting) -> None:
    """An old agreement brought in after a withdrawal is refused, whole; what comes in any order is put in its own."""
    ids = {MAYA: ONE}
    elsewhere = timezone(timedelta(hours=1))
    given = replace(CONSENT, recorded_at=(NOW - timedelta(minutes=30)).astimezone(elsewhere))
    withdrawn = replace(CONSENT, state=ConsentState.WITHDRAWN, recorded_at=NOW - timedelta(minutes=10))
    await import_consents(acting, [withdrawn, given], OFFICER, ids)
    now = await standing(acting)
    assert state(now) is ConsentState.WITHDRAWN
    assert {c.recorded_at for c in now.consents} == {given.recorded_at, withdrawn.recorded_at}
    father = replace(given, giver="father")
    with pytest.raises(CannotBeDone) as refused:
        await import_consents(acting, [father, given], OFFICER, ids)
    assert refused.value.code == "later-word"
    assert len(await consents_of(acting.database, ONE)) == 2


async def test_what_was_recorded_in_words_is_taken_back_all_the_same(sqlite: Acting) -> None:
    """A row from before words were held to a form: the withdrawal is recorded, whatever the row says."""
    await Register(sqlite.database).record_consent(replace(CONSENT, giver="Her mother", method="said at the door"))
    await withdraw(sqlite, ONE, "Her mother", OFFICER, reason=ConsentReason.NOT_GIVEN, said=TODAY)
    assert state(await standing(sqlite)) is ConsentState.WITHDRAWN


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(minutes=2), timedelta(days=40)])
async def test_the_same_file_again_undoes_no_withdrawal(acting: Acting, ahead: timedelta) -> None:
    """Whatever the other system's clock says, and whatever the clock of the replica that took it back."""
    given = replace(CONSENT, recorded_at=NOW + ahead)
    await import_consents(acting, [given], OFFICER, {MAYA: ONE})
    slow = replace(acting, clock=lambda: NOW - timedelta(days=1))
    await withdraw(slow, ONE, "mother", OFFICER, reason=ConsentReason.NOT_GIVEN, said=TODAY)
    with pytest.raises(CannotBeDone) as refused:
        await import_consents(acting, [given], OFFICER, {MAYA: ONE})
    assert refused.value.code == "later-word"
    assert state(await standing(acting)) is ConsentState.WITHDRAWN


async def test_an_agreement_is_imported_over_a_refusal_only_if_it_is_surely_newer(sqlite: Acting) -> None:
    """A second that both were recorded in proves nothing; nor does a row that was here before the refusal."""
    no = replace(CONSENT, state=ConsentState.REFUSED)
    await record_consents(sqlite, [replace(CONSENT, recorded_at=NOW + timedelta(hours=1)), no], OFFICER)
    for later in (timedelta(milliseconds=500), timedelta(hours=1)):
        with pytest.raises(CannotBeDone):
            await import_consents(sqlite, [replace(CONSENT, recorded_at=NOW + later)], OFFICER, {MAYA: ONE})
    await import_consents(sqlite, [replace(CONSENT, recorded_at=NOW + timedelta(hours=2))], OFFICER, {MAYA: ONE})
    assert state(await standing(sqlite)) is ConsentState.GIVEN


async def test_what_was_recorded_in_the_time_to_come_is_not_imported(acting: Acting) -> None:
    """By the database's clock: a later time than now proves nothing but that a clock is wrong."""
    ahead = replace(CONSENT, recorded_at=datetime(2999, 1, 1, tzinfo=UTC))
    with pytest.raises(CannotBeDone) as refused:
        await import_consents(acting, [ahead], OFFICER, {MAYA: ONE})
    assert refused.value.code == "not-yet"
    assert await consents_of(acting.database, ONE) == ()


NOT_SHARED = NotSharing(
    "",
    MAYA,
    "nhs-trust",
    frozenset({HEALTH}),
    frozenset({Kind.DETAIL}),
    NotSharingReason.CONFIDENCE,
    TODAY,
    TODAY + timedelta(days=90),
    "",
)


async def test_a_decision_not_to_share_counts_from_its_day_until_it_is_ended(acting: Acting) -> None:
    """For the kinds and services it names, past its review too; the words are sealed; by that agency alone."""
    record_id = await decide_not_to_share(acting, NOT_SHARED, SECRET, HEALTH_OFFICER)
    now = await standing(acting)
    for day, kinds in ((-1, set()), (0, {Kind.DETAIL}), (400, {Kind.DETAIL})):
        assert now.not_shared(ONE, "nhs-trust", HEALTH, TODAY + timedelta(days=day)) == kinds
    assert now.not_shared(ONE, "nhs-trust", POLICE, TODAY) == set()
    assert now.not_shared(ONE, "police", HEALTH, TODAY) == set()
    assert now.not_shared(frozenset({"other"}), "nhs-trust", HEALTH, TODAY) == set()
    everything = replace(NOT_SHARED, services=frozenset(), kinds=frozenset())
    await decide_not_to_share(acting, everything, SECRET, HEALTH_OFFICER)
    assert (await standing(acting)).not_shared(ONE, "nhs-trust", POLICE, TODAY) == set(Kind)
    assert SECRET.encode() not in await everything_stored(acting.database)
    with pytest.raises(CannotBeDone, match="no decision of your agency"):
        await share_again(acting, record_id, OFFICER)
    await share_again(acting, record_id, HEALTH_OFFICER)
    assert [d.services for d in (await standing(acting)).not_sharing] == [frozenset()]
    with pytest.raises(CannotBeDone, match="no decision"):
        await share_again(acting, record_id, HEALTH_OFFICER)
    assert [name for name, _ in await events(acting)] == ["not-shared", "not-shared", "shared-again"]


async def test_a_decision_is_the_agencys_own(sqlite: Acting) -> None:
    """No agency keeps back another's records; a review comes after the beginning."""
    with pytest.raises(CannotBeDone, match="its own"):
        await decide_not_to_share(sqlite, NOT_SHARED, "", OFFICER)
    with pytest.raises(CannotBeDone, match="reviewed"):
        await decide_not_to_share(sqlite, replace(NOT_SHARED, review=date(2020, 1, 1)), "", HEALTH_OFFICER)


OBJECTION = Objection("", MAYA, "nhs-trust", frozenset({HEALTH}), GiverRelationship.SELF, TODAY)


async def test_an_objection_restricts_until_it_is_assessed(acting: Acting) -> None:
    """Raised, then upheld or overruled with the reason, once; of several the strictest counts."""
    by = HEALTH_OFFICER
    assert (await standing(acting)).objection(ONE, "nhs-trust", HEALTH) is ObjectionState.NONE
    first = await receive(acting, OBJECTION, SECRET, by)
    now = await standing(acting)
    assert now.objection(ONE, "nhs-trust", HEALTH) is ObjectionState.RAISED
    assert now.objection(ONE, "nhs-trust", POLICE) is ObjectionState.NONE
    assert now.objection(ONE, "police", HEALTH) is ObjectionState.NONE
    assert now.objection(frozenset({"other"}), "nhs-trust", HEALTH) is ObjectionState.NONE
    reason = ObjectionReason.SAFEGUARDING
    for wrong, state_, who in (
        ("no objection of that id", ObjectionState.UPHELD, OFFICER),
        ("upheld or overruled", ObjectionState.RAISED, by),
    ):
        with pytest.raises(CannotBeDone, match=wrong):
            await assess(acting, first, state_, reason, TODAY, who)
    await assess(acting, first, ObjectionState.OVERRULED, reason, TODAY, by)
    (told,) = (await standing(acting)).objections
    assert (told.state, told.reason, told.assessed) == (ObjectionState.OVERRULED, reason, TODAY)
    with pytest.raises(CannotBeDone, match="no objection"):
        await assess(acting, first, ObjectionState.UPHELD, reason, TODAY, by)
    second = await receive(acting, replace(OBJECTION, services=frozenset()), SECRET, by)
    await assess(acting, second, ObjectionState.UPHELD, ObjectionReason.NO_COMPELLING_GROUNDS, TODAY, by)
    assert (await standing(acting)).objection(ONE, "nhs-trust", HEALTH) is ObjectionState.UPHELD
    assert SECRET.encode() not in await everything_stored(acting.database)


AGREEMENT_ONE = Agreement(
    "nhs-trust:a-1",
    "Made up",
    "nhs-trust",
    frozenset({"county-council"}),
    frozenset({Purpose.EARLY_HELP}),
    date(2026, 1, 1),
    date(2026, 6, 1),
    date(2026, 12, 31),
    (EVERYTHING,),
    Status.SIGNED,
)


async def test_an_agreement_is_suspended_and_stands_again(acting: Acting) -> None:
    """From the next question on; only what was suspended stands again."""
    await import_agreement(acting, AGREEMENT_ONE, HEALTH_OFFICER)
    assert await agreements_in(acting.database) == (AGREEMENT_ONE,)
    register = Register(acting.database)
    for status, worth in (
        (Status.SUSPENDED, AgreementState.NONE),
        (Status.SIGNED, AgreementState.IN_FORCE),
        (Status.ENDED, AgreementState.EXPIRED),
    ):
        await set_status(acting, "nhs-trust:a-1", status, HEALTH_OFFICER)
        agreements = (await register.standing(())).agreements
        assert agreements.state("nhs-trust", "county-council", Purpose.EARLY_HELP, TODAY) is worth
    with pytest.raises(CannotBeDone, match="suspended"):
        await set_status(acting, "nhs-trust:a-1", Status.SIGNED, HEALTH_OFFICER)
    with pytest.raises(CannotBeDone, match="no agreement"):
        await agreement_by_id(acting.database, "a-2")


async def test_an_agreement_with_a_word_on_no_list_shares_nothing(sqlite: Acting) -> None:
    """A service or purpose that is no more takes its agreement with it; the others stand."""
    for column, wrong in (
        ("items", '[{"services":["TAROT"],"kinds":["*"],"fields":["*"]}]'),
        ("purposes", "FUN"),
        ("items", "{"),
    ):
        await import_agreement(sqlite, AGREEMENT_ONE, HEALTH_OFFICER)
        async with sqlite.database.begin() as connection:
            await connection.execute(update(AGREEMENT).values({column: wrong}))
        (agreement,) = await agreements_in(sqlite.database)
        assert (agreement.items, agreement.purposes) == ((), frozenset())


@pytest.mark.parametrize(
    ("relationship", "capacity", "may"),
    [
        (GiverRelationship.MOTHER, Capacity.PARENTAL_RESPONSIBILITY, True),
        (GiverRelationship.MOTHER, Capacity.GILLICK, False),
        (GiverRelationship.SELF, Capacity.GILLICK, True),
        (GiverRelationship.SELF, Capacity.OWN_AT_16_OR_17, True),
        (GiverRelationship.SELF, Capacity.PARENTAL_RESPONSIBILITY, False),
        (GiverRelationship.NOT_STATED, Capacity.NOT_STATED, True),
        (GiverRelationship.NOT_STATED, Capacity.PARENTAL_RESPONSIBILITY, False),
    ],
)
def test_who_may_give_consent(relationship: GiverRelationship, capacity: Capacity, may: bool) -> None:  # noqa: FBT001 -- a table's column
    """Parental responsibility for a parent; understanding or age for the young person."""
    try:
        made: Consent | None = replace(CONSENT, relationship=relationship, capacity=capacity)
    except ValueError:
        made = None
    assert (made is not None) is may


def test_who_acts_is_not_in_a_repr() -> None:
    """An id at the identity provider is somebody's; it is in no log by accident."""
    assert "ig-1" not in repr(OFFICER)
    assert By("x", "ig-officer", "county-council").role == "ig-officer"
    assert NOW.tzinfo is not None
