"""Retries: at most one for each read, and few enough altogether that a source on its knees is not kicked."""


class RetryBudget:
    """Earns a tenth of a retry with each read and saves up at most ten."""

    _EARNED = 0.1
    _MOST = 10.0

    def __init__(self) -> None:
        """Begin with one retry in hand."""
        self._saved = 1.0

    def earn(self) -> None:
        """Count a read."""
        self._saved = min(self._saved + self._EARNED, self._MOST)

    def take(self) -> bool:
        """Spend a retry; false where none is left."""
        if self._saved < 1.0:
            return False
        self._saved -= 1.0
        return True
