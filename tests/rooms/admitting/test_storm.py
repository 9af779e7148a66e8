"""A storm before a hub that runs, asked by a schedule that waits for nobody; ``overload`` of the benchmarks is more."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx2

from tests.benchmarks.open_loop import Ask, arrivals, at, offer
from tests.protocol.running import OFFICER, running


async def test_in_a_storm_everybody_is_answered_or_told_to_come_again(tmp_path: Path) -> None:
    """Nobody is left hanging or cut off; the hub is as well as ever meanwhile and afterwards, and counted them."""
    async with running(tmp_path, at_once=1, waiting=2, patience=2.0, proxies="127.0.0.1") as hub:
        headers = {"Authorization": f"Bearer {hub.token()}", "Content-Type": "application/json"}
        ask = Ask(hub.address, b'{"query":"{ me { name } }"}', headers, b'"name"')
        became = await offer([ask], 4_000, 0.03)
        assert became.answered
        assert became.refused
        assert became.failed == []
        assert became.asked == len(list(arrivals(4_000, 0.03)))
        other = replace(ask, headers=headers | {"Authorization": f"Bearer {hub.token(OFFICER)}"})
        assert (await offer([other], 100, 0.02)).answered, "known to the door from now on"
        flooding = asyncio.create_task(offer([ask], 4_000, 0.05))
        async with httpx2.AsyncClient() as client:
            for _ in range(5):
                answer = await client.post(hub.address, content=other.body, headers=other.headers)
                assert answer.status_code == 200, "a flood keeps nobody else out"
        flood = await flooding
        assert flood.refused
        refused = len(became.refused) + len(flood.refused)
        async with httpx2.AsyncClient(base_url=hub.address.removesuffix("/graphql")) as client:
            for _ in range(3):
                assert (await client.post("/graphql", content=ask.body, headers=headers)).status_code == 200
            assert (await client.get("/readyz")).status_code == 200
            assert f"hub_turned_away_total {refused}.0" in (await client.get("/metrics")).text
    assert "internal-error" not in hub.log


def test_a_schedule_is_the_same_every_time_and_as_dense_as_is_said() -> None:
    """Arrivals are drawn before anything is asked; a table says - where there is too little to say."""
    due = list(arrivals(200, 10))
    assert due == list(arrivals(200, 10)) == sorted(due)
    assert 1_800 < len(due) < 2_200
    assert (at([], 0.99), at([0.001] * 100, 0.99)) == ("-", "1")
