"""A batch of a feed: what a source says of some people compared with what is held of them, decided on, and written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.contract import Identity
from hub.people.compare import Evidence, compare
from hub.people.decisions import JOINED, spread
from hub.people.entries import Entry, unseal
from hub.people.feed_read import Refresh, Tools
from hub.people.linking import Group, Population, Status
from hub.people.ordered import ordered_id
from hub.people.parting import Because, Parting, part_ways, parting_of
from hub.people.preparing import Hashes, Prepared
from hub.people.profile import profile
from hub.people.protection import SEALING
from hub.people.reading import (
    GONE,
    PLACED_AGAIN,
    entries_by_hash,
    entries_by_local,
    former_persons,
    load_different,
    load_persons,
    persons_of,
)
from hub.people.returning import Last, last_persons
from hub.people.rules import VERSION, Note, judge
from hub.people.turns import Turns
from hub.people.writing import MACHINE, Decision, Writes, new_group
from schema.labels import Label
from schema.services import Service


@dataclass(slots=True)
class Batch:
    """One batch of a feed in one transaction."""

    tools: Tools
    connection: AsyncConnection
    number: int
    source_id: str
    service: Service
    writes: Writes = field(init=False)
    population: Population = field(init=False)
    former: dict[str, Group] = field(init=False)
    last: dict[str, Last] = field(init=False)
    partings: list[Parting] = field(default_factory=list)
    named: list[int] = field(default_factory=list)
    """The numbers of entries that were there before."""
    counts: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.writes = Writes(self.tools.sealer)
        self.population = Population(self.tools.weights)
        self.counts = dict.fromkeys(("added", "linked", "changed", "ended", "unlinked"), 0)

    async def decide(self, prepared: Prepared) -> Refresh:
        """Compare with what is held, and decide; what is to be written is in ``writes``."""
        held = await self._held(prepared.newest)
        self.named = [row.number for row, _ in held.values()]
        await self._load(prepared.keyed.values(), held.values())
        turns = Turns()
        for hmac, identity in prepared.latest.items():
            self._take(identity, hmac, held.get(hmac), prepared.keyed.get(hmac, Hashes()))
            await turns.give()
        return Refresh(self.source_id, read=len(prepared.batch), **self.counts)

    async def write(self) -> None:
        """Write what was decided, and carry along what protected those who part."""
        await self.writes.write(self.connection)
        for parting in self.partings:
            await part_ways(self.connection, self.tools.sealer, parting)

    async def _held(self, newest: Mapping[str, str]) -> dict[str, tuple[Row[Any], str | None]]:
        """Give what is held of a batch, by the hash it would be written with now, whichever it was written with."""
        held = await entries_by_local(self.connection, self.source_id, newest)
        return {newest[h]: row for h, row in held.items()}

    async def _load(self, keyed: Iterable[Hashes], held: Iterable[tuple[Row[Any], str | None]]) -> None:
        hashes = {h for each in keyed for h in each.linking}
        near = await entries_by_hash(self.connection, hashes)
        own = {person_id for _, person_id in held if person_id}
        persons = await persons_of(self.connection, {entry_id for _, entry_id in near})
        ended = {row.id for row, person_id in held if person_id is None}
        self.last = await last_persons(self.connection, ended)
        last = {one.person_id for one in self.last.values()}
        await load_persons(self.connection, self.tools.sealer, self.population, persons | own | last)
        for h, entry_id in near:
            self.population.block(entry_id, (h,))
        await load_different(self.connection, self.population, {row.id for row, _ in held} | own)
        self.former = await former_persons(self.connection, ended)

    def _take(self, identity: Identity, hmac: str, held: tuple[Row[Any], str | None] | None, hashes: Hashes) -> None:
        if held is None:
            if not identity.ended:
                self._add(identity, hmac, hashes)
            return
        row, person_id = held
        before = unseal(self.tools.sealer, row)
        if identity.ended:
            if person_id:
                self._end(before)
        elif person_id is None:
            self._return(before.now(identity), hmac, hashes, same=identity.traits == before.traits)
        elif (identity.traits, identity.labels) != (before.traits, before.labels):
            self._change(before.now(identity), hmac, hashes)
        else:
            self._again(before, hashes)

    def _again(self, entry: Entry, hashes: Hashes) -> None:
        """Place an unchanged entry that stands alone again: what its like was not there for may be there now."""
        own = self.population.of(entry.id)
        assert own is not None  # noqa: S101 -- it has a live link, so its person was loaded
        if len(own.entries) > 1 or own.status not in {Status.ACTIVE, Status.SEALED}:
            return
        placed = self.population.place(entry, hashes.linking)
        unsealed = placed.inherits and (own.status is not Status.SEALED or not placed.inherits <= own.labels)
        for group in (*placed.seals, *((own,) if unsealed else ())):
            self._seal(group, placed.inherits)
        if placed.group and placed.rule and own.status is Status.ACTIVE and self._may_become(own, placed.group):
            self._move(entry, own, placed.group, self._decision(placed.rule.value, placed.evidence))

    def _may_become(self, own: Group, other: Group) -> bool:
        """Say whether nothing keeps two persons apart: no word that they differ, and no source that holds both."""
        said = any(self.population.differs(entry_id, own) for entry_id in (other.id, *other.entries))
        sources = {e.source_id for e in own.entries.values()}
        return not said and sources.isdisjoint(e.source_id for e in other.entries.values())

    def _move(self, entry: Entry, own: Group, other: Group, decision: Decision) -> None:
        """Let an entry be another person's, and let the person it empties point there."""
        self.writes.unlink(entry.id, self.tools.clock(), PLACED_AGAIN)
        self.writes.link(entry.id, other, decision)
        self.population.put(entry, other)
        own.status = Status.SUPERSEDED
        self.writes.status(own, superseded_by=other.id)
        spread(self.writes, own, other)
        self.counts["linked"] += 1

    def _add(self, identity: Identity, hmac: str, hashes: Hashes) -> None:
        self.number += 1
        entry = Entry(
            ordered_id(),
            self.source_id,
            self.service,
            identity.local_id,
            identity.traits,
            identity.labels,
            number=self.number,
        )
        self.writes.entry(entry, hmac)
        self.counts["added"] += 1
        self._join(entry, hashes)

    def _return(self, entry: Entry, hmac: str, hashes: Hashes, *, same: bool) -> None:
        """Take back an entry that had ended: it is decided on afresh, but where a person had said whose it is.

        One that says anything else than before may be another child's by now: nobody said whose that is. What
        protected whom it was is carried along, until somebody has looked.
        """
        self.writes.change(entry, hmac)
        self.counts["added"] += 1
        last = self.last.get(entry.id)
        self._join(entry, hashes, last if last and last.said and same else None)
        now = self.population.of(entry.id)
        if last and now and now.id != last.person_id and last.status != Status.SEALED:
            was = self.population.groups.get(last.person_id) or Group(last.person_id, Status.ACTIVE)
            told = last.said or bool(was.entries)
            self.partings.append(parting_of(was, now, self.source_id, Because.RETURNED, both=False, told=told))

    def _end(self, entry: Entry) -> None:
        self.population.leave(entry.id)
        self.writes.unlink(entry.id, self.tools.clock(), GONE)
        self.writes.end(entry.id, entry.number, self.tools.clock())
        self.counts["ended"] += 1

    def _change(self, entry: Entry, hmac: str, hashes: Hashes) -> None:
        """Take an entry's new values. They may part it from its person; they never join it to another."""
        group = self.population.of(entry.id)
        assert group is not None  # noqa: S101 -- it has a live link, so its person was loaded
        self.writes.change(entry, hmac)
        self.writes.unkeyed.append(entry.number)
        self.writes.key(entry, hashes.versions)
        self.counts["changed"] += 1
        self.population.leave(entry.id)
        placed = self.population.place(entry, hashes.linking)
        if group.entries and self._contradicts(entry, group.id):
            self.writes.unlink(entry.id, self.tools.clock(), "contradicted after a change")
            self.counts["unlinked"] += 1
            now = self._alone(entry, placed.inherits)
            self.partings.append(parting_of(group, now, self.source_id, Because.CONTRADICTED, told=True))
        else:
            self.population.put(entry, group)
        for each in {g.id: g for g in (*placed.seals, *((group,) if placed.inherits else ()))}.values():
            self._seal(each, placed.inherits)

    def _contradicts(self, entry: Entry, group_id: str) -> bool:
        if entry.labels & SEALING:
            return True
        evidence = compare(profile((entry.traits,)), self.population.groups[group_id].profile(), self.tools.weights)
        return not {Note.NUMBERS_DIFFER, Note.BIRTHS_DIFFER, Note.TWIN}.isdisjoint(judge(evidence).notes)

    def _seal(self, group: Group, labels: frozenset[Label]) -> None:
        group.status, group.labels = Status.SEALED, group.labels | labels
        self.writes.status(group)

    def _join(self, entry: Entry, hashes: Hashes, said: Last | None = None) -> None:
        """Link an entry as somebody said or by the release rule, or make it a person of its own."""
        self.writes.key(entry, hashes.versions)
        placed = self.population.place(entry, hashes.linking)
        self.population.block(entry.id, hashes.linking)
        for group in placed.seals:
            self._seal(group, placed.inherits)
        if self._waits(entry) and not placed.inherits:
            self._alone(entry, placed.inherits)
            return
        theirs = self.population.groups.get(said.person_id) if said and not placed.inherits else None
        if said and theirs and theirs.status is Status.ACTIVE and not self.population.barred(entry.id, theirs):
            decision = Decision(JOINED, said.rule_version, said.decided_by, self.tools.clock())
            self.writes.link(entry.id, theirs, decision)
            self.population.put(entry, theirs)
            self.counts["linked"] += 1
            return
        if placed.group is None or placed.rule is None:
            self._alone(entry, placed.inherits)
            return
        self.writes.link(entry.id, placed.group, self._decision(placed.rule.value, placed.evidence))
        self.population.put(entry, placed.group)
        self.counts["linked"] += 1

    def _waits(self, entry: Entry) -> bool:
        """Say whether an entry was an unborn child's, whose birth nobody confirmed."""
        last = self.last.get(entry.id)
        return last is not None and last.unborn

    def _alone(self, entry: Entry, inherits: frozenset[Label]) -> Group:
        """Make an entry a person of its own: the one it was before its source dropped it, or a new one."""
        former = self.former.pop(entry.id, None)
        group = new_group(entry, inherits | (former.labels if former else frozenset()))
        if self._waits(entry) and group.status is Status.ACTIVE:
            group.status = Status.UNBORN  # it has a date of birth by now, and nobody confirmed the birth
        if former:
            group.id = former.id
            self.writes.status(group)
        else:
            self.writes.person(group)
        self.writes.link(entry.id, group, self._decision("alone"))
        self.population.put(entry, group)
        return group

    def _decision(self, rule: str, evidence: tuple[Evidence, ...] = ()) -> Decision:
        version = f"{VERSION}/{self.tools.weights.version}"
        return Decision(rule, version, MACHINE, self.tools.clock(), evidence)
