"""The launcher: writes the hub's sources, starts in time, and leaves nothing behind."""

import asyncio
import os
import signal
import stat
import sys
from pathlib import Path

import httpx2
import psutil
import pytest

from connectors.source import read_sources
from hub.demo.agencies import Source
from hub.demo.faults import Fault, FaultError, FaultKind
from hub.demo.place import DemoPlace
from hub.demo.postgres import remove_leftover
from hub.demo.processes import SystemNotReady, SystemProcess
from tests.rooms.demo.brookshire import TODAY

pytestmark = pytest.mark.asyncio(loop_scope="session")

RUN = """
import signal

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and hands that on
import asyncio, sys
from pathlib import Path
from hub.demo.place import DemoPlace

async def main():
    async with DemoPlace(Path(sys.argv[1]), children=20) as place:
        print("up", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_sources_are_written(place: DemoPlace) -> None:
    """Nine source files that the hub can read, naming secrets only their owner may read."""
    sources = {s.id: s for s in read_sources(place.sources)}
    assert set(sources) == set(map(str, Source))
    assert {s.system for s in sources.values()} == {"ssd", "oneroster", "plain", "custodian", "uk_core"}
    for path in place.secrets.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = "".join(p.read_text() for p in place.sources.glob("*.toml"))
    assert not any(p.read_text() in text for p in place.secrets.iterdir())


async def test_start_says_its_steps_faults_hold_and_all_ends(tmp_path: Path) -> None:
    """A place started with faults has them from the first question; when it ends its processes are gone."""
    steps: list[str] = []
    faults = {"police": Fault(FaultKind.DOWN), "universal": Fault(FaultKind.DOWN)}
    mine = psutil.Process()
    before = {p.pid for p in mine.children(recursive=True)}
    async with DemoPlace(tmp_path, children=20, faults=faults, progress=steps.append, today=TODAY) as place:
        assert steps[-1] == "ready"
        assert not os.path.exists(place.urls[Source.UNIVERSAL])  # noqa: ASYNC240, PTH110 -- one look at a local folder
        async with httpx2.AsyncClient() as client:
            with pytest.raises(httpx2.TransportError):
                await client.get(place.urls[Source.POLICE] + "/healthz")
        started = {p.pid for p in mine.children(recursive=True)} - before
        assert place.postgres is not None
        cluster = place.postgres.folder
        remove_leftover(tmp_path / "postgres.folder")
        assert (cluster / "data").exists(), "a running server is no leftover"
        assert len(started) >= 9
    assert not started & {p.pid for p in psutil.process_iter()}
    assert not cluster.exists()


async def test_failed_start_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When one system cannot start, what was started is ended and the error names it."""
    mine = psutil.Process()
    before = {p.pid for p in mine.children(recursive=True)}
    monkeypatch.setitem(__import__("hub.demo.place", fromlist=["BASE_PATHS"]).BASE_PATHS, "nowhere", "")
    with pytest.raises(SystemNotReady, match="nowhere"):
        async with DemoPlace(tmp_path, children=20, today=TODAY):
            pytest.fail("it cannot have started")
    assert {p.pid for p in mine.children(recursive=True)} <= before


async def test_refuses_an_impossible_fault(tmp_path: Path) -> None:
    """A fault that a system cannot have is refused before anything is made."""
    with pytest.raises(FaultError):
        DemoPlace(tmp_path, faults={"send-neet": Fault(FaultKind.SLOW, 1)})


async def test_a_system_never_started_can_be_stopped() -> None:
    """Stopping what never ran does nothing."""
    await SystemProcess("police", "police").stop()


async def test_a_system_that_says_nothing_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that does not answer its launcher in time is named."""
    monkeypatch.setattr("hub.demo.processes.START_SECONDS", 0.0)
    process = SystemProcess("door", "proxy", "--target", "1")
    with pytest.raises(SystemNotReady, match="door"):
        await process.start(Fault())
    await process.stop()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
async def test_interrupted_launcher_leaves_no_process(tmp_path: Path, end: signal.Signals) -> None:
    """Ctrl-C, or even a kill, ends every system and the database server."""
    launcher = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RUN,
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert launcher.stdout is not None
    assert (await asyncio.wait_for(launcher.stdout.readline(), 30)).strip() == b"up"
    children = psutil.Process(launcher.pid).children(recursive=True)
    assert len(children) >= 9
    launcher.send_signal(end)
    await asyncio.wait_for(launcher.wait(), 20)
    gone, alive = await asyncio.to_thread(psutil.wait_procs, children, 10)
    assert not alive
    assert len(gone) == len(children)
    cluster = Path((tmp_path / "postgres.folder").read_text())
    # A killed launcher could not tidy up: the next start does.
    await asyncio.to_thread(remove_leftover, tmp_path / "postgres.folder")
    assert not cluster.exists()  # noqa: ASYNC240 -- one look at a local folder
