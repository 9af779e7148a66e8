"""The pages about one child, beside who is involved and the chronology, and those everybody has; by their paths."""

from typing import Final

from hub.web.pages.feedback.page import feedback
from hub.web.pages.sheet.page import sheet
from hub.web.pages.visit import Page

WORKERS_PAGES: Final[dict[str, tuple[Page, list[str]]]] = {
    "/children/{person}/sheet": (sheet, ["GET"]),
    "/feedback": (feedback, ["GET", "POST"]),
}
"""Every such page by its path, with the methods it takes."""
