"""Own: a place's own weights and equivalent names, where it has them, for and beside those the hub ships with."""

from pathlib import Path

from hub.people.equivalents import read_equivalents, use
from hub.people.weights import Weights, WrongMatching, shipped, weights_at

__all__ = ["WrongMatching", "compare_by"]


def compare_by(weights: Path | None, equivalents: Path | None) -> Weights:
    """Compare by these files from now on; give the weights. WrongMatching says which line is wrong."""
    if equivalents is not None:
        use(read_equivalents(equivalents))
    return shipped() if weights is None else weights_at(weights)
