"""What pages make of what they are given: forms read forgivingly, results in order, states, gaps, pictures."""

from datetime import UTC, date, datetime
from itertools import combinations

import pytest

from hub.answer.finding import criteria_of
from hub.people.criteria import TooLittle, question
from hub.web.pages.chronology import filters
from hub.web.pages.chronology.lanes import LEFT, RIGHT, WIDTH, picture
from hub.web.pages.find.form import read
from hub.web.pages.find.results import results_of, why
from hub.web.pages.involved.page import open_addresses
from hub.web.pages.involved.panels import Panel, State, gaps_of, named, state_of, together
from hub.web.pages.rendering import mail, moment, telephone
from hub.web.pages.words import OFFERED, PURPOSES, plainly
from schema.kinds import Kind
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.records import Address, ChronologyEvent, EventKind, IdentifierSystem, Involvement, Status
from schema.search import MatchEvidence, PersonCandidate, SearchAnswer, SearchOutcome
from schema.services import Service
from schema.sources import SourceAnswer
from schema.withheld import Withheld


# A month is a number or a name; a number is an NHS number by its ten digits, and otherwise a pupil number.
def test_a_form_is_read_forgivingly() -> None:
    typed = read({"family": " Quill* ", "day": "7", "month": "sept", "year": "2014", "number": "999 000 0018"}, TODAY)
    assert typed.wrong == {}
    assert (typed.asked.family_name, typed.asked.date_of_birth) == ("Quill*", date(2014, 9, 7))
    assert typed.asked.identifier
    assert typed.asked.identifier.system is IdentifierSystem.NHS_NUMBER
    pupil = read({"number": "A123456789012", "age": "9"}, TODAY).asked
    assert pupil.identifier
    assert (pupil.identifier.system, pupil.age) == (IdentifierSystem.UPN, 9)


# What cannot be read is said beside its field.
@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "family"),
        ({"day": "31", "month": "2", "year": "2014"}, "day"),
        ({"day": "1", "month": "2", "year": "9" * 90}, "day"),
        ({"age": "old"}, "age"),
        ({"age": "99"}, "age"),
        ({"number": "999 000 0019"}, "number"),
        ({"family": "Quill"}, "day"),
        ({"day": "7", "month": "9", "year": "2014"}, "family"),
        ({"postcode": "BK7 7QQ", "age": "9"}, "family"),
    ],
)
def test_what_cannot_be_read_is_told(form: dict[str, str], field: str) -> None:
    assert set(read(form, TODAY).wrong) == {field}


TODAY = date(2026, 3, 2)
TYPED = {"family": "Quill", "given": "Maya", "age": "9", "postcode": "BK7 7QQ", "address": "7 Canary Row", "day": "7"}


# Too little is said to be too little just where the index would say so, and whatever is named as enough is enough.
def test_what_else_to_give_is_enough() -> None:
    for many in range(1, len(TYPED) + 1):
        for names in combinations(TYPED, many):
            form = {name: TYPED[name] for name in names} | ({"month": "9", "year": "2014"} if "day" in names else {})
            typed = read(form, TODAY)
            little = isinstance(question(criteria_of(typed.asked), TODAY), TooLittle)
            assert bool(typed.wrong) == little, names
            for other in typed.others:
                more = {name: TYPED[name] for name, words in NAMED.items() if words in other}
                more |= {"month": "9", "year": "2014"} if "day" in more else {}
                assert read(more | form, TODAY).wrong == {}, (names, other)
    alone = read({"family": "Quill"}, TODAY)
    assert alone.wrong == {"day": "Add the date of birth: a family name alone fits too many children"}
    assert alone.others[0] == "the given name and the age"
    both = read({"family": "Quill", "given": "Maya"}, TODAY).wrong["day"]
    assert both.startswith("Add the date of birth, the age, a postcode or the first line of the address: a family name")


NAMED = {
    "family": "the family name",
    "given": "the given name",
    "age": "the age",
    "postcode": "a postcode",
    "address": "the first line of the address",
    "day": "the date of birth",
}


def candidate(name: str, born: date | None, rule: str | None = None) -> PersonCandidate:
    """Make somebody found."""
    return PersonCandidate(
        id=name,  # type: ignore[arg-type] # strawberry.ID is a NewType of str
        names=[name],
        date_of_birth=born,
        expected_date_of_birth=None,
        age=None,
        sex=None,
        postcodes=[],
        services=[],
        score=1.0,
        evidence=[],
        rule=rule,
        notes=[],
    )


def answered(outcome: SearchOutcome, *candidates: PersonCandidate) -> SearchAnswer:
    """Make a search's answer."""
    return SearchAnswer(outcome=outcome, searched=["surname"], explanation="", candidates=list(candidates))


# Results come youngest first, those whose birth is not told last, and possible ones apart from likely ones.
def test_results_are_youngest_first() -> None:
    people = [candidate("old", date(2009, 1, 1)), candidate("untold", None), candidate("young", date(2020, 1, 1))]
    found = results_of(answered(SearchOutcome.POSSIBLE, *people, candidate("one", None, "R1")))
    assert [c.names[0] for c in found.possible] == ["young", "old", "untold"]
    assert [c.names[0] for c in found.likely] == ["one"]
    assert found.heading == "4 children found"
    assert results_of(answered(SearchOutcome.NO_MATCH)).heading == "Nobody was found"
    assert results_of(answered(SearchOutcome.TOO_MANY)).heading.startswith("Too many")


# Evidence is words, for and against.
def test_evidence_is_words() -> None:
    said = why(
        [
            MatchEvidence(field="surname", agreement="sounds alike", bits=3.0),
            MatchEvidence(field="sex", agreement="different", bits=-2.0),
        ]
    )
    assert [(w.says, w.agrees) for w in said] == [("Surname sounds alike", True), ("Sex is different", False)]


# Every outcome has a state of its own kind: silence is never none held, and none held is never not covered.
def test_every_outcome_has_a_state() -> None:
    assert {state_of(o, ()) for o in Outcome} == {
        State.OTHER,
        State.NONE,
        State.NOT_COVERED,
        State.WITHHELD,
        State.RING,
        State.SILENT,
        State.OLD,
        State.UNSURE,
    }
    past, now, unsaid = (Involvement(id="", status=s) for s in (Status.HISTORIC, Status.CURRENT, None))
    assert state_of(Outcome.RECORDS, [past, now]) is State.NOW
    assert state_of(Outcome.RECORDS, [past]) is State.PAST
    assert state_of(Outcome.RECORDS, [past, unsaid]) is State.UNSAID
    assert len({s.words for s in State}) == len(State)


def gap(path: str, source: str = "police", reason: Reason = Reason.NO_RULE_PERMITS) -> Withheld:
    """Make a gap."""
    return Withheld(
        path=path,
        service=Service("POLICE"),
        source=source,  # type: ignore[arg-type] # strawberry.ID is a NewType of str
        kind=Kind.PROFESSIONAL,
        masked=False,
        code=reason,
        reason=reason.means,
        remedy=reason.remedy,
        decision_id="d",  # type: ignore[arg-type] # the same
    )


# Gaps of one reason are said once, in words, with every source that has them.
def test_gaps_are_said_once() -> None:
    gaps = [gap("involvements.professionals.phone"), gap("flags.code"), gap("births.sex", reason=Reason.NO_AGREEMENT)]
    first, second = gaps_of(gaps, "Police records")
    assert first.what == ("professional's phone", "flag code")
    assert (second.what, second.reason) == (("sex",), Reason.NO_AGREEMENT.means)
    answer = SourceAnswer(source="police", service=Service("POLICE"), name="", outcome=Outcome.RECORDS, complete=True)  # type: ignore[arg-type] # strawberry.ID
    panels = [Panel(answer, "", State.NOW, (), (g,)) for g in (first, gaps_of(gaps[:2], "Housing records")[0])]
    assert [g.source for g in together(panels)] == ["Police records, Housing records"]
    assert named("involvements.dutyDesk.email") == "duty desk's email"
    assert named("births.dateOfBirth") == "date of birth"


def event(
    day: date | None, service: str, kind: EventKind = EventKind.CONTACT, until: date | None = None
) -> ChronologyEvent:
    """Make an event."""
    return ChronologyEvent(id="", date=day, end_date=until, service=Service(service), kind=kind, title="")


EVENTS = [
    event(date(2019, 1, 1), "HEALTH"),
    event(date(2020, 6, 1), "POLICE", EventKind.MISSING, date(2020, 6, 3)),
    event(None, "HEALTH"),
]


# Filters keep what is wanted; an undated event is in every period, and what is no filter filters nothing.
@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({}, 3),
        ({"service": "POLICE"}, 1),
        ({"kind": "MISSING"}, 1),
        ({"significant": "yes"}, 1),
        ({"since": "2020-06-02"}, 2),
        ({"until": "2019-12-31"}, 2),
        ({"service": "nobody", "kind": "nothing", "since": "soon"}, 3),
    ],
)
def test_filters_keep_what_is_wanted(query: dict[str, str], kept: int) -> None:
    read_filters = filters.read(query)
    assert len(read_filters.kept(EVENTS)) == kept
    assert read_filters.any == (kept != len(EVENTS))


# Every dated event is in the picture, in its service's lane and within its edges; years say the child's age.
def test_the_picture_holds_every_dated_event() -> None:
    drawn = picture(EVENTS, date(2012, 5, 17), date(2026, 3, 2))
    assert drawn
    assert [(lane.label, len(lane.marks)) for lane in drawn.lanes] == [("Police", 1), ("Health", 1)]
    assert all(LEFT <= m.x <= m.x + m.width <= WIDTH - RIGHT for lane in drawn.lanes for m in lane.marks)
    assert (drawn.ticks[0].year, drawn.ticks[0].age) == (2020, 7)
    assert picture([event(None, "HEALTH")], None, date(2026, 3, 2)) is None
    assert picture([event(date(2026, 3, 2), "HEALTH")], None, date(2026, 3, 2))
    close = [event(date(2020, 6, 1), "POLICE", EventKind.MISSING), event(date(2020, 6, 2), "POLICE")]
    over = picture(close, None, date(2026, 3, 2))
    assert over
    assert [m.grave for m in over.lanes[0].marks] == [False, True]
    assert picture([event(date.max, "HEALTH")], None, date(2026, 3, 2)) is None
    assert picture([event(date(2026, 3, 2), "HEALTH", until=date.max)], None, date(2026, 3, 2))


# Every purpose has a name; the two that never name a child are not offered.
def test_every_purpose_has_a_name() -> None:
    assert set(PURPOSES) == set(Purpose)
    assert set(Purpose) - set(OFFERED) == {Purpose.ANALYSIS, Purpose.POLICY_REVIEW}
    assert plainly(None) == "not said"


# Numbers can be rung as written, the first of several; mail says to whom and no more; moments are London's.
def test_numbers_and_moments() -> None:
    assert telephone("+44 (0)1632 960001") == "+441632960001"
    assert telephone("01632 960 001") == "01632960001"
    assert telephone("Tel. (01632) 960001 ext. 27") == "01632960001;ext=27"
    assert telephone("01632 960001 x4; 07700 900123") == "01632960001;ext=4"
    assert telephone("2nd desk: 01632 960001 / 07700 900123") == "01632960001"
    assert telephone("ring the desk") == ""
    assert mail(" o'neil@example.org") == "o'neil@example.org"
    assert mail("a@b?bcc=c@d&body=x\r\nBcc: e") == "a@b%3Fbcc%3Dc@d%26body%3Dx%0D%0ABcc%3A%20e"
    assert moment(datetime(2026, 7, 1, 9, 0, tzinfo=UTC)) == "1 July 2026 at 10:00"
    assert moment(None) == "not known"


# One address is said once however each source spells it; another is another.
def test_an_address_spelt_otherwise_is_said_once() -> None:
    spelt = ("4 Rookery Rise, Fordham", "4 ROOKERY RISE FORDHAM", "5 Rookery Rise")
    told = open_addresses([Address(id="", lines=lines, postcode="BK8 9FA") for lines in spelt])
    assert [words for words, _ in told] == ["4 Rookery Rise, Fordham, BK8 9FA", "5 Rookery Rise, BK8 9FA"]
