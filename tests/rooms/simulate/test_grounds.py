"""What rules stand on: agencies with a source, and signed agreements. Old rules are not stopped by new facts."""

from dataclasses import replace
from datetime import date

import pytest

from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.simulate.findings import Check
from policies.simulate.grounds import Grounds, Terms
from policies.simulate.lint import lint
from schema.purposes import Purpose
from tests.rooms.policies.rules import HEALTH, POLICE, rule

TODAY = date(2026, 11, 21)
TERMS = Terms(
    "trust", "county-nhs", frozenset({"county-council"}), frozenset({HEALTH}), frozenset({Purpose.CHILD_PROTECTION}),
    review=TODAY, expires=TODAY,
)  # fmt: skip
HERE = Grounds(TODAY, {HEALTH: frozenset({"county-nhs"})}, (TERMS,))
LATER = replace(HERE, today=date(2026, 11, 22))
NEW = rule(id="trust-1", service="HEALTH", purpose="CHILD_PROTECTION", when="agreement-in-force")
OLD = [rule(id="old-1", role="analyst", when="agreement-in-force")]


def _checks(row: RuleRow, grounds: Grounds, *more: RuleRow) -> list[Check]:
    return [one.check for one in lint(Rulebook([*OLD, row]), Rulebook([*OLD, *more]), grounds)]


# A new rule is held against whose data it opens and the agreements signed; each fault is found, and only that.
@pytest.mark.parametrize(
    ("row", "grounds", "expected"),
    [
        (NEW, HERE, []),
        (replace(NEW, agency=("county-council",)), HERE, []),
        (replace(NEW, agency=("force",)), HERE, [Check.NO_AGREEMENT, Check.UNKNOWN_AGENCY]),
        (replace(NEW, purpose=("ANALYSIS",)), HERE, [Check.NO_AGREEMENT]),
        (replace(NEW, id="new-1", service=("HEALTH", "POLICE")), HERE, [Check.NOT_THE_OWNERS]),
        (replace(NEW, id="new-1", service=("POLICE",)), HERE, [Check.NO_AGREEMENT, Check.NOT_THE_OWNERS]),
        (replace(NEW, id="new-1", service=("*",)), HERE, []),
        (replace(NEW, service=("*",)), HERE, [Check.NOT_THE_OWNERS]),
        (replace(NEW, id="new-1", when=("own-records",)), replace(HERE, agreements=()), []),
        (NEW, replace(HERE, agreements=()), [Check.NO_AGREEMENT]),
        (replace(NEW, id="new-1", service=("POLICE",)), Grounds(TODAY, {}, ()), [Check.NO_AGREEMENT]),
        (replace(NEW, id="new-1"), LATER, [Check.NO_AGREEMENT, Check.EXPIRED]),
        (NEW, replace(HERE, agreements=(replace(TERMS, review=date(2026, 11, 20)),)), [Check.PAST_REVIEW]),
    ],
)  # fmt: skip
def test_a_new_rule_is_held_against_its_grounds(row: RuleRow, grounds: Grounds, expected: list[Check]) -> None:
    assert _checks(row, grounds) == expected


# A rule that counts already, or is only told otherwise, is not stopped by what is so now; one that is altered is.
def test_what_counts_already_is_not_stopped() -> None:
    police = replace(NEW, id="new-1", service=("POLICE",))
    assert _checks(replace(police, why="Told otherwise."), HERE, police) == []
    assert _checks(replace(police, role=("analyst", "social-worker")), HERE, police) == [Check.NO_AGREEMENT]
    assert _checks(replace(police, service=("HOUSING",)), HERE, police) == [Check.NO_AGREEMENT, Check.NOT_THE_OWNERS]


# Without a version before it every rule is new; without grounds nothing is said of agencies and agreements.
def test_without_a_version_before_every_rule_is_new() -> None:
    book = Rulebook([replace(NEW, service=("POLICE",))])
    assert {one.check for one in lint(book, None, HERE)} == {Check.NO_AGREEMENT, Check.NOT_THE_OWNERS}
    assert lint(book) == ()
    assert POLICE not in HERE.providers
