"""Rows and rulebooks: what is refused, and how it is told."""

from dataclasses import replace

import pytest

from policies.compiled import compile_row
from policies.conditions import CONDITIONS
from policies.examples import Example
from policies.parity import prove
from policies.rulebook import Rulebook
from policies.validation import RulebookError, read_row
from policies.verdicts import Verdict
from policies.vocabulary import MASKABLE, OnDeny, Role
from schema.fields import FieldId
from schema.labels import Label
from tests.rooms.policies.rules import HEALTH, WORKER, bar, cells, facts, rule


def _faults(**changed: str) -> tuple[str, ...]:
    with pytest.raises(RulebookError) as refused:
        read_row(cells(**changed))
    return refused.value.faults


# A misspelt word is refused with the nearest right one.
@pytest.mark.parametrize(
    ("column", "word", "right"),
    [
        ("role", "social worker", "social-worker"),
        ("role", "Social-Worker", "social-worker"),
        ("purpose", "CHILD_PROTECTON", "CHILD_PROTECTION"),
        ("service", "health", "HEALTH"),
        ("kind", "IDENTITIES", "IDENTITY"),
        ("field", "Profesional.phone", "Professional.phone"),
        ("sensitivity", "SPECIAL_CATEGORIES", "SPECIAL_CATEGORY"),
        ("when", "agreement-in-forse", "agreement-in-force"),
        ("effect", "allows", "allow"),
        ("on_deny", "ommit", "omit"),
        ("obligation", "last-3", "last-three"),
        ("reason", "LEGAL_BARS", "LEGAL_BAR"),
    ],
)
def test_the_nearest_right_word_is_offered(column: str, word: str, right: str) -> None:
    faults = _faults(**{column: word})
    assert any(fault.startswith(column) and f"did you mean {right!r}?" in fault for fault in faults)


# A word like no other is answered with the whole list.
def test_a_strange_word_is_answered_with_the_list() -> None:
    assert "it must be one of: allow, deny" in _faults(effect="zzz")[0]


# Every fault of a row is told at once.
def test_all_faults_are_told_at_once() -> None:
    faults = _faults(role="nobody", kind="EVERYTHING", when="sometimes", why=" ", id="a b")
    assert [fault.partition(":")[0] for fault in faults] == ["id", "role", "kind", "when", "why"]


# Empty cells, stray spaces, repeated words and `*` in company are refused.
@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("role", "", "empty"),
        ("when", "", "'always'"),
        ("role", "analyst ", "stray space"),
        ("role", "analyst  ig-officer", "stray space"),
        ("role", "analyst analyst", "twice"),
        ("role", "* analyst", "stand alone"),
        ("when", "always own-records", "stand alone"),
        ("when", "*", "not a word"),
    ],
)
def test_lists_are_tidy(column: str, cell: str, says: str) -> None:
    assert any(says in fault for fault in _faults(**{column: cell}))


# What a rule does and what it says must fit together.
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"on_deny": "omit"}, "an allow has none"),
        ({"reason": "PROTECTED"}, "exactly when it has an obligation"),
        ({"obligation": "year-only", "field": "Birth.date_of_birth"}, "exactly when it has an obligation"),
        ({"effect": "deny", "reason": "PROTECTED"}, "must say what it leaves"),
        ({"effect": "deny", "on_deny": "omit"}, "must say why"),
        ({"effect": "deny", "on_deny": "mask", "reason": "PROTECTED"}, "exactly when on_deny is 'mask'"),
        (
            {
                "effect": "deny",
                "on_deny": "omit",
                "reason": "PROTECTED",
                "obligation": "initials",
                "field": "PersonName.given",
            },
            "exactly when on_deny is 'mask'",
        ),
        ({"obligation": "year-only", "reason": "PROTECTED"}, "fits only"),
        ({"obligation": "year-only", "reason": "PROTECTED", "field": "Birth.*"}, "fits only"),
        ({"kind": "DETAIL", "field": "Professional.phone"}, "apply to nothing"),
    ],
)
def test_a_rule_makes_sense(changed: dict[str, str], says: str) -> None:
    assert any(says in fault for fault in _faults(**changed))


# A duty is an allow's alone, and one of its closed list.
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"effect": "deny", "on_deny": "omit", "reason": "PROTECTED", "duties": "log-reason"}, "a deny has none"),
        ({"duties": "log-reasons"}, "did you mean 'log-reason'?"),
        ({"duties": "*"}, "not a word it may use"),
        ({"duties": "log-reason  second-person"}, "stray space"),
        ({"duties": "log-reason log-reason"}, "twice"),
    ],
)
def test_duties_are_an_allows(changed: dict[str, str], says: str) -> None:
    assert any(fault.startswith("duties") and says in fault for fault in _faults(**changed))


OPENS = {"role": "social-worker", "sensitivity": "ORDINARY", "when": "break-glass", "duties": "log-reason notify-owner"}
YIELDS = {"effect": "deny", "on_deny": "omit", "reason": "PROTECTED", "when": "no-break-glass"}


# A rule for emergencies entitles named roles, opens nothing that is hard, and is always logged and told of.
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"role": "*"}, "say which roles"),
        ({"sensitivity": "PROTECTED"}, "no emergency opens ALLEGATION_AGAINST_STAFF, CONFIDENTIAL_ADDRESS"),
        ({"sensitivity": "SEXUAL_HEALTH"}, "no emergency opens SEXUAL_HEALTH"),
        ({"duties": ""}, "also has log-reason and notify-owner"),
        ({"duties": "second-person log-reason"}, "also has notify-owner"),
        ({"when": "break-glass no-break-glass"}, "is for denies"),
    ],
)
def test_an_emergency_rule_is_bounded(changed: dict[str, str], says: str) -> None:
    assert rule(**OPENS).duties
    assert any(says in fault for fault in _faults(**(OPENS | changed)))


# A deny yields to an emergency only if it says so, and never one of what is hard; none waits for an emergency.
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"sensitivity": "ADOPTION"}, "no emergency opens ADOPTION"),
        ({"sensitivity": "ORDINARY WITNESS_PROTECTION"}, "no emergency opens WITNESS_PROTECTION"),
        ({"sensitivity": "SEXUAL_HEALTH"}, "no emergency opens SEXUAL_HEALTH"),
        ({"when": "break-glass"}, "opens; a deny that yields"),
    ],
)
def test_a_hard_deny_never_yields(changed: dict[str, str], says: str) -> None:
    assert rule(**(YIELDS | {"sensitivity": "*"}))
    assert any(says in fault for fault in _faults(**(YIELDS | {"sensitivity": "ORDINARY"} | changed)))


# No allow can reach what the law seals, whatever it writes as its ceiling.
@pytest.mark.parametrize("sensitivity", ["*", "SEALED", "ADOPTION", "ORDINARY WITNESS_PROTECTION"])
def test_no_allow_reaches_what_is_sealed(sensitivity: str) -> None:
    assert any("law seals" in fault for fault in _faults(sensitivity=sensitivity))


# A row with a column too many or too few is refused.
def test_columns_are_exactly_ours() -> None:
    with pytest.raises(RulebookError, match="no such column"):
        read_row(cells(priority="1"))
    short = cells()
    del short["why"]
    with pytest.raises(RulebookError, match="why: the column is missing"):
        read_row(short)


# A rule becomes cells and a rule again unchanged, in one spelling whatever order its words came in.
def test_a_rule_survives_its_own_cells() -> None:
    row = rule(role="social-worker analyst", service="POLICE HEALTH")
    assert read_row(row.cells()) == row
    assert row == rule(role="analyst social-worker", service="HEALTH POLICE")


# Two rules of one id are refused: an explanation must name one rule.
def test_ids_are_used_once() -> None:
    with pytest.raises(RulebookError, match="'rule-1' is used 2 times"):
        Rulebook([rule(), bar(id="rule-1")])


# A rule made by hand is held to the same lists as one from a table.
def test_a_hand_made_rule_is_checked_too() -> None:
    with pytest.raises(RulebookError, match="rule 'rule-1': role: 'nobody'"):
        Rulebook([replace(rule(), role=("nobody",))])


# A version is a digest of its rules: the same rules in any order are the same version, one word more is another.
def test_a_version_is_its_rules() -> None:
    one, two = rule(), bar()
    assert Rulebook([one, two]).version == Rulebook([two, one]).version
    assert Rulebook([one, two]).version != Rulebook([one, replace(two, why="Another reason.")]).version
    assert repr(Rulebook([one])).endswith(", 1 rules)")


# A rule can be looked up by its id, to explain a decision.
def test_a_rule_is_found_by_its_id() -> None:
    rulebook = Rulebook([rule(), bar()])
    assert rulebook.row("bar-1") == bar()
    with pytest.raises(KeyError):
        rulebook.row("bar-2")


# A compiled form that differs from Casbin's in a single rule is not let into being.
def test_a_difference_from_casbin_is_refused() -> None:
    rows = [rule(role="social-worker")]
    liar = compile_row(rule(role="*"))
    with pytest.raises(RulebookError, match="differ from Casbin's"):
        prove(rows, [liar], "seed")


# A rulebook that breaks one of its own examples is refused, and the rules at fault are named.
def test_a_broken_example_refuses_the_rulebook() -> None:
    its = facts(flags=frozenset({Label.MENTAL_HEALTH}))
    phone = FieldId("Professional.phone")
    example = Example("here example 2", WORKER, HEALTH, phone, frozenset(), its, Verdict.PERMIT)
    assert Rulebook([rule()], [example]).rows == (rule(),)
    with pytest.raises(RulebookError, match=r"here example 2.*expected PERMIT, the rules give OMIT \(bar-1, rule-1\)"):
        Rulebook([rule(), bar(on_deny="omit")], [example])
    with pytest.raises(RulebookError, match=r"the rules give WITHHOLD \(no rule\)"):
        Rulebook([rule(role="analyst")], [example])


# No field has two masks, so two rules can never ask for different parts of one value.
def test_a_field_has_one_mask() -> None:
    fitted = [field for fields in MASKABLE.values() for field in fields]
    assert len(fitted) == len(set(fitted))


# Every role, condition and way to deny is told in plain English, for those who choose it on a page.
def test_every_word_has_a_meaning() -> None:
    for means in (*(r.means for r in Role), *(c.means for c in CONDITIONS.values()), *(o.means for o in OnDeny)):
        assert len(means.split()) >= 1
        assert "_" not in means
