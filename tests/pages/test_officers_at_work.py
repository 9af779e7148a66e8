"""What officers do, by clicks alone in a real browser."""

import re

from axe_playwright_python.async_playwright import Axe

from tests.pages.conftest import Desk


# An officer narrows a rule, sees who loses before and after it is kept, cannot approve it alone, has it approved by a
# second person of the agency whose records they are, and the police officer's next page obeys.
async def test_a_rule_is_narrowed_by_two(desk: Desk) -> None:
    child = f"/children/{desk.served.home.ids['maya']}"
    page = desk.page

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
    await page.get_by_role("button", name="Check").click()
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
    await page.get_by_role("button", name="Approve it for my agency").click()
    await page.get_by_role("button", name="Let it count now").click()
    assert await page.locator(".lead .state").inner_text() == "Active"
    after = await education()
    assert not re.search(r"From \d+ \w+ \d{4}", after), after


# An officer makes the letter for a family who asks who looked: in plain words, without a name the ledger could not
# have, and printed alone, without the hub's own head and foot.
async def test_a_family_is_told(desk: Desk) -> None:
    maya = desk.served.home.ids["maya"]
    await desk.served.home.person("maya", who="police", purpose="CHILD_PROTECTION")
    await desk.served.home.person("maya", who="police", purpose="CRIME_PREVENTION")
    await desk.served.home.person("maya", who="social-worker", purpose="CHILD_PROTECTION")
    await desk.sign_in_as_officer(path="/audit/family")
    page = desk.page
    await page.get_by_label("The child's page").fill(maya)
    await page.get_by_label("Who the letter is to").fill("Ms Quillfeather")
    await page.get_by_label("The child's name").fill("Maya")
    await page.get_by_role("button", name="Make the letter").click()
    letter = await page.locator(".letter").inner_text()
    assert letter.index("Dear Ms Quillfeather") < letter.index("Who looked, and why")
    assert "2 looks are written down" in letter
    assert "A police officer of" in letter
    assert "A social worker of" in letter
    assert "prevention or detection of crime" in letter
    for code in ("cast-", "CHILD_PROTECTION", "police-officer", "UTC"):
        assert code not in letter, code
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    await desk.shot("audit_family_letter")
    await page.emulate_media(media="print")
    for part in (".top", ".you", ".foot", ".tabs"):
        assert not await page.locator(part).is_visible(), part
    assert await page.locator(".letter").is_visible()
    await desk.shot("audit_family_print")
