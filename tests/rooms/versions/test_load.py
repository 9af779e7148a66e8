"""Two replicas on one PostgreSQL, decisions without a pause, rules switched and consent withdrawn meanwhile."""

from dataclasses import replace
from pathlib import Path

from tests.rooms.store.databases import own_database
from tests.rooms.versions.load.housed import load
from tests.rooms.versions.load.running import Plan

QUICK = Plan(decisions=180, rounds=1)
"""The quick form, in one process; ``python -m tests.rooms.versions.load`` makes fifty thousand, in two."""


async def test_every_answer_is_the_old_versions_or_the_new_ones(postgresql: str, tmp_path: Path) -> None:
    """No answer that neither version gives; what began after a change was acknowledged is by that change; all agree."""
    seen = await load(await own_database(postgresql), tmp_path, QUICK)
    assert seen.wrong == 0, seen
    assert seen.decisions >= QUICK.decisions
    assert min(seen.switches, seen.consents) > 0


async def test_a_replica_that_does_not_notice_is_seen(postgresql: str, tmp_path: Path) -> None:
    """The check above is able to fail: a replica that keeps deciding by an older version gives wrong answers."""
    both_ways = replace(QUICK, rounds=2)  # one of two changes of the rules leads away from what the replica held first
    assert (await load(await own_database(postgresql), tmp_path, both_ways, stale=True)).wrong
