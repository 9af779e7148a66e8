"""Guard rails through a version's life: what the hub's own sources and agreements rule out is never put to anybody."""

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli import app
from hub.governance.agreements import Agreement, Status
from hub.governance.data_items import EVERY, DataItem
from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.lifecycle import LifeCycle
from hub.governance.versions.looks import checks
from hub.governance.versions.version import content_of
from policies.reading import RULES, shipped_agreements
from policies.rows import RuleRow
from schema.purposes import Purpose
from tests.rooms.policies.rules import bar, rule
from tests.rooms.versions.stage import AGENCIES, AUTHOR, Room, room
from tests.rooms.versions.test_commands import Hub

START = [
    rule(id="all-1", when="agreement-in-force", role="social-worker"),
    bar(id="all-2", on_deny="omit", role="social-worker", service="POLICE", purpose="EARLY_HELP"),
]
TODAY = datetime.now(UTC).date()
SIGNED = Agreement(
    "trust-council", "Sharing", "trust", frozenset({"council"}), frozenset({Purpose.CHILD_PROTECTION}),
    TODAY - timedelta(days=90), TODAY + timedelta(days=90), TODAY + timedelta(days=180),
    (DataItem(frozenset({"HEALTH"}), EVERY, EVERY),), Status.SIGNED,
)  # fmt: skip
NEW = rule(
    id="trust-council-1", when="agreement-in-force", role="analyst",
    agency="council", service="HEALTH", purpose="CHILD_PROTECTION",
)  # fmt: skip


@pytest.fixture
async def ruled(tmp_path: Path) -> AsyncIterator[tuple[Room, LifeCycle]]:
    """Give a room whose looks are the real ones, with one agreement signed and one version that counts."""
    async with room(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path / "keys") as here:
        lives = LifeCycle(here.orders, here.versions, checks(here.database, AGENCIES), AGENCIES, here.rulebooks.know)
        await here.register.record_agreements([SIGNED])
        await lives.ship(content_of(START))
        yield here, lives


async def _proposed(lives: LifeCycle, rows: list[RuleRow]) -> list[str]:
    """Propose rules and give what lint said of them."""
    version = await lives.draft(content_of(rows), AUTHOR, "a reason")
    said = await lives.lint(version, AUTHOR)
    await lives.simulate(version, AUTHOR)
    if any(one.startswith("error") for one in said):
        with pytest.raises(VersionRefused, match="guard rails: mend them in a new draft"):
            await lives.propose(version, AUTHOR)
    else:
        await lives.propose(version, AUTHOR)
    return [one.partition(": ")[0] for one in said]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([*START, NEW], []),
        ([START[0]], ["error newly-shown"]),
        ([*START, replace(NEW, when=("reference-given",))], ["error no-agreement"]),
        ([*START, replace(NEW, purpose=("EARLY_HELP",))], ["error no-agreement"]),
        ([*START, replace(NEW, why="For 943 476 5919 alone.")], ["error one-person"]),
        ([*START, replace(NEW, service=("HEALTH", "POLICE"))], ["error not-the-owners"]),
        ([*START, replace(NEW, id="new-1", service=("HEALTH", "HOUSING"))], ["error not-the-owners"]),
        ([*START, replace(NEW, agency=("council", "nobody"))], ["warning unknown-agency"]),
    ],
    ids=["right", "hidden", "unconditional", "unagreed", "one-person", "not-theirs", "nobodys", "unknown"],
)
async def test_what_breaks_a_guard_rail_is_not_proposed(
    ruled: tuple[Room, LifeCycle], rows: list[RuleRow], said: list[str]
) -> None:
    """Nothing hidden is shown, allowed without an agreement, about one person, or opened by others than its owners."""
    assert await _proposed(ruled[1], rows) == said


@pytest.mark.parametrize(
    ("review", "expiry", "said"),
    [
        (-1, 90, ["warning past-review"]),
        (-9, -1, ["error no-agreement", "warning expired"]),
    ],
)
async def test_agreements_are_held_against_the_day(
    ruled: tuple[Room, LifeCycle], review: int, expiry: int, said: list[str]
) -> None:
    """Past its review an agreement is told of; past its end no new rule can stand on it."""
    review_by, ends = (TODAY + timedelta(days=n) for n in (review, expiry))
    await ruled[0].register.record_agreements([replace(SIGNED, review=review_by, expiry=ends)])
    assert await _proposed(ruled[1], [*START, NEW]) == said


async def test_only_what_is_signed_counts(ruled: tuple[Room, LifeCycle]) -> None:
    """A draft of an agreement, or one that is suspended, is none."""
    await ruled[0].register.record_agreements([replace(SIGNED, status=Status.SUSPENDED)])
    assert await _proposed(ruled[1], [*START, NEW]) == ["error no-agreement", "warning unknown-agency"]


def test_lint_by_hand_is_held_against_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a hub is, its active version is the one before and its agreements count; where none is, that is said."""
    monkeypatch.setenv("HUB_ENV", "development")
    folder = Path(shutil.copytree(str(shipped_agreements()), tmp_path / "rules"))
    assert "No hub's register here" in CliRunner().invoke(app, ["policy", "lint", "--data", str(tmp_path)]).stderr
    assert not list(tmp_path.glob("*.db"))
    hub = Hub(tmp_path / "home")
    hub("activate")
    assert "0 errors, 0 warnings" in hub("lint", str(folder)).stderr
    table = folder / "school" / RULES
    new = next(line for line in table.read_text("utf-8").splitlines() if line.startswith("school-02"))
    table.write_text(table.read_text("utf-8") + new.replace("school-02", "school-88") + "\n")
    told = json.loads(hub("lint", str(folder), "--on", "2026-11-21", "--json", code=1).stdout)
    assert ("no-agreement", "school-88") in {(one["check"], one["rule"]) for one in told}
    assert {one["rule"] for one in told if one["error"]} == {"school-88"}
