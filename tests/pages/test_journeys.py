"""Journeys in a real browser, from one page to the next by clicks: those that are promised beside triage."""

from playwright.async_api import Page
from sqlalchemy import text

from hub.store.database import Database
from tests.pages.conftest import Desk


async def names_the_child_at_once(page: Page) -> None:
    """Say who a page is about in the first that a telephone of 390 by 844 shows of it: by name and by birth."""
    await page.set_viewport_size({"width": 390, "height": 844})
    heading, born = page.get_by_role("heading", level=1), page.locator("main .lead")
    assert "Maya Quillfeather" in await heading.inner_text()
    assert "Born 17 May 2012" in await born.inner_text()
    for part in (heading, born):
        box = await part.bounding_box()
        assert box is not None
        assert (box["y"] + box["height"] <= 844, box["x"] + box["width"] <= 390) == (True, True), box
    await page.set_viewport_size({"width": 1280, "height": 900})


async def end_agreement(database: Database, name: str) -> None:
    """Take an agreement away, as its parties would."""
    async with database.begin() as connection:
        await connection.execute(text("DELETE FROM agreement WHERE id = :name"), {"name": name})
        await connection.execute(text("UPDATE governance_epoch SET value = value + 1"))


# A worker whom no agreement lets see asks why, opens one child's records in an emergency, and ends it; an officer of
# the agency reads why it was asked for and judges it, once.
async def test_glass_is_broken_and_judged(desk: Desk) -> None:
    await end_agreement(desk.served.home.database, "health--social-care")
    await desk.sign_in()
    page, child = desk.page, f"/children/{desk.served.home.ids['maya']}"
    await desk.go(child)
    assert "Pro health-maya" not in await page.content()
    await page.locator("#source-health").get_by_role("link", name="Why").click()
    assert "No data sharing agreement" in await page.locator("main").inner_text()
    await desk.shot("why_390", width=390)
    await names_the_child_at_once(page)
    await page.get_by_role("link", name="Emergency access").click()
    assert await page.get_by_label("Health").is_checked()
    await desk.shot("emergency_390", width=390)
    await names_the_child_at_once(page)
    await page.get_by_role("button", name="Open these records").click()
    assert "Say in a sentence why it cannot wait" in await page.get_by_role("alert").inner_text()
    await page.get_by_label("A child is missing").check()
    await page.get_by_label("Why it cannot wait").fill("Not seen since noon")
    await page.get_by_role("button", name="Open these records").click()
    assert "Pro health-maya" in await page.content()
    for path in ("", "/chronology", "/sheet", "/consent"):
        await desk.go(child + path)
        banner = await page.get_by_role("region", name="Emergency access").inner_text()
        assert "Emergency access is open." in banner, path
        assert " min " in banner, path  # the script counts down; the server said it first
    await page.get_by_role("button", name="End it now").click()
    assert "Pro health-maya" not in await page.content()
    assert await page.get_by_role("region", name="Emergency access").count() == 0
    await desk.sign_in_as_officer(path="/emergency-reviews")
    assert "1 waits to be judged" in await page.locator("main").inner_text()
    await page.get_by_role("link", name="Judge").click()
    assert "Not seen since noon" not in await page.content()
    await page.get_by_role("button", name="Read why").click()
    assert "Not seen since noon" in await page.locator("blockquote").inner_text()
    await page.get_by_role("button", name="Record what you found").click()
    assert "Choose what you found" in await page.get_by_role("alert").inner_text()
    await page.get_by_label("It was needed, and no more").check()
    await page.get_by_role("button", name="Record what you found").click()
    assert "Nothing waits to be judged." in await page.locator("main").inner_text()
    assert all("400 (Bad Request)" in said for said in desk.said)


# What a mother agrees to opens what the page said it would; taken back in one window, the other's next click is closed.
async def test_consent_withdrawn_in_one_window_closes_the_other(desk: Desk) -> None:
    await desk.sign_in("Bethan Prosser", "Early help")
    one, child = desk.page, f"/children/{desk.served.home.ids['maya']}"
    other = await one.context.new_page()
    await other.goto(desk.served.url + child)
    assert "Pro education-maya" not in await other.content()
    await desk.go(f"{child}/consent/record")
    for label in ("The mother", "Has parental responsibility", "Yes, share"):
        await one.get_by_label(label).check()
    await one.get_by_label("Education", exact=True).check()
    await one.get_by_label("How did they say it?").select_option("form")
    await one.get_by_role("button", name="See what this would change").click()
    told = await one.locator("main").inner_text()
    assert "Early help workers, wherever they work, for early help: of Education" in told
    assert "Closes" not in told
    await one.get_by_role("button", name="Record it").click()
    await other.reload()
    assert "Pro education-maya" in await other.content()
    await one.get_by_role("link", name="Take it back").click()
    await one.get_by_role("button", name="See what this would change").click()
    assert "can no longer see" in await one.locator("main").inner_text()
    await other.reload()
    assert "Pro education-maya" in await other.content()  # looking changes nothing
    await one.get_by_role("button", name="Take it back").click()
    await other.get_by_role("link", name="Contact sheet", exact=True).click()
    assert "Pro education-maya" not in await other.content()
    assert desk.said == []


# A case worker confirms what a rule suggests, saves a chronology of what was confirmed, notes why, puts another in,
# and prints it: the paper says who drew it up and why, has the notes and what is missing, and no button.
async def test_a_case_worker_builds_and_prints_a_chronology(desk: Desk) -> None:
    await desk.sign_in("Imran Sheikh")
    page = desk.page
    await desk.go(f"/children/{desk.served.home.ids['maya']}/enhanced")
    event = page.locator(".event", has_text="Title 1 social-care-maya")
    await event.get_by_text("Judge this").click()
    await event.get_by_label("Confirm", exact=True).check()
    await event.get_by_label("Why, in a sentence").fill("She named her aunt as safe")
    await event.get_by_role("button", name="Keep my judgement").click()
    assert "Confirmed" in await event.inner_text()
    await page.get_by_role("link", name="Save a chronology of your own").click()
    await page.get_by_label("What to call it").fill("Initial conference")
    await page.get_by_label("Only events that somebody confirmed").check()
    await page.get_by_role("button", name="Save and open it").click()
    assert await page.locator(".year .event").count() == 1
    await page.get_by_text("Left out (").click()
    await page.locator(".event", has_text="Title 0 health-maya").get_by_role("button", name="Put in").click()
    await event.get_by_text("Add a note").click()
    await event.get_by_label("Your note").fill("Ask the aunt to the conference")
    await event.get_by_role("button", name="Keep the note").click()
    assert await page.locator(".year .event").count() == 2
    await desk.shot("saved_chosen")
    await desk.shot("saved_chosen-phone", width=390)
    await desk.paper("saved_chosen")
    await page.emulate_media(media="print")
    paper = await page.locator("main").inner_text()
    assert "Printed by Imran Sheikh, Social worker" in paper
    assert "Ask the aunt to the conference" in paper
    assert "left out by whoever drew it up" in paper
    assert "What is missing" in paper
    assert await page.locator("main button:visible, main form:visible").count() == 0
    assert desk.said == []
