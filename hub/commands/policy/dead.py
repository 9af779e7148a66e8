"""``hub policy dead``: rules that can never change an outcome, and why."""

from typing import Annotated

import typer

from hub.commands.policy.naming import FOUND, SHIPPED, RulesArgument, exactly, rulebook_of
from hub.commands.saying import JsonOption, err, out, print_json
from policies.simulate.dead import Cause
from policies.simulate.dead import dead as dead_rules

GuardsOption = Annotated[
    bool, typer.Option("--guards", help="Also list denies where nothing is allowed: they guard what may come.")
]


def dead(rules: RulesArgument = SHIPPED, guards: GuardsOption = False, as_json: JsonOption = False) -> None:
    """List the rules without which every question would be answered the same; exit 1 where there is one."""
    with exactly():
        found = [one for one in dead_rules(rulebook_of(rules)) if guards or one.cause is not Cause.GUARD]
    if as_json:
        print_json([{"rule": one.rule, "cause": one.cause, "by": list(one.by), "says": str(one)} for one in found])
    else:
        for one in found:
            out.print(str(one), markup=False, soft_wrap=True)
        err.print(f"{len(found)} dead rules")
    if any(one.cause is not Cause.GUARD for one in found):
        raise typer.Exit(FOUND)
