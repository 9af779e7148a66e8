"""Another authority's hub as a source: both hubs decide, neither's word is lost, and one that is ill is one source."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.contract import (
    Ambiguous,
    Ask,
    Capabilities,
    Health,
    Held,
    Identity,
    LocalId,
    Located,
    Matched,
    Name,
    Reply,
    TooLittle,
    Traits,
    Unknown,
)
from connectors.errors import SourceBroken, SourceMisconfigured, SourceUnavailable
from connectors.neighbour import AskedFor, Gap, Looked, Neighbour, Part, PartAsk, PartReply, Said, Sought
from hub.answer.as_said import as_said
from hub.answer.bound import LABELLED, PassedOn
from hub.answer.deciding import Decided
from hub.answer.explain import explain_gaps
from hub.answer.gather import Errand, Found, gather
from hub.answer.released import SourceResult, result_of
from hub.answer.sources import ConnectedSource, Sources
from policies.service_mask import ServiceMask
from policies.verdicts import Decision, Verdict
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.records import Involvement
from schema.sources import Coverage, TeamContact
from tests.cast import source_config
from tests.rooms.policies.rules import HEALTH, bar, facts, rule, ruling

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ADA = Traits((Name("Ada", "Marchbanks"),), date(2012, 3, 9))
TEAM, NOTES, SERVICE = (FieldId(f"Involvement.{name}") for name in ("team", "notes", "service"))
ASKED = frozenset({TEAM, NOTES, SERVICE})
WHO = AskedFor("0" * 32, "social-worker", "county-council", Purpose.CHILD_PROTECTION, "R 1", "1" * 32)
DESK = TeamContact(team="North duty", phone="01632 960299")
SAID = Said("North's hub", Outcome.RECORDS, None, NOW, coverage=Coverage(area="North"), contact=DESK)


HERE = Matched(LocalId("a1"))


@dataclass(repr=False)
class North:
    """Another hub, with a health source, of one child: it says what it is told to."""

    word: Said | None = SAID
    held: tuple[Held, ...] = ()
    located: Located = HERE
    of_nobody: dict[str, Said] = field(default_factory=dict)
    fails: Exception | None = None
    asked: list[Sequence[PartAsk]] = field(default_factory=list)
    told: list[AskedFor] = field(default_factory=list)
    sought: list[Sequence[Sought]] = field(default_factory=list)
    hub: str = "https://hub.north.example"
    closed: int = 0

    capabilities = Capabilities(frozenset(CATALOGUE))

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(Part(theirs, source_config(theirs)) for theirs in ("health", "police"))

    async def locate_all(self, people: Sequence[Sought], asked_for: AskedFor) -> Looked:
        if self.fails is not None:
            raise self.fails
        self.sought.append(people)
        self.told.append(asked_for)
        return Looked([self.located for _ in people], self.of_nobody)

    async def ask_all(self, asks: Sequence[PartAsk], asked_for: AskedFor) -> Sequence[PartReply]:
        assert asked_for.left > 0
        self.asked.append(asks)
        replies = []
        for one in asks:
            said = {person: self.word for person in one.ask.people if self.word is not None}
            replies.append(PartReply(Reply(dict.fromkeys(one.ask.people, self.held)), said))
        return replies

    async def locate(self, traits: Traits) -> Located:
        raise NotImplementedError

    async def fetch(self, ask: Ask) -> Reply:
        raise NotImplementedError

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        raise NotImplementedError(since)
        yield

    async def health(self) -> Health:
        return Health(ok=True)

    async def close(self) -> None:
        self.closed += 1


def through(north: North) -> tuple[ConnectedSource, ...]:
    return ConnectedSource.all_of(source_config("universal"), north)


async def found(north: North, **changed: Any) -> Found:
    """Ask about Ada at the other hub's health source."""
    health = through(north)[0]
    errand = Errand("ada", health, ASKED, (), ADA)._replace(**changed)
    return (await gather({1: errand}, deadline=5, clock=lambda: NOW, asked_for=WHO))[1]


def shown(what: Found, *rows: Any) -> SourceResult:
    """Release what was found, by rules here."""
    decided = Decided.of(through(North())[0], facts(), ServiceMask(ASKED, ruling(*(rows or (rule(),)))))
    return result_of(decided, what, sight=None, last_sync=None, born=None, ids=None, now=NOW)


def involved(**given: Any) -> Involvement:
    return Involvement(service=HEALTH, team="North", **given)


def test_the_sources_of_one_hub_are_one_system() -> None:
    """Each is decided on by itself; their places and their circuit are one, and so is the connection."""
    north = North()
    health, police = through(north)
    assert isinstance(north, Neighbour)
    assert (health.theirs, police.theirs) == ("health", "police")
    assert health.breaker is police.breaker
    assert health.bulkhead is police.bulkhead
    with pytest.raises(SourceMisconfigured, match="two sources are both"):
        Sources.connected([(source_config("universal"), north), (source_config("housing"), North())])


async def test_one_connection_is_closed_once() -> None:
    """However many sources are asked through it."""
    north = North()
    await Sources.connected([(source_config("universal"), north)]).close()
    assert north.closed == 1


async def test_everybody_is_looked_for_and_asked_about_in_two_questions() -> None:
    """Two people at two sources: one look, one ask, each with who asks and how long there is."""
    north = North(held=(involved(),))
    health, police = through(north)
    errands = {(n, s.theirs): Errand(str(n), s, ASKED, (), ADA) for n in (1, 2) for s in (health, police)}
    await gather(errands, deadline=2.0, clock=lambda: NOW, asked_for=WHO)
    assert (len(north.told), len(north.asked), len(north.asked[0])) == (1, 1, 2)
    assert north.told[0] == WHO.known_at(north.hub)
    assert 0 < north.told[0].left <= 2.0


async def test_each_is_looked_for_at_the_sources_that_will_be_asked_about_them() -> None:
    """By no other: whom the other hub knows elsewhere must not show in how sure it is of somebody."""
    north = North(held=(involved(),))
    health, police = through(north)
    errands = {(1, s.theirs): Errand("1", s, ASKED, (), ADA) for s in (health, police)}
    errands[2, "police"] = Errand("2", police, ASKED, (), ADA)
    await gather(errands, deadline=2.0, clock=lambda: NOW, asked_for=WHO)
    both = frozenset({"health", "police"})
    assert north.sought == [(Sought(ADA, both), Sought(ADA, frozenset({"police"})))]


async def test_each_hub_is_told_of_a_user_by_another_name() -> None:
    """Two that lay what they were told side by side find nobody in both; one hub knows a user again."""
    one, other, again = North(), North(hub="https://hub.west.example"), North()
    for hub in (one, other, again):
        await found(hub)
    names = [hub.told[0].subject for hub in (one, other, again)]
    assert names[0] == names[2] != names[1]
    assert WHO.subject not in names


async def test_whom_a_link_names_is_not_looked_for() -> None:
    """A link in the index says who it is."""
    north = North(held=(involved(),))
    assert (await found(north, traits=None, local_ids=(LocalId("a1"),))).outcome is Outcome.RECORDS
    assert north.told == []


async def test_whether_a_source_there_covers_an_age_is_reckoned_here() -> None:
    """The other hub knows the age of whom it knows: of a stranger it says none held, and both must read alike."""
    young = replace(SAID, coverage=Coverage(youngest=18))
    told = []
    for outcome in (Outcome.NONE_HELD, Outcome.NOT_COVERED):
        what = await found(North(replace(young, outcome=outcome)))
        decided = Decided.of(through(North())[0], facts(), ServiceMask(ASKED, ruling(rule())))
        for born in (ADA.date_of_birth, None):
            made = result_of(decided, what, sight=None, last_sync=None, born=born, ids=None, now=NOW)
            told.append((made.answer.outcome, made.answer.explanation))
    assert told[:2] == told[2:]
    assert [outcome for outcome, _ in told[:2]] == [Outcome.NOT_COVERED, Outcome.NONE_HELD]


@pytest.mark.parametrize("outcome", [o for o in Outcome if o not in {Outcome.RECORDS, Outcome.NOT_COVERED}])
async def test_what_it_says_of_a_source_is_said_here(outcome: Outcome) -> None:
    """One to one, with its reason, its as-of, its coverage, whose word it is and whom to ring there."""
    word = replace(SAID, outcome=outcome, reason=Reason.NO_AGREEMENT, complete=outcome is Outcome.NONE_HELD)
    answer = shown(await found(North(word))).answer
    assert (answer.outcome, answer.reason) == (outcome, Reason.NO_AGREEMENT)
    assert answer.explanation.endswith("So says North's hub.")
    assert (answer.coverage, answer.contact) == (SAID.coverage, DESK)
    assert answer.as_of == NOW


async def test_records_are_shown_with_what_it_held_back_of_them() -> None:
    """Its gap, its reason and its decision to quote; a source's own team where it gives none."""
    word = replace(SAID, gaps={NOTES: Gap(Reason.PROTECTED, decision="d.9"), TEAM: Gap(Reason.PROTECTED, masked=True)})
    result = shown(await found(North(word, (involved(),))))
    assert (result.answer.outcome, len(result.records)) == (Outcome.RECORDS, 1)
    notes, team = explain_gaps(through(North())[0], result.gaps, "here", result.word, result.theirs)
    assert (notes.path, notes.decision_id, notes.ring) == ("involvements.notes", "d.9", None)
    assert notes.reason.endswith("So says North's hub.")
    assert team.masked
    brokered = replace(SAID, contact=None, gaps={NOTES: Gap(Reason.PROTECTED, brokered=True)})
    result = shown(await found(North(brokered, (involved(),))))
    (gap,) = explain_gaps(through(North())[0], result.gaps, "here", result.word, result.theirs)
    assert gap.ring is not None
    assert (gap.ring.team, gap.remedy) == ("health duty", "Ring health duty on 01632 960000.")


async def test_both_decisions_hold() -> None:
    """What the rules here refuse is not shown whatever came; of two reasons the stricter is said, here's if equal."""
    word = replace(SAID, gaps={NOTES: Gap(Reason.NOT_YOUR_CASE), FieldId("Birth.sex"): Gap(Reason.PROTECTED)})
    result = shown(await found(North(word, (involved(notes="all of it"),))), rule(), bar(field="Involvement.notes"))
    (record,) = result.records
    assert isinstance(record, Involvement)
    assert record.notes is None
    assert result.theirs == frozenset()
    assert result.gaps[NOTES].reason is Reason.PROTECTED
    decided = Decided.of(through(North())[0], facts(), ServiceMask(ASKED, ruling(rule())))
    own = result._replace(gaps={TEAM: Decision(Verdict.MASK, reason=Reason.NOT_YOUR_CASE)})
    for masked, reason in ((True, Reason.NOT_YOUR_CASE), (False, Reason.PROTECTED)):
        joined = as_said(decided, own, replace(SAID, gaps={TEAM: Gap(Reason.PROTECTED, masked=masked)}))
        assert joined.gaps[TEAM].reason is reason


async def test_what_is_hidden_here_is_not_told_by_its_word() -> None:
    """Records the rules here may not tell of read as none held, with nothing of what the other hub says of them."""
    word = replace(SAID, gaps={NOTES: Gap(Reason.PROTECTED)})
    omitting = (rule(), bar(sensitivity="SEXUAL_HEALTH", on_deny="omit"))
    records = (involved(labels=frozenset({Label.SEXUAL_HEALTH})),)
    hidden = shown(Found(Outcome.RECORDS, "", records, said=word), *omitting)
    assert (hidden.answer.outcome, hidden.gaps) == (Outcome.NONE_HELD, {})
    assert "So says" not in hidden.answer.explanation


async def test_nobody_there_is_none_held_unless_it_is_held_back_from_every_asker() -> None:
    """Who is not known there is said not to be, but of a source that may not be looked into; unsure stays unsure."""
    nobody = North(located=Unknown())
    assert (await found(nobody)).said is None
    nobody.of_nobody = {"health": replace(SAID, outcome=Outcome.NONE_HELD)}
    assert shown(await found(nobody)).answer.outcome is Outcome.NONE_HELD
    withheld = {"health": replace(SAID, outcome=Outcome.WITHHELD, reason=Reason.NO_AGREEMENT, complete=False)}
    for located in (Unknown(), Ambiguous(2)):
        answer = shown(await found(North(located=located, of_nobody=withheld))).answer
        assert (answer.outcome, answer.reason) == (Outcome.WITHHELD, Reason.NO_AGREEMENT)
    for unsure in (Ambiguous(2), TooLittle()):
        of_nobody = {"health": replace(SAID, outcome=Outcome.NONE_HELD)}
        assert (await found(North(located=unsure, of_nobody=of_nobody))).outcome is Outcome.UNIDENTIFIED
    assert (await found(North(word=None))).outcome is Outcome.NONE_HELD
    assert (await found(North(word=None, held=(involved(),)))).said is None


async def test_whom_it_knows_elsewhere_reads_like_whom_it_does_not_know() -> None:
    """Found there, and told nothing of at the source that may be asked: word for word as of a stranger."""
    for outcome in (Outcome.NONE_HELD, Outcome.WITHHELD):
        of_nobody = {"health": replace(SAID, outcome=outcome, reason=Reason.NO_AGREEMENT)}
        stranger = shown(await found(North(located=Unknown(), of_nobody=of_nobody)))
        elsewhere = shown(await found(North(word=None, of_nobody=of_nobody)))
        assert elsewhere == stranger
        assert stranger.answer.outcome is outcome


async def test_its_word_is_not_told_where_nothing_may_be_by_now() -> None:
    """Asked while it might be and refused at release: this hub's own words, and nothing of what came."""
    word = replace(SAID, outcome=Outcome.WITHHELD, gaps={SERVICE: Gap(Reason.PROTECTED), NOTES: Gap(Reason.PROTECTED)})
    for on_deny in ("omit", "withhold"):
        refused = (rule(), bar(field="*", on_deny=on_deny))
        assert shown(Found(Outcome.NONE_HELD, retrieved_at=NOW, said=word), *refused) == shown(
            Found(Outcome.NONE_HELD, retrieved_at=NOW), *refused
        )


async def test_a_hub_that_is_ill_is_one_failing_source() -> None:
    """Whatever it raises is an outcome; nobody to ask for is refused; too much or somebody else is broken."""
    assert (await found(North(fails=SourceUnavailable("timed-out")))).outcome is Outcome.TIMED_OUT
    assert (await found(North(fails=SourceBroken("x")))).code == "broken:x"
    health = through(North())[0]
    errand = Errand("ada", health, ASKED, (), ADA)
    alone = await gather({1: errand}, deadline=5, clock=lambda: NOW)
    assert alone[1].code == "refused:nobody-asks"
    many = North(held=(involved(),) * 5_001)
    assert (await found(many)).code == "broken:too-many-records"


def test_a_labelled_record_is_not_passed_on() -> None:
    """The other hub could not protect what it does not know to be protected; what may not be told of stays untold."""
    mask = PassedOn.of(ServiceMask(ASKED, ruling(rule(), bar(sensitivity="ADOPTION", on_deny="omit"))))
    assert mask.decide(NOTES).verdict is Verdict.PERMIT
    assert mask.decide(NOTES, frozenset({Label.ORDINARY})).verdict is Verdict.PERMIT
    assert mask.decide(NOTES, frozenset({Label.SPECIAL_CATEGORY})) == LABELLED
    assert mask.decide(NOTES, frozenset({Label.ADOPTION})).verdict is Verdict.OMIT
    assert mask.existence.verdict is Verdict.PERMIT
    assert mask.permitted == ASKED
