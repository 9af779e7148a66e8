"""What a family is told: who looked at a child's record and why, as a letter in plain English, to be printed.

Names are typed by the officer for the print and kept nowhere: the ledger has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hub.audit.left_out import MAY_BE_LEFT_OUT
from hub.governance import overseeing
from hub.governance.systems_apart import which_is_which
from hub.graphql.governing.room import by_of
from hub.web.pages.audit.asked import NOBODY, ids_of, names, sources_of
from hub.web.pages.audit.family.sittings import Sitting, sittings
from hub.web.pages.rendering import clock
from hub.web.pages.visit import Shown, Visit
from hub.web.pages.words import role_words

LONGEST: Final = 100
FIELDS: Final = ("to", "name", "reference")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One sitting, as a family reads it: ``until`` where it ended in another minute than it began."""

    at: datetime
    until: datetime | None
    looks: int
    who: str
    organisation: str
    why: str
    basis: str
    became: tuple[str, ...]
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
                "letter": [_paragraph(sitting, called) for sitting in sittings(found)],
                "looks": len(found),
                "systems": [(name, _whose(visit, source)) for name, source in which_is_which(found)],
                "sender": called.get(visit.who.organisation, visit.who.organisation),
                "note": MAY_BE_LEFT_OUT,
            }
    title = "Who looked, and why" if "letter" in values else "A family's report"
    return Shown("audit/family/page.html", title, {"letter": None, **values}, 400 if wrong else 200)


def _whose(visit: Visit, source: str) -> str:
    """Say which system a source is, for the officer; one that is there no more goes by its id."""
    found = next((one.config for one in visit.governing.preparer.sources if one.config.id == source), None)
    return f"{found.name}, {found.owner} ({source})" if found else source


def _paragraph(sitting: Sitting, called: Mapping[str, str]) -> Paragraph:
    first = sitting.looks[0]
    role = role_words(first.role).lower()
    article = "an" if role[:1] in "aeiou" else "a"
    return Paragraph(
        sitting.began,
        sitting.ended if clock(sitting.ended) != clock(sitting.began) else None,
        len(sitting.looks),
        f"{article} {role}",
        called.get(first.organisation, first.organisation),
        first.purpose,
        first.basis,
        sitting.became,
        sitting.told,
    )
