"""What the ledger keeps back of a person's flags, it does not tell by the rules it names either."""

from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from hub.answer.ledger_entries import rules_told
from hub.governance.versions.recorded import recorded
from policies.rulebook import Rulebook
from schema.labels import Label
from tests.cast import CHILDREN
from tests.house import RULES, house
from tests.rooms.policies.rules import bar, rule

TELLING = [Label.MAPPA, Label.MENTAL_HEALTH, Label.ALLEGATION_AGAINST_STAFF]


# A question about somebody with a flag too telling to write down names no rule that is there for that flag alone.
@pytest.mark.parametrize("label", TELLING)
async def test_no_rule_in_the_ledger_tells_a_flag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, label: Label
) -> None:
    monkeypatch.setitem(CHILDREN, "maya", replace(CHILDREN["maya"], labels=frozenset({label})))
    async with house(tmp_path) as home:
        await home.person()
        async with home.database.read() as connection:
            bodies = [orjson.loads(row[0]) for row in await connection.execute(text(INTENTS))]
        again = [one async for one in recorded(home.database)]
    (sources,) = [body["sources"] for body in bodies]
    assert {s["facts"]["flags"] for s in sources} == {"kept-back"}
    assert RULES.telling.isdisjoint(rule for s in sources for rule in s["rules"])
    assert any(word.startswith("kept-back.") for s in sources for word in s["rules"])
    assert again == [None] * len(sources)


INTENTS = "SELECT body FROM audit_record WHERE kind = 'INTENT'"


# A rule is telling where every label it reaches is, or where it waits for such a flag on the person.
def test_which_rules_are_telling() -> None:
    rows = [
        rule(id="plain"),
        rule(id="staff", sensitivity="STAFF_OR_RELATIVE"),
        rule(id="both", sensitivity="ORDINARY MENTAL_HEALTH"),
        rule(id="mental", sensitivity="MENTAL_HEALTH SUBSTANCE_MISUSE"),
        bar(id="waits", when="person-flagged-mappa"),
        bar(id="staffs", when="person-flagged-staff-or-relative"),
    ]
    assert Rulebook(rows).telling == {"mental", "waits"}


# The rules kept back are counted, so that nobody takes what is named for all there were.
def test_rules_kept_back_are_counted() -> None:
    assert rules_told(("a", "b", "c"), frozenset({"b", "c"})) == ("a", "kept-back.2")
    assert rules_told(("a",), frozenset({"b"})) == ("a",)
