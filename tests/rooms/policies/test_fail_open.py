"""Ways in which Casbin is known to fail open, each tried on our loader and our decisions."""

import ast
import logging
import threading
from pathlib import Path
from typing import Any

import casbin
import pytest

import policies
from policies.decide import Verdict, decide
from policies.facts import AgreementState, Asker, ConsentState
from policies.reading import read_rules
from policies.referee import Referee
from policies.rulebook import Rulebook
from policies.validation import RulebookError, read_row
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label
from schema.purposes import Purpose
from schema.services import Service
from tests.rooms.policies.pitfalls import PITFALLS
from tests.rooms.policies.rules import HEALTH, WORKER, bar, cells, facts, rule

EVERY = frozenset(CATALOGUE)
PHONE = FieldId("Professional.phone")


# `Deny`, which Casbin silently ignores, is refused and the right spelling offered.
@pytest.mark.parametrize("spelling", ["Deny", "DENY", "deny ", " deny", "Allow", "permit"])
def test_an_effect_is_spelt_exactly(spelling: str) -> None:
    with pytest.raises(RulebookError, match="effect"):
        read_row(cells(effect=spelling))


# A missing or empty effect, which Casbin takes for an allow, is refused.
def test_an_effect_is_never_missing() -> None:
    without = cells()
    del without["effect"]
    for row in (without, cells(effect="")):
        with pytest.raises(RulebookError, match="effect"):
            read_row(row)


# No rules at all, which Casbin under deny-override takes for leave to do anything, are no rulebook.
def test_no_rules_is_no_rulebook() -> None:
    with pytest.raises(RulebookError, match="not one rule"):
        Rulebook([])
    with pytest.raises(ValueError, match="no rules"):
        Referee([])


# A rulebook of denies alone permits nothing.
def test_denies_alone_permit_nothing() -> None:
    mask = decide(WORKER, {"gp": (HEALTH, facts())}, EVERY, Rulebook([bar(role="analyst")]))["gp"]
    assert mask.permitted == frozenset()


# A condition is a name; text that Casbin's `eval` would run is refused wherever it is put.
@pytest.mark.parametrize("column", ["when", "role", "purpose", "service", "kind", "field", "sensitivity", "agency"])
def test_no_expression_is_ever_stored(column: str) -> None:
    for text in ("true) || (1 == 1", "r.role=='analyst'", "eval(p.when)", "always||true"):
        with pytest.raises(RulebookError, match=column):
            read_row(cells(**{column: text}))
    assert "eval" not in (Path(policies.__file__).parent / "model.conf").read_text("utf-8")


# One wrong row among right ones refuses the whole version, wherever in the order it stands.
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_wrong_row_is_found_wherever_it_stands(place: int) -> None:
    rows = [rule(id="rule-1"), rule(id="rule-2")]
    wrong = rule(id="rule-3")
    object.__setattr__(wrong, "when", ("nearly-always",))
    rows.insert(place, wrong)
    with pytest.raises(RulebookError, match="nearly-always"):
        Rulebook(rows)


# A word is matched whole: neither a beginning, an end nor a pattern of it will do.
@pytest.mark.parametrize("agency", ["county-council-north", "county", "council", "county-counci", "county.council"])
def test_words_are_matched_whole(agency: str) -> None:
    rulebook = Rulebook([rule(agency="county-council", role="social-worker")])
    asker = Asker("social-worker", agency, Purpose.CHILD_PROTECTION)
    assert decide(asker, {"gp": (HEALTH, facts())}, EVERY, rulebook)["gp"].permitted == frozenset()


# A pattern cannot be written into a rule's agency.
@pytest.mark.parametrize("agency", ["county-*", "county-.*", ".*", "County-Council", "**", "* county-council"])
def test_an_agency_is_no_pattern(agency: str) -> None:
    with pytest.raises(RulebookError, match="agency"):
        read_row(cells(agency=agency))


# A ceiling is compared by rank, not by spelling: SENSITIVE comes after SEALED in the alphabet and below it in fact.
def test_ceilings_are_ranked_not_spelt() -> None:
    rulebook = Rulebook([rule(sensitivity="SENSITIVE")])
    mask = decide(WORKER, {"gp": (HEALTH, facts())}, EVERY, rulebook)["gp"]
    assert mask.decide(PHONE, frozenset({Label.SPECIAL_CATEGORY})).verdict is Verdict.PERMIT
    for label in (Label.MENTAL_HEALTH, Label.ADOPTION, Label.CONFIDENTIAL_ADDRESS):
        assert mask.decide(PHONE, frozenset({label})).verdict is Verdict.WITHHOLD


# There are no role links to lose beyond a depth, and no conditional ones to expire: the model has no `g`.
def test_roles_are_flat() -> None:
    model = casbin.Enforcer.new_model(text=(Path(policies.__file__).parent / "model.conf").read_text("utf-8"))
    assert "g" not in model.keys()  # noqa: SIM118 -- Casbin's model is not a mapping


# A deny written with `*` counts for every role, which Casbin's fast enforcer forgets.
def test_a_wildcard_deny_counts() -> None:
    rulebook = Rulebook([rule(role="social-worker"), bar(role="*", purpose="*")])
    assert decide(WORKER, {"gp": (HEALTH, facts())}, EVERY, rulebook)["gp"].permitted == frozenset()


# A question whose words are `*`, misspelt or of the wrong type is refused; it never slips past a deny.
@pytest.mark.parametrize(
    "asker",
    [
        Asker("*", "county-council", Purpose.CHILD_PROTECTION),
        Asker("Social-Worker", "county-council", Purpose.CHILD_PROTECTION),
        Asker("", "county-council", Purpose.CHILD_PROTECTION),
        Asker("social-worker", "*", Purpose.CHILD_PROTECTION),
        Asker("social-worker", "", Purpose.CHILD_PROTECTION),
        Asker("social-worker", "county-council\n", Purpose.CHILD_PROTECTION),
        Asker("social-worker", "county-council", "*"),  # type: ignore[arg-type] # what a careless caller may pass
        Asker("social-worker", "county-council", "CHILD_PROTECTION"),  # type: ignore[arg-type] # the same
        Asker(None, "county-council", Purpose.CHILD_PROTECTION),  # type: ignore[arg-type] # the same
        Asker("social-worker", None, Purpose.CHILD_PROTECTION),  # type: ignore[arg-type] # the same
        None,
    ],
)
def test_an_unknown_asker_is_refused(asker: Asker) -> None:
    mask = decide(asker, {"gp": (HEALTH, facts())}, EVERY, Rulebook([rule()]))["gp"]
    assert mask.permitted == frozenset()
    assert mask.existence.verdict is Verdict.WITHHOLD
    assert mask.fault is not None
    assert mask.decide(PHONE).fault is mask.fault


# A question for the field `*`, for a whole record or for a field nobody declared is refused.
@pytest.mark.parametrize("field", ["*", "Professional.*", "Professional", "", "Professional.wages"])
def test_an_unknown_field_is_refused(field: str) -> None:
    asked = frozenset({FieldId(field), PHONE})
    mask = decide(WORKER, {"gp": (HEALTH, facts())}, asked, Rulebook([rule()]))["gp"]
    assert mask.permitted == {PHONE}
    assert mask.decide(FieldId(field)).verdict is Verdict.WITHHOLD


# A service, a fact or a label that is not a member of its closed list is refused, even if it is spelt like one.
def test_an_unknown_service_fact_or_label_is_refused() -> None:
    rulebook = Rulebook([rule()])
    for pair in (
        ("HEALTH", facts()),
        ("*", facts()),
        (HEALTH, facts(consent="GIVEN")),  # type: ignore[arg-type] # what a careless caller may pass
        (HEALTH, facts(agreement=None)),  # type: ignore[arg-type] # the same
        (HEALTH, facts(flags=frozenset({"ADOPTION"}))),  # type: ignore[arg-type] # the same
        (HEALTH, None),
    ):
        mask = decide(WORKER, {"gp": pair}, EVERY, rulebook)["gp"]  # type: ignore[dict-item] # the same
        assert (mask.permitted, mask.decide(PHONE).verdict) == (frozenset(), Verdict.WITHHOLD)
    mask = decide(WORKER, {"gp": (HEALTH, facts())}, EVERY, rulebook)["gp"]
    assert mask.decide(PHONE, frozenset({"*"})).verdict is Verdict.WITHHOLD  # type: ignore[arg-type] # the same


# Every rule that applied is named, not one row only as Casbin's `enforce_ex` does.
def test_every_rule_that_applied_is_named() -> None:
    rows = [rule(id="b-allow"), rule(id="a-allow"), bar(id="b-bar"), bar(id="a-bar"), bar(id="c-bar", role="analyst")]
    decision = decide(WORKER, {"gp": (HEALTH, facts())}, EVERY, Rulebook(rows))["gp"].decide(PHONE)
    assert (decision.allow, decision.deny) == (("a-allow", "b-allow"), ("a-bar", "b-bar"))


# Casbin writes every refused request to its log, values and all; ours is silent.
def test_nothing_is_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG):
        Rulebook([rule(role="analyst"), bar()])
        decide(WORKER, {"gp": (HEALTH, facts())}, EVERY, read_rules())["gp"].decide(PHONE)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


# A rulebook cannot be loaded again or changed while it is in use: there is another object, or none.
def test_a_rulebook_never_changes() -> None:
    rulebook = Rulebook([rule()])
    for name in ("rows", "version", "_rules", "anything"):
        with pytest.raises(AttributeError):
            setattr(rulebook, name, ())
    assert not [name for name in dir(rulebook) if name.startswith(("add", "load", "set", "remove", "update"))]


# Eight threads deciding at once, while rulings are made and dropped, never see a permit that one alone would not.
def test_decisions_are_the_same_under_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policies.rulebook._KEPT", 3)
    rulebook = Rulebook([rule(role="social-worker", service="HEALTH"), bar(purpose="EARLY_HELP")])
    wrong: list[str] = []

    def ask(offset: int) -> None:
        for n in range(150):
            purpose = list(Purpose)[(n + offset) % len(Purpose)]
            mask = decide(Asker("social-worker", "county-council", purpose), {"gp": (HEALTH, facts())}, EVERY, rulebook)
            if (PHONE in mask["gp"].permitted) is (purpose is Purpose.EARLY_HELP):
                wrong.append(purpose)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# Only the referee may touch Casbin, and it is not on the path of a question.
def test_casbin_is_the_referees_alone() -> None:
    room = Path(policies.__file__).parent
    importers = set()
    for file in room.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import) and any(alias.name.startswith("casbin") for alias in node.names):
                importers.add(file.name)
    assert importers == {"referee.py"}


# A field that no rule covers is withheld, for every kind of data and every service.
def test_what_no_rule_covers_is_withheld() -> None:
    for kind in Kind:
        others = " ".join(k.value for k in Kind if k is not kind)
        rulebook = Rulebook([rule(kind=others)])
        nine = {service.value: (service, facts()) for service in Service}
        for mask in decide(WORKER, nine, EVERY, rulebook).values():
            assert not {f for f in mask.permitted if CATALOGUE[f].kind is kind}


# Consent, agreements, bases and emergencies that have ended grant nothing: there is no word for "expired but held".
@pytest.mark.parametrize(
    "ended",
    [
        {"when": "agreement-in-force", "its": facts(agreement=AgreementState.EXPIRED)},
        {"when": "consent-given", "its": facts(consent=ConsentState.WITHDRAWN)},
        {"when": "own-records", "its": facts()},
        {"when": "works-with-the-child", "its": facts()},
    ],
)
def test_what_has_ended_is_not_honoured(ended: dict[str, Any]) -> None:
    mask = decide(WORKER, {"gp": (HEALTH, ended["its"])}, EVERY, Rulebook([rule(when=ended["when"])]))["gp"]
    assert mask.permitted == frozenset()


# Rulebooks swapped fifty times and more while 50 000 questions are decided: what both versions deny is never allowed.
def test_swapping_rulebooks_never_allows_what_both_deny() -> None:
    bars = bar(role="police-officer")
    versions = [Rulebook([rule(id=f"allow-{n}"), bars]) for n in range(2)]
    asker = Asker("police-officer", "county-police", Purpose.CHILD_PROTECTION)
    active, done, wrong = [versions[0]], threading.Event(), []

    def swap() -> None:
        turns = 0
        while not done.wait(0.002):
            turns += 1
            active[0] = versions[turns % 2]

    def ask() -> None:
        for _ in range(25_000):
            mask = decide(asker, {"force": (HEALTH, facts())}, frozenset({PHONE}), active[0])["force"]
            if mask.permitted or mask.decide(PHONE).deny != ("bar-1",):
                wrong.append(mask)

    swapping = threading.Thread(target=swap)
    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in (swapping, *asking):
        thread.start()
    for thread in asking:
        thread.join()
    done.set()
    swapping.join()
    assert wrong == []


# Casbin parses at each call and breaks under threads: the referee lets one in at a time, and each gets its answer.
def test_the_referee_is_asked_by_one_at_a_time() -> None:
    referees = [Referee([rule(role="social-worker"), bar(purpose="EARLY_HELP")]) for _ in range(2)]
    said: list[str] = []

    def ask(n: int) -> None:
        said.extend(referees[n % 2].shows(WORKER, HEALTH, facts(), PHONE, Label.ORDINARY) for _ in range(60))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["full"] * 360


# A parse that something else broke is made again, a few times; what goes on failing is said, and is never an answer.
@pytest.mark.parametrize("broken", [2, 3])
def test_the_referee_asks_again_where_a_parse_was_broken(broken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    referee, left = Referee([rule(role="social-worker")]), [broken]
    enforce = casbin.Enforcer.enforce

    def breaking(self: Any, *request: str) -> bool:
        left[0] -= 1
        if left[0] >= 0:
            raise SystemError("AST constructor recursion depth mismatch")
        return bool(enforce(self, *request))

    monkeypatch.setattr(casbin.Enforcer, "enforce", breaking)
    if broken > 2:
        with pytest.raises(SystemError):
            referee.shows(WORKER, HEALTH, facts(), PHONE, Label.ORDINARY)
    else:
        assert referee.shows(WORKER, HEALTH, facts(), PHONE, Label.ORDINARY) == "full"


# Every pitfall known of has a test of this file that is there by that name.
def test_every_pitfall_has_its_test() -> None:
    named = {name for names in PITFALLS.values() for name in names}
    assert len(PITFALLS) >= 16
    assert named <= {name for name in globals() if name.startswith("test_")}


RAW = """
[request_definition]
r = sub, obj
[policy_definition]
p = sub, obj, eft
[policy_effect]
e = %s
[matchers]
m = r.sub == p.sub && (p.obj == "*" || r.obj == p.obj || r.obj == "*")
"""


def _raw(effect: str, *policies: list[str]) -> casbin.Enforcer:
    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=RAW % effect), enable_log=False)
    enforcer.add_policies(list(policies))
    return enforcer


# The pitfalls are real: Casbin asked plainly takes `Deny` for nothing, a missing effect and no policy for leave.
def test_casbin_itself_fails_open() -> None:
    logging.getLogger("casbin.enforcer").disabled = True
    both = "some(where (p_eft == allow)) && !some(where (p_eft == deny))"
    assert _raw(both, ["a", "*", "allow"], ["a", "notes", "Deny"]).enforce("a", "notes")
    assert not _raw(both, ["a", "*", "allow"], ["a", "notes", "deny"]).enforce("a", "notes")
    assert _raw("!some(where (p_eft == deny))").enforce("anybody", "notes")
