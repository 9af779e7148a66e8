"""Who is told of answers, in codes."""

from typing import Protocol


class SourceObserver(Protocol):
    """Is told what became of each source, in codes."""

    def source(self, request_id: str, source: str, outcome: str, code: str, times: int) -> None:
        """Count what became of asking a source, as it was told to the asker, of so many people."""
        ...

    def withheld(self, reason: str) -> None:
        """Count a gap."""
        ...
