"""Emergency access: asked for with a reason by somebody who has just proved who they are; ended by them at any time."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import strawberry

from hub.governance.acting import CannotBeDone
from hub.governance.break_glass import LONGEST, GlassReason
from hub.graphql.asking import LONGEST_REASON
from hub.graphql.governing.emergencies import ended, opened
from hub.graphql.governing.entitled import WORKERS, insist
from hub.web.pages.agencies import agency_names
from hub.web.pages.child import HEAD, Child, child_of
from hub.web.pages.visit import Elsewhere, NoSuchPage, Shown, Visit
from schema.governance.emergency import BreakGlassInput

_REASONS: Final = {one.value: one for one in GlassReason}
_NUMBER: Final = re.compile(r"[0-9]{1,2}")
_FIELDS: Final = {
    "no-reference": "reference",
    "no-words": "text",
    "no-reason": "text",
    "too-many-words": "text",
    "too-long": "minutes",
    "no-agency": "agencies",
}
"""Beside which field a refusal is said; any other is of the whole."""


async def emergency(visit: Visit) -> Shown:
    """Show what is asked for and what it means, or open it."""
    insist(visit.who, WORKERS)
    child = visit.path["person"]
    if not visit.who.lately:
        if visit.form is None:
            raise Elsewhere(f"/sign-in?{urlencode({'again': 'yes', 'return': visit.here})}")
        return Shown("emergency/again.html", "Sign in once more", {"child_id": child}, 403)
    person = await child_of(visit, HEAD)
    names = agency_names(visit.governing.preparer.sources)
    others = {agency: name for agency, name in names.items() if agency != visit.who.organisation}
    given = visit.form if visit.form is not None else _first(visit)
    chosen = frozenset(agency for agency in others if given.get(f"agencies-{agency}") == "yes")
    errors = await _open(visit, given, chosen) if visit.form is not None else {}
    who = Child.of(person)
    values = {
        "child": who,
        "person": person,
        "tab": "",
        "errors": errors,
        "agencies": sorted(others.items(), key=lambda pair: pair[1]),
        "chosen": {f"agencies-{agency}" for agency in chosen},
        "reasons": [(one.value, one.means.rstrip(".")) for one in GlassReason],
        "given": {name: given.get(name, "") for name in ("reason", "text", "reference", "minutes")},
        "longest": LONGEST,
        "most": LONGEST_REASON,
    }
    return Shown("emergency/page.html", f"Emergency access to records of {who.name}", values, 400 if errors else 200)


def _first(visit: Visit) -> Mapping[str, str]:
    """Begin with what is known: the case, and the agency whose gap led here."""
    source = visit.query.get("source", "")
    agency = next((s.config.agency for s in visit.governing.preparer.sources if s.config.id == source), "")
    return {"reference": visit.asks.reference or "", "minutes": str(LONGEST), f"agencies-{agency}": "yes"}


async def _open(visit: Visit, given: Mapping[str, str], chosen: frozenset[str]) -> dict[str, str]:
    """Open it and go on to the child; else say what is wrong, by field."""
    errors = {}
    if not chosen:
        errors["agencies"] = "Choose whose records are to be opened: only those you need"
    if given.get("reason") not in _REASONS:
        errors["reason"] = "Choose what it is about"
    if not given.get("text"):
        errors["text"] = "Say in a sentence why it cannot wait"
    if not given.get("reference"):
        errors["reference"] = "Give the referral or case reference"
    if not _NUMBER.fullmatch(given.get("minutes", "")):
        errors["minutes"] = f"Say for how many minutes, up to {LONGEST}"
    if errors:
        return errors
    asked = BreakGlassInput(
        person=strawberry.ID(visit.path["person"]),
        agencies=sorted(chosen),
        reason=_REASONS[given["reason"]],
        text=given["text"],
        reference=given["reference"],
        minutes=int(given["minutes"]),
    )
    try:
        await opened(visit.governing, asked, visit.who)
    except CannotBeDone as refused:
        return {_FIELDS.get(refused.code, "agencies"): _sentence(str(refused))}
    raise Elsewhere(f"/children/{visit.path['person']}")


async def end_emergency(visit: Visit) -> Shown:
    """End one's own emergency access now, and go back to the child; whoever had to sign in first ends nothing yet."""
    insist(visit.who, WORKERS)
    if visit.form is None:
        raise Elsewhere(f"/children/{visit.path['person']}")
    try:
        await ended(visit.governing, visit.form.get("reference", ""), visit.who)
    except CannotBeDone as refused:
        if refused.code != "not-open":
            raise NoSuchPage from None
    raise Elsewhere(f"/children/{visit.path['person']}")


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
