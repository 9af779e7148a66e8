"""Sources that speak raw bytes, asked on both loops."""

import pytest

from tests.rooms.connectors.peer import LOOPS, Play


@pytest.fixture(params=LOOPS)
def play(request: pytest.FixtureRequest) -> Play:
    """Give what asks a peer that plays a script, on asyncio's own loop and on the one that serves."""
    return Play(request.param)
