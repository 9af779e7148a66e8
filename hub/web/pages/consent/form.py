"""What a worker typed of what somebody said about sharing: read into a consent, or what is wrong by field."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, TypeVar

from hub.governance.consent import Consent
from hub.governance.givers import Capacity, GiverRelationship, may_give
from hub.web.pages.words import KINDS, OFFERED
from policies.facts import ConsentState
from schema.kinds import Kind
from schema.purposes import Purpose
from schema.services import SERVICES, Service

T = TypeVar("T")

_REFERENCE: Final = re.compile(r"[A-Za-z0-9._:/#-]{0,64}")
"""Where a form is kept, as the store takes it: too plain to hold a sentence or a name."""

RELATIONSHIPS: Final = tuple(one for one in GiverRelationship if one is not GiverRelationship.NOT_STATED)
METHODS: Final = ("form", "spoken", "meeting", "letter", "e-mail")
SAID: Final = {"yes": ConsentState.GIVEN, "no": ConsentState.REFUSED}
_RIGHTS: Final = tuple(one for one in Capacity if one is not Capacity.NOT_STATED)


class Given(dict[str, str]):
    """A form's fields; one that did not come is empty."""

    def __missing__(self, _: str) -> str:
        return ""

    def without(self, *names: str) -> "Given":
        """Give the fields but for some."""
        return Given({name: value for name, value in self.items() if name not in names})


def read(
    form: Mapping[str, str], person_id: str, agencies: Iterable[str], *, by: str, now: datetime, today: date
) -> tuple[Consent | None, dict[str, str]]:
    """Read the form: a consent, or what is wrong by field."""
    wrong: dict[str, str] = {}
    relationship = _one({r.value: r for r in RELATIONSHIPS}, form, "relationship", "Choose who said it", wrong)
    capacity = _one({c.value: c for c in _RIGHTS}, form, "capacity", "Choose by what right they decide", wrong)
    if relationship and capacity and not may_give(relationship, capacity):
        wrong["capacity"] = "Somebody who is this to the child does not decide by this right"
    if form.get("said") not in SAID:
        wrong["said"] = "Choose what they said"
    purposes = frozenset(p for p in OFFERED if form.get(f"purposes-{p.value}") == "yes")
    if not purposes:
        wrong["purposes"] = "Choose what it is for"
    if form.get("method") not in METHODS:
        wrong["method"] = "Choose how they said it"
    if not _REFERENCE.fullmatch(form.get("evidence", "")):
        wrong["evidence"] = "Give a reference without spaces, such as form-17"
    given, expires = _day(form, "given", wrong) or today, _day(form, "expires", wrong)
    if given > today:
        wrong["given"] = "The day they said it is not to come"
    if expires and expires < given:
        wrong["expires"] = "It cannot end before it was said"
    if wrong or relationship is None or capacity is None:
        return None, wrong
    second = "-2" if form.get("which") == "second" else ""
    consent = Consent(
        person_id,
        relationship.value.lower().replace("_", "-") + second,
        SAID[form["said"]],
        frozenset(s for s in Service if form.get(f"services-{s.value}") == "yes"),
        purposes,
        frozenset(a for a in agencies if form.get(f"recipients-{a}") == "yes"),
        form["method"],
        by,
        now,
        expires,
        kinds=frozenset(k for k in Kind if form.get(f"kinds-{k.value}") == "yes"),
        relationship=relationship,
        capacity=capacity,
        evidence=form.get("evidence", ""),
        given=given,
    )
    return consent, {}


def choices(agencies: Mapping[str, str], form: Mapping[str, str]) -> dict[str, object]:
    """Give what the form offers, and what of it is ticked."""
    ticked = {name for name, value in form.items() if value == "yes"}
    return {
        "relationships": [(r.value, r.means.rstrip(".")) for r in RELATIONSHIPS],
        "rights": [(c.value, c.means.rstrip(".")) for c in _RIGHTS],
        "methods": METHODS,
        "purpose_ticks": [p.value for p in OFFERED],
        "service_ticks": [(s.value, SERVICES[s].label) for s in SERVICES],
        "kind_ticks": [(k.value, words) for k, words in KINDS.items()],
        "agency_ticks": sorted(agencies.items(), key=lambda pair: pair[1]),
        "ticked": ticked,
        "early_help": Purpose.EARLY_HELP.value,
    }


def _one(offered: Mapping[str, T], form: Mapping[str, str], name: str, says: str, wrong: dict[str, str]) -> T | None:
    chosen = offered.get(form.get(name, ""))
    if chosen is None:
        wrong[name] = says
    return chosen


def _day(form: Mapping[str, str], name: str, wrong: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(form[name]) if form.get(name) else None
    except ValueError:
        wrong[name] = "The day must be a real day, or left empty"
        return None
