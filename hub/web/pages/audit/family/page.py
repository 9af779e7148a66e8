"""What a family is told: who looked at a child's record and why, as a letter in plain English, to be printed.

Names are typed by the officer for the print and kept nowhere: the ledger has none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hub.audit.left_out import MAY_BE_LEFT_OUT
from hub.audit.reports import Look, Told
from hub.governance import overseeing
from hub.graphql.governing.room import by_of
from hub.web.pages.audit.asked import NOBODY, ids_of, names, sources_of
from hub.web.pages.visit import Shown, Visit
from hub.web.pages.words import role_words
from schema.outcomes import Outcome

LONGEST: Final = 100
FIELDS: Final = ("to", "name", "reference")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One look, as a family reads it."""

    at: datetime
    who: str
    organisation: str
    why: str
    basis: str
    became: str
    told: tuple[tuple[str, str], ...]


async def family(visit: Visit) -> Shown:
    """Ask for a child, or print the letter."""
    form = visit.form or {}
    wrong: dict[str, str] = {}
    given = {name: form.get(name, "")[:LONGEST] for name in FIELDS}
    values: dict[str, Any] = {"tab": "family", "errors": wrong, "typed": form.get("child", ""), "given": given}
    if visit.form is not None:
        ids = await ids_of(visit, form.get("child", ""))
        if ids is None:
            wrong["child"] = NOBODY
        else:
            sources = {one.id for one in sources_of(visit).values()}
            found = await overseeing.family_of_agency(visit.governing.acting, by_of(visit.who), ids, sources)
            called = names(visit)
            values |= {
                "letter": [_paragraph(look, called) for look in found],
                "sender": called.get(visit.who.organisation, visit.who.organisation),
                "note": MAY_BE_LEFT_OUT,
            }
    title = "Who looked, and why" if "letter" in values else "A family's report"
    return Shown("audit/family/page.html", title, {"letter": None, **values}, 400 if wrong else 200)


def _paragraph(look: Look, called: Mapping[str, str]) -> Paragraph:
    role = role_words(look.role).lower()
    article = "an" if role[:1] in "aeiou" else "a"
    return Paragraph(
        datetime.fromisoformat(look.at),
        f"{article} {role}",
        called.get(look.organisation, look.organisation),
        look.purpose,
        look.basis,
        look.ended,
        _together(look.told),
    )


_SAID: Final[Mapping[str, str]] = {
    Outcome.RECORDS.means: "Showed something to them",
    Outcome.NONE_HELD.means: "Had nothing to show them",
    Outcome.NOT_COVERED.means: "Keeps nothing about children of this age or area",
    Outcome.WITHHELD.means: "Was not allowed to show them anything",
    Outcome.BROKERED.means: "Showed nothing; they were told whom to ring",
    Outcome.UNAVAILABLE.means: "Could not be reached",
    Outcome.TIMED_OUT.means: "Did not answer in time",
    Outcome.STALE.means: "Answered from old information",
    Outcome.UNIDENTIFIED.means: "Could not tell whether it knows this child",
}
"""What became of asking a service, as a family reads it: the ledger's own words are for workers."""


def _together(told: Iterable[Told]) -> tuple[tuple[str, str], ...]:
    """Say what became of asking each service, those alike together."""
    alike: dict[str, list[str]] = {}
    for one in told:
        alike.setdefault(_SAID[one.outcome], []).append(one.service)
    return tuple((says, ", ".join(dict.fromkeys(services))) for says, services in alike.items())
