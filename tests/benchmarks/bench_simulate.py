"""What the tools cost in processor time: the exact diff, the reverse question, dead rules, and a replay."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[2]))

from policies.compiled import FIELDS
from policies.facts import AgreementState, Asker, BasisState, ConsentState, Facts, NotToShare, ObjectionState
from policies.facts import RelationshipState as Related
from policies.reading import read_rules
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.simulate import contexts, situations, space
from policies.simulate.dead import dead
from policies.simulate.differences import Direction, diff
from policies.simulate.replay import RecordedDecision, replay
from policies.simulate.reverse import who_can
from policies.vocabulary import Effect, Role
from schema.fields import FieldId
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service

DECISIONS = 12_000
AGENCIES = 40


def varied(rows: Sequence[RuleRow], count: int, chance: Random) -> Iterator[RuleRow]:
    """Give the shipped rules, and to a count rules of agencies' own: each of some agency, service and purpose."""
    yield from rows
    agencies = [f"agency-{n}" for n in range(AGENCIES)]
    for n in range(count - len(rows)):
        row = chance.choice(rows)
        services = tuple(sorted(chance.sample(list(Service), 2)))
        purposes = tuple(sorted(chance.sample(list(Purpose), 2)))
        agency = tuple(sorted(chance.sample(agencies, 1 + n % 3)))
        yield replace(row, id=f"{row.id}-own-{n}", agency=agency, service=services, purpose=purposes)


def edited(rows: Sequence[RuleRow], chance: Random) -> list[RuleRow]:
    """Give rules as an officer leaves them: one taken out, one of other services, one allow more."""
    allows = [row for row in rows if row.effect is Effect.ALLOW]
    out, moved, more = chance.sample(allows, 3)
    kept = [row for row in rows if row not in (out, moved)]
    return [*kept, replace(moved, service=("HOUSING", "POLICE")), replace(more, id="new-1", service=("*",))]


def without_a_default(rows: Sequence[RuleRow]) -> list[RuleRow]:
    """Give rules without one that is about everybody, everywhere."""
    return [row for row in rows if row.id != "defaults-02"]


def timed(times: int, action: Callable[[], object]) -> float:
    """Give the median processor time of an action in milliseconds, each time with nothing kept from the last."""
    spent = []
    for _ in range(times):
        for kept in (contexts.turned, situations.situations):
            kept.cache_clear()
        space._SPACES.clear()
        start = process_time()
        action()
        spent.append(process_time() - start)
    return median(spent) * 1_000


def recorded(chance: Random) -> list[RecordedDecision]:
    """Give decisions as a ledger has them: many alike, of every role, service and purpose."""
    relations = (Related.REFERENCE_GIVEN, Related.REFERENCE_GIVEN, Related.NONE, Related.TEAM)
    asked = frozenset(FIELDS)
    return [
        RecordedDecision(
            Asker(
                chance.choice(list(Role)).value, f"agency-{chance.randrange(AGENCIES)}", chance.choice(list(Purpose))
            ),
            chance.choice(list(Service)),
            Facts(
                chance.choice(list(LawfulBasis)),
                chance.choice(list(ConsentState)),
                AgreementState.IN_FORCE,
                chance.choice(relations),
                own=chance.random() < 0.2,
                basis_state=BasisState.IN_FORCE,
                objection=ObjectionState.NONE,
                not_to_share=NotToShare.NONE,
            ),
            asked,
            frozenset(chance.sample(FIELDS, 5)),
        )
        for _ in range(DECISIONS)
    ]


def main() -> None:
    """Print the table."""
    shipped = read_rules()
    alike = [*recorded(Random(1))[: DECISIONS // 10]] * 10  # noqa: S311 -- the same made-up decisions each time
    different = recorded(Random(2))  # noqa: S311 -- the same
    print(f"{'':56}{'ms':>10}  found")
    for count in (len(shipped.rows), 200, 2_000):
        rows = list(varied(shipped.rows, count, Random(count)))  # noqa: S311 -- the same made-up rules each time
        before, times = Rulebook(rows), 3
        for name, changed in (("an edit", edited(rows, Random(7))), ("a default gone", without_a_default(rows))):  # noqa: S311 -- the same
            after = Rulebook(changed)
            found = diff(before, after)
            gained, lost = found.rights(Direction.GAINS), found.rights(Direction.LOSES)
            told = f"{len(found.changes)} changes, {gained} rights gained, {lost} lost"
            _say(f"diff, {count} rules, {name}", timed(times, lambda a=before, b=after: diff(a, b)), told)  # type: ignore[misc] # a default keeps the loop's two
        seen = who_can(FieldId("Professional.phone"), Service("HEALTH"), before)
        cost = timed(times, lambda b=before: who_can(FieldId("Professional.phone"), Service("HEALTH"), b))  # type: ignore[misc] # the same
        _say(f"who-can, {count} rules, one field of one service", cost, f"{len(seen)} ways")
        if count <= 200:
            _say(f"dead, {count} rules", timed(1, lambda b=before: dead(b)), f"{len(dead(before))} rules")  # type: ignore[misc] # the same
        for name, decisions in (("a tenth of them different", alike), ("all different", different)):
            edit = edited(rows, Random(7))  # noqa: S311 -- the same
            pairs = [(Rulebook(rows), Rulebook(edit)) for _ in range(3)]
            ours = [replace(one, version=before.version) for one in decisions]
            changed_in = replay(ours, *pairs[0]).changed
            pairs.append((Rulebook(rows), Rulebook(edit)))
            cost = timed(3, lambda p=pairs, d=ours: replay(d, *p.pop()))  # type: ignore[misc] # the same
            _say(f"replay of {DECISIONS:,}, {count} rules, {name}", cost, f"{changed_in} changed")


def _say(what: str, cost: float, found: str) -> None:
    print(f"{what:56}{cost:10,.0f}  {found}", flush=True)


if __name__ == "__main__":
    main()
