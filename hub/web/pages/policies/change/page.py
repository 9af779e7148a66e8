"""Changing a rule, writing one or taking one out: chosen from closed lists, checked as one goes, kept as a draft.

Nothing is edited in place: a draft is a new version, made from the one it starts from. Checking stores nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from hub.governance.versions.editing import AtOdds, Edits, at_odds, drafted, edited
from hub.governance.versions.version import Cells, Version
from hub.graphql.governing.books import book
from hub.graphql.governing.problems import REFUSALS
from hub.web.pages.policies.change.form import EMPTY, duties, effects, groups, read, reasons
from hub.web.pages.policies.change.trial import given, offered, trial
from hub.web.pages.policies.comparing import compared, linted, looked_through
from hub.web.pages.policies.examples import question
from hub.web.pages.policies.outcomes import ORDINARY, OUTCOMES
from hub.web.pages.policies.supposing import CHOICES, CONSENT
from hub.web.pages.policies.telling import does
from hub.web.pages.policies.versions.standing import found
from hub.web.pages.visit import Elsewhere, NoSuchPage, Shown, Visit
from hub.web.pages.words import OFFERED
from policies.rulebook import Rulebook
from policies.validation import RulebookError, read_row

CHECKING: Final = frozenset({"check", "check-out"})
"""What is sent to look at a change, which keeps nothing: of the rule as it is written, or of leaving it out."""

REMOVING: Final = frozenset({"remove", "check-out"})
"""What is sent to leave a rule out."""

_COLUMNS: Final = {"on_deny": "effect", "obligation": "effect"}
"""Which part of the form a column's fault is said beside, where it is another's."""


@dataclass(frozen=True, slots=True)
class Writing:
    """A rule being written: the version it starts from, whether the rule is there already, and its cells."""

    start: Version
    there: bool
    cells: Cells
    reason: str


async def change(visit: Visit) -> Shown:
    """Change a rule."""
    start = await found(visit, visit.query.get("version"))
    before = next((one for one in start.rules if one["id"] == visit.path["rule"]), None)
    if before is None:
        raise NoSuchPage
    return await _written(visit, start, before, there=True)


async def new_rule(visit: Visit) -> Shown:
    """Write a rule."""
    start = await found(visit, visit.query.get("version"))
    return await _written(visit, start, EMPTY, there=False)


async def _written(visit: Visit, start: Version, before: Cells, *, there: bool) -> Shown:
    form = visit.form
    if form is None:
        return await _page(visit, Writing(start, there, before, ""), {}, {})
    name = before["id"] if there else form.get("id", "").strip()
    writing = Writing(start, there, read(form, name), form.get("draft", "").strip())
    remove = there and form.get("act") in REMOVING
    wrong = {} if remove else _wrong(writing)
    test = await trial(visit.governing, form, wrong)
    checking = form.get("act") in CHECKING
    if not checking and not writing.reason:
        wrong["draft"] = "Say why, in a sentence: a version needs a reason"
    if wrong:
        return await _page(visit, writing, wrong, {})
    attach = () if test is None else (test,)
    edits = Edits(remove=(name,), attach=attach) if remove else Edits(put=(writing.cells,), attach=attach)
    try:
        odd = await at_odds(start, edits)
        taken = tuple(one.as_it_becomes for one in odd if form.get(f"accept.{one.example['where']}") == "yes")
        open_ = [one for one in odd if one.as_it_becomes not in taken]
        edits = replace(edits, attach=_attached(edits.attach, taken))
        if checking or open_:
            wrong = {"tests": "Some tests expect otherwise: look at each below"} if open_ else {}
            looked = await _looked(visit, start, edits, odd, form) | {"without": remove, "test": _held(test, odd)}
            return await _page(visit, writing, wrong, looked)
        version = await drafted(visit.governing.policies, start, edits, visit.who, writing.reason)
    except REFUSALS as refused:
        return await _page(visit, writing, {"effect": str(refused)}, {})
    await looked_through(visit.governing, version)
    raise Elsewhere(f"/policies/versions/{version}")


def _attached(written: tuple[Cells, ...], taken: tuple[Cells, ...]) -> tuple[Cells, ...]:
    """Give the tests to attach: those taken as they come out, and the one just written where it is none of them."""
    return (*taken, *(one for one in written if one["where"] not in {cells["where"] for cells in taken}))


def _held(test: Cells | None, odd: tuple[AtOdds, ...]) -> str:
    """Say what a test that holds asked; one that does not is told with the others that expect otherwise."""
    return "" if test is None or any(one.example == test for one in odd) else question(test)


def _wrong(writing: Writing) -> dict[str, str]:
    """Say what is wrong with the rule by itself, beside the list it is about."""
    wrong: dict[str, str] = {}
    cells = writing.cells
    if not writing.there and any(one["id"] == cells["id"] for one in writing.start.rules):
        wrong["id"] = "A rule is called that already: choose another name"
    try:
        read_row(cells)
    except RulebookError as error:
        for fault in error.faults:
            column, _, says = fault.partition(": ")
            said = f"Choose at least one: {_ASKED[column]}" if column in _ASKED and not cells[column] else says
            wrong.setdefault(_COLUMNS.get(column, column), said[:1].upper() + said[1:])
    return wrong


_ASKED: Final = {
    "role": "who asks",
    "purpose": "for which purpose",
    "service": "whose records",
    "kind": "what kind of data",
    "field": "which fields",
    "sensitivity": "how sensitive",
    "when": "when",
}


async def _looked(
    visit: Visit, start: Version, edits: Edits, odd: tuple[AtOdds, ...], form: Mapping[str, str]
) -> dict[str, Any]:
    """Look at what a change would do, before anything is stored."""
    room = visit.governing
    counts = await book(room, None)
    rules = await _rules(start, edits, odd)
    tests = [
        {
            "name": f"accept.{one.example['where']}",
            "question": question(one.example),
            "why": one.example["why"],
            "expects": OUTCOMES[_verdict(one)],
            "becomes": OUTCOMES[one.becomes],
            "taken": form.get(f"accept.{one.example['where']}") == "yes",
        }
        for one in odd
    ]
    return {
        "findings": await linted(room, counts, rules),
        "compared": await compared(room, counts, rules),
        "tests": tests,
        "ordinary": ORDINARY,
    }


def _verdict(one: AtOdds) -> Any:
    return type(one.becomes)[one.example["expect"]]


async def _rules(start: Version, edits: Edits, odd: tuple[AtOdds, ...]) -> Rulebook:
    """Give the rules as they would be, whatever the tests say of them."""
    there = {cells["where"] for cells in start.examples}
    without = Edits(edits.put, edits.remove, (), tuple(w for w in (one.example["where"] for one in odd) if w in there))
    return (await edited(start, without)).rulebook


async def _page(visit: Visit, writing: Writing, wrong: Mapping[str, str], looked: Mapping[str, Any]) -> Shown:
    cells, start = writing.cells, writing.start
    active = await visit.governing.policies.versions.active()
    query = "" if start.id == active else f"?version={start.id}"
    own = f"/policies/rules/{cells['id']}/change" if writing.there else "/policies/new-rule"
    values = {
        "tab": "rules",
        "errors": wrong,
        "cells": cells,
        "there": writing.there,
        "groups": groups(cells),
        "effects": effects(cells),
        "duties": duties(cells),
        "reasons": reasons(),
        "does": does(cells) if not wrong and cells["effect"] else "",
        "path": f"{own}{query}",
        "back": f"/policies/rules/{cells['id']}{query}" if writing.there else f"/policies/rules{query}",
        "start": start.id,
        "counts": start.id == active,
        "draft": writing.reason,
        "looked": looked,
        "agencies": sorted(visit.governing.acting.agencies),
        "test": given(visit.form or {}),
        "offered": offered(),
        "words": {group.column: group.choices for group in groups(EMPTY)},
        "consents": CONSENT,
        "supposed": CHOICES,
        "children": OFFERED,
    }
    title = f"Change rule {cells['id']}" if writing.there else "Write a new rule"
    return Shown("policies/change/page.html", title, values, 400 if wrong else 200)
