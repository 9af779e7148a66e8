"""``hub policy lint``: what is wrong or doubtful in a version of the rules."""

from datetime import date, datetime
from typing import Annotated

import typer

from hub.app import now
from hub.commands.policy.naming import FOUND, SHIPPED, RulesArgument, exactly, faults_of, rulebook_of
from hub.commands.saying import JsonOption, err, out, print_json
from policies.simulate.lint import Finding
from policies.simulate.lint import lint as linted

AgainstOption = Annotated[str | None, typer.Option("--against", help="The version that counts now.")]
OnOption = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day review dates are held against: today.")
]


def lint(
    rules: RulesArgument = SHIPPED, against: AgainstOption = None, on: OnOption = None, as_json: JsonOption = False
) -> None:
    """Say what is wrong (errors bar approval) or doubtful (warnings); exit 1 where anything is."""
    with exactly():
        faults = faults_of(rules)
        found = [] if faults else _found(rules, against, (on or now()).date())
    told = [{"check": "unreadable", "error": True, "rule": "", "says": fault} for fault in faults]
    told += [{"check": f.check, "error": f.error, "rule": f.rule, "says": f.says} for f in found]
    if as_json:
        print_json(told)
    else:
        for fault in faults:
            out.print(f"error unreadable: {fault}", markup=False, soft_wrap=True)
        for finding in found:
            out.print(str(finding), markup=False, soft_wrap=True)
        err.print(f"{sum(bool(one['error']) for one in told)} errors, {sum(not one['error'] for one in told)} warnings")
    if told:
        raise typer.Exit(FOUND)


def _found(rules: str, against: str | None, day: date) -> list[Finding]:
    previous = rulebook_of(against) if against else None
    return list(linted(rulebook_of(rules), previous, today=day))
