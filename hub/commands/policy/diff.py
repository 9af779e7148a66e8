"""``hub policy diff``: who gains and who loses from one version of the rules to another, exactly."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from hub.commands.policy.naming import FOUND, RulesArgument, exactly, rulebook_of
from hub.commands.saying import JsonOption, err, out, print_json
from policies.simulate.differences import Change, Diff, Direction
from policies.simulate.differences import diff as compared
from policies.simulate.situations import Situation

MostOption = Annotated[int, typer.Option("--most", help="Changes to list in the table; --json gives all.", min=1)]
FEW = 3
"""Fields to name in the table; of more, only how many there are."""


def diff(before: RulesArgument, after: RulesArgument, most: MostOption = 40, as_json: JsonOption = False) -> None:
    """Say who gains and who loses, by role, service, field and facts; nothing is sampled. Exit 1 where anybody does."""
    with exactly():
        found = compared(rulebook_of(before), rulebook_of(after))
    if as_json:
        print_json(as_told(found))
    else:
        _print(found, most)
    if found.changes:
        raise typer.Exit(FOUND)


def as_told(found: Diff) -> dict[str, Any]:
    """Give a diff as plain data: the counts, and every change."""
    counts = {direction.value: found.rights(direction) for direction in Direction}
    return {"before": found.before, "after": found.after, **counts, "changes": [_told(c) for c in found.changes]}


def _told(change: Change) -> dict[str, Any]:
    return {
        "direction": change.direction,
        "role": change.role,
        "agencies": str(change.agencies),
        "purposes": list(change.purposes),
        "service": change.service,
        "fields": list(change.fields),
        "carrying": [sorted(map(str, one)) for one in change.carrying],
        "when": [{name: list(words) for name, words in one.words.items()} for one in change.when],
        "before": str(change.before),
        "after": str(change.after),
    }


def _print(found: Diff, most: int) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("", "Role, purposes", "Service", "Fields", "Labels there", "When", "Was", "Becomes"):
        table.add_column(column, overflow="fold")
    for change in found.changes[:most]:
        asked = "\n".join((change.role.value, str(change.agencies), *change.purposes))
        carrying = "\n".join(_few(sorted(map(str, one)), "labels") for one in change.carrying)
        row = (change.direction, asked, change.service, _few(change.fields, "fields"), carrying, when(change.when))
        table.add_row(*row, str(change.before), str(change.after))
    if found.changes:
        out.print(table, markup=False)
    if len(found.changes) > most:
        err.print(f"{len(found.changes) - most} more changes: --json gives all")
    counts = ", ".join(f"{found.rights(direction)} {_COUNTED[direction]}" for direction in Direction)
    err.print(f"{found.before} to {found.after}: {counts} (a role, a purpose, a service and a field each)")


_COUNTED = {Direction.GAINS: "rights gained", Direction.LOSES: "lost", Direction.OWES: "with other duties"}


def when(situations: Iterable[Situation]) -> str:
    """Say the plainest of some situations, one without an emergency if there is one, and how many more there are."""
    first, *more = sorted(situations, key=lambda one: (one.words.get("break_glass") == ("yes",), len(str(one))))
    return f"{first}\n(and {len(more)} more ways)" if more else str(first)


def _few(words: Iterable[str], what: str) -> str:
    told = [str(word) for word in words]
    return f"{len(told)} {what}" if len(told) > FEW else "\n".join(told)
