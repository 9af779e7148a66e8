"""Break-glass on both databases: one person, one worker, an hour at most, told at once and looked at after."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text, update

from hub.audit.entries import new_record_id
from hub.audit.errors import LedgerUnavailable
from hub.governance.acting import Acting, By, CannotBeDone
from hub.governance.break_glass import GlassReason, ReviewOutcome, short_of
from hub.governance.breaking_glass import Asked, break_glass, end, read_words, review, tasks
from hub.governance.notices import Kept, Notice, deliver, seen, waiting
from hub.governance.register import Register
from hub.governance.standing import Standing
from hub.governance.standing_read import GRANT
from hub.store.seconds import Now
from tests.rooms.governance.desk import HEALTH_OFFICER, MAYA, OFFICER, OLDER, ONE, WORKER, events, everything_stored

ASKED = Asked(
    MAYA, frozenset({"nhs-trust"}), GlassReason.MISSING_CHILD, "Maya Marchbanks was last seen at noon", "CASE-REF-77"
)


class Heard:
    """A sender that keeps what it was given."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    async def send(self, notice: Notice) -> bool:
        self.notices.append(notice)
        return True


class Down:
    """A sender that cannot send."""

    async def send(self, notice: Notice) -> bool:
        raise OSError(notice.agency)


async def standing(acting: Acting, *people: str) -> Standing:
    return await Register(acting.database).standing(people or (MAYA,))


def opened(now: Standing, by: By = WORKER, owner: str = "nhs-trust", ids: frozenset[str] = ONE) -> bool:
    return now.break_glass(ids, by.subject, by.role, by.organisation, owner) is not None


async def over(acting: Acting, **moved: Any) -> None:
    """Let every grant's time have passed, by the database's clock."""
    async with acting.database.begin() as connection:
        await connection.execute(update(GRANT).values({"until": Now() - 1} | moved))


async def test_a_grant_opens_one_persons_records_at_one_agency_to_one_worker(acting: Acting) -> None:
    """And to nobody else, of nobody else, nowhere else; it ends by the database's clock within the hour."""
    assert not opened(await standing(acting))
    grant = await break_glass(acting, ASKED, WORKER)
    now = await standing(acting)
    assert opened(now)
    assert not opened(now, owner="police")
    assert not opened(now, ids=frozenset({"somebody else"}))
    for other in ({"subject": "worker-2"}, {"role": "health-practitioner"}, {"organisation": "police"}):
        assert not opened(now, replace(WORKER, **other))
    assert not opened(await standing(acting, "somebody else"))
    assert 3590 <= grant.until - now.now <= 3600
    assert f"{grant.ends:%H:%M}" in grant.banner
    assert short_of(grant.id) in grant.banner
    assert short_of(new_record_id()) != short_of(new_record_id())  # made at one moment, and still told apart
    assert "Maya" not in grant.banner + repr(grant)
    assert now.at.timestamp() == now.now
    await over(acting)
    assert not opened(await standing(acting))


@pytest.mark.parametrize(
    ("code", "asked", "by"),
    [
        ("role-not-entitled", {}, replace(WORKER, role="analyst")),
        ("role-not-entitled", {}, OFFICER),
        ("no-person", {"person_id": " "}, WORKER),
        ("no-agency", {"owners": frozenset()}, WORKER),
        ("no-agency", {"owners": frozenset({"*"})}, WORKER),
        ("no-reason", {"text": " "}, WORKER),
        ("no-reference", {"reference": ""}, WORKER),
        ("too-long", {"minutes": 61}, WORKER),
        ("too-long", {"minutes": 0}, WORKER),
    ],
)
async def test_what_may_not_be_granted(sqlite: Acting, code: str, asked: dict[str, Any], by: By) -> None:
    """A role that is not entitled, nobody, nowhere, no words, no reference, too long: nothing is granted or written."""
    with pytest.raises(CannotBeDone) as refused:
        await break_glass(sqlite, replace(ASKED, **asked), by)
    assert refused.value.code == code
    assert (await tasks(sqlite)).found == ()
    assert await events(sqlite) == []


async def test_one_at_a_time_and_ended_early(acting: Acting) -> None:
    """A second for the same person must wait; the worker or an officer ends one; another worker may not."""
    first = await break_glass(acting, ASKED, WORKER)
    with pytest.raises(CannotBeDone, match="already"):
        await break_glass(acting, ASKED, WORKER)
    with pytest.raises(CannotBeDone, match="officer"):
        await end(acting, first.id, replace(WORKER, subject="worker-2"))
    await end(acting, first.id, WORKER)
    assert not opened(await standing(acting))
    with pytest.raises(CannotBeDone, match="over already"):
        await end(acting, first.id, WORKER)
    second = await break_glass(acting, replace(ASKED, minutes=5), WORKER)
    await end(acting, second.id, HEALTH_OFFICER)
    assert [t.ended_by for t in (await tasks(acting, second.id)).found] == [HEALTH_OFFICER.subject]
    names = [name for name, _ in await events(acting)]
    assert names == [
        "break-glass-granted",
        "break-glass-granted",
        "break-glass-granted-not-acknowledged",
        "break-glass-ended",
        "break-glass-granted",
        "break-glass-ended",
    ]


async def test_both_leads_are_told_at_once_by_reference(acting: Acting) -> None:
    """The asker's and the owner's agency; the notice holds the grant's id and nothing of the child."""
    heard = Heard()
    grant = await break_glass(acting, ASKED, WORKER, heard)
    assert [(n.agency, n.about, n.reference) for n in heard.notices] == [
        ("county-council", "break-glass-granted", grant.id),
        ("nhs-trust", "break-glass-granted", grant.id),
    ]
    assert (await waiting(acting.database)).found == ()


async def test_a_notice_that_cannot_be_sent_is_kept(acting: Acting) -> None:
    """A sender that fails hinders no grant and loses no notice; what waits is listed, and marked once seen."""
    await break_glass(acting, ASKED, WORKER, Down())
    assert len((await waiting(acting.database)).found) == 2
    assert await deliver(acting.database, Kept()) == 0
    theirs = (await waiting(acting.database, "nhs-trust")).found
    assert [n.agency for n in theirs] == ["nhs-trust"]
    await seen(acting.database, theirs)
    assert await deliver(acting.database, Heard()) == 1
    assert (await waiting(acting.database)).found == ()


async def test_a_grant_is_reviewed_once_by_an_officer_it_concerns(acting: Acting) -> None:
    """Not while it is open, not by its worker, not by a stranger, not twice."""
    grant = await break_glass(acting, ASKED, WORKER)
    assert [t.state for t in (await tasks(acting)).found] == ["open"]
    for by, code in (
        (WORKER, "own-grant"),
        (replace(WORKER, subject="worker-2"), "not-an-officer"),
        (replace(OFFICER, organisation="police"), "not-yours"),
        (OFFICER, "still-open"),
    ):
        with pytest.raises(CannotBeDone) as refused:
            await review(acting, grant.id, ReviewOutcome.JUSTIFIED, by)
        assert refused.value.code == code
    await over(acting)
    assert [t.state for t in (await tasks(acting)).found] == ["to review"]
    await over(acting, review_due=Now() - 1)
    assert [t.state for t in (await tasks(acting)).found] == ["overdue"]
    await review(acting, grant.id, ReviewOutcome.EXCESSIVE, HEALTH_OFFICER)
    (task,) = (await tasks(acting)).found
    assert (task.state, task.outcome, task.reviewed_by) == ("reviewed", ReviewOutcome.EXCESSIVE, "ig-2")
    with pytest.raises(CannotBeDone, match="already"):
        await review(acting, grant.id, ReviewOutcome.JUSTIFIED, OFFICER)
    with pytest.raises(CannotBeDone, match="no such"):
        await read_words(acting, "nothing", OFFICER)
    with pytest.raises(CannotBeDone, match="no such"):
        await review(acting, "nothing", ReviewOutcome.JUSTIFIED, OFFICER)


async def test_the_words_are_sealed_and_read_by_the_reviewer_alone(acting: Acting) -> None:
    """No table and no ledger entry holds them in the clear; that they were read is written down."""
    grant = await break_glass(acting, ASKED, WORKER)
    stored = await everything_stored(acting.database)
    for secret in (b"Marchbanks", b"noon", b"CASE-REF-77"):
        assert secret not in stored
    assert WORKER.role.encode() in stored
    with pytest.raises(CannotBeDone):
        await read_words(acting, grant.id, WORKER)
    assert await read_words(acting, grant.id, OFFICER) == (ASKED.text, ASKED.reference)
    assert (await events(acting))[-1] == ("break-glass-read", grant.id)


async def test_what_cannot_be_written_down_is_not_granted(acting: Acting) -> None:
    """The ledger refuses: no grant, no notice, nothing opened."""
    await acting.ledger.close()
    with pytest.raises(LedgerUnavailable):
        await break_glass(acting, ASKED, WORKER)
    assert (await tasks(acting)).found == ()
    assert (await waiting(acting.database)).found == ()
    assert not opened(await standing(acting))


async def test_a_person_has_one_grant_whatever_id_is_named(acting: Acting) -> None:
    """Asked for under an older id it is kept under the one of now; a second is refused under either."""
    grant = await break_glass(acting, replace(ASKED, person_id=OLDER), WORKER)
    assert grant.person_id == MAYA
    assert opened(await standing(acting))
    for person_id in (MAYA, OLDER):
        with pytest.raises(CannotBeDone) as refused:
            await break_glass(acting, replace(ASKED, person_id=person_id), WORKER)
        assert refused.value.code == "already-open"


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("no-such-person", {"person_id": "0c" * 16}),
        ("no-agency", {"owners": frozenset({"nhs-trust", "nobody"})}),
    ],
)
async def test_nothing_is_granted_of_nobody(sqlite: Acting, code: str, asked: dict[str, Any]) -> None:
    """A person the hub does not know, an agency there is not: nothing is granted or written."""
    with pytest.raises(CannotBeDone) as refused:
        await break_glass(sqlite, replace(ASKED, **asked), WORKER)
    assert refused.value.code == code
    assert (await tasks(sqlite)).found == ()
    assert await events(sqlite) == []


async def test_where_no_agency_is_known_nothing_is_granted(sqlite: Acting) -> None:
    """Neither said nor party to an agreement: no records of theirs are opened."""
    with pytest.raises(CannotBeDone) as refused:
        await break_glass(replace(sqlite, agencies=frozenset()), ASKED, WORKER)
    assert refused.value.code == "no-agency"


async def test_emergency_access_is_not_had_hour_after_hour(acting: Acting) -> None:
    """Three in a day and no fourth, reviewed or not; a colleague is not hindered."""
    for _ in range(3):
        await break_glass(acting, ASKED, WORKER)
        await over(acting)
    with pytest.raises(CannotBeDone) as refused:
        await break_glass(acting, ASKED, WORKER)
    assert refused.value.code == "too-many"
    assert await break_glass(acting, ASKED, replace(WORKER, subject="worker-2"))
    await over(acting, began=Now() - 90_000)
    assert await break_glass(acting, ASKED, WORKER)


async def test_whoevers_reviews_are_overdue_has_no_other(acting: Acting) -> None:
    """Two that nobody looked at in time: none, until one of them is reviewed."""
    first, _ = [
        (await break_glass(acting, ASKED, WORKER), await over(acting, began=Now() - 90_000, review_due=Now() - 1))[0]
        for _ in range(2)
    ]
    with pytest.raises(CannotBeDone) as refused:
        await break_glass(acting, ASKED, WORKER)
    assert refused.value.code == "reviews-overdue"
    await review(acting, first.id, ReviewOutcome.EXCESSIVE, HEALTH_OFFICER)
    assert await break_glass(acting, ASKED, WORKER)


@pytest.mark.parametrize(
    "written",
    ["until='soon'", "until=99999999999999", "began='soon', until='sooner'", "began=99999999990, until=99999999999"],
)
async def test_a_grant_that_could_not_have_been_given_opens_nothing(sqlite: Acting, written: str) -> None:
    """However the row was come by: an end that is no moment, is too far away, or of a grant not yet begun."""
    await break_glass(sqlite, ASKED, WORKER)
    assert opened(await standing(sqlite))
    async with sqlite.database.begin() as connection:
        await connection.execute(text(f"UPDATE break_glass_grant SET {written}"))  # noqa: S608 -- words of this test
    assert not opened(await standing(sqlite))
