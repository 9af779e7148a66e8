"""What a family said about sharing: read, recorded, reviewed, taken back; what a change does is shown first."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Final

from hub.errors import Code, HubError
from hub.governance.acting import CannotBeDone
from hub.governance.consent import Consent
from hub.governance.consenting import record_consent, review_consent, said_again, taken_back, withdraw
from hub.governance.givers import ConsentReason
from hub.graphql.governing.room import by_of
from hub.web.pages.agencies import agency_names
from hub.web.pages.child import HEAD, Child, child_of
from hub.web.pages.consent.effects import Effects
from hub.web.pages.consent.form import Given, choices, read
from hub.web.pages.consent.told import effects_of, heard, ids_of, in_words, records_consent
from hub.web.pages.visit import Elsewhere, NoSuchPage, Shown, Visit

REASONS: Final = {one.value: one for one in ConsentReason}

Save = Callable[[], Awaitable[str]]


async def consent(visit: Visit) -> Shown:
    """Show what was said, newest first."""
    person = await child_of(visit, HEAD)
    told = in_words(await heard(visit, await ids_of(visit)), visit)
    child = Child.of(person)
    values = {
        "child": child,
        "person": person,
        "tab": "consent",
        "told": told,
        "may_record": records_consent(visit),
        "done": visit.query.get("done") == "yes",
    }
    return Shown("consent/page.html", f"What was said about sharing: {child.name}", values)


async def record(visit: Visit) -> Shown:
    """Record what somebody said: the form, then what it changes, then it is saved."""
    _insist(visit)
    person = await child_of(visit, HEAD)
    room, ids = visit.governing, await ids_of(visit)
    agencies = agency_names(room.preparer.sources)
    form = Given(visit.form or {"purposes-EARLY_HELP": "yes"})
    effects: Effects | None = None
    errors: dict[str, str] = {}
    if visit.form is not None:
        by, now = visit.who.subject, room.acting.clock()
        said, errors = read(form, visit.path["person"], agencies, by=by, now=now, today=room.today)
        if said is not None:
            changed = said
            effects, errors = await _look_or_save(
                visit, ids, changed, lambda: record_consent(room.acting, changed, by_of(visit.who))
            )
    values = {
        "child": Child.of(person),
        "person": person,
        "tab": "consent",
        "errors": errors,
        "form": form.without("form", "act"),
        "effects": effects,
        **choices(agencies, form),
    }
    title = "What this would change" if effects else "Record what somebody said"
    return Shown("consent/record.html", title, values, 400 if errors else 200)


async def change(visit: Visit) -> Shown:
    """Review one record, or take it or all of the giver's back: what it changes first, then it is saved."""
    _insist(visit)
    person = await child_of(visit, HEAD)
    ids = await ids_of(visit)
    told = await heard(visit, ids)
    held = next((c for c in told if c.id == visit.path["record"]), None)
    if held is None:
        raise NoSuchPage
    form = Given(visit.form or {})
    withdrawing = (form["what"] or visit.query.get("what", "")) != "review"
    effects: Effects | None = None
    errors: dict[str, str] = {}
    if visit.form is not None:
        try:
            changed, save = _withdrawal(visit, ids, told, held) if withdrawing else _review(visit, ids, told, held)
            effects, errors = await _look_or_save(visit, ids, changed, save)
        except _Wrong as wrong:
            errors = {wrong.field: str(wrong)}
        except CannotBeDone as refused:
            errors = {"day": _sentence(refused)}
    values = {
        "child": Child.of(person),
        "person": person,
        "tab": "consent",
        "errors": errors,
        "one": next(s for s in in_words(told, visit) if s.consent.id == held.id),
        "withdrawing": withdrawing,
        "record": held.id,
        "reasons": [(one.value, one.means.rstrip(".")) for one in ConsentReason],
        "form": form.without("form", "act"),
        "effects": effects,
        "today": visit.governing.today.isoformat(),
    }
    title = "What this would change" if effects else "Take it back" if withdrawing else "Review what was said"
    return Shown("consent/change.html", title, values, 400 if errors else 200)


def _withdrawal(visit: Visit, ids: frozenset[str], told: Sequence[Consent], held: Consent) -> tuple[Consent, Save]:
    """Give the withdrawal that a form asks for, and the way to record it."""
    acting, by, form = visit.governing.acting, by_of(visit.who), Given(visit.form or {})
    said = _day(form["day"], "day", visit.governing.today)
    reason = REASONS.get(form["reason"], ConsentReason.NOT_GIVEN)
    only = None if form["scope"] == "all" else held.id
    changed = taken_back(tuple(reversed(told)), held.giver, only, by.subject, acting.clock(), said=said, reason=reason)
    return changed, lambda: withdraw(acting, ids, held.giver, by, reason=reason, said=said, only=only)


def _review(visit: Visit, ids: frozenset[str], told: Sequence[Consent], held: Consent) -> tuple[Consent, Save]:
    """Give the review that a form asks for, and the way to record it."""
    acting, by, form = visit.governing.acting, by_of(visit.who), Given(visit.form or {})
    day = _day(form["day"], "day", visit.governing.today)
    expires = _day(form["expires"], "expires", None) if form["expires"] else None
    if expires and expires < day:
        raise _Wrong("expires", "It cannot end before that day")
    changed = said_again(tuple(reversed(told)), held.id, by.subject, acting.clock(), day=day, expires=expires)
    return changed, lambda: review_consent(acting, ids, held.id, by, day=day, expires=expires)


async def _look_or_save(
    visit: Visit, ids: frozenset[str], changed: Consent, save: Save
) -> tuple[Effects | None, dict[str, str]]:
    """Show what a change would do; once that was seen, make it and go back to the list."""
    if (visit.form or {}).get("act") != "save":
        return await effects_of(visit, ids, changed), {}
    try:
        await save()
    except CannotBeDone as refused:
        return None, {"said": _sentence(refused)}
    raise Elsewhere(f"/children/{visit.path['person']}/consent?done=yes")


def _insist(visit: Visit) -> None:
    if not records_consent(visit):
        raise HubError(
            Code.FORBIDDEN, "Your role does not record what families said. Ask a colleague who works with them."
        )


class _Wrong(Exception):
    """A field is wrong; the message says how."""

    def __init__(self, field: str, says: str) -> None:
        super().__init__(says)
        self.field = field


def _day(written: str, field: str, today: date | None) -> date:
    """Read a day; an empty one is today, and where today is given none is to come."""
    try:
        day = date.fromisoformat(written) if written or today is None else today
    except ValueError:
        raise _Wrong(field, "The day must be a real day, or left empty") from None
    if today is not None and day > today:
        raise _Wrong(field, "The day they said it is not to come")
    return day


def _sentence(refused: CannotBeDone) -> str:
    words = str(refused)
    return words[:1].upper() + words[1:]
