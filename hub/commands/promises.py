"""``hub sources promises``: the conformance kit's promises against every kind of system of the demo place."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from connectors.conformance import PROMISES, Examples, Known, check
from connectors.conformance.liars import LIARS, examples_for
from connectors.conformance.out_of_reach import out_of_reach
from connectors.contract import Connector, Identity, LocalId, Name, Traits
from connectors.registry import connect
from connectors.source import SourceConfig, read_source
from hub.commands.proving import Finding, findings
from hub.commands.saying import JsonOption, err, out, plainly, print_json
from schema.records import IdentifierSystem

if TYPE_CHECKING:
    from hub.demo.place import DemoPlace

CAUGHT, ESCAPED = "caught", "ESCAPED"
"""What became of a liar."""

DAY = date(2026, 11, 21)
"""The demo's day here, so that the table is the same tomorrow."""

PEOPLE = 40
"""How many of a system's people the kit asks about."""

Findings = Mapping[str, tuple[Finding, ...]]
"""What became of each promise, by source."""

Feeds = Mapping[str, Sequence[Identity]]
"""Whom each source says it knows."""


def promises(
    json_output: JsonOption = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table as the documents have it.")] = False,
) -> None:
    """Run the conformance kit against its liars and the demo's nine systems over real transports; print a table."""
    with plainly(), tempfile.TemporaryDirectory(prefix="hub-promises-") as folder:
        err.print("Starting the demo's systems …")
        found = {"its liar": asyncio.run(prove_the_kit()), **asyncio.run(prove_the_demo(Path(folder)))}
    if json_output:
        print_json({name: {f.promise: {"outcome": f.outcome, "why": f.why} for f in fs} for name, fs in found.items()})
    elif markdown:
        out.print(table(found), markup=False, soft_wrap=True, end="")
    else:
        shown = Table("Promise", *found)
        for row in _rows(found):
            shown.add_row(*row)
        out.print(shown)
    if any(f.outcome in {"BROKEN", ESCAPED} for fs in found.values() for f in fs):
        raise typer.Exit(3)


async def prove_the_kit() -> tuple[Finding, ...]:
    """Try every liar: it is caught where the promise it breaks, and no other, is found broken."""
    found: list[Finding] = []
    for name, liar in LIARS.items():
        broken = [b.promise for b in (await check(liar(), examples_for(liar))).broken]
        found.append(Finding(name.replace("_", " "), CAUGHT if broken == [name] else ESCAPED, ", ".join(broken)))
    return tuple(found)


async def prove_the_demo(folder: Path, children: int = 60) -> Findings:
    """Start the demo place and try every promise against each of its systems; a key names system and source."""
    from hub.demo.place import DemoPlace  # what the demo needs is an extra

    async with DemoPlace(folder, children=children, today=DAY) as place:
        sources = [read_source(path) for path in sorted(place.sources.glob("*.toml"))]
        feeds = {s.id: await _feed(s) for s in sources}
        return {f"{s.system}: {s.id}": await _proved(s, place, feeds) for s in sources}


def table(found: Findings) -> str:
    """Write the table as Markdown, and below it what could not be tried; which fields the demo lacks is in --json."""
    head = ("promise", *(name.replace(": ", "<br>") for name in found))
    lines = [head, ("---",) * len(head), *_rows(found)]
    rows = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    notes = [(name, f) for name, fs in found.items() for f in fs if f.outcome not in {"kept", "in part", CAUGHT}]
    return rows + "\n" + "".join(f"- {name}, *{f.promise}*, {f.outcome}: {f.why}.\n" for name, f in notes)


def _rows(found: Findings) -> list[tuple[str, ...]]:
    said = {name: {f.promise: f.outcome for f in fs} for name, fs in found.items()}
    names = [name.replace("_", " ") for name in PROMISES]
    return [(name, *(outcomes[name] for outcomes in said.values())) for name in names]


async def _feed(source: SourceConfig) -> tuple[Identity, ...]:
    connector = connect(source)
    try:
        return tuple([identity async for identity in connector.identities(None)])
    finally:
        await connector.close()


async def _proved(
    source: SourceConfig, place: "DemoPlace", feeds: Mapping[str, tuple[Identity, ...]]
) -> tuple[Finding, ...]:
    connector, elsewhere = connect(source), out_of_reach(source)
    try:
        return tuple(findings(await check(connector, _examples(source, place, feeds, elsewhere))))
    finally:
        await connector.close()
        if elsewhere is not None:
            await elsewhere.close()


def _examples(source: SourceConfig, place: "DemoPlace", feeds: Feeds, elsewhere: Connector | None) -> Examples:
    """Ask about the main child, by traits, and others by id; nobody by an id the source itself has closed."""
    truth, feed = place.truth, feeds[source.id]
    child, fed = truth.cast_member("main"), {i.local_id for i in feed}
    linked = [LocalId(i) for p in (child, *truth.people.values()) for i in p.links.get(source.id, ())]
    people = [i for i in dict.fromkeys(linked) if not fed or i in fed][:PEOPLE]
    traits = _traits(feed or feeds["education"], {*child.links[source.id], *child.links["education"]})
    number = ((IdentifierSystem.NHS_NUMBER, "9999999999"),)
    return Examples(
        known=(Known(people[0], traits), *map(Known, people[1:])),
        stranger=LocalId("nobody"),
        stranger_traits=Traits((Name("Nobody", "Anywhere"),), child.born, identifiers=number),
        ambiguous=_two_by_number(feed) or _two_by_name(feed),
        today=truth.today,
        deadline=source.limits.deadline,
        unreachable=elsewhere,
        whole=False,
    )


def _traits(feed: Sequence[Identity], meant: set[str]) -> Traits | None:
    return next((i.traits for i in feed if i.local_id in meant), None)


def _two_by_number(feed: Sequence[Identity]) -> Traits | None:
    """Name two people's numbers at once."""
    numbered = {i.traits.identifiers[0]: i.local_id for i in feed if i.traits.identifiers}
    numbers = tuple(numbered)[:2]
    return Traits(identifiers=numbers) if len({numbered[n] for n in numbers}) > 1 else None


def _two_by_name(feed: Sequence[Identity]) -> Traits | None:
    """Name two people at once who were born on one day and live at one postcode."""
    for one, other in combinations([i.traits for i in feed if i.traits.names and i.traits.postcodes], 2):
        if one.date_of_birth == other.date_of_birth and one.postcodes[0] == other.postcodes[0]:
            return Traits((one.names[0], other.names[0]), one.date_of_birth, postcodes=one.postcodes[:1])
    return None
