"""SSDA903 drops, replayed through a real folder: what the return says and, above all, what it does not."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.conformance import Examples, Known
from connectors.contract import Ambiguous, Connector, LocalId, Matched, Rejected, Traits
from connectors.errors import SourceBroken, SourceMisconfigured, SourceUnavailable
from connectors.registry import connect
from connectors.source import LimitsConfig
from schema.fields import FieldId
from schema.labels import Label
from schema.records import (
    Address,
    Birth,
    ChronologyEvent,
    EventKind,
    Flag,
    Identifier,
    IdentifierSystem,
    Involvement,
    Sex,
    Status,
    Threshold,
)
from tests.systems.returning import TODAY, answers_what_its_manifest_says, ask, conforms, connected, of, source

FILES = {
    "SSDA903_2026_header.csv": """CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB
101,2,02/03/2014,WBRI,A820000014001,0,
102,1,05/06/2012,MWBC,UN3,0,
103,1,07/08/2018,WBRI,A820000018003,0,
104,2,09/10/2006,WBRI,A820000006004,0,
""",
    "SSDA903_2026_episodes.csv": "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,"
    """HOME_POST,PL_POST,URN
101,01/02/2020,S,V2,N1,U6,PR1,01/08/2020,E4A,,BK1 1AA,BK7 7QQ,SC100001
101,10/01/2025,S,C1,N1,U6,PR1,12/03/2025,X1,CARPL,BK1 1AA,BK7 7QQ,SC100001
101,12/03/2025,P,C1,N1,K2,PR4,20/05/2025,X1,,BK1 1AA,BK8 8QQ,SC100002
101,20/05/2025,L,C2,N1,K2,PR4,,,,BK1 1AA,BK8 8QQ,SC100002
102,01/04/2024,S,V2,N5,U1,PR1,31/03/2026,X1,,BK2 2BB,BK3 3CC,
103,01/04/2022,S,E1,N1,A5,PR1,01/09/2023,E11,,BK2 2BB,BK3 3DD,
""",
    "SSDA903_2026_reviews.csv": "CHILD,DOB,REVIEW,REVIEW_CODE\n101,02/03/2014,05/02/2025,PN1\n",
    "SSDA903_2026_uasc.csv": "CHILD,DOB,SEX,DUC\n102,05/06/2012,1,\n",
    "SSDA903_2026_oc2.csv": """CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,SUBSTANCE_MISUSE
101,02/03/2014,17,,0,0
102,05/06/2012,,SDQ2,1,1
""",
    "SSDA903_2026_oc3.csv": "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\n104,09/10/2006,YES,F2,U1\n",
    "SSDA903_2026_ad1.csv": "CHILD,DOB,DATE_INT,DATE_MATCH\n103,07/08/2018,01/02/2023,01/03/2023\n",
    "SSDA903_2026_prevperm.csv": "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM\n102,05/06/2012,P2,QQQ,01/01/2018\n",
    "SSDA903_2026_missing.csv": "CHILD,DOB,MISSING,MIS_START,MIS_END\n101,02/03/2014,M,03/03/2025,04/03/2025\n",
    "SSDA903_2026_placedadoption.csv": """CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED
103,07/08/2018,01/12/2022,,
""",
    "SSDA903_2026_swepisodes.csv": "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\n",
}


def dropped(folder: Path) -> Path:
    """Drop the return."""
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8-sig")
    return folder


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return dropped(tmp_path)


@pytest.fixture
def connector(folder: Path) -> Connector:
    """Connect the return."""
    return connected("ssda903", folder)


async def test_periods_of_care(connector: Connector) -> None:
    """Episodes that follow each other are one period; a blank DEC is open; X1 with nothing after it says nothing."""
    reply = await ask(connector, "101", "102")
    held = [(i.start, i.end, i.status, i.threshold) for i in of(reply, Involvement, "101")]
    assert held == [
        (date(2020, 2, 1), date(2020, 8, 1), Status.HISTORIC, Threshold.LOOKED_AFTER),
        (date(2025, 1, 10), None, Status.CURRENT, Threshold.LOOKED_AFTER),
    ]
    (unsure,) = of(reply, Involvement, "102")
    assert unsure.status is Status.UNKNOWN
    assert reply.complete
    assert reply.rejected == ()


async def test_events(connector: Connector) -> None:
    """Starts, ends, placements, missing episodes and reviews; a change of legal status is not a placement."""
    events = of(await ask(connector, "101"), ChronologyEvent, "101")
    found = sorted((e.date, e.kind.name) for e in events if e.date and e.kind)
    assert found == [
        (date(2020, 2, 1), "LOOKED_AFTER_START"),
        (date(2020, 2, 1), "PLACEMENT"),
        (date(2020, 8, 1), "LOOKED_AFTER_END"),
        (date(2025, 1, 10), "LOOKED_AFTER_START"),
        (date(2025, 1, 10), "PLACEMENT"),
        (date(2025, 2, 5), "OTHER"),
        (date(2025, 3, 3), "MISSING"),
        (date(2025, 3, 12), "PLACEMENT"),
    ]
    assert next(e for e in events if e.kind is EventKind.MISSING).end_date == date(2025, 3, 4)


async def test_where_a_child_is_placed_is_shielded(connector: Connector) -> None:
    """Every placement's postcode is labelled confidential; its provider's URN is nowhere."""
    reply = await ask(connector, "101", "102", "103", "104")
    held = [a for listed in reply.records.values() for a in listed if isinstance(a, Address)]
    assert held
    assert all(a.labels == {Label.CONFIDENTIAL_ADDRESS} for a in held)
    others = [r for listed in reply.records.values() for r in listed if not isinstance(r, Address)]
    assert "BK" not in str(others)
    assert "SC1000" not in str(reply)


async def test_adoption_is_sealed(connector: Connector) -> None:
    """Everything that says a child was or is to be adopted carries the label, the identity in the feed included."""
    feed = {i.local_id: i.labels async for i in connector.identities(None)}
    assert feed["103"] == {Label.ADOPTION}
    assert feed["101"] == frozenset()
    reply = await ask(connector, "103")
    told = [*of(reply, Involvement, "103"), *of(reply, ChronologyEvent, "103")]
    assert told
    assert all(Label.ADOPTION in record.labels for record in told)


async def test_who_the_return_knows(connector: Connector) -> None:
    """UPN and date of birth, no name and no address; a code for an unknown UPN is no UPN."""
    feed = {i.local_id: i.traits async for i in connector.identities(None)}
    assert feed[LocalId("101")] == Traits(
        date_of_birth=date(2014, 3, 2), sex="FEMALE", identifiers=((IdentifierSystem.UPN, "A820000014001"),)
    )
    assert feed[LocalId("102")].identifiers == ()
    upn = ((IdentifierSystem.UPN, "a820000014001"),)
    assert await connector.locate(Traits(identifiers=upn)) == Matched(LocalId("101"))
    assert await connector.locate(Traits(identifiers=upn, date_of_birth=date(2013, 3, 2))) == Ambiguous(1)
    reply = await ask(connector, "101", "102")
    assert of(reply, Identifier, "102") == []
    (birth,) = of(reply, Birth, "101")
    assert (birth.date_of_birth, birth.sex, birth.ethnicity) == (date(2014, 3, 2), Sex.FEMALE, "WBRI")


async def test_flags_and_care_leavers(connector: Connector) -> None:
    """Convictions and substance misuse carry their labels; a care leaver is one without dates."""
    reply = await ask(connector, "102", "104")
    labels = {f.code: f.labels for f in of(reply, Flag, "102")}
    assert labels["Convicted or cautioned in the year of the return"] == {Label.CRIMINAL_OFFENCE}
    assert labels["Substance misuse problem in the year of the return"] == {Label.SUBSTANCE_MISUSE}
    (leaver,) = of(reply, Involvement, "104")
    assert (leaver.threshold, leaver.status, leaver.start) == (Threshold.CARE_LEAVER, Status.CURRENT, None)


def examples(folder: Path) -> Examples:
    """Give the children of the return for the kit."""
    upn = ((IdentifierSystem.UPN, "A820000014001"),)
    known = (Known(LocalId("101"), Traits(identifiers=upn)), *(Known(LocalId(c)) for c in ("102", "103", "104")))
    both = (*upn, (IdentifierSystem.UPN, "A820000018003"))
    away = connected("ssda903", folder / "nowhere")
    return Examples(known, LocalId("999"), TODAY, ambiguous=Traits(identifiers=both), unreachable=away)


async def test_it_conforms(connector: Connector, folder: Path) -> None:
    """Every promise of the kit holds, and the manifest says what it answers."""
    assert await conforms(connector, examples(folder)) == ()
    assert answers_what_its_manifest_says(connector, "ssda903")


async def test_a_table_this_authority_gives_is_missed(folder: Path) -> None:
    """A table promised and not dropped is said by name and makes answers that need it incomplete; others are not."""
    (folder / "SSDA903_2026_missing.csv").unlink()
    connector = connected("ssda903", folder, tables=["Header", "Episodes", "Missing"])
    reply = await ask(connector, "101")
    assert not reply.complete
    assert reply.rejected == (Rejected("Missing", "missing-file"),)
    assert (await connector.health()).code == "parts-missing"
    reply = await ask(connector, "101", fields=frozenset({FieldId("Involvement.start")}))
    assert reply.complete
    assert (await connected("ssda903", folder).health()).code == "ok"


async def test_a_bad_drop_leaves_the_last_good_one(folder: Path, connector: Connector) -> None:
    """A half-written file is refused by row and column; what was read before stays and is stale."""
    assert not (await ask(connector, "101")).stale
    episodes = folder / "SSDA903_2026_episodes.csv"
    episodes.write_text("CHILD,DECOM\n101,01/0", "utf-8")
    os.utime(episodes, (2_000_000_000, 2_000_000_000))
    reply = await ask(connector, "101")
    assert reply.stale
    assert of(reply, Involvement, "101")
    assert (await connector.health()).code == "stale"
    with pytest.raises(SourceBroken, match="missing-column"):
        await ask(connected("ssda903", folder), "101")


async def test_no_return_is_not_none_held(tmp_path: Path) -> None:
    """Without its two tables there is no return: the source could not look."""
    connector = connected("ssda903", tmp_path)
    with pytest.raises(SourceUnavailable, match="missing-file"):
        await ask(connector, "101")
    assert (await connector.health()).code == "missing-file"
    await connector.close()


@pytest.mark.parametrize(
    ("system", "wrong"),
    [
        ("ssda903", {"tables": ["Heder"]}),
        ("annex_a", {"lists": [11]}),
        ("cin_census", {"name": "("}),
        ("ctf", {"no": 1}),
    ],
)
def test_settings_that_cannot_work_are_refused(tmp_path: Path, system: str, wrong: dict[str, Any]) -> None:
    """A table, a list, a pattern or a setting that there is not is refused at the start, naming file and key."""
    with pytest.raises(SourceMisconfigured, match=rf"{system}.toml: connection.{next(iter(wrong))}"):
        connected(system, tmp_path, **wrong)


async def test_a_cap_cuts_an_answer_and_says_so(folder: Path) -> None:
    """The records kept are the first; the answer is not complete."""
    made = source("ssda903", folder).model_copy(update={"limits": LimitsConfig(records=2)})
    reply = await ask(connect(made), "101")
    assert len(reply.records[LocalId("101")]) == 2
    assert not reply.complete


async def test_age(folder: Path) -> None:
    """A return older than it should be is stale, as old as its oldest file."""
    os.utime(folder / "SSDA903_2026_header.csv", (1_000_000_000, 1_000_000_000))
    connector = connected("ssda903", folder, stale_after_days=30)
    reply = await ask(connector, "101")
    assert reply.stale
    assert reply.as_of is not None
    assert reply.as_of.year == 2001
