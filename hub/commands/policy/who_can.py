"""``hub policy who-can``: who can see a field, when, in what form, by which rules."""

from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from hub.commands.policy.diff import when
from hub.commands.policy.naming import (
    SHIPPED,
    FlagOption,
    LabelOption,
    exactly,
    field_of,
    labels_of,
    rulebook_of,
    service_of,
)
from hub.commands.saying import JsonOption, err, out, print_json
from policies.simulate.reverse import Access
from policies.simulate.reverse import who_can as seen_by
from schema.services import Service

FieldArgument = Annotated[str, typer.Argument(help="A field, such as Professional.phone.")]
ServiceOption = Annotated[str | None, typer.Option("--service", help="One service; all without it.")]
RulesOption = Annotated[
    str, typer.Option("--rules", help="Whose rules: a folder, a file, a version's id or 'shipped'.")
]


def who_can(
    field: FieldArgument,
    service: ServiceOption = None,
    flag: FlagOption = None,
    label: LabelOption = None,
    rules: RulesOption = SHIPPED,
    as_json: JsonOption = False,
) -> None:
    """Say who can see a field of a service, of a person with these flags, on a record with these labels.

    Exit 1 where somebody can, 0 where nobody can.
    """
    with exactly():
        fid, flags, labels = field_of(field), labels_of(flag, "--flag"), labels_of(label, "--label")
        services = [service_of(service)] if service else list(Service)
        rulebook = rulebook_of(rules)
    found = [one for each in services for one in seen_by(fid, each, rulebook, flags=flags, labels=labels)]
    if as_json:
        print_json([_told(one) for one in found])
    else:
        _print(found)
        err.print(f"{len(found)} ways to see {fid} by version {rulebook.version}")
    if found:
        raise typer.Exit(1)


def _told(access: Access) -> dict[str, Any]:
    return {
        "role": access.role,
        "agencies": str(access.agencies),
        "purposes": list(access.purposes),
        "service": access.service,
        "field": access.field,
        "form": str(access.form),
        "when": [{name: list(words) for name, words in one.words.items()} for one in access.when],
        "allow": list(access.allow),
        "deny": list(access.deny),
    }


def _print(found: list[Access]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("Role, purposes", "Service", "Form", "When", "Rules"):
        table.add_column(column, overflow="fold")
    for access in found:
        asked = "\n".join((access.role.value, str(access.agencies), *access.purposes))
        table.add_row(
            asked, access.service, str(access.form), when(access.when), "\n".join((*access.deny, *access.allow))
        )
    if found:
        out.print(table, markup=False)
