"""The pages about one child, beside who is involved and the chronology, and those everybody has; by their paths."""

from typing import Final

from hub.web.pages.consent.page import change, consent, record
from hub.web.pages.emergency.page import emergency, end_emergency
from hub.web.pages.enhanced.page import enhanced, export
from hub.web.pages.feedback.page import feedback
from hub.web.pages.involved.waiting import panel
from hub.web.pages.saved.keeping import keep, remove
from hub.web.pages.saved.page import saved, saved_export
from hub.web.pages.second_person.page import second_person
from hub.web.pages.sheet.page import sheet
from hub.web.pages.visit import Page
from hub.web.pages.why.page import why

WORKERS_PAGES: Final[dict[str, tuple[Page, list[str]]]] = {
    "/children/{person}/sheet": (sheet, ["GET"]),
    "/children/{person}/why": (why, ["GET"]),
    "/children/{person}/second-person": (second_person, ["GET", "POST"]),
    "/children/{person}/emergency": (emergency, ["GET", "POST"]),
    "/children/{person}/consent": (consent, ["GET"]),
    "/children/{person}/consent/record": (record, ["GET", "POST"]),
    "/children/{person}/consent/{record}": (change, ["GET", "POST"]),
    "/children/{person}/enhanced": (enhanced, ["GET", "POST"]),
    "/children/{person}/saved/new": (keep, ["GET", "POST"]),
    "/children/{person}/saved/{saved}": (saved, ["GET", "POST"]),
    "/children/{person}/saved/{saved}/remove": (remove, ["GET", "POST"]),
    "/feedback": (feedback, ["GET", "POST"]),
}
"""Every such page by its path, with the methods it takes."""

WORKERS_DOINGS: Final[dict[str, tuple[Page, list[str]]]] = {
    "/children/{person}/panel": (panel, ["GET"]),
    "/children/{person}/enhanced.csv": (export, ["GET"]),
    "/children/{person}/saved/{saved}/chronology.csv": (saved_export, ["GET"]),
    "/children/{person}/emergency/end": (end_emergency, ["GET", "POST"]),
}
"""What another page leads to that is no page: a form's doing, a panel, a file."""
