"""The life of a version: each step in its order, by the right person, written to the ledger before it is taken."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from hub.audit.entries import Entry
from hub.audit.errors import LedgerUnavailable
from hub.audit.ledger import Receipt
from hub.governance.versions import legal
from hub.governance.versions.checks import Faults
from hub.governance.versions.errors import VersionDamaged, VersionRefused
from hub.governance.versions.shipped import shipped
from hub.governance.versions.stages import Act, Stage
from hub.governance.versions.steps import stage_of
from hub.governance.versions.version import content_of
from tests.rooms.policies.rules import rule
from tests.rooms.versions.stage import (
    AUTHOR,
    FIRST,
    FORCE,
    TRUST,
    Room,
    approved,
    content,
    officer,
    proposed,
    published,
    room,
)

SECOND, THIRD = content("HEALTH"), content("POLICE")
SHIPPED_EXAMPLES = shipped().examples[:1]


async def stage(here: Room, version: str) -> Stage | None:
    return stage_of(await here.versions.steps(version))


async def audited(here: Room) -> list[tuple[str, str]]:
    """Give every event of the ledger: its name and the version it is about."""
    async with here.database.read() as connection:
        rows = await connection.execute(text("SELECT body FROM audit_record WHERE kind = 'EVENT' ORDER BY log_id, seq"))
        bodies = [orjson.loads(bytes(row[0])) for row in rows]
    return [(body["name"], body["about"]) for body in bodies]


async def test_a_version_goes_from_draft_to_active_and_is_superseded(here: Room) -> None:
    """Every stage in turn; each step is in the ledger, and at the end one version counts and the old says why not."""
    version = await published(here.lives, SECOND)
    acts = [s.act for s in await here.versions.steps(version)]
    wanted = ["draft", "lint", "simulate", "propose", "approve", "activate"]
    assert acts == wanted
    first = FIRST.rulebook.version
    assert await stage(here, version) is Stage.ACTIVE
    assert await stage(here, first) is Stage.SUPERSEDED
    assert (await here.register.standing(())).policy_version == version == await here.versions.active()
    assert await audited(here) == [("policy-ship", first), *((f"policy-{act}", version) for act in wanted)]
    records = {s.ledger_record for s in await here.versions.steps()}
    async with here.database.read() as connection:
        kept = {r[0] for r in await connection.execute(text("SELECT record_id FROM audit_record"))}
    assert records <= kept
    found = (await here.versions.steps(version))[2].found
    assert (found.gained, found.lost) == (3, 1)


async def test_what_is_read_back_is_what_was_stored(here: Room) -> None:
    """Each cell comes back as it was, with author, agency, reason and the version it was made from."""
    version = await here.lives.draft(SECOND, AUTHOR, "health asked for it")
    stored = await here.versions.read(version)
    assert stored.rules == SECOND.rules
    told = (stored.author, stored.agency, stored.reason, stored.parent)
    assert told == (AUTHOR.subject, "council", "health asked for it", FIRST.rulebook.version)
    assert stored.digest.startswith(version)


@pytest.mark.parametrize("act", ["lint", "simulate", "propose", "approve", "schedule", "activate"])
async def test_steps_cannot_be_left_out(plain: Room, act: str) -> None:
    """From a draft only linting leads on; from an active version nothing but another's activation."""
    lives = plain.lives
    version = await lives.draft(SECOND, AUTHOR, "a reason")
    soon = datetime.now(UTC) + timedelta(days=1)
    acts: dict[str, Callable[[str], Awaitable[object]]] = {
        "lint": lambda v: lives.lint(v, AUTHOR),
        "simulate": lambda v: lives.simulate(v, AUTHOR),
        "propose": lambda v: lives.propose(v, AUTHOR),
        "approve": lambda v: lives.approve(v, TRUST),
        "schedule": lambda v: lives.schedule(v, AUTHOR, soon),
        "activate": lambda v: lives.activate(v, AUTHOR),
    }
    told = await audited(plain)
    for one in {version, FIRST.rulebook.version} - ({version} if act == "lint" else set()):
        with pytest.raises(VersionRefused, match="cannot be taken to"):
            await acts[act](one)
    assert await audited(plain) == told


async def test_only_an_ig_officer_may_do_anything(plain: Room) -> None:
    """Whoever reads records does not write rules."""
    worker = officer("council", role="social-worker")
    lives, v = plain.lives, FIRST.rulebook.version
    for ask in (
        lives.draft(SECOND, worker, "a reason"),
        lives.lint(v, worker),
        lives.simulate(v, worker),
        lives.propose(v, worker),
        lives.approve(v, worker),
        lives.schedule(v, worker, datetime.now(UTC)),
        lives.activate(v, worker),
        lives.roll_back(worker, "a reason"),
    ):
        with pytest.raises(VersionRefused, match="only an ig-officer"):
            await ask


async def test_nobody_approves_their_own_and_each_agency_approves_its_own_data(plain: Room) -> None:
    """The author cannot, another agency cannot, one agency cannot for two; when all concerned have, it is approved."""
    lives = plain.lives
    version = await proposed(lives, content("EDUCATION", why="both go"), officer("trust", "author"))
    assert await lives.needed(version) == {"trust", "force"}
    for one, said in ((officer("trust", "author"), "another person"), (AUTHOR, "not about data of council")):
        with pytest.raises(VersionRefused, match=said):
            await lives.approve(version, one)
    assert await lives.approve(version, TRUST) is Stage.PROPOSED
    with pytest.raises(VersionRefused, match="trust has approved"):
        await lives.approve(version, officer("trust", "third"))
    with pytest.raises(VersionRefused, match="one approves for one agency"):
        await lives.approve(version, replace(TRUST, organisation=FORCE.organisation))
    with pytest.raises(VersionRefused, match="cannot be taken to active"):
        await lives.activate(version, AUTHOR)
    assert await lives.approve(version, FORCE) is Stage.APPROVED


async def test_a_rule_for_every_service_needs_every_agency_and_one_for_nobodys_any_other_person(plain: Room) -> None:
    """`*` names all services; where no connected agency's data is concerned a second person is enough."""
    version = await proposed(plain.lives, content_of([*FIRST.rulebook.rows, rule(id="all")]))
    assert await plain.lives.needed(version) == {"trust", "force"}
    other = await proposed(plain.lives, content("HEALTH", "POLICE", "HOUSING"))
    assert await plain.lives.needed(other) == frozenset()
    with pytest.raises(VersionRefused, match="another person"):
        await plain.lives.approve(other, AUTHOR)
    assert await plain.lives.approve(other, officer("council", "two")) is Stage.APPROVED


async def test_a_broken_guard_rail_stops_a_proposal(plain: Room) -> None:
    """Errors of the lint stop it; warnings are shown and do not."""
    plain.looks.faults = Faults(errors=("an allow without an agreement",), warnings=("a dead rule",))
    version = await plain.lives.draft(SECOND, AUTHOR, "a reason")
    assert await plain.lives.lint(version, AUTHOR) == ("an allow without an agreement", "a dead rule")
    await plain.lives.simulate(version, AUTHOR)
    with pytest.raises(VersionRefused, match="breaks 1 guard rails"):
        await plain.lives.propose(version, AUTHOR)
    plain.looks.faults = Faults(warnings=("a dead rule",))
    assert await proposed(plain.lives, THIRD)


async def test_rolling_back_is_a_new_step_and_can_be_rolled_forward(here: Room) -> None:
    """The version before counts again; the one left says that it was rolled back; both can be put in place again."""
    first, second = FIRST.rulebook.version, await published(here.lives, SECOND)
    with pytest.raises(VersionRefused, match="needs a reason"):
        await here.lives.roll_back(AUTHOR, " ")
    assert await here.lives.roll_back(AUTHOR, "too wide") == first
    assert (await stage(here, first), await stage(here, second)) == (Stage.ACTIVE, Stage.ROLLED_BACK)
    assert await here.versions.active() == first
    assert await here.lives.roll_back(AUTHOR, "it was right after all") == second
    with pytest.raises(VersionRefused, match="counts already"):
        await here.lives.roll_back(AUTHOR, "again", second)
    draft = await here.lives.draft(THIRD, AUTHOR, "a reason")
    with pytest.raises(VersionRefused, match="it is draft"):
        await here.lives.roll_back(AUTHOR, "a draft", draft)


async def test_without_an_earlier_version_there_is_nothing_to_roll_back_to(plain: Room) -> None:
    """Rolling back needs a version that counted before."""
    with pytest.raises(VersionRefused, match="no version counted before"):
        await plain.lives.roll_back(AUTHOR, "a reason")


async def test_a_version_made_from_another_than_the_one_that_counts_cannot_take_its_place(plain: Room) -> None:
    """Two officers edit at once: the second to publish is refused, so that the first one's change is not lost."""
    one, other = await approved(plain.lives, SECOND), await approved(plain.lives, THIRD)
    await plain.lives.activate(one, AUTHOR)
    with pytest.raises(VersionRefused, match="draft it again"):
        await plain.lives.activate(other, AUTHOR)


async def test_a_scheduled_version_counts_when_its_moment_has_come_by_the_databases_time(here: Room) -> None:
    """Not before; then at once, by whichever replica looks first; a moment in the past is refused."""
    version = await approved(here.lives, SECOND)
    with pytest.raises(VersionRefused, match="moment to come"):
        await here.lives.schedule(version, AUTHOR, datetime.now(UTC) - timedelta(minutes=1))
    await here.lives.schedule(version, AUTHOR, datetime.now(UTC) + timedelta(days=1))
    assert await here.lives.activate_due() is None
    at = await here.versions.now() + timedelta(seconds=2)
    await here.lives.schedule(version, AUTHOR, at)
    due = None
    while due is None:
        due = await here.lives.activate_due()
    assert (due, await here.versions.now() >= at) == (version, True)
    assert (await here.versions.steps(version))[-1].actor == "hub"
    assert await here.lives.activate_due() is None


async def test_a_proposal_is_rejected_by_whose_data_it_is_and_can_be_drafted_again(here: Room) -> None:
    """An agency concerned refuses, also what it approved or what is scheduled; a new draft needs new approvals."""
    lives = here.lives
    version = await approved(lives, SECOND)
    await lives.schedule(version, AUTHOR, await here.versions.now() + timedelta(days=1))
    for by, why, said in ((AUTHOR, "no", "not about data of council"), (FORCE, " ", "needs a reason")):
        with pytest.raises(VersionRefused, match=said):
            await lives.reject(version, by, why)
    await lives.reject(version, FORCE, "not like this")
    assert await stage(here, version) is Stage.REJECTED
    assert (await audited(here))[-1] == ("policy-reject", version)
    with pytest.raises(VersionRefused, match="it is rejected"):
        await lives.activate(version, AUTHOR)
    assert await proposed(lives, SECOND) == version
    assert await stage(here, version) is Stage.PROPOSED
    assert await lives.approve(version, FORCE) is Stage.APPROVED
    await lives.activate(version, AUTHOR)
    with pytest.raises(VersionRefused, match="cannot be taken to rejected: it is active"):
        await lives.reject(version, FORCE, "too late")


async def test_what_is_brought_can_be_withdrawn_by_who_brought_it(here: Room) -> None:
    """At any stage before it counts; another agency cannot, and one that counts cannot be."""
    lives = here.lives
    version = await approved(lives, SECOND)
    await lives.schedule(version, AUTHOR, await here.versions.now() + timedelta(days=1))
    with pytest.raises(VersionRefused, match="withdrawn by council alone"):
        await lives.withdraw(version, FORCE, "not ours")
    await lives.withdraw(version, officer("council", "two"), "not yet")
    assert await stage(here, version) is Stage.WITHDRAWN
    assert await here.versions.scheduled() == ()
    assert (await audited(here))[-1] == ("policy-withdraw", version)
    draft = await lives.draft(THIRD, AUTHOR, "a reason")
    await lives.withdraw(draft, AUTHOR, "a slip")
    other = content_of(THIRD.rulebook.rows, SHIPPED_EXAMPLES)
    with pytest.raises(VersionRefused, match="with other examples"):
        await lives.draft(other, AUTHOR, "a reason")
    with pytest.raises(VersionRefused, match="cannot be taken to withdrawn: it is active"):
        await lives.withdraw(FIRST.rulebook.version, AUTHOR, "no")


async def test_a_scheduled_version_that_lost_its_place_is_withdrawn_and_keeps_nobody_waiting(here: Room) -> None:
    """Its parent counts no more when its moment comes: the hub takes it back, and the next one due counts."""
    lives = here.lives
    lost, stays = await approved(lives, SECOND), await approved(lives, THIRD)
    await lives.activate(stays, AUTHOR)
    after = await approved(lives, content("EDUCATION"))
    soon = await here.versions.now() + timedelta(seconds=1.5)
    await lives.schedule(lost, AUTHOR, soon)
    await lives.schedule(after, AUTHOR, soon)
    due = None
    while due is None:
        due = await lives.activate_due()
    assert (due, await stage(here, lost)) == (after, Stage.WITHDRAWN)
    last = (await here.versions.steps(lost))[-1]
    assert (last.actor, "draft it again" in last.reason) == ("hub", True)
    assert ("policy-withdraw", lost) in await audited(here)


async def test_one_that_another_replica_brought_forward_is_not_withdrawn(plain: Room) -> None:
    """Two replicas look at one moment: the slower one changes nothing."""
    version = await published(plain.lives, SECOND)
    before = await plain.versions.steps()
    await plain.lives._let_go(version, VersionRefused("too late"))
    assert await plain.versions.steps() == before


async def test_one_officer_alone_undoes_only_what_was_just_done_or_gives_nobody_more(
    plain: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day after, or to an older version, somebody would gain unapproved: refused; it can be proposed again."""
    lives, first = plain.lives, FIRST.rulebook.version
    second = await published(lives, SECOND)
    third = await published(lives, THIRD)
    with pytest.raises(VersionRefused, match="3 rights would be gained"):
        await lives.roll_back(AUTHOR, "older", first)
    plain.looks.change = (0, 9)
    assert await lives.roll_back(AUTHOR, "nobody gains", first) == first
    plain.looks.change = (1, 0)
    assert await lives.roll_back(AUTHOR, "at once") == third
    monkeypatch.setattr(legal, "AT_ONCE", timedelta(seconds=-1))
    with pytest.raises(VersionRefused, match="1 rights would be gained"):
        await lives.roll_back(AUTHOR, "long after")
    assert await plain.versions.active() == third
    assert await approved(lives, SECOND) == second
    await lives.activate(second, AUTHOR)
    assert await stage(plain, second) is Stage.ACTIVE


async def test_nothing_happens_that_cannot_be_audited(plain: Room, tmp_path: Path) -> None:
    """A ledger that refuses stops every step, and the database is as it was."""

    class Refusing:
        async def append(self, *_: Entry) -> tuple[Receipt, ...]:
            raise LedgerUnavailable("full")

    before = await plain.versions.steps()
    version = await approved(plain.lives, SECOND)
    between = await plain.versions.steps()
    async with room(plain.database.url, tmp_path / "keys", "b", writer=Refusing()) as there:
        for ask in (
            there.lives.draft(THIRD, AUTHOR, "a reason"),
            there.lives.activate(version, AUTHOR),
            there.lives.schedule(version, AUTHOR, datetime.now(UTC) + timedelta(days=1)),
        ):
            with pytest.raises(LedgerUnavailable):
                await ask
        assert await there.versions.steps() == between != before
        assert await there.versions.active() == FIRST.rulebook.version


async def test_an_order_whose_step_failed_is_followed_by_an_event_that_says_so(plain: Room) -> None:
    """The ledger came first; where the database then refuses, the ledger says that nothing was done."""
    version = await approved(plain.lives, SECOND)
    async with plain.database.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON rulebook_step BEGIN SELECT RAISE(ABORT, 'broken'); END"
        )
    with pytest.raises(Exception, match="IntegrityError"):
        await plain.lives.activate(version, AUTHOR)
    assert (await audited(plain))[-2:] == [("policy-activate", version), ("policy-step-failed", version)]
    assert await plain.versions.active() == FIRST.rulebook.version


async def test_the_same_rules_too_many_or_without_a_reason_are_no_new_version(
    plain: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version is its rules: the same are there already; nobody reads ten thousand; everyone may ask why."""
    for made, why, said in ((FIRST, "a reason", "stored already"), (SECOND, "  ", "needs a reason")):
        with pytest.raises(VersionRefused, match=said):
            await plain.lives.draft(made, AUTHOR, why)
    monkeypatch.setattr("hub.governance.versions.lifecycle.MOST_RULES", 0)
    with pytest.raises(VersionRefused, match="rules at most"):
        await plain.lives.draft(SECOND, AUTHOR, "a reason")


async def test_a_version_whose_stored_examples_were_changed_is_not_activated(plain: Room) -> None:
    """Examples are stored as cells under a digest of their own; one more than there were is damage."""
    version = await approved(plain.lives, SECOND)
    async with plain.database.begin() as connection:
        await connection.exec_driver_sql("DROP TRIGGER rulebook_example_never_grows")
        names = 'version,place,"where",role,agency,purpose,service,field,labels,facts,flags,expect,why'
        cells = f"'{version}',1,'x','nobody','a','b','c','d','','','','PERMIT','w'"
        await connection.exec_driver_sql(f"INSERT INTO rulebook_example ({names}) VALUES ({cells})")  # noqa: S608 -- made up here
    with pytest.raises(VersionDamaged, match=version):
        await plain.lives.activate(version, AUTHOR)
    assert Act.ACTIVATE not in {s.act for s in await plain.versions.steps(version)}


async def test_starting_ships_once(here: Room) -> None:
    """The first version is the shipped one; another build's start switches nothing."""
    assert not await here.lives.ship(SECOND)
    assert not await here.lives.ship(SECOND, instead=True)
    assert await here.versions.active() == FIRST.rulebook.version


async def test_a_version_from_before_versions_were_stored_can_be_replaced_by_hand_or_adopted(
    url: str, tmp_path: Path
) -> None:
    """An older database names a version and holds none: its build stores it, another must be told to."""
    async with room(url, tmp_path / "keys") as there:
        await there.register.activate(FIRST.rulebook.version, datetime.now(UTC))
        assert not await there.lives.ship(SECOND)
        assert await there.lives.ship(FIRST)
        assert (await there.versions.read(FIRST.rulebook.version)).rules == FIRST.rules
        await there.register.activate("0123456789ab", datetime.now(UTC))
        assert await there.lives.ship(SECOND, instead=True)
        assert await there.versions.active() == SECOND.rulebook.version
