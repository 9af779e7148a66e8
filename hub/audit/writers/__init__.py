"""Writers: how rows become durable, one file a database.

They go round SQLAlchemy because somebody waits for each write; ``tests/benchmarks/bench_audit.py`` shows what it saves.
"""

from hub.audit.writers.contract import Writer
from hub.audit.writers.postgresql import PostgresqlWriter
from hub.audit.writers.sqlite import SqliteWriter
from hub.store.database import Database

__all__ = ["Writer", "writer_for"]


def writer_for(database: Database, log_id: str) -> Writer:
    """Give the writer for the hub's database."""
    return SqliteWriter(database, log_id) if database.dialect == "sqlite" else PostgresqlWriter(database, log_id)
