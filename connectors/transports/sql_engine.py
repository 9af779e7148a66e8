"""Opening an agency's database: read only wherever the database can be told so, its statements timed, its pool bounded.

A dialect with an async driver is asked on the event loop; any other in a few threads of its own. SQL Server and Oracle
have no read-only session: there the account must be one that may only read, and the hub sends nothing but SELECT.
"""

import math
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InvalidRequestError, NoSuchModuleError
from sqlalchemy.ext.asyncio import create_async_engine

from connectors.contract import Limits
from connectors.errors import SourceMisconfigured
from connectors.source import SecretRef
from connectors.transports.sql_asked import Asked, AskedByPsycopg, AskedInThreads, AskedOnTheLoop

_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "sqlite": "sqlite+aiosqlite",
    "mysql": "mysql+asyncmy",
    "mariadb": "mariadb+asyncmy",
    "oracle": "oracle+oracledb",
    "mssql": "mssql+mssqlpython",
}
# psycopg for agencies' databases: its protocol is libpq's. A server that answers with something else is an error
# there; in asyncpg's own parser some such answers never end, and one agency would stop the hub.
_POOL = 8
"""Connections kept to one database; more queries at once wait their turn, which is quicker than signing in again."""

_MYSQL = (
    "SET SESSION TRANSACTION READ ONLY",
    "SET @hub = 1 /*M!100101 , SESSION max_statement_time={seconds} */ /*!50708 , max_execution_time={milliseconds} */",
)
"""MariaDB and MySQL name the timeout apart, and each leaves the other's marked comment unread."""

_SESSIONS = {"mysql": _MYSQL, "mariadb": _MYSQL, "mssql": ("SET LOCK_TIMEOUT {milliseconds}",)}
"""What a new session is told, by dialect; PostgreSQL and SQLite are told as they are connected to."""


class SqlSettings(BaseModel):
    """Where a database is. The password is a reference; one inside the address is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    password: SecretRef | None = None
    db_schema: str | None = None
    statement_timeout: float | None = Field(default=None, gt=0, le=60)


def open_database(settings: SqlSettings, limits: Limits, where: str) -> Asked:
    """Open a database by its address; SourceMisconfigured where it cannot be one. Nothing is connected to yet."""
    try:
        url = make_url(settings.url)
        if url.password:
            raise SourceMisconfigured(
                "secret-in-url", f"{where}: connection.url holds a password; name it by reference"
            )
        url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
        if settings.password is not None:
            url = url.set(password=settings.password.read().get_secret_value())
        return _opened(url, limits, settings.statement_timeout or limits.deadline)
    except (ArgumentError, NoSuchModuleError, InvalidRequestError, ImportError):
        pass
    raise SourceMisconfigured("database", f"{where}: connection.url names no database that can be read here")


def _opened(url: URL, limits: Limits, seconds: float) -> Asked:
    places = min(limits.concurrency, _POOL)
    options: dict[str, Any] = {
        "connect_args": _arguments(url, limits, seconds),
        "isolation_level": "AUTOCOMMIT",
        "pool_size": places,
        "max_overflow": 0,
        "pool_timeout": limits.deadline,
        "pool_reset_on_return": None,
        "hide_parameters": True,
        "logging_name": "agency",
        "pool_logging_name": "agency",
    }
    try:
        asking = create_async_engine(_read_only(url), **options)
    except InvalidRequestError:  # The dialect has no async driver.
        waiting = create_engine(_read_only(url), **options)
        _tell_sessions(waiting, seconds)
        return AskedInThreads(waiting, places, limits.bytes)
    _tell_sessions(asking.sync_engine, seconds)
    kind = AskedByPsycopg if asking.dialect.driver == "psycopg" else AskedOnTheLoop
    return kind(asking, limits.bytes)


def _tell_sessions(engine: Engine, seconds: float) -> None:
    """Tell every new session what it may do and for how long."""
    told = [s.format(seconds=seconds, milliseconds=int(seconds * 1000)) for s in _SESSIONS.get(engine.dialect.name, ())]

    def tell(connection: Any, _record: object) -> None:
        if engine.dialect.name == "oracle":
            connection.call_timeout = int(seconds * 1000)
        cursor = connection.cursor()
        for statement in told:
            cursor.execute(statement)
        cursor.close()

    if told or engine.dialect.name == "oracle":
        event.listen(engine, "connect", tell)


def _read_only(url: URL) -> URL:
    if not url.drivername.startswith("sqlite"):
        return url
    return url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})


def _arguments(url: URL, limits: Limits, seconds: float) -> dict[str, Any]:
    if url.drivername.startswith("sqlite"):
        return {"timeout": limits.connect}
    whole = max(2, math.ceil(limits.connect))  # libpq and MySQL's drivers take whole seconds; libpq two at the least
    if url.drivername.startswith(("mysql", "mariadb")):
        return {"connect_timeout": whole}
    if url.drivername != "postgresql+psycopg":
        return {}
    session = {"default_transaction_read_only": "on", "statement_timeout": str(int(seconds * 1000))}
    return {
        "connect_timeout": whole,
        "application_name": "hub",
        "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
    }
