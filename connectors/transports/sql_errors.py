"""What a database's failure means to the hub: try next time, tell the owner, or alarm."""

import asyncio

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from connectors.errors import SourceBroken, SourceError, SourceRefused, SourceUnavailable

CONNECTING = (SQLAlchemyError, OSError, TimeoutError, asyncio.IncompleteReadError)
"""What reaching or asking a database may raise."""

_STATES: tuple[tuple[str, type[SourceError], str], ...] = (
    ("57014", SourceUnavailable, "timed-out"),
    ("42501", SourceRefused, "not-permitted"),
    ("42P01", SourceBroken, "missing-table"),
    ("42703", SourceBroken, "missing-column"),
    ("3F", SourceBroken, "missing-schema"),
    ("3D", SourceBroken, "missing-database"),
    ("08", SourceUnavailable, "unreachable"),
    ("28", SourceRefused, "credentials"),
    ("53", SourceUnavailable, "busy"),
    ("55", SourceUnavailable, "busy"),
    ("57", SourceUnavailable, "shutting-down"),
)
"""SQLSTATEs (ISO/IEC 9075 classes, PostgreSQL codes), the particular before the general."""

_NUMBERS: dict[int, tuple[type[SourceError], str]] = {
    1040: (SourceUnavailable, "busy"),
    1205: (SourceUnavailable, "busy"),
    1044: (SourceRefused, "not-permitted"),
    1142: (SourceRefused, "not-permitted"),
    1045: (SourceRefused, "credentials"),
    1698: (SourceRefused, "credentials"),
    1049: (SourceBroken, "missing-database"),
    1054: (SourceBroken, "missing-column"),
    1146: (SourceBroken, "missing-table"),
    1969: (SourceUnavailable, "timed-out"),
    3024: (SourceUnavailable, "timed-out"),
    2003: (SourceUnavailable, "unreachable"),
    2006: (SourceUnavailable, "unreachable"),
    2013: (SourceUnavailable, "unreachable"),
}
"""MariaDB's and MySQL's error numbers, the first thing their drivers' errors hold."""

_WORDS: tuple[tuple[str, type[SourceError], str], ...] = (
    ("password authentication failed", SourceRefused, "credentials"),
    ("fatal:  role", SourceRefused, "credentials"),
    ("fatal:  database", SourceBroken, "missing-database"),
    ("no pg_hba.conf entry", SourceRefused, "credentials"),
    ("connection timeout", SourceUnavailable, "timed-out"),
    ("timeout expired", SourceUnavailable, "timed-out"),
    ("too many connections", SourceUnavailable, "busy"),
    ("too many clients", SourceUnavailable, "busy"),
    ("remaining connection slots", SourceUnavailable, "busy"),
    ("certificate verify failed", SourceUnavailable, "tls"),
    ("does not support ssl", SourceUnavailable, "tls"),
    ("connection failed", SourceUnavailable, "unreachable"),
    ("connection refused", SourceUnavailable, "unreachable"),
    ("connection is bad", SourceUnavailable, "unreachable"),
    ("server closed the connection", SourceUnavailable, "unreachable"),
    ("consuming input failed", SourceUnavailable, "unreachable"),
    ("sending query failed", SourceUnavailable, "unreachable"),
    ("the connection is lost", SourceUnavailable, "unreachable"),
    ("no such table", SourceBroken, "missing-table"),
    ("no such column", SourceBroken, "missing-column"),
    ("unable to open", SourceUnavailable, "unreachable"),
    ("locked", SourceUnavailable, "busy"),
    ("not a database", SourceBroken, "not-a-database"),
    ("invalid object name", SourceBroken, "missing-table"),
    ("invalid column name", SourceBroken, "missing-column"),
    ("permission was denied", SourceRefused, "not-permitted"),
    ("login failed", SourceRefused, "credentials"),
    ("ora-00942", SourceBroken, "missing-table"),
    ("ora-00904", SourceBroken, "missing-column"),
    ("ora-01031", SourceRefused, "not-permitted"),
    ("ora-01017", SourceRefused, "credentials"),
    ("dpy-4024", SourceUnavailable, "timed-out"),
    ("dpy-6005", SourceUnavailable, "unreachable"),
)
"""SQLite gives no SQLSTATE, nor do SQL Server's and Oracle's drivers, nor a PostgreSQL that was never reached: fixed
words, read and never repeated."""


def named_failure(error: BaseException, place: str) -> SourceError:
    """Name a failure; ``place`` is the table asked, all that the message holds."""
    if isinstance(error, PoolTimeoutError):
        return SourceUnavailable("busy", place)
    if isinstance(error, TimeoutError):
        return SourceUnavailable("timed-out", place)
    if not isinstance(error, DBAPIError):
        unreachable = isinstance(error, OSError | asyncio.IncompleteReadError)
        return SourceUnavailable("unreachable", place) if unreachable else SourceBroken("sql", place)
    kind, code = _told(error) or (SourceBroken, "sql")
    if (kind, code) == (SourceBroken, "sql") and error.connection_invalidated:
        return SourceUnavailable("unreachable", place)
    return kind(code, place)


def _told(error: DBAPIError) -> tuple[type[SourceError], str] | None:
    """Read what the driver says, by number, by state or by words."""
    number = error.orig.args[0] if error.orig is not None and error.orig.args else None
    if isinstance(number, int) and number in _NUMBERS:
        return _NUMBERS[number]
    state = str(getattr(error.orig, "sqlstate", None) or "")
    for prefix, kind, code in _STATES:
        if state.startswith(prefix):
            return kind, code
    said = str(error.orig).lower()
    for words, kind, code in _WORDS:
        if not state and words in said:
            return kind, code
    return None
