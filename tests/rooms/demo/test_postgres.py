"""The demo's database server: runs where its programs are out of reach, and says which step failed."""

import asyncio
import os
from pathlib import Path

import pytest

from hub.demo import postgres
from hub.demo.postgres import Postgres, PostgresError


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
async def test_programs_out_of_reach_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, in a folder others cannot enter, the server runs from a copy and is removed with it."""
    monkeypatch.setattr(postgres, "_open_to_all", lambda _path: False)
    server = Postgres()
    try:
        await server.start()
        assert server.programs.is_relative_to(server.folder)
    finally:
        await asyncio.to_thread(server.stop)
    assert not await asyncio.to_thread(server.folder.exists)


async def test_missing_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package that brings PostgreSQL the message says what to install."""
    monkeypatch.setattr(postgres, "find_spec", lambda _name: None)
    server = Postgres()
    with pytest.raises(PostgresError, match="extra named demo"):
        await server.start()
    server.stop()


async def test_failed_steps_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that cannot be made, and a server that ends at once, each say so."""
    server = Postgres()
    (server.folder / "data").mkdir()
    (server.folder / "data" / "in-the-way").write_text("x")
    with pytest.raises(PostgresError, match="initdb failed"):
        await server.start()
    server.stop()
    monkeypatch.setattr(postgres, "QUICK", ("no_such_setting=1",))
    other = Postgres()
    with pytest.raises(PostgresError, match="the server ended"):
        await other.start()
    other.stop()


async def test_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not answer in time is given up."""
    monkeypatch.setattr(postgres, "START_SECONDS", 0)
    server = Postgres()
    with pytest.raises(PostgresError, match="did not answer"):
        await server.start()
    server.stop()


def test_reach_is_judged_by_every_folder_above(tmp_path: Path) -> None:
    """Others can reach a folder only if they can enter all those above it."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a").chmod(0o700)
    assert not postgres._open_to_all(inner)
