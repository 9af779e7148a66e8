"""What linting finds, what bars approval, explaining and keeping."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.example_files import read_examples
from policies.reading import read_rules, read_written
from policies.rows import RuleRow
from policies.rulebook import Rulebook
from policies.simulate.explaining import explain
from policies.simulate.findings import ERRORS, Check
from policies.simulate.keeping import kept, with_example
from policies.simulate.lint import lint
from policies.told import told_to_worker
from policies.verdicts import Verdict
from schema.fields import FieldId
from schema.labels import Label
from tests.rooms.policies.rules import HEALTH, POLICE, WORKER, bar, facts, rule

PHONE = FieldId("Professional.phone")
SHARED = rule(when="agreement-in-force")
OPEN = Rulebook([SHARED])
EMERGENCY = rule(when="break-glass", role="social-worker", sensitivity="ORDINARY", duties="log-reason notify-owner")
TODAY = date(2026, 11, 21)


def _checks(*rows: RuleRow, **more: object) -> list[Check]:
    return [finding.check for finding in lint(Rulebook(rows), **more)]  # type: ignore[arg-type] # as each case says


# The shipped rules have nothing wrong and nothing doubtful, and are no news to themselves.
def test_the_shipped_rules_are_clean() -> None:
    shipped = read_rules()
    assert lint(shipped, shipped) == ()


# Each check finds what it is for, and only that.
@pytest.mark.parametrize(
    ("rows", "more", "expected"),
    [
        ([SHARED], {}, []),
        ([rule(when="own-records")], {}, []),
        ([EMERGENCY], {}, []),
        ([rule(when="consent-given")], {}, [Check.NO_AGREEMENT]),
        ([SHARED, rule(id="a", when="agreement-in-force no-agreement")], {}, [Check.UNREACHABLE]),
        ([SHARED, rule(id="a", when="agreement-in-force", role="analyst")], {}, [Check.SHADOWED]),
        ([rule(when="agreement-in-force", service="HEALTH"), rule(id="a", when="agreement-in-force", service="POLICE"),
          bar(service="POLICE", on_deny="omit")], {}, [Check.CONTRADICTED]),
        ([replace(SHARED, why="For the family of Mrs Arden.")], {}, [Check.ONE_PERSON]),
        ([replace(SHARED, why="For 943 476 5919 alone.")], {}, [Check.ONE_PERSON]),
        ([replace(SHARED, why="For A123456789012 alone.")], {}, [Check.ONE_PERSON]),
        ([replace(SHARED, why="Ask j.arden@example.org first.")], {}, [Check.ONE_PERSON]),
        ([replace(SHARED, why="Ask 01632 960123 first.")], {}, [Check.ONE_PERSON]),
        ([replace(SHARED, why="For QQ 12 34 56 C.")], {}, [Check.ONE_PERSON]),
        ([replace(SHARED, why="The child born 3/4/2015.")], {}, [Check.ONE_PERSON]),
    ],
)  # fmt: skip
def test_each_check_finds_its_fault(rows: list[RuleRow], more: dict[str, object], expected: list[Check]) -> None:
    assert _checks(*rows, **more) == expected


# What was as if not held and would be told of bars approval; what is hidden as before does not.
def test_newly_shown_is_an_error() -> None:
    hidden = [SHARED, bar(on_deny="omit", service="POLICE", role="analyst")]
    assert _checks(*hidden, previous=Rulebook(hidden)) == []
    (finding,) = lint(Rulebook([SHARED]), Rulebook(hidden))
    assert (finding.check, finding.error) == (Check.NEWLY_SHOWN, True)
    assert str(finding).startswith("error newly-shown: analyst at POLICE: ")


# Errors come first and say so; what looks like a person is never repeated.
def test_findings_are_told_without_what_they_found() -> None:
    rows = [replace(SHARED, why="For Mrs Arden."), rule(id="a", when="agreement-in-force", role="analyst")]
    found = lint(Rulebook(rows))
    assert [str(finding).partition(":")[0] for finding in found] == ["error one-person", "warning shadowed"]
    assert not any("Arden" in str(finding) for finding in found)
    assert Check.SHADOWED not in ERRORS


# A hidden field and one that may be shown and holds nothing are explained to a worker in the same words.
def test_a_worker_learns_nothing_of_what_is_hidden() -> None:
    rulebook = Rulebook([SHARED, bar(id="secret-7", on_deny="omit", sensitivity="SEXUAL_HEALTH")])
    labels = frozenset({Label.SEXUAL_HEALTH})
    hidden = explain(WORKER, HEALTH, facts(), PHONE, labels, rulebook)
    plain = explain(WORKER, HEALTH, facts(), PHONE, frozenset(), rulebook)
    assert hidden.decision.verdict is Verdict.OMIT
    assert plain.decision.verdict is Verdict.PERMIT
    assert hidden.worker(held=True) == hidden.worker(held=False) == plain.worker(held=False)
    assert plain.worker(held=True) != plain.worker(held=False)
    assert "secret" not in hidden.worker(held=False)
    assert "secret-7" in hidden.auditor
    assert rulebook.version in hidden.auditor


# A refusal tells the worker what to do and the auditor which rules nearly allowed it, and on what they failed.
def test_a_refusal_is_explained_twice() -> None:
    rows = [rule(when="consent-given agreement-in-force", sensitivity="ORDINARY", purpose="CHILD_PROTECTION")]
    rows += [rule(id="b", agency="county-nhs", sensitivity="ORDINARY")]
    found = explain(WORKER, HEALTH, facts(), PHONE, frozenset(), Rulebook(rows))
    assert found.worker(held=False) == told_to_worker(found.decision)
    assert found.near_misses == (
        "b failed only on: it is for another agency",
        "rule-1 failed only on: it holds only where the family's consent covers this",
    )
    beyond = explain(WORKER, POLICE, facts(), PHONE, frozenset({Label.MAPPA}), Rulebook([rule(sensitivity="ORDINARY")]))
    assert beyond.near_misses == ("rule-1 failed only on: it does not reach what is this sensitive",)


# A kept question reads back as it was asked, and breaks the rules that decide it otherwise.
@settings(deadline=None, max_examples=50)
@given(st.text(min_size=1).filter(str.strip), st.frozensets(st.sampled_from(list(Label)), max_size=2))
def test_a_kept_question_reads_back(why: str, some: frozenset[Label]) -> None:
    found = explain(WORKER, HEALTH, facts(flags=some), PHONE, some, OPEN)
    example = kept(found, why)
    once = with_example("", example, TODAY)
    twice = with_example(once, replace(example, expect=Verdict.OMIT), TODAY)
    first, second = read_examples(twice, "kept")
    assert replace(first, where="kept") == example
    assert second.expect is Verdict.OMIT
    assert first.fault(OPEN.ruling(first.asker, first.service, first.facts)) is None


# A shipped agreement's examples take a kept question after their own.
def test_a_kept_question_follows_what_is_there() -> None:
    example = read_written().examples[0]
    text = with_example('on = 2026-01-01\n[people.kept-4]\nrole = "analyst"\nagency = "county-council"', example, TODAY)
    (again,) = read_examples(text, "kept")
    assert "[people.kept-5]" in text
    assert again.facts == example.facts
