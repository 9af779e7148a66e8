"""Annex A workbooks, replayed through a real folder, with the headings authorities really write."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from connectors.conformance import Examples, Known
from connectors.contract import Connector, LocalId, Matched, Rejected, Traits
from connectors.errors import SourceBroken
from connectors.systems.annex_a.headings import places
from connectors.systems.annex_a.lists import layouts
from schema.fields import FieldId
from schema.labels import Label
from schema.records import (
    Address,
    Birth,
    ChronologyEvent,
    EventKind,
    IdentifierSystem,
    Involvement,
    Sex,
    Status,
    Threshold,
)
from tests.systems.returning import TODAY, answers_what_its_manifest_says, ask, conforms, connected, of

ABOUT = ("Child Unique ID", "Gender", "Ethnicity", "Date of Birth")
ROBIN = ("101", "b) Female", "a) WBRI", "02/03/2014")
SAM = (102.0, "Male", "WBRI", datetime(2016, 4, 5))  # noqa: DTZ001 -- a workbook's dates have no zone
KIT = ("103", "M", "WBRI", "07/08/2018")
DAY = datetime(2025, 6, 11)  # noqa: DTZ001 -- a workbook's dates have no zone

ROWS: dict[int, list[tuple[Any, ...]]] = {
    1: [(*ROBIN, "01/02/2025", "f) 2B: Education services")],
    2: [(*SAM, "01/09/2024", "01/10/2024", "Family Hub")],
    3: [(*ROBIN, "02/02/2025", "q) 6: Police", "b) No", "Front Door", "Pat Words")],
    4: [(*ROBIN, "2025-02-10", "10/03/2025", "a) Yes", "Assessment", "Pat Words")],
    5: [(*ROBIN, "01/06/2025", "10/06/2025", "Y", "Assessment", "Pat Words")],
    6: [
        (*ROBIN, "12/03/2025", "N1 - Abuse or neglect", DAY, None, None, "c) Child in need plan", "North", "Jo Worker")
    ],
    7: [
        (*ROBIN, DAY, "a) Neglect", "d) Emotional abuse", "01/11/2026", "01/10/2026", None, "North", "Jo Worker"),
        (*SAM, "01/01/2020", "NEG", "NEG", None, None, "01/06/2020", "North", "Jo Worker"),
    ],
    8: [
        (
            *SAM,
            "01/01/2025",
            "N5",
            "01/02/2025",
            "01/03/2025",
            None,
            None,
            "01/01/2025",
            "U6",
            "BK7 7QQ",
            "CLA",
            "Lee W",
        ),
        (
            *KIT,
            "01/01/2020",
            "N1",
            None,
            None,
            "01/01/2022",
            "a) E11: Adopted - application unopposed",
            "01/01/2021",
            "A5",
            "BK8 8QQ",
            "CLA",
            "Lee W",
        ),
    ],
    9: [(*SAM, "Leaving Care", "Lee W", "Ash Adviser", "d) Eligible child", 46000, "a) Yes", "01/11/2026")],
    10: [(*KIT, "01/06/2020", "01/01/2022")],
}


def headings(number: int) -> list[str]:
    """Write a list's headings as the template has them."""
    return [*ABOUT, *layouts()[number][1]]


def drifted(heading: str) -> str:
    """Write a heading as authorities do: another case, curly quotes, blanks, question marks, something added."""
    written = heading.upper().replace("'", "\u2019").replace("?", "") + "  "
    return written if heading in {"Gender", "Ethnicity"} else f" {written}(Y/N)? "


def book(path: Path, *, drift: bool = False, without: tuple[int, ...] = ()) -> Path:
    """Write a workbook; drifted, its columns are in another order and it begins with a title."""
    made = Workbook()
    made.remove(made.worksheets[0])
    made.create_sheet("Guidance").append(["How to fill this in"])
    for number, rows in ROWS.items():
        if number in without:
            continue
        sheet = made.create_sheet(f"LIST_{number:02} " if drift else f"List {number}")
        order = sorted(range(len(headings(number))), reverse=drift)
        if drift:
            sheet.append(["Our authority"])
        sheet.append([drifted(headings(number)[i]) if drift else headings(number)[i] for i in order])
        for row in rows:
            sheet.append([row[i] for i in order])
    made.save(path)
    return path.parent


@pytest.fixture
def connector(tmp_path: Path) -> Connector:
    """Connect the annex as the template has it."""
    return connected("annex_a", book(tmp_path / "annex.xlsx"))


async def test_involvements_and_workers(connector: Connector) -> None:
    """Each plan is an involvement with its worker and team; dates as text, as dates and as serials."""
    reply = await ask(connector, "101", "102")
    held = {i.threshold: i for i in of(reply, Involvement, "101")}
    need = held[Threshold.CHILD_IN_NEED]
    assert (need.status, need.start, need.reason) == (Status.CURRENT, date(2025, 3, 12), "N1 - Abuse or neglect")
    assert need.professionals is not None
    assert [(p.name, p.team, p.status) for p in need.professionals] == [("Jo Worker", "North", Status.CURRENT)]
    plan = held[Threshold.CHILD_PROTECTION].plan
    assert plan is not None
    assert (plan.start, plan.category) == (date(2025, 6, 11), "Emotional abuse")
    sam = {i.threshold: i for i in of(reply, Involvement, "102")}
    assert set(sam) == set(Threshold) - {Threshold.UNIVERSAL, Threshold.CHILD_IN_NEED}
    assert sam[Threshold.EARLY_HELP].status is Status.UNKNOWN
    assert [p.name for p in sam[Threshold.CARE_LEAVER].professionals or []] == ["Lee W", "Ash Adviser"]
    assert reply.rejected == ()
    assert reply.complete


async def test_events(connector: Connector) -> None:
    """Each list's dates are events, the letter of a choice left out."""
    events = of(await ask(connector, "101"), ChronologyEvent, "101")
    by_kind = {e.kind: e for e in events}
    assert {e.kind.name for e in events if e.kind} == {
        "CONTACT",
        "REFERRAL",
        "ASSESSMENT_START",
        "ASSESSMENT_END",
        "SECTION_47",
        "CONFERENCE",
        "CHILD_PROTECTION_START",
        "OTHER",
    }
    assert by_kind[EventKind.REFERRAL].outcome == "Taken on"
    assert by_kind[EventKind.CONFERENCE].outcome == "Child protection plan"
    assert by_kind[EventKind.CHILD_PROTECTION_START].summary == "Neglect"


async def test_placements_and_adoption_are_protected(connector: Connector) -> None:
    """Where a child is placed is confidential; what says adopted is sealed, the identity too."""
    reply = await ask(connector, "102", "103")
    (placed,) = of(reply, Address, "102")
    assert placed.labels == {Label.CONFIDENTIAL_ADDRESS}
    feed = {i.local_id: i.labels async for i in connector.identities(None)}
    assert feed == {"101": frozenset(), "102": frozenset(), "103": {Label.ADOPTION}}
    assert of(reply, Address, "103") == []
    told = [*of(reply, Involvement, "103"), *of(reply, ChronologyEvent, "103")]
    assert told
    assert all(Label.ADOPTION in r.labels for r in told)


async def test_drifting_headings_give_the_same_answer(connector: Connector, tmp_path: Path) -> None:
    """Other case, quotes, blanks, question marks, order, sheet names and a title above change nothing."""
    (tmp_path / "drift").mkdir()
    other = connected("annex_a", book(tmp_path / "drift" / "annex.xlsx", drift=True))
    people = ("101", "102", "103")
    one, two = await ask(connector, *people), await ask(other, *people)
    assert two.rejected == ()
    assert one.records == two.records


NUMBERS = tuple((IdentifierSystem.CASE_NUMBER, n) for n in ("101", "102"))


def examples(folder: Path) -> Examples:
    """Give the children of the book for the kit."""
    known = (Known(LocalId("101"), Traits(identifiers=NUMBERS[:1])), Known(LocalId("102")), Known(LocalId("103")))
    away = connected("annex_a", folder / "nowhere")
    return Examples(known, LocalId("999"), TODAY, ambiguous=Traits(identifiers=NUMBERS), unreachable=away)


async def test_it_conforms(connector: Connector, tmp_path: Path) -> None:
    """Every promise of the kit holds, and the manifest says what it answers."""
    assert await conforms(connector, examples(tmp_path)) == ()
    assert answers_what_its_manifest_says(connector, "annex_a")
    assert await connector.locate(Traits(identifiers=NUMBERS[1:])) == Matched(LocalId("102"))


async def test_a_missing_list_is_said_by_its_place(tmp_path: Path) -> None:
    """An answer that needed it is not complete; one that did not is; an authority may say it does not give it."""
    folder = book(tmp_path / "annex.xlsx", without=(7,))
    connector = connected("annex_a", folder)
    reply = await ask(connector, "101")
    assert reply.rejected == (Rejected("List 7", "missing-sheet"),)
    assert not reply.complete
    assert (await ask(connector, "101", fields=frozenset({FieldId("Birth.sex")}))).complete
    assert (await connector.health()).code == "parts-missing"
    assert (await ask(connected("annex_a", folder, lists=[1, 2, 3, 4, 5, 6, 8, 9, 10]), "101")).complete


async def test_a_missing_column_is_said_by_its_place(tmp_path: Path) -> None:
    """Everything else in the list is still answered."""
    made = Workbook()
    sheet = made.create_sheet("List 1")
    sheet.append(["Child Unique ID", "Gender", "Date of Birth", "Date of Contact"])
    sheet.append(["101", "Female", "02/03/2014", "01/02/2025"])
    sheet.append([None, "Female", "02/03/2014", "01/02/2025"])
    made.save(tmp_path / "annex.xlsx")
    reply = await ask(connected("annex_a", tmp_path, lists=[1]), "101")
    assert reply.rejected == (
        Rejected("List 1.Contact Source", "missing-column"),
        Rejected("List 1.Ethnicity", "missing-column"),
    )
    (birth,) = of(reply, Birth, "101")
    assert birth.sex is Sex.FEMALE
    assert len(of(reply, ChronologyEvent, "101")) == 1


@pytest.mark.parametrize(
    ("code", "sheets"),
    [
        ("missing-column", {"List 1": ["Gender", "Robin Example"]}),
        ("column-twice", {"List 1": ["Child Unique ID", "child unique id?"]}),
        ("sheet-twice", {"List 1": ["Child Unique ID"], "list_01": ["Child Unique ID"]}),
        ("missing-sheet", {"Robin Example": ["Child Unique ID"]}),
    ],
)
async def test_a_workbook_that_cannot_be_told_is_refused(tmp_path: Path, code: str, sheets: dict[str, Any]) -> None:
    """Whose rows they are must be certain; the refusal names the place and no value."""
    made = Workbook()
    for name, cells in sheets.items():
        made.create_sheet(name).append(cells)
    made.save(tmp_path / "annex.xlsx")
    with pytest.raises(SourceBroken) as refused:
        await ask(connected("annex_a", tmp_path), "101")
    assert refused.value.code == code
    assert "Robin" not in str(refused.value)


async def test_not_a_workbook_and_too_many_rows(tmp_path: Path) -> None:
    """Noise is no answer, nor is more than the cap."""
    connector = connected("annex_a", book(tmp_path / "annex.xlsx"), max_rows=3)
    with pytest.raises(SourceBroken, match="too-many-rows"):
        await ask(connector, "101")
    (tmp_path / "annex.xlsx").write_bytes(b"noise")
    with pytest.raises(SourceBroken, match="not-a-spreadsheet"):
        await ask(connected("annex_a", tmp_path), "101")


def test_headings_that_fit_two_columns_are_nobodys_guess() -> None:
    """An exact heading wins; two that begin alike are both given, so that the list is refused."""
    assert places(["Allocated Worker"], ["Allocated worker (name)", "ALLOCATED WORKER "]) == {"Allocated Worker": [1]}
    assert places(["Allocated Worker"], ["Allocated worker A", "Allocated worker B"]) == {"Allocated Worker": [0, 1]}
    assert places(["Gender"], [None, 3]) == {"Gender": []}
