"""Lint: what is wrong or doubtful in a version of the rules. Errors are guard rails: with one it is not proposed."""

from collections.abc import Iterator
from typing import Final

from policies.conditions import BREAK_GLASS
from policies.facts import Asker
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.simulate.bodies import body_of
from policies.simulate.dead import Cause, dead
from policies.simulate.differences import Change, diff
from policies.simulate.findings import Check, Finding, in_order
from policies.simulate.grounds import COVERED, Grounds, stand
from policies.simulate.personal import names_a_person
from policies.simulate.space import space_of
from policies.verdicts import Verdict
from policies.vocabulary import Effect, Role
from schema.purposes import Purpose
from schema.services import Service


def lint(rulebook: Rulebook, previous: Rulebook | None = None, grounds: Grounds | None = None) -> tuple[Finding, ...]:
    """Give everything found, errors first.

    ``previous`` is the version that counts now: what it hides, this one may not show, and only rules it does not have
    are new. ``grounds`` are what a hub knows of agencies and agreements; without them nothing is said of those.
    """
    standing = stand(rulebook.rows, previous.rows if previous else (), grounds) if grounds else ()
    return in_order((*lint_alone(rulebook, previous), *standing))


def lint_alone(rulebook: Rulebook, previous: Rulebook | None = None) -> tuple[Finding, ...]:
    """Give what the rules alone say, in no order: it is the same of two versions for ever, and takes its time."""
    return (
        *_dead(rulebook),
        *(one for row in rulebook.rows for one in _row(row)),
        *(_newly_shown(previous, rulebook) if previous else ()),
    )


_DEAD: Final = {
    Cause.NEVER: Check.UNREACHABLE,
    Cause.BARRED: Check.CONTRADICTED,
    Cause.SHADOWED: Check.SHADOWED,
    Cause.COVERED: Check.SHADOWED,
}


def _dead(rulebook: Rulebook) -> Iterator[Finding]:
    for one in dead(rulebook):
        if one.cause in _DEAD:
            yield Finding(_DEAD[one.cause], one.rule, str(one).partition(": ")[2])


def _row(row: RuleRow) -> Iterator[Finding]:
    if row.effect is Effect.ALLOW and not _under_agreement(row):
        says = f"it allows where no agreement is in force: its conditions must include {COVERED!r} or 'own-records'"
        yield Finding(Check.NO_AGREEMENT, row.id, says)
    for says in names_a_person(row):
        yield Finding(Check.ONE_PERSON, row.id, says)


def _under_agreement(row: RuleRow) -> bool:
    """Whether a rule applies only where an agreement covers it, the records are one's own, or an emergency is open."""
    needs = body_of(row).needs
    for role in Role:
        for purpose in Purpose:
            space = space_of({*needs, COVERED, BREAK_GLASS}, Asker(role.value, "any-agency", purpose))
            if space.where_all(needs) & ~space.where(COVERED) & ~space.where(BREAK_GLASS):
                return False
    return True


def _newly_shown(previous: Rulebook, rulebook: Rulebook) -> Iterator[Finding]:
    told: dict[tuple[Role, Service], list[Change]] = {}
    for change in diff(previous, rulebook).changes:
        if change.before.verdict is Verdict.OMIT and change.after.verdict is not Verdict.OMIT:
            told.setdefault((change.role, change.service), []).append(change)
    for (role, service), changes in told.items():
        fields = len({field for change in changes for field in change.fields})
        verdicts = ", ".join(sorted({change.after.verdict.value for change in changes}))
        says = f"{role.value} at {service.value}: {fields} fields that are as if not held become {verdicts}"
        yield Finding(Check.NEWLY_SHOWN, "", says)
