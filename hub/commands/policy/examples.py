"""``hub policy test``: the examples attached to agreements, each asked of the rules."""

import typer

from hub.commands.policy.naming import FOUND, SHIPPED, RulesArgument, exactly, written_in
from hub.commands.saying import JsonOption, Refused, err, out, print_json
from policies.rulebook import Rulebook


def run_examples(rules: RulesArgument = SHIPPED, as_json: JsonOption = False) -> None:
    """Ask every example of a folder of agreements or an exported file; exit 1 where the rules decide one otherwise."""
    with exactly():
        written = written_in(rules)
        if written is None:
            raise Refused(
                f"{rules!r} is neither a folder of agreements nor an exported file: only those hold examples "
                "(export a stored version to test it)"
            )
        rulebook = Rulebook(written.rows)
    asked = [
        (example, example.fault(rulebook.ruling(example.asker, example.service, example.facts)))
        for example in written.examples
    ]
    failed = [(example, fault) for example, fault in asked if fault]
    if as_json:
        print_json(
            [
                {"where": e.where, "field": e.field, "expect": e.expect, "why": e.why, "fault": fault}
                for e, fault in asked
            ]
        )
    else:
        for example, fault in failed:
            out.print(f"{fault}: {example.why}", markup=False, soft_wrap=True)
        err.print(f"{len(asked) - len(failed)} of {len(asked)} examples hold by version {rulebook.version}")
    if failed:
        raise typer.Exit(FOUND)
