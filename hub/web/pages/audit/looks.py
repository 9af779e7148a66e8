"""Looks as officers read them: when, who in what role, why, what became of it; people are pseudonyms."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.audit.access_rows import HEAD, row
from hub.audit.accesses import Access
from hub.audit.entries import Ended
from hub.web.pages.spreadsheet import spreadsheet
from hub.web.pages.visit import Sent
from hub.web.pages.words import PURPOSES, role_words
from schema.services import SERVICES

PAGE: Final = 25
"""Looks on a page."""

_ENDED: Final = {
    Ended.COMPLETE: "Answered",
    Ended.PART: "Answered in part: they left, or something went wrong, before the rest",
    Ended.ABANDONED: "They left before the answer",
    Ended.DEADLINE: "Answered in part: it took too long",
    Ended.CHANGED: "Answered after what was allowed had changed",
    Ended.FAILED: "Something went wrong; nothing was shown",
}


@dataclass(frozen=True, slots=True)
class Look:
    """One look, in words."""

    entry: str
    at: datetime
    who: str
    worker: str
    organisation: str
    purpose: str
    what: str
    shown: str
    refused: str
    business: bool


def looks(found: Iterable[Access], names: Mapping[str, str]) -> list[Look]:
    """Give looks in words."""
    return [_look(one, names) for one in found]


def _look(one: Access, names: Mapping[str, str]) -> Look:
    search = one.subject is None
    several = Counter(source.service for source in one.sources)
    called = {
        s.source: SERVICES[s.service].label + (f" ({s.source})" if several[s.service] > 1 else "") for s in one.sources
    }
    shown = [called[source.source] for source in one.sources if source.shown]
    refused = [called[source.source] for source in one.sources if not source.called]
    ended = _ENDED[one.ended] if one.ended else "How it ended is not recorded"
    return Look(
        one.record_id,
        datetime.fromisoformat(one.at),
        role_words(one.role),
        one.actor[:8],
        names.get(one.organisation, one.organisation),
        PURPOSES[one.purpose],
        "Was among those a search showed" if search else ended,
        ", ".join(dict.fromkeys(shown)),
        ", ".join(dict.fromkeys(refused)),
        one.business,
    )


def file_of(found: Iterable[Access], name: str) -> Sent:
    """Give looks as a file for a spreadsheet."""
    return spreadsheet(name, HEAD, map(row, found))
