"""The reviewers' queue: every emergency access that concerns an officer's agency, and what its review found."""

from datetime import UTC, datetime
from typing import Final

from hub.governance.acting import CannotBeDone
from hub.governance.break_glass import ReviewOutcome, short_of
from hub.governance.breaking_glass import Task, read_words, review, tasks
from hub.graphql.governing.emergencies import concerned, concerns
from hub.graphql.governing.room import by_of
from hub.web.pages.agencies import agency_names
from hub.web.pages.visit import Elsewhere, NoSuchPage, Shown, Visit
from hub.web.pages.words import role_words

_OUTCOMES: Final = {one.value: one for one in ReviewOutcome}
_STATES: Final = {
    "overdue": ("silent", "!", "To judge: overdue"),
    "to review": ("ring", "●", "To judge"),
    "open": ("silent", "⚠", "Open now"),
    "reviewed": ("none", "✓", "Judged"),
}
_ORDER: Final = list(_STATES)


async def queue(visit: Visit) -> Shown:
    """List accesses: what is to be judged first, the rest newest first."""
    found = await tasks(visit.governing.acting)
    mine = [task for task in found.found if concerns(task, visit.who)]
    mine.sort(key=lambda task: _ORDER.index(task.state))
    faulty = sum(visit.who.organisation in one.agencies for one in found.faulty)
    values = {
        "lines": [_line(visit, task) for task in mine],
        "open": sum(task.state == "open" for task in mine),
        "waiting": sum(task.state in {"overdue", "to review"} for task in mine),
        "faulty": faulty,
    }
    return Shown("judging/queue.html", "Emergency access to judge", values)


async def judge(visit: Visit) -> Shown:
    """Show one access; open why it was asked for, or say what the review found."""
    reference, form = visit.path["reference"], visit.form or {}
    try:
        task = await concerned(visit.governing, reference, visit.who)
    except CannotBeDone:
        raise NoSuchPage from None
    words, errors = None, dict[str, str]()
    try:
        if form.get("act") == "read":
            words = await read_words(visit.governing.acting, reference, by_of(visit.who))
        elif visit.form is not None:
            if form.get("outcome") not in _OUTCOMES:
                errors["outcome"] = "Choose what you found"
            else:
                await review(visit.governing.acting, reference, _OUTCOMES[form["outcome"]], by_of(visit.who))
                raise Elsewhere("/emergency-reviews")
    except CannotBeDone as refused:
        errors["outcome"] = str(refused)[:1].upper() + str(refused)[1:]
    values = {
        "task": _line(visit, task),
        "own": task.requester == visit.who.subject,
        "words": words,
        "errors": errors,
        "outcomes": [(one.value, one.means) for one in ReviewOutcome],
        "reference": reference,
    }
    return Shown("judging/page.html", "Judge an emergency access", values, 400 if errors else 200)


def _line(visit: Visit, task: Task) -> dict[str, object]:
    """Say an access in words. The child is an id here: officers judge the access and never read the record."""
    names = agency_names(visit.governing.preparer.sources)
    tone, sign, state = _STATES[task.state]
    return {
        "id": task.id,
        "short": short_of(task.id),
        "state": task.state,
        "shown": {"tone": tone, "sign": sign, "words": state},
        "requester": task.requester,
        "role": role_words(task.role),
        "organisation": names.get(task.organisation, task.organisation),
        "agencies": [names.get(owner, owner) for owner in sorted(task.owners)],
        "reason": task.reason.means,
        "began": _at(task.began),
        "ended": _at(task.until),
        "due": _at(task.review_due),
        "ended_by": bool(task.ended_by),
        "person": task.person_id,
        "outcome": task.outcome.means if task.outcome else "",
        "reviewed_by": task.reviewed_by or "",
    }


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
