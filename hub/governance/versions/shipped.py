"""The rules that come with the hub: its first version, and what an officer may propose later."""

from functools import cache
from importlib.resources.abc import Traversable

from hub.governance.versions.version import Content, content_of
from policies.reading import read_written


def shipped(folder: Traversable | None = None) -> Content:
    """Read a folder of agreements, those shipped if none is named, with its examples run; or RulebookError."""
    return _own() if folder is None else _content(folder)


@cache
def _own() -> Content:
    """Read and prove what comes with the hub once: it does not change while the hub runs."""
    return _content(None)


def _content(folder: Traversable | None) -> Content:
    written = read_written(folder)
    return content_of(written.rows, written.examples)
