"""How commands list: a table or JSON on standard output, and what could not be read, by name, on standard error."""

from collections.abc import Mapping, Sequence

import typer
from rich.table import Table

from hub.commands.saying import err, out, print_json
from hub.governance.listing import Faulty

Line = Mapping[str, object]


def show(lines: Sequence[Line], columns: Mapping[str, str], faulty: Sequence[Faulty], *, json_output: bool) -> None:
    """List what could be read, and name what could not; then the exit code is 1. ``columns`` are headings by name."""
    if json_output:
        print_json(list(lines))
    else:
        table = Table(*columns.values())
        for line in lines:
            table.add_row(*(_cell(line[name]) for name in columns))
        out.print(table)
    for one in faulty:
        err.print(f"hub: the stored {one}; have it mended", markup=False, soft_wrap=True)
    if faulty:
        raise typer.Exit(1)


def _cell(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "all"
    return "" if value is None else str(value)
