"""Census drops, replayed through a real folder: each year's message, and those that are not to be believed."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from connectors.conformance import Examples, Known
from connectors.contract import Connector, LocalId, Matched, Rejected, Traits
from connectors.errors import SourceBroken
from connectors.systems.cin_census.years import known_years, year_of
from schema.fields import FieldId
from schema.labels import Label
from schema.records import (
    Birth,
    ChronologyEvent,
    EventKind,
    Identifier,
    IdentifierSystem,
    Involvement,
    Sex,
    Status,
    Threshold,
)
from tests.systems.returning import TODAY, answers_what_its_manifest_says, ask, conforms, connected, of

SEX = "<GenderCurrent>2</GenderCurrent>"
MESSAGE = """<?xml version="1.0" encoding="utf-8"?>
<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>{year}</Year></CollectionDetails></Header>
<Children>
 <Child>
  <ChildIdentifiers><LAchildID>C1</LAchildID><UPN>A820000014001</UPN><FormerUPN>X820000014002</FormerUPN>
   <PersonBirthDate>2014-03-02</PersonBirthDate>{sex}</ChildIdentifiers>
  <ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>
  <CINdetails>
   <CINreferralDate>2025-02-02</CINreferralDate><ReferralSource>2A</ReferralSource>
   <PrimaryNeedCode>N1</PrimaryNeedCode>
   <Assessments><AssessmentActualStartDate>2025-02-10</AssessmentActualStartDate>
    <AssessmentAuthorisationDate>2025-03-10</AssessmentAuthorisationDate>
    <FactorsIdentifiedAtAssessment><AssessmentFactors>3B</AssessmentFactors>
     <AssessmentFactors>{factor}</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>
   <CINPlanDates><CINPlanStartDate>2025-03-12</CINPlanStartDate><CINPlanEndDate>2025-06-11</CINPlanEndDate></CINPlanDates>
   <CINPlanDates><CINPlanStartDate>2026-02-01</CINPlanStartDate></CINPlanDates>
   <Section47><S47ActualStartDate>2025-06-01</S47ActualStartDate><DateOfInitialCPC>2025-06-10</DateOfInitialCPC>
    <ICPCnotRequired>false</ICPCnotRequired></Section47>
   <DateOfInitialCPC>2025-06-10</DateOfInitialCPC>
   <ReferralNFA>false</ReferralNFA>
   <ChildProtectionPlans><CPPstartDate>2025-06-11</CPPstartDate><CPPendDate>2026-01-05</CPPendDate>
    <InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><LatestCategoryOfAbuse>EMO</LatestCategoryOfAbuse>
    <Reviews><CPPreviewDate>2025-09-01</CPPreviewDate><CPPreviewDate>2025-12-01</CPPreviewDate></Reviews>
   </ChildProtectionPlans>{more}
  </CINdetails>
 </Child>
 <Child>
  <ChildIdentifiers><LAchildID>C2</LAchildID><UPNunknown>UN3</UPNunknown>
   <ExpectedPersonBirthDate>2027-01-05</ExpectedPersonBirthDate><PersonDeathDate>2026-10-01</PersonDeathDate>
  </ChildIdentifiers><ChildCharacteristics><Ethnicity>NOBT</Ethnicity></ChildCharacteristics>
  <CINdetails><CINreferralDate>2026-09-01</CINreferralDate><ReferralSource>3A</ReferralSource>
   <ReferralNFA>1</ReferralNFA></CINdetails>
 </Child>
 <Child>
  <ChildIdentifiers><LAchildID>C3</LAchildID><UPN>B820000018003</UPN></ChildIdentifiers>
  <CINdetails><CINreferralDate>2020-01-01</CINreferralDate><CINclosureDate>2021-01-01</CINclosureDate>
   <ReasonForClosure>RC1</ReasonForClosure><ReferralNFA>false</ReferralNFA></CINdetails>
 </Child>
 <Child><ChildIdentifiers><UPN>C820000018004</UPN></ChildIdentifiers></Child>
</Children></Message>"""

Drop = Callable[..., Connector]


def dropped(folder: Path, year: str = "2024", sex: str = SEX, factor: str = "24A", more: str = "") -> Connector:
    """Drop a census of a year and connect it."""
    text = MESSAGE.format(year=year, sex=sex, factor=factor, more=more)
    (folder / "CIN_census.xml").write_text(text, "utf-8")
    return connected("cin_census", folder)


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    """Drop a census of a year and connect it."""
    return partial(dropped, tmp_path)


async def test_involvements(drop: Drop) -> None:
    """A referral and a protection plan are involvements; one with no further action is over."""
    reply = await ask(drop(), "C1", "C2")
    by_threshold = {i.threshold: i for i in of(reply, Involvement, "C1")}
    need = by_threshold[Threshold.CHILD_IN_NEED]
    assert (need.status, need.start, need.reason) == (Status.CURRENT, date(2025, 2, 2), "Abuse or neglect")
    assert need.plan is not None
    assert (need.plan.start, need.plan.end) == (date(2026, 2, 1), None)
    protection = by_threshold[Threshold.CHILD_PROTECTION]
    assert (protection.status, protection.end) == (Status.HISTORIC, date(2026, 1, 5))
    assert protection.plan is not None
    assert protection.plan.category == "Emotional abuse"
    (nothing,) = of(reply, Involvement, "C2")
    assert nothing.status is Status.HISTORIC
    assert reply.rejected == ()


async def test_events(drop: Drop) -> None:
    """Every dated thing is an event once; factors are needs in words."""
    events = of(await ask(drop(), "C1"), ChronologyEvent, "C1")
    assert sorted(e.kind.name for e in events if e.kind) == [
        "ASSESSMENT_END",
        "ASSESSMENT_START",
        "CHILD_IN_NEED_END",
        "CHILD_IN_NEED_START",
        "CHILD_IN_NEED_START",
        "CHILD_PROTECTION_END",
        "CHILD_PROTECTION_START",
        "CONFERENCE",
        "OTHER",
        "OTHER",
        "REFERRAL",
        "SECTION_47",
    ]
    assessed = next(e for e in events if e.kind is EventKind.ASSESSMENT_END)
    assert assessed.needs == ["Domestic abuse of a parent or carer", "Child criminal exploitation"]
    assert len({e.id for e in events}) == len(events) - 3, "a start and its end share their record"


@pytest.mark.parametrize("year", sorted(known_years()))
async def test_each_years_sex(drop: Drop, year: int) -> None:
    """The element that holds sex is the year's own, and its codes are read."""
    element = known_years()[year].sex
    code = "F" if element == "Sex" else "2"
    reply = await ask(drop(str(year), f"<{element}>{code}</{element}>"), "C1")
    (birth,) = of(reply, Birth, "C1")
    assert birth.sex is Sex.FEMALE
    assert reply.rejected == ()


@pytest.mark.parametrize(("year", "nearest"), [("2031", 2026), ("1999", 2022), ("soon", 2026), ("20260", 2026)])
async def test_an_unknown_year_is_read_as_the_nearest(drop: Drop, year: str, nearest: int) -> None:
    """It is read, and said by place and code."""
    assert year_of(year) == (known_years()[nearest], False)
    reply = await ask(drop(year), "C1")
    assert Rejected("Header.CollectionDetails.Year", "unknown-year") in reply.rejected
    assert of(reply, Involvement, "C1")


async def test_what_a_year_does_not_know_is_said(drop: Drop) -> None:
    """A new factor is kept as its code and a new part is not read; both are reported, without their values."""
    reply = await ask(drop(factor="99Z", more="<Unheard><Of>Robin</Of></Unheard>"), "C1")
    assert set(reply.rejected) == {
        Rejected("assessments.AssessmentFactors", "unknown-code"),
        Rejected("CINdetails", "unknown-element"),
    }
    needs = [e.needs for e in of(reply, ChronologyEvent, "C1") if e.needs]
    assert needs == [["Domestic abuse of a parent or carer", "99Z"]]
    assert "Robin" not in str(reply)


async def test_who_the_census_knows(drop: Drop) -> None:
    """No names; UPNs current and former; an adopted child's identity and closure are sealed."""
    connector = drop()
    feed = {i.local_id: i async for i in connector.identities(None)}
    assert set(feed) == {"C1", "C2", "C3"}
    assert feed[LocalId("C1")].traits.names == ()
    assert feed[LocalId("C3")].labels == {Label.ADOPTION}
    former = Traits(identifiers=((IdentifierSystem.UPN, "X820000014002"),))
    assert await connector.locate(former) == Matched(LocalId("C1"))
    reply = await ask(connector, "C1", "C2", "C3")
    (closed,) = [e for e in of(reply, ChronologyEvent, "C3") if e.title == "Case closed"]
    assert closed.labels == {Label.ADOPTION}
    numbers = {(i.system, i.value) for i in of(reply, Identifier, "C2")}
    assert numbers == {(IdentifierSystem.CASE_NUMBER, "C2")}


def examples(folder: Path) -> Examples:
    """Give the children of the census for the kit."""
    upns = tuple((IdentifierSystem.UPN, u) for u in ("A820000014001", "B820000018003"))
    known = (Known(LocalId("C1"), Traits(identifiers=upns[:1])), Known(LocalId("C2")), Known(LocalId("C3")))
    away = connected("cin_census", folder / "nowhere")
    return Examples(known, LocalId("C9"), TODAY, ambiguous=Traits(identifiers=upns), unreachable=away)


async def test_it_conforms(drop: Drop, tmp_path: Path) -> None:
    """Every promise of the kit holds, and the manifest says what it answers."""
    connector = drop()
    assert await conforms(connector, examples(tmp_path)) == ()
    assert answers_what_its_manifest_says(connector, "cin_census")


BOMB = '<!DOCTYPE Message [<!ENTITY a "Robin Example">]><Message><Children>&a;</Children></Message>'
BAD = {
    "document-type": BOMB,
    "not-xml": "<Message><Children><Child>Robin Example</Children></Message>",
    "not-a-census": "<Other><Name>Robin Example</Name></Other>",
    "too-deep": "<Message>" + "<Children>" * 40 + "</Children>" * 40 + "</Message>",
    "too-large": "<Message>" + " " * 5000 + "Robin Example</Message>",
}


@pytest.mark.parametrize("code", BAD)
async def test_what_is_not_to_be_believed(tmp_path: Path, code: str) -> None:
    """A document type, broken XML, another message, one too deep or too large: refused by place, never by value."""
    (tmp_path / "census.xml").write_text(BAD[code], "utf-8")
    with pytest.raises(SourceBroken) as refused:
        await ask(connected("cin_census", tmp_path, max_bytes=4096), "C1")
    assert refused.value.code == code
    assert "Robin" not in str(refused.value)
    assert "census.xml" in str(refused.value)


async def test_only_what_is_asked(drop: Drop) -> None:
    """Asked for when things happened, nothing of what they were is given."""
    reply = await ask(drop(), "C1", fields=frozenset({FieldId("ChronologyEvent.date")}))
    assert {(e.title, e.kind, e.needs) for e in of(reply, ChronologyEvent, "C1")} == {(None, None, None)}
