"""One version: what is different in it, who gains and who loses, its tests, its life, and the next step."""

from collections.abc import Mapping
from typing import Any, Final

from hub.governance.versions.stages import Stage
from hub.governance.versions.steps import Step, parent_of, stage_of
from hub.governance.versions.version import Version
from hub.graphql.governing.books import book_of, stored
from hub.graphql.governing.problems import REFUSALS
from hub.web.pages.policies.comparing import LATELY, NEWEST, compared, linted, replayed
from hub.web.pages.policies.examples import tests_of
from hub.web.pages.policies.outcomes import ORDINARY
from hub.web.pages.policies.telling import rows_changed
from hub.web.pages.policies.version.acts import OFFERED, SAYS, Act, take
from hub.web.pages.policies.versions.standing import found
from hub.web.pages.visit import Elsewhere, Shown, Visit
from policies.rulebook import Rulebook
from schema.fields import CATALOGUE
from schema.services import SERVICES

REPLAY: Final = "replay"
"""What is sent to have real questions decided again: it changes nothing, and takes its time."""

_STILL: Final = frozenset({Stage.DRAFT, Stage.LINTED, Stage.SIMULATED, Stage.PROPOSED, Stage.APPROVED, Stage.SCHEDULED})
"""Where a version does not count yet, and may."""


async def version(visit: Visit) -> Shown:
    """Show a version, or do something to it."""
    shown = await found(visit, visit.path["version"])
    if visit.form is None or visit.form.get("act") == REPLAY:
        return await _page(visit, shown, {}, visit.form or {})
    acts = {act.value: act for act in Act}
    try:
        act = acts[visit.form.get("act", "")]
        after = await take(visit, shown.id, act, visit.form)
    except KeyError:
        return await _page(visit, shown, {"reason": "Choose what to do"}, visit.form)
    except REFUSALS as refused:
        beside = "at" if visit.form["act"] == Act.SCHEDULE else "reason"
        says = str(refused)
        return await _page(visit, shown, {beside: f"{says[:1].upper()}{says[1:]}"}, visit.form)
    raise Elsewhere(f"/policies/versions/{after}")


async def _page(visit: Visit, shown: Version, wrong: Mapping[str, str], form: Mapping[str, str]) -> Shown:
    room = visit.governing
    steps = await room.policies.versions.steps(shown.id)
    active = await room.policies.versions.active()
    stage = stage_of(steps) or (Stage.ACTIVE if shown.id == active else Stage.DRAFT)
    rules = await book_of(room, shown)
    values = {
        "tab": "versions",
        "errors": wrong,
        "version": shown,
        "stage": stage,
        "still": stage in _STILL,
        "steps": list(reversed(steps)),
        "offered": OFFERED.get(stage, ()),
        "says": SAYS,
        "must_approve": sorted(await room.policies.lives.needed(shown.id)),
        "approved": sorted({step.agency for step in steps if step.act == "approve"}),
        "tests": tests_of(shown.examples, rules),
        "active": active,
        "given": {"reason": form.get("reason", ""), "at": form.get("at", "")},
        "services": SERVICES,
        "fields": CATALOGUE,
        "lately": LATELY.days,
        "newest": NEWEST,
        "ordinary": ORDINARY,
        **await _beside(visit, shown, rules, steps, stage, again=form.get("act") == REPLAY),
    }
    return Shown("policies/version/page.html", f"Version {shown.id}", values, 400 if wrong else 200)


async def _beside(
    visit: Visit, shown: Version, after: Rulebook, steps: tuple[Step, ...], stage: Stage, *, again: bool
) -> dict[str, Any]:
    """Hold it against the version it was made from; decide real questions ``again`` where that was asked for."""
    room, parent = visit.governing, parent_of(steps, shown.parent)
    if parent is None:
        return {"parent": None, "rows": (), "compared": None, "findings": None, "replay": None}
    base = await stored(room, parent)
    before, still = await book_of(room, base), stage in _STILL
    return {
        "parent": parent,
        "rows": rows_changed(base.rules, shown.rules),
        "compared": await compared(room, before, after),
        "findings": await linted(room, before, after) if still else None,
        "replay": await replayed(room, before, after) if still and again else None,
    }
