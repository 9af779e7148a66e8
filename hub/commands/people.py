"""``hub people``: learn from a place's own lists what each agreement is worth, and measure how people are found."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub.commands.saying import Refused, err, plainly

if TYPE_CHECKING:
    from hub.people.learning.lists import Record
    from hub.people.weights import Weights

app = typer.Typer(help="Matching people: learn its weights, measure how well it works.", no_args_is_help=True)

WeightsOption = Annotated[
    Path | None, typer.Option("--weights", help="File of weights to begin from (HUB_WEIGHTS); the shipped if none.")
]


class Part(StrEnum):
    """What to measure."""

    FEBRL = "febrl"
    DEMO = "demo"
    CHILDREN = "children"


@app.command()
def train(
    lists: Annotated[
        list[Path] | None,
        typer.Argument(help="CSV files with the columns id and family, and given, born, sex, postcode, address …"),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to write the weights.")] = None,
    version: Annotated[str, typer.Option(help="What this version is called; today's date if none.")] = "",
    weights: WeightsOption = None,
    demo: Annotated[int, typer.Option(help="Learn from a made-up place of so many children instead.")] = 0,
) -> None:
    """Learn matching weights from lists by Splink, offline, and print or write them as JSON for HUB_WEIGHTS.

    Nobody need say who is who. Needs the extra "train".
    """
    with plainly():
        from hub.people.learning.lists import read_list
        from hub.people.learning.train import train as learn
        from hub.people.own import compare_by

        if bool(lists) is bool(demo):
            raise Refused("name one or more CSV files, or give --demo 400, and not both")
        if demo:
            from hub.people.measuring.place import records

            every = records(demo)
        else:
            every = [_named(path, record) for path in lists or () for record in read_list(path)]
        start = compare_by(weights, None)
        trained = learn(every, version or f"{date.today().isoformat()}", start)  # noqa: DTZ011 -- the operator's own day
        if output is None:
            typer.echo(trained.written(), nl=False)
        else:
            _write(output, trained.written())
        err.print(
            f"Learnt from {trained.records} records: {', '.join(trained.learnt)}. "
            f"{len(trained.kept)} of {len(trained.weights.bits)} weights keep the bits they had."
        )


@app.command()
def evaluate(
    only: Annotated[list[Part] | None, typer.Option(help="Measure this alone; may be given again.")] = None,
    weights: WeightsOption = None,
    people: Annotated[int, typer.Option(help="Made-up children to find among.")] = 5_000,
    ways: Annotated[int, typer.Option(help="Times each way of asking is tried.")] = 200,
    strangers: Annotated[int, typer.Option(help="Children of each of five kinds who are not there.")] = 400,
    spellings: Annotated[int, typer.Option(help="Questions asked again written otherwise.")] = 200,
) -> None:
    """Measure linking and searching on people whose truth is known, beside Splink and recordlinkage; print tables.

    Needs the extra "evaluate". Without options it takes some minutes.
    """
    with plainly():
        from hub.people.own import compare_by

        compared = compare_by(weights, None)
        parts = only or list(Part)
        typer.echo(f"Weights {compared.version}")
        if Part.FEBRL in parts:
            _febrl(compared)
        if Part.DEMO in parts:
            from hub.people.measuring import place, report

            _print(report.place(asyncio.run(place.measure(400, compared))))
        if Part.CHILDREN in parts:
            from hub.people.measuring import doors, report
            from hub.people.measuring.children import children

            made = children(people)
            found = asyncio.run(doors.children(made, compared, ways=ways, others=strangers, spellings=spellings))
            _print(report.children(found))


def _febrl(compared: "Weights") -> None:
    from hub.people.measuring import doors, linkage, report

    for name, sets in (("FEBRL4: two lists of 5 000", linkage.FEBRL4), ("FEBRL3: one list of 5 000", linkage.FEBRL3)):
        _print(report.linkage(name, linkage.compared(sets, compared)))
    tallies = [
        ("name, birth, postcode", asyncio.run(doors.febrl4(compared, address=False))),
        ("and address", asyncio.run(doors.febrl4(compared, address=True))),
    ]
    _print(report.doors(tallies))


def _named(path: Path, record: "Record") -> "Record":
    return replace(record, id=f"{path.name}/{record.id}")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise Refused(f"{path} cannot be written: {type(error).__name__}") from None


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
