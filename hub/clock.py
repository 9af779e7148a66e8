"""The clock of this machine. What must be agreed between replicas is timed by the database instead."""

from datetime import UTC, datetime


def now() -> datetime:
    """Give the time in UTC."""
    return datetime.now(UTC)
