"""Many people in one question: each is decided and told exactly what they would be alone."""

import copy
import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.answer.deciding import Decided, Decisions
from hub.answer.gather import Found
from hub.answer.question import Question, Wanted
from hub.answer.released import Pair, SourceResult, result_of, results_of
from hub.answer.sources import ConnectedSource, Sources
from hub.governance.agreements import Agreements
from hub.governance.allocations import Allocation
from hub.governance.break_glass import GlassReason, Grant
from hub.governance.consent import Consent
from hub.governance.givers import GiverRelationship
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.objections import Objection
from hub.governance.second_person import SecondPerson
from hub.governance.standing import Standing, Unread
from policies.facts import ConsentState
from policies.rows import RuleRow
from policies.service_mask import ServiceMask
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.records import ChronologyEvent, Involvement, Professional
from schema.sources import Coverage
from tests.cast import CastConnector, requester, source_config
from tests.house import RULES
from tests.rooms.policies.drawn import rulesets
from tests.rooms.policies.rules import HEALTH, bar, facts, rule, ruling

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
ALL = frozenset(CATALOGUE)
WORKER = requester("early-help")
SOURCES = Sources(ConnectedSource.of(source_config(s), CastConnector(s)) for s in ("health", "education", "housing"))
GLASS = next(iter(GlassReason))
SAID: Mapping[str, Callable[[str], Any]] = {
    "consents": lambda who: Consent(
        who, "mother", ConsentState.GIVEN, frozenset(), frozenset({Purpose.EARLY_HELP}), frozenset(), "form", "x", NOW
    ),
    "not_sharing": lambda who: NotSharing(
        "1", who, "cast-health", frozenset(), frozenset({Kind.DETAIL}), next(iter(NotSharingReason)), TODAY, TODAY, "x"
    ),
    "objections": lambda who: Objection("1", who, "cast-housing", frozenset(), GiverRelationship.MOTHER, TODAY),
    "grants": lambda who: Grant(
        "1", who, WORKER.subject, WORKER.role, WORKER.organisation, frozenset({"cast-health"}), GLASS, until=9
    ),
    "allocations": lambda who: Allocation("1", who, WORKER.organisation, WORKER.subject, "", TODAY),
    "agreed": lambda who: SecondPerson(who, WORKER.subject, WORKER.organisation),
}
UNREAD = [f.name for f in dataclasses.fields(Unread)]
NOBODY = dict.fromkeys([*SAID, *(what + "?" for what in UNREAD)], frozenset[str]())
PEOPLE = ("a", "b", "c", "d")
FLAGS = st.sampled_from([frozenset[Label](), frozenset({Label.MENTAL_HEALTH})])


def standing_of(said: Mapping[str, frozenset[str]]) -> Standing:
    """Give what governs where each sort of thing is said of these people."""
    rows: dict[str, Any] = {what: tuple(map(row, sorted(said[what]))) for what, row in SAID.items()}
    unread = Unread(*(said[what + "?"] for what in UNREAD))
    return Standing(1, RULES.version, Agreements(()), now=int(NOW.timestamp()), unread=unread, **rows)


@settings(max_examples=25, deadline=None)
@given(
    said=st.fixed_dictionaries(dict.fromkeys(NOBODY, st.frozensets(st.sampled_from(PEOPLE[:3]), max_size=2))),
    flags=st.lists(FLAGS, min_size=4, max_size=4),
)
def test_everybody_is_decided_as_if_alone(said: Mapping[str, frozenset[str]], flags: list[frozenset[Label]]) -> None:
    """Whatever is said of whom: what is decided of one is what would be if nothing were said of anybody else."""
    question = Question("r", WORKER, Purpose.EARLY_HELP, "R", PEOPLE, Wanted(fields=ALL), NOW, 8.0)
    together = Decisions(question, SOURCES, standing_of(said), RULES)
    for person, flagged in zip((*PEOPLE, *PEOPLE), (*flags, *reversed(flags)), strict=True):
        ids = frozenset({person, f"old-{person}"})
        own = standing_of({what: whose & ids for what, whose in said.items()})
        assert together.of(ids, flagged) == Decisions(question, SOURCES, own, RULES).of(ids, flagged)


def test_whoever_anything_is_said_of_is_named() -> None:
    """Whoever is named nowhere is decided like anybody else: a sort of row that was left out would be lost."""
    rows = {f.name for f in dataclasses.fields(Standing) if str(f.type).startswith("tuple[")}
    assert rows == SAID.keys()
    for what in NOBODY:
        assert standing_of(NOBODY | {what: frozenset("a")}).named == {"a"}


WORKERS = st.lists(st.builds(Professional, name=st.just("x"), labels=st.sampled_from([frozenset(), frozenset(Label)])))
RECORDS = st.builds(
    Involvement,
    service=st.just(HEALTH),
    notes=st.none() | st.just("z"),
    labels=st.sampled_from([frozenset[Label](), frozenset[Label](), frozenset({Label.CONFIDENTIAL_ADDRESS})]),
    professionals=st.none() | WORKERS,
) | st.builds(ChronologyEvent, title=st.just("t") | st.just(3))
FOUND = st.none() | st.builds(
    Found,
    st.sampled_from([Outcome.RECORDS, Outcome.STALE, Outcome.NONE_HELD, Outcome.TIMED_OUT]),
    st.sampled_from(["", "deadline"]),
    st.lists(RECORDS, max_size=2).map(tuple),
    st.sampled_from([NOW, NOW, None]),
    st.sampled_from([NOW, NOW, None]),
    st.sampled_from([True, True, False]),
    st.none(),
)
BORN = st.none() | st.dates(date(2000, 1, 1), TODAY)
ANY = frozenset({FieldId("Involvement.service"), FieldId("Involvement.notes"), FieldId("Professional.name")})


@settings(max_examples=30, deadline=None)
@given(
    rows=rulesets,
    how=st.sampled_from(["open", "told", "shut", "drawn"]),
    people=st.lists(
        st.tuples(
            FOUND, st.booleans(), st.sampled_from([NOW, NOW, None]), st.none() | st.dates(date(2000, 1, 1), TODAY)
        ),
        min_size=1,
        max_size=6,
    ),
    asked=st.just(ALL) | st.just(ANY),
    own=st.booleans(),
)
def test_everybody_is_told_as_if_alone(
    rows: list[RuleRow],
    how: str,
    people: list[tuple[Any, ...]],
    asked: frozenset[FieldId],
    own: bool,  # noqa: FBT001 -- drawn
) -> None:
    """Records, outcomes, gaps, what was shown and whose owner is told: together they are what they are one by one."""
    rules = {
        "open": [rule()],
        "told": [rule(duties="notify-owner"), bar(sensitivity="CONFIDENTIAL_ADDRESS")],
        "shut": [rule(), bar(field="Involvement.service", on_deny="omit")],
        "drawn": rows,
    }
    source = dataclasses.replace(SOURCES["health"], coverage=Coverage(youngest=5, oldest=18))
    made = [
        Decided.of(source, facts(own=own), ServiceMask(asked, ruling(*its, service=HEALTH)))
        for its in (rules[how], rules["open"])
    ]
    pairs = [Pair(made[other], found, None, synced, born) for found, other, synced, born in people]
    alone = [_alone(pair._replace(found=copy.deepcopy(pair.found))) for pair in pairs]
    assert results_of(pairs, ids=b"k" * 32, now=NOW) == alone


def test_what_differs_between_two_is_told_of_neither_as_of_the_other() -> None:
    """An old answer beside a fresh one, a cut one beside a whole one, an age not covered, one's own records."""
    source = dataclasses.replace(SOURCES["health"], coverage=Coverage(youngest=5, oldest=18))
    told = ServiceMask(ALL, ruling(rule(duties="notify-owner"), service=HEALTH))
    ours, theirs = (Decided.of(source, facts(own=own), told) for own in (True, False))
    held = (Involvement(service=HEALTH),)
    pairs = [
        Pair(decided, found, None, NOW, born)
        for decided in (ours, theirs)
        for found in (
            None,
            *(
                Found(outcome, "", records, NOW, NOW, complete)
                for outcome in (Outcome.RECORDS, Outcome.STALE, Outcome.NONE_HELD)
                for records in ((), held)
                for complete in (True, False)
            ),
        )
        for born in (date(2012, 5, 17), date(1999, 1, 1))
    ]
    alone = [_alone(pair._replace(found=copy.deepcopy(pair.found))) for pair in pairs]
    pairs = [pair._replace(found=copy.deepcopy(pair.found)) for pair in pairs]
    assert results_of(pairs, ids=b"k" * 32, now=NOW) == alone
    assert {result.owner_told for result in alone} == {True, False}


def _alone(pair: Pair) -> SourceResult:
    decided, found, sight, last_sync, born = pair
    return result_of(decided, found, sight=sight, last_sync=last_sync, born=born, ids=b"k" * 32, now=NOW)
