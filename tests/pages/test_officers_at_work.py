"""What officers do, by clicks alone in a real browser."""

import re
from datetime import UTC, datetime

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect
from sqlalchemy import insert

from hub.governance.versions.store import STEP
from hub.store.database import Database
from tests.house import RULES
from tests.pages.conftest import Desk
from tests.rooms.audit.people import of_two_systems


async def shipped(database: Database) -> None:
    """Write down that the rules that count came with the hub: without a first step nothing can be rolled back to."""
    told = {"actor": "hub", "role": "hub", "agency": "hub", "reason": "shipped", "ledger_record": "none"}
    step = {"version": RULES.version, "act": "ship", "stage": "ACTIVE", "at": datetime(2026, 3, 1, tzinfo=UTC)}
    async with database.begin() as connection:
        await connection.execute(insert(STEP).values(**step, **told))


async def done_with_a_reason(page: Page, button: str, reason: str) -> None:
    """Take a step that needs a reason: without one it is refused, and says so."""
    await page.get_by_role("button", name=button).click()
    assert "say why" in (await page.locator(".summary").inner_text()).lower()
    await page.get_by_label("Why, in a sentence").fill(reason)
    await page.get_by_role("button", name=button).click()


async def given_a_moment(page: Page) -> None:
    """Give an approved version the moment from which it counts: one to come."""
    for moment in ("2020-01-01T08:00", "2099-07-01T08:00"):
        await page.get_by_label("Or let it count from").fill(moment)
        await page.get_by_role("button", name="Let it count from then").click()
        refused = await page.locator(".summary").count() == 1
        assert refused == moment.startswith("2020")
    await expect(page.locator(".lead .state")).to_have_text("Scheduled")
    assert "to count from 1 July 2099 at 08:00" in await page.locator("main").inner_text()


async def put_forward_again(desk: Desk) -> str:
    """Keep the same change as a draft once more, propose it, and give its page to whoever approves it."""
    page = desk.page
    await desk.sign_in_as_officer("Winifred Okafor", "/policies/rules/police-02/change")
    await page.get_by_label("Dates and status").uncheck()
    await page.get_by_label("Why the rules are to change").fill("Schools were asked")
    await page.get_by_role("button", name="Keep as a draft").click()
    draft = page.url
    await page.get_by_role("button", name="Propose it").click()
    await desk.sign_in_as_officer("Tobias Fenwick", draft.removeprefix(desk.served.url))
    return draft


async def reads_a_file(desk: Desk) -> None:
    """Choose an agreement's file: it is read into the form, and what is wrong with it is said by its place."""
    page = await desk.go("/policies/agreements/import")
    file = {"name": "agreement.json", "mimeType": "application/json", "buffer": b'{"format": 1}'}
    await page.get_by_label("The agreement's file").set_input_files(files=[file])
    await expect(page.get_by_label("The agreement", exact=True)).to_have_value('{"format": 1}')
    await page.get_by_role("button", name="Check").click()
    assert "$.format" in await page.locator(".summary").inner_text()


# An officer narrows a rule, sees who loses before and after it is kept, and cannot approve it alone. A second person
# of the agency whose records they are rejects it, saying why; proposed again they approve it, give it a moment, which
# must be to come, and then let it count: the police officer's next page obeys. Rolled back, it is as it was.
async def test_a_rule_is_narrowed_by_two(desk: Desk) -> None:
    child = f"/children/{desk.served.home.ids['maya']}"
    page = desk.page
    await shipped(desk.served.home.database)

    async def education() -> str:
        await page.context.clear_cookies()
        await desk.sign_in("Craig Dunmore")
        await desk.go(child)
        told = await page.locator("main").inner_text()
        return told.partition("Education Education records\n")[2].partition("Last updated")[0]

    before = await education()
    assert re.search(r"From \d+ \w+ \d{4}", before), before
    await desk.sign_in_as_officer("Winifred Okafor", "/policies/rules/police-02")
    await page.get_by_role("link", name="Change this rule").click()
    await page.get_by_label("Dates and status").uncheck()
    await page.get_by_role("button", name="Check", exact=True).click()
    assert "rights lost" in await page.locator(".looked").inner_text()
    row = page.locator(".changes tbody tr").first
    assert re.search(r"Loses: Police officer", await row.inner_text())
    await desk.shot("policies_checked")
    await page.get_by_role("button", name="Keep as a draft").click()
    assert "Say why" in await page.locator(".summary").inner_text()
    await page.get_by_label("Why the rules are to change").fill("The dates are not needed to find the school")
    await page.get_by_role("button", name="Keep as a draft").click()
    draft = page.url
    altered = await page.locator(".altered").inner_text()
    assert "dates and status" in altered.lower()
    assert "Nothing is wrong" in await page.locator("main").inner_text()
    await desk.shot("policies_drafted")
    await page.get_by_role("button", name="Propose it").click()
    await page.get_by_role("button", name="Approve it for my agency").click()
    assert "another person" in (await page.locator(".summary").inner_text()).lower()
    await desk.sign_in_as_officer("Tobias Fenwick", draft.removeprefix(desk.served.url))
    await done_with_a_reason(page, "Reject it", "Schools want to be asked first")
    await expect(page.locator(".lead .state")).to_have_text("Rejected")
    assert "Schools want to be asked first" in await page.locator("main").inner_text()
    assert await put_forward_again(desk) == draft
    await page.get_by_role("button", name="Approve it for my agency").click()
    await given_a_moment(page)
    await desk.shot("policies_scheduled")
    await page.get_by_role("button", name="Let it count now").click()
    assert await page.locator(".lead .state").inner_text() == "Active"
    after = await education()
    assert not re.search(r"From \d+ \w+ \d{4}", after), after
    await desk.sign_in_as_officer("Tobias Fenwick", draft.removeprefix(desk.served.url))
    await done_with_a_reason(page, "Put the version before back", "The dates were needed after all")
    assert page.url.endswith(RULES.version)
    assert await page.locator(".lead .state").inner_text() == "Active"
    assert re.search(r"From \d+ \w+ \d{4}", await education())


# An officer makes the letter for a family who asks who looked: in plain words, without a name the ledger could not
# have, and printed alone, without the hub's own head and foot.
async def test_a_family_is_told(desk: Desk) -> None:
    maya = desk.served.home.ids["maya"]
    await desk.served.home.person("maya", who="police", purpose="CHILD_PROTECTION")
    await desk.served.home.person("maya", who="police", purpose="CRIME_PREVENTION")
    await desk.served.home.person("maya", who="social-worker", purpose="CHILD_PROTECTION")
    acting = desk.served.home.acting
    await acting.ledger.append(*of_two_systems(acting.pseudonyms.subject(maya), "cast-social-care"))
    await desk.sign_in_as_officer(path="/audit/family")
    await reads_a_file(desk)
    await desk.go("/audit/family")
    page = desk.page
    await page.get_by_label("The child's page").fill(maya)
    await page.get_by_label("Who the letter is to").fill("Ms Quillfeather")
    await page.get_by_label("The child's name").fill("Maya")
    await page.get_by_role("button", name="Make the letter").click()
    letter = await page.locator(".letter").inner_text()
    assert letter.index("Dear Ms Quillfeather") < letter.index("Who looked, and why")
    assert "3 looks are written down" in letter
    assert "Showed something to them: Housing (system 1)." in letter
    assert "Had nothing to show them: Housing (system 2)." in letter
    assert "Housing (system 2): housing-south" in await page.locator("main").inner_text()
    assert "A police officer of" in letter
    assert "A social worker of" in letter
    assert "prevention or detection of crime" in letter
    for code in ("cast-", "housing-", "CHILD_PROTECTION", "police-officer", "UTC"):
        assert code not in letter, code
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    await desk.shot("audit_family_letter")
    await page.emulate_media(media="print")
    for part in (".top", ".you", ".foot", ".tabs"):
        assert not await page.locator(part).is_visible(), part
    assert not await page.get_by_text("housing-south").is_visible()
    assert await page.locator(".letter").is_visible()
    await desk.shot("audit_family_print")
