"""What users said of the hub: listed for officers, its words opened when they ask, and marked once it is dealt with.

That words were read is in the ledger first. Nobody is named: neither who said it nor where they work is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.governance.acting import CannotBeDone
from hub.governance.feedback import FoundIt
from hub.governance.feedback_reading import Given, given, read_words, settle, waiting
from hub.graphql.governing.room import by_of
from hub.web.navigation import EVERYBODYS_LINKS, OFFICERS_LINKS, WORKERS_LINKS
from hub.web.pages.agencies import agency_names
from hub.web.pages.visit import Elsewhere, Shown, Visit
from hub.web.pages.words import CHILD_TABS, role_words

_CALLED: Final[Mapping[str, str]] = {
    **{link.path: link.label for link in (*WORKERS_LINKS, *OFFICERS_LINKS, *EVERYBODYS_LINKS)},
    **{f"/children/-{end}": label for end, _, label in CHILD_TABS},
    "/children/-/why": "Why",
    "/children/-/emergency": "Emergency access",
    "/purpose": "Why you ask",
}
"""What pages are called, by their patterns; any other goes by its pattern."""

_FOUND: Final = {FoundIt.YES: ("now", "✓"), FoundIt.PARTLY: ("silent", "◐"), FoundIt.NO: ("withheld", "✕")}


@dataclass(frozen=True, slots=True)
class Line:
    """One person's feedback; ``words`` is none until they are read, and where they are ``damaged``."""

    id: str
    at: datetime
    page: str
    role: str
    shown: Mapping[str, str]
    missed: str
    words: str | None
    damaged: bool
    settled_at: datetime | None
    settled_by: str


async def said(visit: Visit) -> Shown:
    """List what was said; read its words, or say that some of it is dealt with."""
    acting, by, form = visit.governing.acting, by_of(visit.who), visit.form or {}
    settled = visit.query.get("settled") == "yes"
    wrong: dict[str, str] = {}
    words: Mapping[str, str | None] = {}
    found = await given(acting, by, settled=settled)
    ticked = [one.id for one in found if form.get(f"done.{one.id}") == "yes"]
    try:
        if form.get("act") == "read":
            words = await read_words(acting, [one.id for one in found], by)
        elif form.get("act") == "settle" and ticked:
            await settle(acting, ticked, by)
            raise Elsewhere("/feedback/said")
        elif visit.form is not None:
            wrong["said"] = "Tick what was dealt with"
    except CannotBeDone as refused:
        wrong["said"] = str(refused)[:1].upper() + str(refused)[1:]
    names = agency_names(visit.governing.preparer.sources)
    values = {
        "errors": wrong,
        "lines": [_line(one, words, names) for one in found],
        "read": bool(words),
        "ticked": ticked,
        "settled": settled,
        "waiting": await waiting(acting, by),
    }
    return Shown("feedback/said/page.html", "What people said", values, 400 if wrong else 200)


def _line(one: Given, words: Mapping[str, str | None], names: Mapping[str, str]) -> Line:
    tone, sign = _FOUND[one.found]
    return Line(
        one.id,
        one.at,
        _CALLED.get(one.page, one.page),
        role_words(one.role),
        {"tone": tone, "sign": sign, "words": f"Found it: {one.found.words.lower()}"},
        one.missed.words,
        words.get(one.id),
        one.id in words and words[one.id] is None,
        one.settled_at,
        names.get(one.settled_by or "", one.settled_by or ""),
    )
