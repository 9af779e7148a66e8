"""What deciding costs: Casbin asked field by field against the compiled form, at 200 rules. Run this file."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[2]))

from policies.compiled import FIELDS
from policies.decide import decide
from policies.facts import AgreementState, Asker, ConsentState, Facts, RelationshipState
from policies.reading import read_rules
from policies.referee import Referee
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from schema.fields import CATALOGUE
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service

RULES = 200
ASKER = Asker("front-door-worker", "county-council", Purpose.CHILD_PROTECTION)
FACTS = Facts(
    LawfulBasis.CHILDREN_ACT_1989_S47,
    ConsentState.NOT_RECORDED,
    AgreementState.IN_FORCE,
    RelationshipState.REFERENCE_GIVEN,
)


def enlarged(rows: tuple[RuleRow, ...], count: int) -> Iterator[RuleRow]:
    """Give the shipped rules and copies of them for other agencies, up to a count: what a county really grows."""
    yield from rows
    for n in range(count - len(rows)):
        row = rows[n % len(rows)]
        yield replace(row, id=f"{row.id}-copy-{n}", agency=(f"agency-{n}",))


def timed(times: int, action: Callable[[int], object]) -> float:
    """Give the median time of an action in microseconds."""
    spent = []
    for n in range(times):
        start = perf_counter()
        action(n)
        spent.append(perf_counter() - start)
    return median(spent) * 1_000_000


def main() -> None:
    """Print the table."""
    rulebook = Rulebook(enlarged(read_rules().rows, RULES))
    referee = Referee(rulebook.rows)
    every = frozenset(FIELDS)
    nine = {service.value: (service, FACTS) for service in Service}
    agencies = [replace(ASKER, agency=f"council-{'abcdefghij'[n % 10]}-{n}") for n in range(2_000)]

    def naive(n: int) -> object:
        field = FIELDS[n % len(FIELDS)]
        return referee.shows(ASKER, Service("HEALTH"), FACTS, field, CATALOGUE[field].label)

    def explained(n: int) -> object:
        masks = decide(agencies[1_000 + n], nine, every, rulebook)
        return [mask.decide(field) for mask in masks.values() for field in every]

    one_field = timed(100, naive)
    rows = (
        ("Casbin, one field", one_field),
        (f"Casbin, {len(FIELDS)} fields (one service)", one_field * len(FIELDS)),
        (
            "compiled, one service, never asked before",
            timed(500, lambda n: rulebook.ruling(agencies[n], Service("HEALTH"), FACTS)),
        ),
        (
            "compiled, one service, asked before",
            timed(2_000, lambda _: rulebook.ruling(ASKER, Service("HEALTH"), FACTS)),
        ),
        ("decide, nine services, asked before", timed(1_000, lambda _: decide(ASKER, nine, every, rulebook))),
        ("decide, nine services, never asked, every field explained", timed(200, explained)),
    )
    print(f"{len(rulebook.rows)} rules, {len(FIELDS)} fields; median microseconds")
    for what, cost in rows:
        print(f"{what:60}{cost:14,.1f}")


if __name__ == "__main__":
    main()
