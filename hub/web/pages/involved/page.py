"""Who is involved: every service's state in words, the people to ring, and what could not be said, on one page."""

import asyncio
from collections.abc import Iterable
from typing import Final

from hub.answer.question import EXISTENCE, Wanted
from hub.web.pages.child import Child, child_of, fields_of
from hub.web.pages.involved import waiting
from hub.web.pages.involved.family import family_of
from hub.web.pages.involved.panels import UNKNOWN, State, panels_of, together
from hub.web.pages.visit import Shown, Visit
from hub.web.pages.words import plainly
from schema.records import Address, Identifier, Use
from schema.services import SERVICES

LISTS: Final = ("names", "births", "addresses", "identifiers", "relationships", "flags", "involvements")
_LEFT: Final = frozenset(
    {
        "Birth.ethnicity",
        "Birth.date_of_death",
        "Address.uprn",
        "Involvement.reason",
        "Involvement.notes",
        "Plan.review_due",
        "Plan.category",
        "Plan.goals",
        "Plan.needs",
    }
)
"""What finding whom to ring has no use for is not asked for."""

_RELATIVE: Final = Wanted(fields=frozenset({EXISTENCE}))
"""Of a relative it is asked only whether they have a page: who they are is what the source says."""

WANTED: Final = Wanted(
    fields=fields_of(LISTS, _LEFT),
    lists=frozenset(LISTS),
    relatives=_RELATIVE,
    ids=True,
    family=True,
    beside=frozenset({"consent", "emergency_access"}),
)


async def involved(visit: Visit) -> Shown:
    """Show who is involved with a child; where a service is slow, first a page that each panel comes to."""
    try:
        async with asyncio.timeout(None if visit.query.get("whole") == "yes" else waiting.PATIENCE) as patience:
            person = await child_of(visit, WANTED)
    except TimeoutError:
        if not patience.expired():
            raise
        return waiting.page(visit)
    child = Child.of(person)
    panels = panels_of(person, WANTED.fields)
    values = {
        "child": child,
        "person": person,
        "tab": "involved",
        "panels": panels,
        "now_involved": [p for p in panels if p.involvements and p.state is not State.PAST],
        "past": [p for p in panels if p.involvements and p.state is State.PAST],
        "rest": [p for p in panels if not p.involvements],
        "unknown": [p for p in panels if p.state in UNKNOWN],
        "gaps": together(panels),
        "addresses": open_addresses(person.addresses or ()),
        "past_addresses": [a for a in person.addresses or () if not _open(a)],
        "identifiers": _identifiers(person.identifiers or ()),
        "family": family_of(person),
        "flags": person.flags or [],
        "plainly": plainly,
        "services": SERVICES,
    }
    return Shown("involved/page.html", f"Who is involved with {child.name}", values)


def _open(address: Address) -> bool:
    return address.end is None and address.use is not Use.FORMER


def open_addresses(addresses: Iterable[Address]) -> list[tuple[str, list[str]]]:
    """Give every open address once, as whoever is asked first spells it, with the sources that hold it."""
    held: dict[str, list[str]] = {}
    spelt: dict[str, str] = {}
    for one in addresses:
        words = ", ".join(part for part in (one.lines, one.postcode) if part)
        if words and _open(one):
            words = spelt.setdefault(_alike(words), words)
            sources = held.setdefault(words, [])
            name = one.provenance.name if one.provenance else "source not named"
            if name not in sources:
                sources.append(name)
    return list(held.items())


def _identifiers(identifiers: Iterable[Identifier]) -> list[tuple[str, list[str]]]:
    held: dict[str, list[str]] = {}
    spelt: dict[str, str] = {}
    for one in identifiers:
        if one.system is None or not one.value or one.valid_to is not None:
            continue
        words = f"{one.system.means.partition('(')[0].strip().rstrip('.')}: {one.value}"
        sources = held.setdefault(spelt.setdefault(_alike(words), words), [])
        if one.provenance and one.provenance.name not in sources:
            sources.append(one.provenance.name)
    return list(held.items())


def _alike(words: str) -> str:
    """Give letters and digits alone: spaces, commas and capitals make no other address and no other number."""
    return "".join(c for c in words.casefold() if c.isalnum())
