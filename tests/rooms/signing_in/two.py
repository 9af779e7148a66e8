"""Two replicas of one hub over one database, and the issuer people sign in at."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.rooms.signing_in.conftest import PUBLIC, Replica, replica_of
from tests.rooms.signing_in.files import liar_file
from tests.rooms.signing_in.liar import Liar, lying


@dataclass
class Two:
    """Two replicas, and the issuer people sign in at."""

    liar: Liar
    one: Replica
    other: Replica
    folder: Path
    url: str


@contextlib.asynccontextmanager
async def two_of(folder: Path, url: str) -> AsyncIterator[Two]:
    """Run them."""
    async with lying() as liar:
        path = liar_file(folder, liar.url)
        given = {"url": url, "sign_in": path, "public_url": PUBLIC}
        async with (
            replica_of(folder / "hub", name="one", **given) as one,
            replica_of(folder / "hub", name="other", **given) as other,
        ):
            liar.says(liar.token)
            yield Two(liar, one, other, folder / "hub", url)
