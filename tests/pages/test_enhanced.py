"""The enhanced chronology: rules that suggest, patterns counted, what people made of events, and its export."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from connectors.contract import Ask, Reply
from hub.web.pages.enhanced.patterns import moves, patterns
from hub.web.pages.enhanced.suggesting import RULES, suggested
from schema.records import Address, ChronologyEvent, EventKind, Impact
from tests.pages.conftest import Served
from tests.pages.test_frame import said
from tests.pages.test_workers import child_page, sent
from tests.rooms.signing_in.browser import Browser

TODAY = date(2026, 3, 2)


def event(day: date | None, kind: EventKind, **given: object) -> ChronologyEvent:
    """Make an event."""
    return ChronologyEvent(id="", date=day, kind=kind, **given)  # type: ignore[arg-type] # fields of a record, by name


# Each rule suggests just what it says it looks for, and an ordinary contact is suggested nothing.
@pytest.mark.parametrize(
    ("made", "letters"),
    [
        (event(TODAY, EventKind.CONTACT), ""),
        (event(TODAY, EventKind.PLACEMENT), "A"),
        (event(TODAY, EventKind.MISSING), "B"),
        (event(TODAY, EventKind.POLICE_INCIDENT, summary="An ASSAULT was seen"), "CE"),
        (event(TODAY, EventKind.HOMELESSNESS, title="Bereavement in the family"), "DE"),
        (event(TODAY, EventKind.SECTION_47, impact=Impact.NEGATIVE), "FH"),
        (event(TODAY, EventKind.EXCLUSION, needs=["reading"]), "GI"),
        (event(TODAY, EventKind.HEALTH_CONTACT, strengths=["an aunt"]), "J"),
        (event(TODAY, EventKind.SCHOOL_START, impact=Impact.POSITIVE), "J"),
    ],
)
def test_each_rule_suggests_what_it_says(made: ChronologyEvent, letters: str) -> None:
    assert "".join(rule.letter for rule in suggested(made)) == letters
    assert len({rule.letter for rule in RULES}) == len(RULES)


# Patterns are counted from what is recorded; where there is none, none is told.
def test_patterns_are_counted() -> None:
    events = [
        event(date(2020, 1, 1), EventKind.REFERRAL),
        event(date(2020, 10, 1), EventKind.REFERRAL),
        event(date(2020, 11, 1), EventKind.HEALTH_CONTACT, title="Hearing test (did not attend)"),
        event(date(2024, 1, 1), EventKind.REFERRAL),
        event(None, EventKind.CONTACT),
    ]
    places = [
        Address(id="", postcode="BK1 1AA", start=date(2019, 1, 1)),
        Address(id="", postcode="bk1 1aa", start=date(2019, 2, 1)),
        Address(id="", postcode="BK2 2BB", start=date(2025, 6, 1)),
    ]
    found = {p.name: p.says for p in patterns(events, places, TODAY)}
    assert found["Repeat referrals"] == "3 referrals; 1 of them within twelve months of the one before."
    assert found["Missed appointments"] == "1 event says that the child did not attend or was not brought."
    assert found["Address changes"] == "1 change of address by postcode; 1 in the last two years."
    assert "November 2020 to January 2024" in found["Gaps of more than six months"]
    assert patterns([], [], TODAY) == []


# A threshold is moved on the day help changes; help that follows other help within a month is one move.
def test_threshold_moves_are_told() -> None:
    steps = [
        (date(2020, 1, 1), EventKind.EARLY_HELP_START),
        (date(2020, 6, 1), EventKind.EARLY_HELP_END),
        (date(2020, 6, 10), EventKind.CHILD_IN_NEED_START),
        (date(2021, 1, 1), EventKind.CHILD_PROTECTION_START),
        (date(2021, 1, 1), EventKind.CHILD_IN_NEED_END),
        (date(2022, 1, 1), EventKind.CHILD_PROTECTION_END),
        (date(2022, 1, 8), EventKind.EARLY_HELP_START),
        (date(2023, 1, 1), EventKind.EARLY_HELP_END),
        (date(2023, 1, 5), EventKind.EARLY_HELP_START),
    ]
    told = [(m.day.year, m.up, m.says) for m in moves([event(day, kind) for day, kind in steps])]
    assert told == [
        (2020, True, "Stepped up from no targeted help to early help"),
        (2020, True, "Stepped up from early help to a child in need plan"),
        (2021, True, "Stepped up from a child in need plan to a child protection plan"),
        (2022, False, "Stepped down from a child protection plan to early help"),
    ]


# An event is judged by somebody who was shown it, with a note; the note is read by whoever may read what the source
# wrote of the event, and by nobody else; the newest counts; the export says the same, and no cell is a formula.
async def test_an_event_is_judged(worker: Browser, served: Served) -> None:
    social_worker = Browser(worker.client)
    await social_worker.submit(await social_worker.get(f"{served.url}/sign-in?return=/purpose"), person="social-worker")
    await said(social_worker, served)
    path = f"/children/{served.home.ids['maya']}/enhanced"
    page = await child_page(social_worker, served, "/enhanced")
    assert "Summary 0 social-care-maya" in page.text
    first = page.text.index('name="source" value="social-care"><input type="hidden" name="event" value="')
    chosen = page.text[first:].split('name="event" value="')[1].split('"')[0]
    assert f'id="e-social-care-{chosen}"' in page.text, "two sources may have given one id"
    given = {"source": "social-care", "event": chosen, "significance": "STRENGTH"}
    for wrong, says in (
        ({"note": "why"}, "Choose whether you confirm"),
        ({"verdict": "confirm", "significance": "GRAVE", "note": "why"}, "Choose what it was"),
        ({"verdict": "confirm", "note": ""}, "Say in a sentence why"),
        ({"verdict": "confirm", "note": "x" * 501}, "at most 500 characters"),
    ):
        assert says in (await sent(social_worker, page, path, **(given | wrong))).text
    nobody = await sent(social_worker, page, path, **(given | {"event": "0" * 24, "verdict": "confirm", "note": "why"}))
    assert nobody.status_code == 404
    await sent(social_worker, page, path, **given, verdict="dismiss", note="An ordinary day")
    kept = await sent(social_worker, page, path, **given, verdict="confirm", note="=HYPERLINK(her aunt stood by her)")
    assert "✓ Confirmed" in kept.text
    assert "her aunt stood by her" in kept.text
    assert "An ordinary day" not in kept.text
    sheet = await child_page(social_worker, served, "/enhanced.csv")
    assert sheet.headers["content-disposition"] == 'attachment; filename="chronology.csv"'
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    (row,) = [r for r in rows if r["Judged"]]
    assert (row["Judged"], row["As"]) == ("Confirmed", "Shows a strength")
    assert row["Why"].startswith("'=HYPERLINK")
    assert len(rows) == len(page.text.split('<div class="event"')) - 1
    await said(worker, served, purpose="SAFEGUARDING_TRIAGE")
    other = (await child_page(worker, served, "/enhanced?show=confirmed")).text
    assert "✓ Confirmed" in other
    assert ("her aunt" in other) == ("Summary 0 social-care-maya" in other)
    assert "her aunt" not in served.home.log.getvalue()
    waiting = (await child_page(social_worker, served, "/enhanced?show=suggested")).text
    assert waiting.count("Suggested:") == waiting.count('<div class="event"') > 0


# What was judged before the plan ended is still there when it has: its end bears its id, and is judged by itself. A
# form of a page that was opened before the end came judges what it showed.
async def test_what_was_judged_outlives_the_end_of_a_plan(worker: Browser, served: Served) -> None:
    social_worker = Browser(worker.client)
    await social_worker.submit(await social_worker.get(f"{served.url}/sign-in?return=/purpose"), person="social-worker")
    await said(social_worker, served)
    path = f"/children/{served.home.ids['maya']}/enhanced"
    page = await child_page(social_worker, served, "/enhanced")
    first = page.text.index('name="source" value="social-care"><input type="hidden" name="event" value="')
    chosen = page.text[first:].split('name="event" value="')[1].split('"')[0]
    given = {"source": "social-care", "significance": "STRENGTH", "verdict": "confirm"}
    await sent(social_worker, page, path, **given, event=chosen, note="The plan helped her")
    connector = served.home.connectors["social-care"]

    def ended(ask: Ask) -> Reply:
        reply = connector.reply(ask)
        ends = {
            i: [replace(r, kind=EventKind.EHC, date=date(2025, 7, 7)) for r in held if isinstance(r, ChronologyEvent)]
            for i, held in reply.records.items()
        }
        return replace(reply, records={i: (*held, *ends[i]) for i, held in reply.records.items()})

    connector.misbehave = ended
    both = await child_page(social_worker, served, "/enhanced")
    assert "The plan helped her" in both.text
    assert f"-{chosen}~ehc" in both.text
    wrong = await sent(social_worker, page, path, **given, event=chosen, note="")  # of the page opened before
    assert "Say in a sentence why" in wrong.text
    await sent(social_worker, both, path, **given, event=f"{chosen}~ehc", note="It ended too soon")
    told = (await sent(social_worker, page, path, **given, event=chosen, note="It helped her more")).text
    assert "It helped her more" in told
    assert "It ended too soon" in told
    assert "The plan helped her" not in told
