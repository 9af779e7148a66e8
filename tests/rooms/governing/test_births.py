"""An unborn child is found through the mother, for the right purposes alone; a birth is somebody's word (L11)."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from connectors.contract import LocalId
from hub.cli import app
from schema.labels import Label
from schema.services import Service
from tests.house import House, house
from tests.rooms.governing.desk import COLLEAGUE, COUNCIL, POLICE, WORKER, ask, do, logged, names, run
from tests.rooms.people.making import BORN, made, take

SC = Service("SOCIAL_CARE")
HERS, SEALED = "9990000042", "9990000050"
COMING = made("u1", given="", born=None, expected=date(2026, 5, 5), mother="m1")
TWIN = made("u2", given="", born=None, expected=date(2026, 5, 5), mother="m1")
ARRIVED = made("u1", "Ivy", born=date(2026, 2, 27), mother="m1")
WORDS = "The midwife rang"
CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}
FIND = """query ($m: IdentifierInput!, $c: RequestContext!) {
  searchPeople(input: {mother: $m}, context: $c) { outcome searched candidates { id expectedDateOfBirth rule notes } }
}"""


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    """Give a house in which social care expects twins of one mother."""
    async with house(tmp_path) as opened:
        mother = made("m1", "Ruth", born=date(1994, 1, 9), nhs=(HERS,))
        await take(opened.index, "social-care", mother, COMING, TWIN, service=SC)
        yield opened


async def find(home: House, number: str = HERS, who: Any = WORKER, purpose: str = "CHILD_PROTECTION") -> Any:
    given = {"m": {"system": "NHS_NUMBER", "value": number}, "c": {"purpose": purpose, "reference": "REF 1"}}
    return await run(home, who, FIND, **given)


async def birth(home: House, what: str, who: Any = WORKER, reason: str = WORDS, child: str | None = None) -> Any:
    """Say something of a birth."""
    unborn = child or await person(home)
    given = {"p": ("ID!", unborn), "r": ("String!", reason), "c": ("RequestContext!", CONTEXT)}
    return await do(home, who, f"{what}(person: $p, reason: $r, context: $c) {{ id problem {{ code }} }}", **given)


def code(answer: Any) -> str | None:
    """Give the code of a refusal; none where nothing was refused."""
    return answer["problem"]["code"] if answer["problem"] else None


async def person(home: House, local: str = "u1") -> str:
    return (await home.index.by_local("social-care", [LocalId(local)]))[LocalId(local)]


async def test_an_unborn_child_is_found_through_the_mother_for_the_right_purposes(home: House) -> None:
    """Both twins, possible and never a match; her number alone finds her and neither of them."""
    found = (await find(home)).data["searchPeople"]
    assert (found["outcome"], found["searched"]) == ("POSSIBLE", ["mother"])
    assert {c["id"] for c in found["candidates"]} == {await person(home), await person(home, "u2")}
    assert {(str(c["expectedDateOfBirth"]), c["rule"]) for c in found["candidates"]} == {("2026-05-05", None)}
    for purpose in ("EARLY_HELP", "EDUCATION_WELFARE", "CRIME_PREVENTION", "ANALYSIS"):
        refused = await find(home, purpose=purpose)
        assert "only for CHILD_IN_NEED, CHILD_PROTECTION, SAFEGUARDING_TRIAGE" in str(refused.errors), purpose


async def test_nobody_is_found_through_whom_the_asker_may_not_find(home: House) -> None:
    """Somebody else's number, nobody's and a sealed mother's all come to the same; a number that cannot be is said."""
    elsewhere = (await find(home, "9990000018")).data["searchPeople"]
    nobody = (await find(home, "9990000034")).data["searchPeople"]
    assert elsewhere == nobody
    assert (nobody["outcome"], nobody["candidates"]) == ("NO_MATCH", [])
    assert (await find(home, "1234567890")).errors
    sealed = made("m3", "Sara", born=date(1992, 3, 4), nhs=(SEALED,), labels=frozenset({Label.ADOPTION}))
    hers = made("u3", given="", born=None, expected=date(2026, 5, 5), mother="m3")
    await take(home.index, "social-care", sealed, hers, service=SC)
    assert (await find(home, SEALED)).data["searchPeople"] == nobody
    two = made("m2", "Rita", "Else", born=date(1990, 1, 9), nhs=(HERS,))
    await take(home.index, "health", two)
    assert (await find(home)).data["searchPeople"]["candidates"] == []


async def test_a_birth_is_confirmed_and_taken_back(home: House) -> None:
    """Once a source gives a date; the id stays; officers see who said so and why; the ledger has none of the words."""
    child = await person(home)
    assert code(await birth(home, "confirmBirth")) == "no-date-of-birth"
    await take(home.index, "social-care", ARRIVED, service=SC)
    assert code(await birth(home, "withdrawBirth")) == "birth-not-confirmed"
    assert code(await birth(home, "confirmBirth", reason=" ")) == "no-words"
    assert (await birth(home, "confirmBirth"))["id"] == child
    assert code(await birth(home, "confirmBirth")) == "not-unborn"
    query = "matching(person: $p) { links { rule reason endedBecause } }"
    links = (await ask(home, COUNCIL, query, p=("ID!", child)))["matching"]["links"]
    assert {(x["rule"], x["endedBecause"]) for x in links} == {
        ("alone", "birth confirmed by a person"),
        ("birth confirmed by a person", None),
    }
    assert WORDS in {link["reason"] for link in links}
    assert (await birth(home, "withdrawBirth", COLLEAGUE))["id"] == child
    assert (await birth(home, "confirmBirth"))["id"] == child
    await home.index.join("social-care", LocalId("m1"), child, by="w", reason="a mistake")
    assert code(await birth(home, "withdrawBirth")) == "joined-since"
    assert [n for n in await names(home) if n.startswith("birth") and "not-ack" not in n].count("birth-confirmed") == 4
    assert WORDS not in logged(home)


async def test_of_whom_a_worker_may_not_know_no_birth_is_confirmed(home: House) -> None:
    """One sealed and one who does not exist are nobody; officers and others are not asked."""
    for child in (home.ids["sealed"], "0" * 32):
        assert code(await birth(home, "confirmBirth", child=child)) == "no-such-person"
    refused = 'confirmBirth(person: "0", reason: "r", context: {purpose: ANALYSIS}) { id }'
    for who in (COUNCIL, POLICE):
        assert (await run(home, who, f"mutation {{ {refused} }}")).errors
    assert not [name for name in await names(home) if name.startswith("birth")]


async def test_the_search_takes_an_age_and_an_address(home: House) -> None:
    """Both names and either find the child as possible; an age that is none is said beside its box."""
    query = """query ($i: PersonSearchInput!, $c: RequestContext!) {
      searchPeople(input: $i, context: $c) { outcome searched candidates { id evidence { field agreement } } } }"""
    maya = {"familyName": "Quillfeather", "givenName": "Maya"}
    for more, searched in (({"age": 13}, "date of birth"), ({"address": "7 Canary Row"}, "address")):
        given = (await run(home, WORKER, query, i={**maya, **more}, c=CONTEXT)).data["searchPeople"]
        assert given["outcome"] == "POSSIBLE", more
        assert given["searched"][-1] == searched
        assert home.ids["maya"] in {c["id"] for c in given["candidates"]}
        told = {e["field"]: e["agreement"] for c in given["candidates"] for e in c["evidence"]}
        assert searched in told
        assert told[searched] != "different"
    for wrong, why in (({"age": 400}, "not an age"), ({"address": "7 Canary Row"}, "Not enough to search with")):
        alone = {**wrong} if "address" in wrong else {**maya, **wrong}
        (error,) = (await run(home, WORKER, query, i=alone, c=CONTEXT)).errors
        assert why in str(error)


def test_a_birth_by_command_with_nothing_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, no traceback."""
    monkeypatch.setenv("HUB_ENV", "development")
    words = ["links", "birth", "--person", "a", "--reason", "r", "--purpose", "CHILD_PROTECTION", "--by", "w"]
    words += ["--organisation", "cast-health", "--role", "social-worker", "--data", str(tmp_path)]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1), done.output
    assert BORN.isoformat() not in done.output
