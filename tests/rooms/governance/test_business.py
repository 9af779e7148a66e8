"""Allocations, second persons and commenced laws: recorded by whoever may, read with the standing, refused plainly."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.governance.acting import Acting, By, CannotBeDone
from hub.governance.allocating import allocate, allocations, end_allocation
from hub.governance.allocations import Allocation
from hub.governance.commencement import commence
from hub.governance.notices import waiting
from hub.governance.reasons import Reasons
from hub.governance.register import Register
from hub.governance.second_person import agree
from hub.governance.telling import Owners
from policies.facts import RelationshipState
from schema.lawful_bases import LawfulBasis
from tests.rooms.governance.desk import HEALTH_OFFICER, MAYA, OFFICER, ONE, TODAY, WORKER

TO_WORKER = Allocation("", MAYA, "county-council", "worker-1", "", TODAY, TODAY + timedelta(days=9))
TO_TEAM = replace(TO_WORKER, worker="", team="east", ending=None)
S16LA = LawfulBasis.CHILDREN_ACT_2004_S16LA


async def relationship(acting: Acting, worker: str, team: str | None, today: date = TODAY) -> RelationshipState:
    standing = await Register(acting.database).standing((MAYA,))
    return standing.allocated(ONE, worker, team, "county-council", today)


# An allocation stands from its first day to its last, for its worker or its team and nobody else.
async def test_an_allocation_stands_from_its_first_day_to_its_last(acting: Acting) -> None:
    assert await relationship(acting, "worker-1", "east") is RelationshipState.NONE
    made = await allocate(acting, TO_WORKER, OFFICER)
    await allocate(acting, TO_TEAM, OFFICER)
    assert await relationship(acting, "worker-1", None) is RelationshipState.ALLOCATED
    assert await relationship(acting, "worker-2", "east") is RelationshipState.TEAM
    assert await relationship(acting, "worker-2", None) is RelationshipState.NONE
    assert await relationship(acting, "worker-1", None, TODAY - timedelta(days=1)) is RelationshipState.NONE
    assert await relationship(acting, "worker-1", None, TODAY + timedelta(days=10)) is RelationshipState.NONE
    await end_allocation(acting, made.id, TODAY - timedelta(days=1), OFFICER)
    assert await relationship(acting, "worker-1", None) is RelationshipState.NONE
    assert {a.team for a in (await allocations(acting, [MAYA])).found} == {"", "east"}
    assert (await allocations(acting, ["nobody"])).found == ()


# Nobody allocates a child to themselves, to another organisation's worker, or to nobody.
@pytest.mark.parametrize(
    ("allocation", "by", "code"),
    [
        (TO_WORKER, HEALTH_OFFICER, "not-yours"),
        (TO_WORKER, WORKER, "not-an-officer"),
        (TO_TEAM, replace(WORKER, role="front-door-worker"), "not-an-officer"),
        (replace(TO_WORKER, worker=OFFICER.subject), OFFICER, "oneself"),
        (replace(TO_WORKER, team="east"), OFFICER, "worker-or-team"),
        (replace(TO_WORKER, worker=""), OFFICER, "worker-or-team"),
        (replace(TO_WORKER, ending=TODAY - timedelta(days=1)), OFFICER, "ends-before-start"),
    ],
)
async def test_what_may_not_be_allocated(acting: Acting, allocation: Allocation, by: By, code: str) -> None:
    with pytest.raises(CannotBeDone) as refused:
        await allocate(acting, allocation, by)
    assert refused.value.code == code
    assert (await allocations(acting)).found == ()


# Only the organisation that allocated ends it, and only what there is.
async def test_what_may_not_be_ended(acting: Acting) -> None:
    made = await allocate(acting, TO_WORKER, OFFICER)
    for allocation_id, by, code in (
        (made.id, HEALTH_OFFICER, "no-such-allocation"),
        ("x", OFFICER, "no-such-allocation"),
    ):
        with pytest.raises(CannotBeDone) as refused:
            await end_allocation(acting, allocation_id, TODAY, by)
        assert refused.value.code == code


# A colleague's agreement is for one worker of the same organisation and one person.
async def test_a_second_person_agrees_for_one_worker(acting: Acting) -> None:
    colleague = By("worker-2", "front-door-worker", "county-council")
    await agree(acting, MAYA, "worker-1", 5, colleague)
    standing = await Register(acting.database).standing((MAYA,))
    assert standing.second_person(ONE, "worker-1", "county-council")
    assert not standing.second_person(ONE, "worker-1", "nhs-trust")
    assert not standing.second_person(ONE, "worker-2", "county-council")
    assert not standing.second_person(frozenset({"other"}), "worker-1", "county-council")


# Nobody agrees to their own looking, for longer than an hour, or in a role that meets no child in danger.
@pytest.mark.parametrize(
    ("by", "minutes", "code"),
    [(WORKER, 5, "oneself"), (OFFICER, 5, "role-not-entitled"), (replace(WORKER, subject="w"), 61, "too-long")],
)
async def test_who_may_not_agree(acting: Acting, by: By, minutes: int, code: str) -> None:
    with pytest.raises(CannotBeDone) as refused:
        await agree(acting, MAYA, "worker-1", minutes, by)
    assert refused.value.code == code


# A law that awaits its day is relied on from the day an officer set, until the day is taken back.
async def test_an_officer_sets_the_day_a_law_begins(acting: Acting) -> None:
    register = Register(acting.database)
    assert S16LA not in (await register.standing(())).commenced
    await commence(acting, S16LA, TODAY, OFFICER)
    assert (await register.standing(())).commenced == {S16LA: TODAY}
    await commence(acting, S16LA, None, OFFICER)
    assert S16LA not in (await register.standing(())).commenced
    for basis, by, code in ((S16LA, WORKER, "not-an-officer"), (LawfulBasis.CONSENT, OFFICER, "has-a-date")):
        with pytest.raises(CannotBeDone) as refused:
            await commence(acting, basis, TODAY, by)
        assert refused.value.code == code


# A reason is read back as it was given, sealed for its own question alone; telling nobody leaves no notice.
async def test_reasons_and_notices(acting: Acting) -> None:
    reasons = Reasons(acting.database, acting.sealer)
    await reasons.keep(("a", "b"), "because")
    assert [await reasons.read(r) for r in ("a", "b", "c")] == ["because", "because", None]
    await Owners(acting.database).tell(())
    assert (await waiting(acting.database)).found == ()
    await Owners(acting.database).tell([("nhs-trust", "a"), ("nhs-trust", "a"), ("police", "a")])
    assert [(n.agency, n.about, n.reference) for n in (await waiting(acting.database)).found] == [
        ("nhs-trust", "records-seen", "a"),
        ("police", "records-seen", "a"),
    ]
