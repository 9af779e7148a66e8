"""Forms of pages, sent as a browser without scripts sends them."""

import re

import httpx2

from tests.rooms.signing_in.browser import Browser


async def sent(officer: Browser, url: str, path: str, **form: str) -> httpx2.Response:
    """Send a form of a page, as the page has it."""
    token = re.search(r'name="form" value="([0-9a-f]+)"', (await officer.get(f"{url}/policies/versions")).text)
    assert token
    answer = await officer.send("POST", f"{url}{path}", data={"form": token[1]} | form, headers={"Origin": url})
    return await officer.follow(f"{url}{path}", answer)
