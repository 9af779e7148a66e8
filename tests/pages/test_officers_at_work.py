"""What officers do, by clicks alone in a real browser."""

import re

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
