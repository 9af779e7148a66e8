"""Lasting: how long a chronology that a worker saved is kept after its last change (decision 0037)."""

from typing import Final

SAVED_DAYS: Final = 365
"""Days, where the operator says nothing (``HUB_SAVED_DAYS``): a year reaches past the next two reviews of a plan."""

DAY: Final = 86_400
"""Seconds."""
