"""Common Transfer Files, replayed through a real folder: pupils, their schools, special needs and attendance."""

import os
from datetime import date
from pathlib import Path

import pytest

from connectors.conformance import Examples, Known
from connectors.contract import Connector, LocalId, Matched, Name, Rejected, Traits
from connectors.errors import SourceBroken
from schema.records import (
    Address,
    ChronologyEvent,
    EventKind,
    Flag,
    Identifier,
    IdentifierSystem,
    Involvement,
    PersonName,
    Relationship,
    RelationshipType,
    Status,
)
from tests.systems.returning import TODAY, answers_what_its_manifest_says, ask, conforms, connected, of

ROBIN, SAM = "A820000014001", "B820000016002"
PUPILS = """
<Pupil><UPN>A820000014001</UPN><FormerUPN>X820000014002</FormerUPN><Surname>Example</Surname><Forename>Robin</Forename>
 <DOB>2014-03-02</DOB><Sex>F</Sex>
 <BasicDetails><PreferredSurname>Sample</PreferredSurname><PreferredForename>Rob</PreferredForename>
  <FormerSurname>Former</FormerSurname><Ethnicity>WBRI</Ethnicity></BasicDetails>
 <SENhistory><SEN><StartDate>2020-01-10</StartDate><EndDate>2022-01-09</EndDate><SENprovision>K</SENprovision></SEN>
  <SEN><StartDate>2022-01-10</StartDate><SENprovision>E</SENprovision></SEN></SENhistory>
 <SENneeds><SENneed><SENtypeRank>2</SENtypeRank><SENtype>SLCN</SENtype></SENneed>
  <SENneed><SENtypeRank>1</SENtypeRank><SENtype>SEMH</SENtype></SENneed></SENneeds>
 <Address><BS7666Address><PAON>14</PAON><Street>Alder Lane</Street><Town>Brookminster</Town>
  <UniquePropertyReferenceNumber>100090000014</UniquePropertyReferenceNumber></BS7666Address>
  <PostCode>BK1 1AA</PostCode></Address>
 <Contacts><Contact><Surname>Example</Surname><Forename>Ada</Forename><Relationship>MOT</Relationship>
  <Responsibility>true</Responsibility></Contact></Contacts>
 <Attendance><YearData><Year>2025</Year><SessionsPossible>300</SessionsPossible>
  <SessionsAttended>270</SessionsAttended><SessionsUnauthorised>12</SessionsUnauthorised></YearData>
  <YearData><Year>2024</Year></YearData></Attendance>
 <SchoolHistory><School><LEA>820</LEA><Estab>2001</Estab><SchoolName>Brook Infants</SchoolName>
  <EntryDate>2018-09-03</EntryDate><LeavingDate>2021-07-20</LeavingDate><LeavingReason>Moved up</LeavingReason></School>
  <School><LEA>820</LEA><Estab>2002</Estab><SchoolName>Brook Juniors</SchoolName><EntryDate>2021-09-02</EntryDate>
  </School></SchoolHistory></Pupil>"""
SECOND = """<Pupil><UPN>B820000016002</UPN><Surname>{surname}</Surname><Forename>Sam</Forename><DOB>2016-04-05</DOB>
 <Gender>M</Gender></Pupil>"""
FILE = """<CTfile><Header><CTFversion>{version}</CTFversion></Header><CTFpupilData>{pupils}</CTFpupilData></CTfile>"""


def dropped(folder: Path) -> Path:
    """Drop two schools' files; the older has an earlier surname of one pupil."""
    older = FILE.format(version="23.0", pupils=SECOND.format(surname="Earlier"))
    newer = FILE.format(version="24.0", pupils=PUPILS + SECOND.format(surname="Example"))
    (folder / "8202001_CTF_8202002_001.xml").write_text(older, "utf-8")
    os.utime(folder / "8202001_CTF_8202002_001.xml", (1_700_000_000, 1_700_000_000))
    (folder / "8202002_CTF_820LLLL_001.xml").write_text(newer, "utf-8")
    return folder


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return dropped(tmp_path)


@pytest.fixture
def connector(folder: Path) -> Connector:
    """Connect the folder."""
    return connected("ctf", folder, "EDUCATION")


async def test_schools(connector: Connector) -> None:
    """Each school is an involvement, current while there is no leaving date."""
    reply = await ask(connector, ROBIN)
    held = [(i.organisation, i.status, i.start) for i in of(reply, Involvement, ROBIN)]
    assert held == [
        ("Brook Infants", Status.HISTORIC, date(2018, 9, 3)),
        ("Brook Juniors", Status.CURRENT, date(2021, 9, 2)),
    ]
    assert reply.rejected == ()


async def test_events_and_attendance(connector: Connector) -> None:
    """School moves and special needs are events, needs by rank; a year's attendance is a note."""
    reply = await ask(connector, ROBIN)
    events = of(reply, ChronologyEvent, ROBIN)
    plan = next(e for e in events if e.kind is EventKind.EHC)
    assert (plan.date, plan.needs) == (
        date(2022, 1, 10),
        ["Social, emotional and mental health", "Speech, language and communication"],
    )
    assert [e.kind.name for e in events if e.kind] == ["SCHOOL_START", "SCHOOL_START", "SCHOOL_END", "EHC", "OTHER"]
    assert [(f.code, f.text) for f in of(reply, Flag, ROBIN)] == [
        ("Attendance 2025", "Attended 270 of 300 sessions; absent without authorisation from 12"),
        ("Attendance 2024", None),
    ]


async def test_needs_stand_in_the_history_or_beside_it(tmp_path: Path) -> None:
    """Wherever a school's system writes the kinds of need, they are read, by rank."""
    inside = PUPILS.replace("</SENhistory>\n <SENneeds>", "<SENneeds>").replace(
        "</SENneeds>", "</SENneeds></SENhistory>"
    )
    assert "</SEN><SENneeds>" in inside
    (tmp_path / "x_CTF_y.xml").write_text(FILE.format(version="24.0", pupils=inside), "utf-8")
    reply = await ask(connected("ctf", tmp_path, "EDUCATION"), ROBIN)
    (plan,) = [e for e in of(reply, ChronologyEvent, ROBIN) if e.kind is EventKind.EHC]
    assert plan.needs == ["Social, emotional and mental health", "Speech, language and communication"]


async def test_who_the_file_knows(connector: Connector) -> None:
    """Names now, before and preferred; both UPNs; home; mother. The newer of two files has the word."""
    reply = await ask(connector, ROBIN, SAM)
    names = {(n.given, n.family) for n in of(reply, PersonName, ROBIN)}
    assert names == {("Robin", "Example"), ("Robin", "Former"), ("Rob", "Sample")}
    assert {i.value for i in of(reply, Identifier, ROBIN)} == {ROBIN, "X820000014002"}
    (home,) = of(reply, Address, ROBIN)
    assert (home.lines, home.postcode, home.uprn) == ("14, Alder Lane, Brookminster", "BK1 1AA", "100090000014")
    (mother,) = of(reply, Relationship, ROBIN)
    assert (mother.name, mother.type, mother.parental_responsibility) == ("Ada Example", RelationshipType.MOTHER, True)
    assert [n.family for n in of(reply, PersonName, SAM)] == ["Example"]
    exact = Traits((Name("Rob", "Sample"),), date(2014, 3, 2), postcodes=("BK11AA",))
    assert await connector.locate(exact) == Matched(LocalId(ROBIN))


def examples(folder: Path) -> Examples:
    """Give the pupils of the files for the kit."""
    former = Traits(identifiers=((IdentifierSystem.UPN, "X820000014002"),))
    both = Traits(identifiers=((IdentifierSystem.UPN, ROBIN), (IdentifierSystem.UPN, SAM)))
    known = (Known(LocalId(ROBIN), former), Known(LocalId(SAM)))
    away = connected("ctf", folder / "nowhere", "EDUCATION")
    return Examples(known, LocalId("Z820000099999"), TODAY, ambiguous=both, unreachable=away)


async def test_it_conforms(connector: Connector, folder: Path) -> None:
    """Every promise of the kit holds, and the manifest says what it answers."""
    assert await conforms(connector, examples(folder)) == ()
    assert answers_what_its_manifest_says(connector, "ctf")


async def test_an_unknown_version_and_a_pupil_without_upn(tmp_path: Path) -> None:
    """The file is read all the same; both are said by place and code."""
    text = FILE.format(version="99", pupils=PUPILS + "<Pupil><Surname>Nobody</Surname></Pupil>")
    (tmp_path / "x_CTF_y.xml").write_text(text, "utf-8")
    reply = await ask(connected("ctf", tmp_path, "EDUCATION"), ROBIN)
    assert set(reply.rejected) == {Rejected("Header.CTFversion", "unknown-version"), Rejected("pupils.UPN", "missing")}
    assert of(reply, Involvement, ROBIN)


async def test_another_message_is_refused(tmp_path: Path) -> None:
    """A file that is not a Common Transfer File is no answer."""
    (tmp_path / "x_CTF_y.xml").write_text("<Message/>", "utf-8")
    with pytest.raises(SourceBroken, match="not-a-ctf"):
        await ask(connected("ctf", tmp_path, "EDUCATION"), ROBIN)
