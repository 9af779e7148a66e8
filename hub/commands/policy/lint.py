"""``hub policy lint``: what is wrong or doubtful in a version of the rules."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from hub.commands.policy.naming import FOUND, SHIPPED, RulesArgument, exactly, faults_of, rulebook_of
from hub.commands.policy.stored import known_here, stored
from hub.commands.saying import DataOption, JsonOption, err, out, print_json
from policies.simulate.findings import Finding
from policies.simulate.lint import lint as linted

AgainstOption = Annotated[
    str | None, typer.Option("--against", help="The version before: the one that counts at the hub, if there is one.")
]
OnOption = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day agreements are held against: today.")
]


def lint(
    rules: RulesArgument = SHIPPED,
    against: AgainstOption = None,
    on: OnOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong (errors stop a proposal) or doubtful (warnings); exit 1 where anything is.

    Rules are held against the agencies and agreements of the hub in HUB_DATA, where there is one.
    """
    with exactly():
        faults = faults_of(rules)
        found = [] if faults else _found(rules, against, on.date() if on else None, data)
    told = [{"check": "unreadable", "error": True, "rule": "", "says": fault} for fault in faults]
    told += [{"check": f.check, "error": f.error, "rule": f.rule, "says": f.says} for f in found]
    if as_json:
        print_json(told)
    else:
        for fault in faults:
            out.print(f"error unreadable: {fault}", markup=False, soft_wrap=True)
        for finding in found:
            out.print(str(finding), markup=False, soft_wrap=True)
        errors = sum(bool(one["error"]) for one in told)
        err.print(f"{errors} {_plural(errors, 'error')}, {len(told) - errors} {_plural(len(told) - errors, 'warning')}")
    if told:
        raise typer.Exit(FOUND)


def _plural(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"


def _found(rules: str, against: str | None, day: date | None, data: Path | None) -> list[Finding]:
    here = known_here(data)
    if here is None:
        err.print("No hub's register here (--data, or HUB_DATA): agencies and agreements are not looked at.")
        return list(linted(rulebook_of(rules), rulebook_of(against) if against else None))
    grounds = replace(here.grounds, today=day or here.grounds.today)
    counts = stored(here.active, data) if here.active and not against else None
    return list(linted(rulebook_of(rules), rulebook_of(against) if against else counts, grounds))
