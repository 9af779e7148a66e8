"""The demo place: makes the data, starts every agency's system, writes the hub's source files, ends it all after."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from hub.demo.agencies import STAFF_DIRECTORY, Source
from hub.demo.faults import DATABASES, FOLDERS, OK, Fault, checked
from hub.demo.folder_source import lay_out
from hub.demo.generate import generate, system_folder
from hub.demo.postgres import EARLY_HELP, SOCIAL_CARE, Postgres, remove_leftover
from hub.demo.processes import SystemProcess
from hub.demo.source_files import write_secrets, write_sources
from hub.demo.truth import Truth, read_truth

Progress = Callable[[str], None]

BASE_PATHS: dict[str, str] = {
    STAFF_DIRECTORY: "",
    Source.EDUCATION: "/ims/oneroster/v1p1",
    Source.YOUTH_JUSTICE: "/v2",
    Source.HOUSING: "/api",
    Source.POLICE: "",
    Source.HEALTH: "/fhir",
}
"""The HTTP systems and the path each begins with."""

PLACEHOLDERS: dict[str, str] = {
    STAFF_DIRECTORY: "STAFF_URL",
    Source.EDUCATION: "EDUCATION_URL",
    Source.YOUTH_JUSTICE: "YOUTH_JUSTICE_URL",
    Source.HOUSING: "HOUSING_URL",
    Source.POLICE: "POLICE_URL",
    Source.HEALTH: "HEALTH_URL",
    Source.SOCIAL_CARE: "SOCIAL_CARE_URL",
    Source.EARLY_HELP: "EARLY_HELP_URL",
    Source.SEND_NEET: "SEND_FOLDER",
    Source.UNIVERSAL: "UNIVERSAL_FOLDER",
}
"""What each system's address is called in the templates."""

PLANS = {Source.SOCIAL_CARE: SOCIAL_CARE, Source.EARLY_HELP: EARLY_HELP}


class DemoPlace:
    """Brookshire, running: ``async with DemoPlace(folder) as place``.

    ``sources`` is the folder of the hub's source files, ``truth`` who everybody really is, ``urls`` the addresses.
    """

    def __init__(
        self,
        folder: Path,
        children: int = 300,
        seed: int = 7,
        faults: Mapping[str, Fault] | None = None,
        progress: Progress = lambda _step: None,
        today: date | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.children, self.seed, self.progress, self.today = children, seed, progress, today
        self.faults = {s: checked(s, f) for s, f in (faults or {}).items()}
        self.sources, self.secrets = self.folder / "sources", self.folder / "secrets"
        self.urls: dict[str, str] = {}
        self.postgres: Postgres | None = None
        self._processes: dict[str, SystemProcess] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Make and start everything; whatever fails or is interrupted, nothing is left running."""
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End exactly what was started."""
        await self._stack.aclose()

    async def _stop_systems(self) -> None:
        await asyncio.gather(*(process.stop() for process in self._processes.values()))

    @property
    def truth(self) -> Truth:
        """The ground truth of this place."""
        return read_truth(self.folder)

    def fault(self, system: str) -> Fault:
        """Say what is wrong with a system now."""
        return self.faults.get(system, OK)

    async def set_fault(self, system: str, fault: Fault) -> None:
        """Switch a system's fault while it runs; done when this returns."""
        self.faults[system] = checked(system, fault)
        if system in FOLDERS:
            self._lay_out(system)
        else:
            await self._processes[system].turn(fault)

    async def _start(self) -> None:
        self.progress("making families")
        await asyncio.to_thread(generate, self.folder, self.children, self.seed, self.today)
        secrets = write_secrets(self.secrets)
        self._stack.push_async_callback(self._stop_systems)
        self.progress("starting the agencies' systems")
        await self._start_systems(secrets)
        for system in FOLDERS:
            self._lay_out(system)
            self.urls[system] = str(self._live(system))
        self.progress("writing the hub's sources")
        places = {name: self.urls[system] for system, name in PLACEHOLDERS.items()}
        write_sources(self.sources, {**places, "SECRETS": str(self.secrets)})
        self.progress("ready")

    async def _start_systems(self, secrets: Mapping[str, str]) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._start_databases(secrets))
                for system in BASE_PATHS:
                    group.create_task(self._start_http(system))
        except ExceptionGroup as failed:
            # One system that cannot start is enough to know; the others were cancelled because of it.
            raise failed.exceptions[0] from None

    async def _start_databases(self, secrets: Mapping[str, str]) -> None:
        note = self.folder / "postgres.folder"
        remove_leftover(note)
        self.postgres = Postgres()
        note.write_text(str(self.postgres.folder), "utf-8")
        self._stack.callback(self.postgres.stop)
        await self.postgres.start()
        for source in DATABASES:
            plan = PLANS[Source(source)]
            await self.postgres.load(plan, system_folder(self.folder, source) / "tables.json", secrets[source])
            process = await self._run(source, "proxy", "--target", str(self.postgres.port))
            self.urls[source] = f"postgresql://{plan.role}@127.0.0.1:{process.port}/{plan.name}"

    async def _start_http(self, system: str) -> None:
        data, secret = system_folder(self.folder, system) / "records.json", self.secrets / system
        module = system.replace("-", "_")
        process = await self._run(system, module, "--data", str(data), "--secret", str(secret))
        self.urls[system] = f"http://127.0.0.1:{process.port}{BASE_PATHS[system]}"

    async def _run(self, system: str, module: str, *arguments: str) -> SystemProcess:
        process = SystemProcess(system, module, *arguments)
        self._processes[system] = process
        await process.start(self.fault(system))
        return process

    def _live(self, system: str) -> Path:
        return self.folder / "drops" / system

    def _lay_out(self, system: str) -> None:
        lay_out(system_folder(self.folder, system), self._live(system), self.fault(system))
