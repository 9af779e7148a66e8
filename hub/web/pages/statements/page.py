"""A statement: its words are in its template; what is configured (who to ask, how long things are kept) is put in."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from hub.identity.cookies import Cookies
from hub.identity.sessions import SessionLimits
from hub.settings import Environment, Settings
from hub.web.pages.statements.guidance import GUIDANCE
from hub.web.pages.visit import Shown
from hub.web.status import VERSION

_TITLES: Final[Mapping[str, str]] = {
    "/help": "Help and professional guidance",
    "/accessibility": "Accessibility statement",
    "/privacy": "Privacy",
    "/cookies": "Cookies",
    "/about": "About this service",
}

PREPARED: Final = date(2026, 11, 21)
"""The day on which what the accessibility statement says was last compared with the pages."""


def stated(path: str, settings: Settings) -> Shown:
    """Give the statement at a path."""
    production = settings.env is Environment.PRODUCTION
    cookies, limits = Cookies(secure=production), SessionLimits()
    values = {
        "email": settings.contact_email,
        "phone": settings.contact_phone,
        "privacy": settings.privacy_contact,
        "years": settings.audit_years,
        "saved_days": settings.saved_days,
        "session_cookie": cookies.session,
        "sign_in_cookie": cookies.browser,
        "idle": limits.idle // 60,
        "longest": limits.longest // 3600,
        "version": VERSION,
        "production": production,
        "prepared": PREPARED,
        "guidance": GUIDANCE,
    }
    return Shown(f"statements/{path.strip('/')}.html", _TITLES[path], values)
