"""Which sources are asked about a person: worked out once for whoever is alike, and of nobody else by that."""

from dataclasses import replace
from datetime import timedelta

from hub.answer.deciding import decide_all
from hub.answer.question import Question, Wanted
from hub.answer.rounds import OLDEST_INDEX, Rounds
from hub.answer.sources import ConnectedSource, Sources
from hub.governance.agreements import Agreements
from hub.governance.standing import Standing
from schema.fields import CATALOGUE
from schema.purposes import Purpose
from tests.cast import NOW, CastConnector, requester, source_config
from tests.house import RULES

ALL = frozenset(CATALOGUE)
NAMES = ("health", "education", "housing", "police", "send-neet")
SOURCES = Sources(ConnectedSource.of(source_config(s), CastConnector(s)) for s in NAMES)


def test_whoever_is_alike_is_asked_about_alike_and_nobody_else() -> None:
    """One who is known elsewhere, or of whom something else was decided, has a round of their own."""
    asked = Question("r", requester("early-help"), Purpose.EARLY_HELP, "R", ("a",), Wanted(fields=ALL), NOW, 8.0)
    standing = Standing(1, RULES.version, Agreements(()), (), now=int(NOW.timestamp()))
    made = decide_all(asked, frozenset("a"), frozenset(), SOURCES, standing, RULES)
    decided = {s: replace(d, permitted=frozenset() if s == "police" else ALL) for s, d in made.items()}
    old = NOW - OLDEST_INDEX - timedelta(seconds=1)
    rounds = Rounds({"health": NOW, "housing": old, "education": old}, NOW)
    one = rounds.of(decided, frozenset({"education", "police"}))
    assert [s for s, _ in one.asked] == ["education"]
    assert {s: found.code for s, found in one.silent.items()} == {"housing": "index-old", "send-neet": "not-indexed"}
    assert one.unlinked == ("health",)
    assert rounds.of(decided, frozenset({"police", "education"})) is one
    assert [s for s, _ in rounds.of(decided, frozenset({"health"})).asked] == ["health"]
    fewer = {"housing": decided["housing"]}
    assert rounds.of(fewer, frozenset({"education", "police"})).unlinked == ()
