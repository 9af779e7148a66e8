"""The switch of one running system: its present fault, turned by lines on standard input."""

from collections.abc import Sequence

from hub.demo.faults import OK, Fault, FaultKind


class Switch:
    """Holds the fault a system has now."""

    def __init__(self) -> None:
        self.fault: Fault = OK

    def swapped(self, asked: Sequence[str], known: Sequence[str]) -> list[str]:
        """Give the ids asked for, or while the fault is wrong-person each time somebody else's."""
        if self.fault.kind is not FaultKind.WRONG_PERSON or not known:
            return list(asked)
        order = {key: n for n, key in enumerate(known)}
        return [known[(order.get(key, 0) + 1) % len(known)] for key in asked]
