"""A saved chronology: references and one's own words, sealed; opened as the rules and the sources are now."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import orjson
from sqlalchemy import select

from connectors.contract import Ask, Reply
from connectors.errors import SourceUnavailable
from hub.governance.acting import By
from hub.governance.curating import Curated
from hub.governance.judging import Judgement, Significance, judge, note_of
from hub.keys import create_next, read_keys
from hub.people.rewrapping import by_version, rewrap
from hub.people.sealing import Sealer
from hub.store.tables.audit import AuditRecord
from hub.web.pages.enhanced.lines import Line
from hub.web.pages.enhanced.naming import names
from hub.web.pages.saved.compared import as_chosen, chosen_now, compared
from schema.records import ChronologyEvent, EventKind, Provenance
from schema.services import Service
from tests.cast import NOW, canaries
from tests.pages.conftest import Served
from tests.pages.test_frame import said
from tests.pages.test_journeys import end_agreement
from tests.pages.test_workers import child_page, sent
from tests.rooms.governance.desk import everything_stored
from tests.rooms.signing_in.browser import Browser

NOTE = "She told her aunt first"

OFFERED = re.compile(
    r'value="social-care"><input type="hidden" name="event" value="(\w+)"><input type="hidden" name="in"'
)
"""An event of social care that can be noted, as the page's own form names it."""


async def social_worker(served: Served, client: httpx2.AsyncClient) -> Browser:
    """Sign a social worker in, who says why they ask."""
    browser = Browser(client)
    await browser.submit(await browser.get(f"{served.url}/sign-in?return=/purpose"), person="social-worker")
    await said(browser, served)
    return browser


def otherwise(served: Served, source: str, event: str, **values: Any) -> None:
    """Let a source write something else of an event from now on, or no longer hold it."""
    connector = served.home.connectors[source]

    def changed(ask: Ask) -> Reply:
        reply = connector.reply(ask)

        def mended(record: Any) -> Any:
            if not isinstance(record, ChronologyEvent) or not record.id.startswith(event):
                return record
            return replace(record, **values) if values else None

        return replace(
            reply, records={i: tuple(m for r in held if (m := mended(r))) for i, held in reply.records.items()}
        )

    connector.misbehave = changed


async def hers(browser: Browser, shown: httpx2.Response, **given: str) -> httpx2.Response:
    """Send a form of a saved chronology's page as it was shown, with what the page itself says in it."""
    hidden = dict(re.findall(r'name="(edition|read)" value="(\w+)"', shown.text))
    return await sent(browser, shown, shown.url.path, **(hidden | given))


async def change(browser: Browser, shown: httpx2.Response, event: str, **given: str) -> httpx2.Response:
    """Send the form of one event of social care."""
    return await hers(browser, shown, **({"act": "event", "source": "social-care", "event": event} | given))


# A worker saves a chronology, leaves an event out and puts a note beside another; what is kept holds nothing an agency
# recorded and nothing readable. Opened again it is decided and asked for anew, and says what is not as it was.
async def test_a_chronology_is_saved_and_opened_again(served: Served, client: httpx2.AsyncClient) -> None:
    worker = await social_worker(served, client)
    child = f"/children/{served.home.ids['maya']}"
    form = await child_page(worker, served, "/saved/new")
    for given, says in (
        ({"name": ""}, "Give it a name"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"about": "x" * 1001}, "at most 1000 characters"),
        ({"start": "some"}, "Choose which events"),
    ):
        wrong = await sent(worker, form, f"{child}/saved/new", **({"name": "June", "start": "every"} | given))
        assert (wrong.status_code, says in wrong.text) == (400, True), given
    shown = await sent(worker, form, f"{child}/saved/new", name="June conference", start="every", about="For the chair")
    path = shown.url.path
    assert "Nothing changed" in shown.text
    assert "For the chair" in shown.text
    first, second, third = OFFERED.findall(shown.text)
    shown = await change(worker, shown, first, **{"in": "yes", "note": NOTE})
    shown = await change(worker, shown, second)
    too_long = await change(worker, shown, first, **{"in": "yes", "note": "x" * 501})
    assert (too_long.status_code, "at most 500 characters" in too_long.text) == (400, True)
    assert (await change(worker, shown, "0" * 24)).status_code == 404
    opened = await worker.get(served.url + path)
    assert NOTE in opened.text
    assert "1 left out by whoever drew it up" in opened.text
    stored = await everything_stored(served.home.database)
    for value in (*(c for c in canaries() if c.startswith(("Title", "Summary", "Eventneed"))), NOTE, "June conference"):
        assert value.encode() not in stored, value

    otherwise(served, "social-care", "e0", summary="Written otherwise")
    served.home.connectors["police"].misbehave = lambda _: (_ for _ in ()).throw(SourceUnavailable("refused"))
    otherwise(served, "housing", "e1")
    await end_agreement(served.home.database, "health--social-care")
    opened = await worker.get(served.url + path)
    told = opened.text
    assert "what the source wrote reads otherwise now" in told
    assert "3 events of Police records cannot be shown: not known: the service did not answer" in told
    assert "1 event of Housing records cannot be shown: no longer held, or may no longer be shown to you" in told
    assert "3 events cannot be shown: not held any longer, or the rules do not let you see it now" in told
    assert "of Health" not in told.partition("Since you saved it")[2].partition("</section>")[0]
    opened = await change(worker, opened, first, **{"in": "yes", "note": NOTE})
    assert "reads otherwise now" in opened.text  # a note beside it has not taken the change over
    otherwise(served, "social-care", "e0", summary="Written otherwise once more")
    unread = await hers(worker, opened, act="accept")
    assert (unread.status_code, "changed again since you opened this page" in unread.text) == (400, True)
    await hers(worker, unread, act="accept")
    told = (await worker.get(served.url + path)).text
    assert "3 events of Police records cannot be shown" in told
    assert "reads otherwise" not in told
    assert "Housing records cannot" not in told

    sheet = await worker.get(f"{served.url}{path}/chronology.csv")
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert [r["Your note"] for r in rows if r["Your note"]] == [NOTE]
    assert "Summary 1 social-care-maya" not in sheet.text
    served.home.connectors["social-care"].misbehave = None
    assert third in told


# Whoever may not read now what a source wrote is not shown their own note on it either; under another purpose nothing
# can be taken over. A page that was opened before another changed it changes nothing, and loses nothing that was typed.
# It is nobody else's, and taken away it is gone; all of that is in the ledger.
async def test_a_saved_chronology_is_its_writers(served: Served, client: httpx2.AsyncClient) -> None:
    worker = await social_worker(served, client)
    child = f"/children/{served.home.ids['maya']}"
    form = await child_page(worker, served, "/saved/new")
    shown = await sent(worker, form, f"{child}/saved/new", name="June", start="telling", order="newest")
    path = shown.url.path
    assert "365 days after its last change it is taken away for good" in form.text
    first, _, _ = OFFERED.findall(shown.text)
    before, shown = shown, await change(worker, shown, first, **{"in": "yes", "note": NOTE})
    for act in ({"act": "event"}, {"act": "about", "name": "Typed meanwhile"}):  # of a page opened before that
        stale = await change(worker, before, first, **({"in": "yes", "note": "Typed meanwhile"} | act))
        assert (stale.status_code, "changed in another window" in stale.text) == (400, True)
        assert "Typed meanwhile" in stale.text
    shown = await hers(worker, shown, act="about", name="July", order="oldest", about="")
    assert (kept := re.search(r"<strong>Kept until ([^<]+)</strong>, 365 days after its last change", shown.text))
    assert f"kept until {kept[1]}" in (await child_page(worker, served, "/enhanced")).text
    assert "at most 80 characters" in (await hers(worker, shown, act="about", name="", order="oldest")).text
    assert "<strong>July</strong>" in (await child_page(worker, served, "/enhanced")).text
    await said(worker, served, purpose="EARLY_HELP")
    other = (await worker.get(served.url + path)).text
    assert "You ask for another purpose now" in other
    assert NOTE not in other
    assert (await hers(worker, shown, act="accept")).status_code == 404
    await said(worker, served)
    assert NOTE in (await worker.get(served.url + path)).text

    colleague = Browser(client)
    await colleague.submit(await colleague.get(f"{served.url}/sign-in?return=/purpose"), person="front-door")
    await said(colleague, served)
    for end in ("", "/remove", "/chronology.csv"):
        assert (await colleague.get(served.url + path + end)).status_code == 404
    assert "July" not in (await child_page(colleague, served, "/enhanced")).text

    assert "Kept." in (await hers(worker, await worker.get(served.url + path), act="longer")).text
    asked = await worker.get(f"{served.url}{path}/remove")
    assert "<strong>July</strong>" in asked.text
    gone = await sent(worker, asked, f"{path}/remove")
    assert "Taken away" in gone.text
    assert (await worker.get(served.url + path)).status_code == 404
    changed, refused = "chronology-changed", ["chronology-changed", "chronology-changed-not-acknowledged"]
    assert await written(served) == [
        "chronology-saved",
        changed,
        *refused * 2,
        changed,
        changed,
        "chronology-taken-away",
    ]
    assert "July" not in served.home.log.getvalue()


async def written(served: Served) -> list[str]:
    """Give what the ledger was told of chronologies, in order."""
    seq, body = AuditRecord.__table__.c.seq, AuditRecord.__table__.c.body  # type: ignore[attr-defined] # SQLModel's table
    async with served.home.database.read() as connection:
        rows = [orjson.loads(row.body) for row in await connection.execute(select(body).order_by(seq))]
    return [name for row in rows if (name := row.get("name", "")).startswith("chronology")]


# Each field is told apart: one that reads otherwise, one not shown any longer, one that was not shown then; and whether
# somebody judged the event since. What was never chosen is new; what has no id of its own cannot be kept.
def test_what_changed_is_told_field_by_field() -> None:
    curated = Curated("", "child", By("worker", "social-worker", "a"), "CHILD_PROTECTION", False, "June", "")

    def line(event: str | None, **said: Any) -> Line:
        made = ChronologyEvent(id="", date=date(2024, 1, 9), **said)  # type: ignore[arg-type] # fields of a record, by name
        return Line(made, None, "Police", "Police records", (), None, ("police", event) if event else None)

    before = line("e1", title="Seen", summary="At home", needs=["sleep"])
    kept = curated.with_event(replace(chosen_now(curated, before, left_out=False), judged="somebody's"))
    now = line("e1", title="Not seen", needs=["sleep"], outcome="Visit again")
    opened = compared(kept, [now, line("e2", title="Another"), line(None)], [], lambda _: True)
    assert opened.entries[0].changed == (
        "what happened reads otherwise now",
        "what the source wrote is not shown any longer",
        "what came of it was not shown then",
        "somebody judged it since",
    )
    assert ([e.key for e in opened.new], opened.nameless, opened.same) == ([("police", "e2")], 1, False)


# An event stays what it is, with its note, where another of its id comes to be shown beside it, as a plan's end does,
# or a tenancy's, which is of its kind too; or is shown no longer.
def test_an_event_keeps_its_note_when_another_of_its_id_comes_or_goes() -> None:
    origin = Provenance(source="sc", service=Service("SOCIAL_CARE"), name="Social care", as_of=None, retrieved_at=NOW)
    start, end = (EventKind.CHILD_PROTECTION_START, 1), (EventKind.CHILD_PROTECTION_END, 2)
    came, left = (EventKind.TENANCY, 1), (EventKind.TENANCY, 2)

    def lines(curated: Curated, *shown: tuple[EventKind, int]) -> list[Line]:
        events = [ChronologyEvent(id="e", kind=k, date=date(2024, 1, d), provenance=origin) for k, d in shown]  # type: ignore[arg-type] # an ID is a str
        held = zip(events, names(events), strict=True)
        return as_chosen(curated, [Line(event, None, "", "", (), None, key) for event, key in held])

    for one, other in ((start, end), (came, left)):
        for then, now in (
            ((one,), (one, other)),
            ((one,), (other, one)),
            ((one, other), (one,)),
            ((one, other), (other,)),
        ):
            kept = Curated("", "child", By("worker", "social-worker", "a"), "CHILD_PROTECTION", False, "June", "")
            for line in lines(kept, *then):
                kept = kept.with_event(chosen_now(kept, line, left_out=False, note=f"{line.event.date}"))
            opened = compared(kept, lines(kept, *now), [], lambda _: True)
            both = [shown for shown in then if shown in now]
            assert [(e.note, e.changed) for e in opened.entries] == [(f"2024-01-0{d}", ()) for _, d in both], (
                then,
                now,
            )
            left_over = (len(opened.new), sum(g.number for g in opened.gone))
            assert left_over == (len(now) - len(both), len(then) - len(both))


# What people judged, and the sessions of whoever is signed in, move to the next key with the rest.
async def test_what_users_left_moves_to_the_next_key(worker: Browser, served: Served, tmp_path: Path) -> None:
    acting, by = served.home.acting, By("worker", "social-worker", "cast-social-care")
    judged = Judgement("", served.home.ids["maya"], "police", "e" * 24, Significance.NEED, True, "", "", "", 0, 0)
    judgement = await judge(acting, judged, "Why", by)
    create_next(tmp_path / "keys", "kek")
    keyring = read_keys(tmp_path / "keys")
    await rewrap(acting.database, keyring, lambda *_: None)
    assert set(await by_version(acting.database)) == {2}
    assert await note_of(replace(acting, sealer=Sealer(keyring.versions("kek"))), judgement) == "Why"
    assert "Grace Attwater" in (await worker.get(f"{served.url}/purpose")).text
