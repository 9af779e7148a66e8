"""Snapshots of pages: what a screen reader finds in a page, and what its print says, kept beside the tests as text.

``make pages`` writes them anew; the difference shows what changed for whoever listens and for whoever prints. What is
never twice the same (ids, moments) stands in them as ``#`` and ``…``.
"""

import os
import re
from pathlib import Path
from typing import Final

from playwright.async_api import Page

KEPT: Final = Path(__file__).parent / "snapshots"
SHOWN: Final = 10
"""Lines of a difference that are told."""
WRITE: Final = os.environ.get("PAGES_SNAPSHOTS") == "write"

_MONTHS: Final = "January|February|March|April|May|June|July|August|September|October|November|December"
_CHANGING: Final = (
    (re.compile(rf"\b\d{{1,2}} (?:{_MONTHS}) \d{{4}} at \d\d:\d\d"), "…"),
    (re.compile(rf"(?<=ept until )\d{{1,2}} (?:{_MONTHS}) \d{{4}}"), "…"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"), "#"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b"), "#"),
    (re.compile(r"127\.0\.0\.1:\d+"), "hub"),
)
_STANDS: Final = re.compile(
    r"^ *- (?:heading|button|textbox|combobox|checkbox|radio|columnheader|table|group|navigation|img|spinbutton)\b.*",
    re.MULTILINE,
)
"""What a page is made of, whatever it lists: an officer's pages list rules, versions and looks."""
_HEADINGS: Final = """[...document.querySelectorAll('h1,h2,h3,th[scope=col],button')]
    .filter(e => e.checkVisibility()).map(e => e.innerText)"""
_WHERE: Final = re.compile(r"^\s*- /url: .*\n", re.MULTILINE)


def path_of(name: str) -> Path:
    """Give where a page's snapshot is kept."""
    return KEPT / f"{name}.txt"


async def taken(page: Page) -> str:
    """Take it: the accessible tree of the page's own part, without links' addresses, then the text of the print."""
    heard = _WHERE.sub("", await page.locator("main").aria_snapshot())
    await page.emulate_media(media="print")
    printed = "\n".join(line.strip() for line in (await page.inner_text("body")).splitlines() if line.strip())
    await page.emulate_media(media="screen")
    return _steady(heard, printed)


async def frame_taken(page: Page) -> str:
    """Take what a page is made of and not what it lists: headings, tables and what can be done; and those printed."""
    heard = "\n".join(_STANDS.findall(await page.locator("main").aria_snapshot()))
    await page.emulate_media(media="print")
    printed = "\n".join(" ".join(text.split()) for text in await page.evaluate(_HEADINGS))
    await page.emulate_media(media="screen")
    return _steady(heard, printed)


def _steady(heard: str, printed: str) -> str:
    text = f"AS IT IS HEARD\n{heard}\n\nAS IT IS PRINTED\n{printed}\n"
    for changing, stands in _CHANGING:
        text = changing.sub(stands, text)
    return text


def differs(name: str, now: str) -> str:
    """Say how a page is not as it is kept, or nothing: where it is not kept, and where they are written anew."""
    kept = path_of(name)
    if WRITE:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(now, "utf-8")
    before = kept.read_text("utf-8") if kept.exists() else now
    if before == now:
        return ""
    gone, come = before.splitlines(), now.splitlines()
    lost = [f"- {line}" for line in gone if line not in come][:SHOWN]
    new = [f"+ {line}" for line in come if line not in gone][:SHOWN]
    return "\n".join([f"{kept.name} is not as it is kept: look at it, then run make pages", *lost, *new])
