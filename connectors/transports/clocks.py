"""Clocks that are wrong: an agency's data cannot have been brought up to date at a moment that has not come."""

from datetime import UTC, datetime, timedelta

LEEWAY = timedelta(minutes=5)
"""What two honest clocks may differ by."""


def come(said: datetime | None) -> datetime | None:
    """Give the moment a source says, or none where it lies ahead: then it is not known how fresh its data are."""
    return said if said is None or said <= datetime.now(UTC) + LEEWAY else None
