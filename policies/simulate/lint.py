"""Lint: what is wrong or doubtful in a version of the rules. Errors are guard rails: with one it cannot be approved."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from policies.conditions import BREAK_GLASS
from policies.facts import Asker
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.simulate.bodies import body_of
from policies.simulate.dead import Cause, dead
from policies.simulate.differences import Change, diff
from policies.simulate.personal import names_a_person
from policies.simulate.space import space_of
from policies.verdicts import Verdict
from policies.vocabulary import ANY, Effect, Role
from schema.purposes import Purpose
from schema.services import Service

_COVERED: Final = "agreement-in-force"


class Check(StrEnum):
    """What is looked for."""

    UNREACHABLE = "unreachable"
    CONTRADICTED = "contradicted"
    SHADOWED = "shadowed"
    NO_AGREEMENT = "no-agreement"
    ONE_PERSON = "one-person"
    NEWLY_SHOWN = "newly-shown"
    NOT_THE_OWNERS = "not-the-owners"
    PAST_REVIEW = "past-review"
    EXPIRED = "expired"
    UNKNOWN_AGENCY = "unknown-agency"


ERRORS: Final = frozenset(
    {Check.UNREACHABLE, Check.NO_AGREEMENT, Check.ONE_PERSON, Check.NEWLY_SHOWN, Check.NOT_THE_OWNERS}
)
"""What must be put right before a version may be approved; the rest is for the approver to weigh."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: which check, which rule (none for a version as a whole), and what it is in English."""

    check: Check
    rule: str
    says: str

    @property
    def error(self) -> bool:
        """Whether it bars approval."""
        return self.check in ERRORS

    def __str__(self) -> str:
        return f"{'error' if self.error else 'warning'} {self.check}: {f'{self.rule}: ' * bool(self.rule)}{self.says}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement says of its rules: which they are, whose services they may open, when it is looked at again."""

    name: str
    rules: frozenset[str]
    services: frozenset[Service] = frozenset(Service)
    review: date | None = None
    expires: date | None = None


def lint(
    rulebook: Rulebook,
    previous: Rulebook | None = None,
    *,
    agreements: Iterable[Terms] = (),
    agencies: Collection[str] | None = None,
    today: date | None = None,
) -> tuple[Finding, ...]:
    """Give everything found, errors first.

    ``previous`` is the version that counts now: what it hides, this one may not show. ``agencies`` are those that are
    known, where they are; ``today`` is the day that review dates are held against.
    """
    found = [
        *_dead(rulebook),
        *(one for row in rulebook.rows for one in _row(row, agencies)),
        *(_newly_shown(previous, rulebook) if previous else ()),
        *(one for terms in agreements for one in _terms(terms, rulebook, today)),
    ]
    return tuple(sorted(found, key=lambda one: (not one.error, one.check, one.rule, one.says)))


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


def _row(row: RuleRow, agencies: Collection[str] | None) -> Iterator[Finding]:
    if row.effect is Effect.ALLOW and not _under_agreement(row):
        says = f"it allows where no agreement is in force: its conditions must include {_COVERED!r} or 'own-records'"
        yield Finding(Check.NO_AGREEMENT, row.id, says)
    for says in names_a_person(row):
        yield Finding(Check.ONE_PERSON, row.id, says)
    for agency in row.agency:
        if agencies is not None and agency != ANY and agency not in agencies:
            yield Finding(Check.UNKNOWN_AGENCY, row.id, f"no source or agreement is of {agency!r}")


def _under_agreement(row: RuleRow) -> bool:
    """Whether a rule applies only where an agreement covers it, the records are one's own, or an emergency is open."""
    needs = body_of(row).needs
    for role in Role:
        for purpose in Purpose:
            space = space_of({*needs, _COVERED, BREAK_GLASS}, Asker(role.value, "any-agency", purpose))
            if space.where_all(needs) & ~space.where(_COVERED) & ~space.where(BREAK_GLASS):
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


def _terms(terms: Terms, rulebook: Rulebook, today: date | None) -> Iterator[Finding]:
    for row in rulebook.rows:
        if row.id in terms.rules and row.effect is Effect.ALLOW:
            opened = frozenset(Service) if ANY in row.service else frozenset(map(Service, row.service))
            for service in sorted(opened - terms.services):
                says = f"it opens {service.value}, whose data is not that of {terms.name}'s provider"
                yield Finding(Check.NOT_THE_OWNERS, row.id, says)
    if today and terms.expires and today > terms.expires:
        yield Finding(Check.EXPIRED, "", f"{terms.name} ended on {terms.expires}: under it nothing is shared")
    elif today and terms.review and today > terms.review:
        yield Finding(Check.PAST_REVIEW, "", f"{terms.name} was to be looked at again by {terms.review}")
