"""The life of versions, from a draft to the one that counts and back. Each act is an order; nothing is edited."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from hub.governance.versions import legal
from hub.governance.versions.activation import switch
from hub.governance.versions.books import Books
from hub.governance.versions.checks import Checks
from hub.governance.versions.errors import VersionDamaged, VersionRefused
from hub.governance.versions.orders import Moment, Order, Orders
from hub.governance.versions.owners import must_approve
from hub.governance.versions.stages import FROM, TO, Act, Stage
from hub.governance.versions.steps import Found, parent_of, stage_of
from hub.governance.versions.store import (
    Counting,
    Versions,
    any_stored,
    is_stored,
    read_active,
    read_counting,
    read_version,
    write_version,
)
from hub.governance.versions.version import MOST_RULES, Cells, Content, Version
from hub.identity.requester import Requester
from policies.rulebook import Rulebook
from policies.validation import RulebookError
from schema.services import Service


class NotNeeded(Exception):
    """The shipped rules are not wanted: another version counts, or these do already."""


class LifeCycle:
    """Takes versions through their life, for officers and for the hub itself."""

    def __init__(
        self,
        orders: Orders,
        versions: Versions,
        checks: Checks,
        agencies: Mapping[Service, frozenset[str]],
        know: Callable[[Rulebook], None] = lambda _: None,
    ) -> None:
        """Take steps by these orders; ``know`` is told each rulebook just compiled, before it counts."""
        self._orders = orders
        self._versions = versions
        self._checks = checks
        self._agencies = agencies
        self._know = know
        self._books = Books()

    async def ship(self, content: Content, *, instead: bool = False) -> bool:
        """Make the shipped rules the first version; say whether it was done. Starting switches no rules.

        ``instead`` lets them take the place of an active version that is not stored: one of before versions were.
        """
        version = content.rulebook.version

        async def check(moment: Moment) -> Stage:
            active = await read_active(moment.connection)
            stored = active is not None and await is_stored(moment.connection, active)
            first = active is None and not await any_stored(moment.connection)
            if not (first or (active is not None and not stored and (instead or active == version))):
                raise NotNeeded
            return Stage.ACTIVE

        async def effect(moment: Moment, record: str) -> None:
            if not await is_stored(moment.connection, version):
                await write_version(moment.connection, content, None, legal.HUB, "shipped", moment.now)
            await switch(moment.connection, version, Act.SUPERSEDE, legal.HUB, moment.now, record)

        self._know(content.rulebook)
        try:
            await self._orders.take(Order(Act.SHIP, version, legal.HUB, "shipped with the hub", check, effect))
        except NotNeeded:
            return False
        return True

    async def draft(self, content: Content, by: Requester, reason: str) -> str:
        """Store a new version, made from the one that counts, and give its id.

        One that was rejected, withdrawn or counted once may be drafted again: its life begins anew.
        """
        legal.check_officer(by)
        version, parent = content.rulebook.version, await self._versions.active()
        if len(content.rulebook.rows) > MOST_RULES:
            raise VersionRefused(f"a version may have {MOST_RULES} rules at most")
        if not reason.strip():
            raise VersionRefused("say why: a version needs a reason")

        async def check(moment: Moment) -> Stage:
            if stage_of(moment.steps) not in FROM[Act.DRAFT] or version == parent:
                raise VersionRefused(f"these very rules are stored already, as version {version}")
            if await is_stored(moment.connection, version):
                kept = await read_version(moment.connection, version)
                if kept.examples != content.example_cells:
                    raise VersionRefused(f"version {version} is stored already, with other examples")
            return Stage.DRAFT

        async def effect(moment: Moment, _: str) -> None:
            if not await is_stored(moment.connection, version):
                await write_version(moment.connection, content, parent, by, reason, moment.now)

        await self._orders.take(Order(Act.DRAFT, version, by, reason, check, effect, parent=parent))
        return version

    async def lint(self, version: str, by: Requester) -> Sequence[str]:
        """Look for faults and guard rails broken; give each in words, errors first."""
        legal.check_officer(by)
        before, after = await self._pair(version)
        faults = await self._checks.lint(before, after)
        found = Found(errors=len(faults.errors), warnings=len(faults.warnings))
        await self._plain(Act.LINT, version, by, found=found)
        return (*faults.errors, *faults.warnings)

    async def simulate(self, version: str, by: Requester) -> Found:
        """Compare with the version it was made from; give how many cells of access are gained and lost."""
        legal.check_officer(by)
        gained, lost = await self._checks.compare(*await self._pair(version))
        found = Found(gained=gained, lost=lost)
        await self._plain(Act.SIMULATE, version, by, found=found)
        return found

    async def propose(self, version: str, by: Requester, reason: str = "") -> frozenset[str]:
        """Put a version to the agencies whose data it is about, and give them; refused where a guard rail is broken."""
        legal.check_officer(by)
        await self._plain(Act.PROPOSE, version, by, reason, also=lambda m: legal.check_proposal(version, m.steps))
        return await self.needed(version)

    async def approve(self, version: str, by: Requester, reason: str = "") -> Stage:
        """Approve for one's own agency; the version is approved when every agency it is about has."""
        legal.check_officer(by)
        needed = await self.needed(version)

        async def check(moment: Moment) -> Stage:
            legal.check_stage(Act.APPROVE, version, moment.steps)
            return legal.stage_approved(version, moment.steps, by, needed)

        return await self._orders.take(Order(Act.APPROVE, version, by, reason, check))

    async def schedule(self, version: str, by: Requester, at: datetime) -> None:
        """Let a version count from a moment to come, by the database's time."""
        legal.check_officer(by)
        at = at.astimezone(UTC)
        await self._plain(Act.SCHEDULE, version, by, at=at, also=lambda m: legal.check_moment(at, m.now))

    async def reject(self, version: str, by: Requester, reason: str) -> None:
        """Refuse a version for an agency whose data it is about, at any time before it counts."""
        legal.check_officer(by)
        legal.check_why(reason)
        needed = await self.needed(version)
        await self._plain(Act.REJECT, version, by, reason, also=lambda _: legal.check_rejection(version, by, needed))

    async def withdraw(self, version: str, by: Requester, reason: str) -> None:
        """Take back a version one's own agency brought, scheduled or not, at any time before it counts."""
        legal.check_officer(by)
        legal.check_why(reason)
        await self._plain(
            Act.WITHDRAW, version, by, reason, also=lambda m: legal.check_withdrawal(version, m.steps, by)
        )

    async def activate(self, version: str, by: Requester, reason: str = "") -> None:
        """Make an approved version the one that counts: compiled, proved and tested first, then put in its place."""
        if by is not legal.HUB:
            legal.check_officer(by)
        stored = await self._versions.read(version)
        self._know(await self._books.proved(stored))

        async def check(moment: Moment) -> Stage:
            legal.check_stage(Act.ACTIVATE, version, moment.steps)
            legal.check_due(version, moment.steps, by, moment.now)
            whole = await read_version(moment.connection, version)
            parent = parent_of(moment.steps, whole.parent)
            legal.check_parent(version, parent, await read_active(moment.connection))
            return Stage.ACTIVE

        effect = partial(_switch, version=version, leaving=Act.SUPERSEDE, by=by)
        await self._orders.take(Order(Act.ACTIVATE, version, by, reason, check, effect))

    async def roll_back(self, by: Requester, reason: str, to: str | None = None) -> str:
        """Put an earlier version back in its place, the last one before if none is named, and give its id.

        One officer may do it alone only to undo what counts since a day at most, or where nobody gains by it.
        """
        legal.check_officer(by)
        legal.check_why(reason)
        left = await self._versions.counting()
        version = to or left.last
        book = self._books.tested(version) or await self._books.proved(await self._versions.read(version))
        self._know(book)
        gained = await self._gained(version, book, left)

        async def check(moment: Moment) -> Stage:
            legal.check_stage(Act.RESTORE, version, moment.steps)
            counting = await read_counting(moment.connection)
            if counting.active == version:
                raise VersionRefused(f"version {version} counts already")
            if counting.active != left.active:
                raise VersionRefused("another version came to count meanwhile: look again")
            legal.check_undo(version, counting.before, counting.since, moment.now, gained)
            return Stage.ACTIVE

        async def effect(moment: Moment, record: str) -> None:
            await read_version(moment.connection, version)  # what is stored must be what was proved
            await switch(moment.connection, version, Act.ROLL_BACK, by, moment.now, record)

        await self._orders.take(Order(Act.RESTORE, version, by, reason, check, effect))
        return version

    async def activate_due(self) -> str | None:
        """Activate the version whose scheduled moment has come, if there is one, and give its id.

        One that cannot count any more is withdrawn, so that no roll-back ever wakes it; one that is damaged is told
        of. Neither keeps the others waiting.
        """
        waiting = await self._versions.scheduled()
        now = await self._versions.now() if waiting else None
        damaged: VersionDamaged | None = None
        for step in waiting:
            if now is None or step.effective_at is None or step.effective_at > now:
                continue
            try:
                await self.activate(step.version, legal.HUB)
            except (VersionRefused, RulebookError) as refused:
                await self._let_go(step.version, refused)
            except VersionDamaged as error:
                damaged = error
            else:
                return step.version
        if damaged is not None:
            raise damaged
        return None

    async def _let_go(self, version: str, refused: VersionRefused | RulebookError) -> None:
        """Withdraw a version that could not count when its moment came, if it still waits."""
        why = str(refused) if isinstance(refused, VersionRefused) else "its rules or examples do not hold"
        with contextlib.suppress(VersionRefused):  # another replica was quicker
            await self._plain(
                Act.WITHDRAW, version, legal.HUB, why, also=lambda m: legal.check_still_due(version, m.steps, m.now)
            )

    async def looked_at(self, stored: Version) -> Rulebook:
        """Give the rulebook of a stored version to look at, kept from the last look: it decides nothing."""
        return await self._books.looked_at(stored)

    async def needed(self, version: str) -> frozenset[str]:
        """Give the agencies that must approve a version: those whose data its changed rules are about."""
        after = await self._versions.read(version)
        parent = await self._parent(after)
        before: tuple[Cells, ...] = (await self._versions.read(parent)).rules if parent else ()
        return must_approve(before, after.rules, self._agencies)

    async def _pair(self, version: str) -> tuple[Rulebook | None, Rulebook]:
        after = await self._versions.read(version)
        parent = await self._parent(after)
        before = await self._books.looked_at(await self._versions.read(parent)) if parent else None
        return before, await self._books.looked_at(after)

    async def _parent(self, stored: Version) -> str | None:
        return parent_of(await self._versions.steps(stored.id), stored.parent)

    async def _gained(self, version: str, book: Rulebook, left: Counting) -> int:
        """Count what would be gained by putting a version back; not where it undoes what was just done, for speed."""
        fresh = left.since is not None and left.now - left.since <= legal.AT_ONCE
        if left.active is None or left.active == version or (version == left.before and fresh):
            return 0
        active = await self._books.looked_at(await self._versions.read(left.active))
        return (await self._checks.compare(active, book))[0]

    async def _plain(
        self,
        act: Act,
        version: str,
        by: Requester,
        reason: str = "",
        *,
        found: Found | None = None,
        at: datetime | None = None,
        also: Callable[[Moment], None] = lambda _: None,
    ) -> None:
        async def check(moment: Moment) -> Stage:
            legal.check_stage(act, version, moment.steps)
            also(moment)
            return TO[act]

        await self._orders.take(Order(act, version, by, reason, check, found=found or Found(), effective_at=at))


async def _switch(moment: Moment, record: str, *, version: str, leaving: Act, by: Requester) -> None:
    await switch(moment.connection, version, leaving, by, moment.now, record)
