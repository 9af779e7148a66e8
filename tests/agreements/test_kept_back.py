"""What the ledger keeps back of a person's flags, it does not tell by the rules it names either."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from hub.answer.ledger_entries import rules_told
from hub.governance.versions.recorded import recorded
from policies.rulebook import Rulebook
from schema.labels import Label
from tests.cast import CHILDREN
from tests.house import RULES, House, house
from tests.rooms.policies.rules import bar, rule

Sources = list[dict[str, Any]]


async def sources_of(home: House) -> list[Sources]:
    async with home.database.read() as connection:
        rows = await connection.execute(text("SELECT body FROM audit_record WHERE kind = 'INTENT' ORDER BY seq"))
        return [orjson.loads(row[0])["sources"] for row in rows]


def flag(monkeypatch: pytest.MonkeyPatch, label: Label) -> None:
    monkeypatch.setitem(CHILDREN, "maya", replace(CHILDREN["maya"], labels=frozenset({label})))


# A question about somebody with a flag too telling to write down names no rule that is there for that flag alone.
async def test_no_rule_in_the_ledger_tells_a_flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flag(monkeypatch, Label.MENTAL_HEALTH)
    async with house(tmp_path) as home:
        await home.person()
        (sources,) = await sources_of(home)
        again = [one async for one in recorded(home.database)]
    assert {s["facts"]["flags"] for s in sources} == {"kept-back"}
    assert RULES.telling.isdisjoint(rule for s in sources for rule in s["rules"])
    assert any(word.startswith("kept-back.") for s in sources for word in s["rules"])
    assert again == [None] * len(sources)


# Somebody whom a flag hides is written down as nobody is, but for who they are.
@pytest.mark.parametrize("label", [Label.MAPPA, Label.ALLEGATION_AGAINST_STAFF])
async def test_whom_a_flag_hides_is_written_down_like_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, label: Label
) -> None:
    flag(monkeypatch, label)
    async with house(tmp_path) as home:
        await home.person()
        await home.person("f" * 32)
        hidden, nobody = await sources_of(home)
    assert hidden == nobody


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
