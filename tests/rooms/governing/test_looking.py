"""Looking over GraphQL: what the tools find, as they find it; and decisions explained, to those they concern."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.audit.reports import DIVIDER
from hub.governance.versions.compiling import compiled
from hub.governance.versions.grounds import grounds
from hub.governance.versions.legal import HUB
from hub.governance.versions.owners import owners
from hub.governance.versions.store import write_version
from hub.governance.versions.version import Content
from hub.graphql.execution import Result
from policies.rulebook import Rulebook
from policies.simulate.dead import dead
from policies.simulate.differences import Direction, diff
from policies.simulate.lint import lint
from policies.simulate.reverse import who_can
from policies.verdicts import Verdict
from schema.fields import FieldId
from schema.labels import Label
from schema.services import Service
from tests.cast import NOW
from tests.house import RULES, House, house, sources_of
from tests.rooms.governing.desk import COUNCIL, HEALTH, POLICE, ask, ledger, of, run

KEEP = ("front-door", "ig-")
FEW = Rulebook([row for row in RULES.rows if row.id.startswith(KEEP)])
FEWER = Rulebook([row for row in FEW.rows if row.id != "front-door-01"])
PHONE, POLICE_SERVICE = FieldId("Professional.phone"), Service("POLICE")


@pytest.fixture(scope="module")
def home(loop: asyncio.Runner) -> Iterator[House]:
    """One house with two versions of few rules; nothing here changes anything."""
    with tempfile.TemporaryDirectory() as folder:
        opened = house(Path(folder), rulebook=FEW)
        home = loop.run(opened.__aenter__())
        loop.run(stored(home))
        yield home
        loop.run(opened.__aexit__(None, None, None))


async def stored(home: House) -> None:
    async with home.database.begin() as connection:
        await write_version(connection, Content(FEWER), FEW.version, HUB, "cast", NOW)


def test_a_diff_is_the_exact_one_in_parts(home: House, loop: asyncio.Runner) -> None:
    """Counts are of everything, whatever part of the changes is asked for."""
    found = diff(FEW, FEWER)
    query = """diff(before: $a, after: $b, first: $n, skip: $s) { before after gains loses owes total
      changes { direction role agencies purposes service fields carrying before after
        when { says facts { name words } } } }"""
    given: dict[str, Any] = {"a": ("ID!", FEW.version), "b": ("ID!", FEWER.version)}
    told = loop.run(ask(home, COUNCIL, query, **given, n=("Int!", 5000), s=("Int!", 0)))["diff"]
    assert (told["gains"], told["loses"], told["owes"]) == tuple(found.rights(d) for d in Direction)
    assert told["loses"] > 0
    assert told["total"] == len(found.changes) == len(told["changes"])
    assert [c["fields"] for c in told["changes"]] == [list(c.fields) for c in found.changes]
    assert [w["says"] for w in told["changes"][0]["when"]] == [str(w) for w in found.changes[0].when]
    part = loop.run(ask(home, COUNCIL, query, **given, n=("Int!", 1), s=("Int!", 1)))["diff"]
    assert part["changes"] == told["changes"][1:2]
    assert part["total"] == told["total"]


def test_lint_and_dead_rules_are_what_the_tools_find(home: House, loop: asyncio.Runner) -> None:
    providers = owners((one.config.service, one.config.agency) for one in sources_of(home.connectors))
    stands_on = loop.run(grounds(home.database, providers))
    told = loop.run(ask(home, HEALTH, "lint { check error rule says } deadRules { rule cause by says }"))
    assert [f["says"] for f in told["lint"]] == [f.says for f in lint(FEW, None, stands_on)]
    assert [d["says"] for d in told["deadRules"]] == [str(d) for d in dead(FEW)]
    against = loop.run(
        ask(home, HEALTH, "lint(version: $a, against: $b) { says }", a=("ID", FEW.version), b=("ID", FEWER.version))
    )
    assert [f["says"] for f in against["lint"]] == [f.says for f in lint(FEW, FEWER, stands_on)]


def test_who_can_see_a_field_is_the_exact_answer(home: House, loop: asyncio.Runner) -> None:
    query = "whoCan(field: $f, service: $s, flags: $l) { role agencies purposes service form when { says } allow deny }"
    told = loop.run(
        ask(home, COUNCIL, query, f=("String!", PHONE), s=("Service", "POLICE"), l=("[Label!]!", ["MAPPA"]))
    )["whoCan"]
    found = who_can(PHONE, POLICE_SERVICE, FEW, flags=frozenset({Label.MAPPA}))
    assert [(a["role"], a["form"], a["allow"], a["deny"]) for a in told] == [
        (a.role.value, str(a.form), list(a.allow), list(a.deny)) for a in found
    ]
    every = loop.run(ask(home, COUNCIL, "whoCan(field: $f) { service }", f=("String!", PHONE)))["whoCan"]
    assert {a["service"] for a in every} > {"POLICE"}


EXPLAIN = """explain(question: $q) {
  version verdict mask reason allow deny duties nearMisses worker workerNotHeld auditor }"""
ASKED: dict[str, Any] = {
    "role": "front-door-worker",
    "agency": "cast-social-care",
    "purpose": "CHILD_PROTECTION",
    "service": "POLICE",
    "field": PHONE,
}


def explained(home: House, loop: asyncio.Runner, **changes: Any) -> Any:
    return loop.run(ask(home, COUNCIL, EXPLAIN, q=("ExplainInput!", ASKED | changes)))["explain"]


def test_a_question_is_explained_before_anybody_asks_it(home: House, loop: asyncio.Runner) -> None:
    """Both texts, every rule, and what would have to be otherwise."""
    told = explained(home, loop)
    assert (told["version"], told["verdict"]) == (FEW.version, Verdict.PERMIT.value)
    assert told["allow"]
    assert told["worker"] != told["workerNotHeld"]
    other = explained(home, loop, facts=[{"name": "agreement", "word": "NONE"}], flags=["MAPPA"], labels=["MAPPA"])
    assert other["verdict"] != told["verdict"]
    assert FEW.version in other["auditor"]
    assert explained(home, loop, version=FEWER.version)["version"] == FEWER.version


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "caretaker"},
        {"agency": "Not An Agency"},
        {"field": "Professional.shoes"},
        {"facts": [{"name": "weather", "word": "fine"}]},
        {"facts": [{"name": "consent", "word": "perhaps"}]},
        {"version": "0" * 12},
    ],
)
def test_a_word_that_is_none_is_said_so(home: House, loop: asyncio.Runner, changes: dict[str, Any]) -> None:
    """It takes its field and leaves the rest."""
    query = f"query ($q: ExplainInput!) {{ governance {{ activeVersion {EXPLAIN} }} }}"
    result: Result = loop.run(run(home, COUNCIL, query, q=ASKED | changes))
    assert result.data["governance"] == {"activeVersion": FEW.version, "explain": None}
    assert [e.extensions["code"] for e in result.errors] == ["BAD_USER_INPUT"]


DECISION = """decision(id: $id) { id role organisation purpose version path source service called asked permitted rules
  facts { name word } explanation { verdict auditor } }"""


def test_a_decision_is_explained_to_the_askers_agency_and_the_owners(home: House, loop: asyncio.Runner) -> None:
    """From what the ledger has of it; to any other officer there is none."""
    loop.run(home.person(who="front-door"))
    record = next(b["record_id"] for b in loop.run(ledger(home)) if "sources" in b and "asked" in str(b))
    quoted = DIVIDER.join((record, "health", "involvements.professionals.phone"))
    told = [loop.run(ask(home, who, DECISION, id=("ID!", quoted)))["decision"] for who in (COUNCIL, HEALTH, POLICE)]
    assert told[0] == told[1]
    assert told[2] is None
    assert (told[0]["role"], told[0]["source"], told[0]["version"]) == ("front-door-worker", "health", FEW.version)
    assert PHONE in told[0]["asked"]
    assert told[0]["explanation"]["verdict"] == "PERMIT"
    assert {"name": "consent", "word": "NOT_RECORDED"} in told[0]["facts"]
    nonsense = loop.run(ask(home, COUNCIL, DECISION, id=("ID!", DIVIDER.join((record, "health", "Maya Quillfeather")))))
    assert nonsense["decision"]["explanation"] is None
    assert nonsense["decision"]["path"] == ""
    nobodys = loop.run(ask(home, COUNCIL, DECISION, id=("ID!", "no~such~decision")))
    assert nobodys["decision"] is None


def test_a_replay_counts_what_was_really_asked(home: House, loop: asyncio.Runner) -> None:
    """By the version that decided, nothing is astray; by one with fewer allows, something is lost."""
    loop.run(home.person(who="front-door"))
    counts = "decisions changed notReplayable astray fields { field gained lost }"
    query = f"replay(before: $a, after: $b, since: $d) {{ {counts} }}"
    given = {"a": ("ID!", FEW.version), "b": ("ID!", FEWER.version)}
    told = loop.run(ask(home, COUNCIL, query, **given, d=("Date", None)))["replay"]
    assert told["decisions"] >= 9
    assert told["astray"] == 0
    assert told["changed"] == 0 or told["fields"]
    later = loop.run(ask(home, COUNCIL, query, **given, d=("Date", "2036-01-01")))["replay"]
    assert later["decisions"] == 0


def test_a_decision_by_a_version_that_is_not_here_is_told_and_not_explained(home: House, loop: asyncio.Runner) -> None:
    """The ledger is older than the store of versions may be."""
    from hub.audit.reports import Decision
    from hub.graphql.governing.explaining import _again
    from schema.purposes import Purpose

    known: dict[str, Any] = next(
        dict(s["facts"]) for b in loop.run(ledger(home)) if "sources" in b for s in b["sources"] if "facts" in s
    )
    gone = Decision(
        "r",
        "",
        "analyst",
        "a",
        Purpose.ANALYSIS,
        "f" * 12,
        "names.given",
        "s",
        POLICE_SERVICE,
        False,
        (),
        (),
        (),
        known,
    )
    assert loop.run(_again(home.executor._governing, gone, "a")) is None


def test_a_version_that_is_not_held_is_compiled_to_be_looked_at(home: House, loop: asyncio.Runner) -> None:
    """What is looked at is what the store has."""
    rooms = home.executor._governing.policies
    assert not rooms.rulebooks.holds(FEWER.version)
    book = loop.run(compiled(loop.run(rooms.versions.read(FEWER.version))))
    told = loop.run(
        ask(home, of("ig-officer", "health"), "content(version: $v) { id rules { id } }", v=("ID", FEWER.version))
    )
    assert [r["id"] for r in told["content"]["rules"]] == [row.id for row in book.rows]
