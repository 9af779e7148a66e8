"""The rules that come with the hub: its first version, and what an officer may propose later."""

from importlib.resources.abc import Traversable

from hub.governance.versions.version import Content, content_of
from policies.reading import read_written


def shipped(folder: Traversable | None = None) -> Content:
    """Read a folder of agreements, those shipped if none is named, with its examples run; or RulebookError."""
    written = read_written(folder)
    return content_of(written.rows, written.examples)
