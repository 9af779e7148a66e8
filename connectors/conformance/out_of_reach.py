"""The same source with its system taken away: what a connector says then must not look like an answer."""

from typing import Any

from connectors.contract import Connector
from connectors.errors import SourceMisconfigured
from connectors.registry import connect
from connectors.source import SourceConfig

NOWHERE = "http://127.0.0.1:9"
"""This machine's discard port (RFC 863), where nothing listens any more."""

_ELSEWHERE = {
    "base_url": NOWHERE,
    "folder": "no-such-folder",
    "url": "postgresql://nobody@127.0.0.1:9/nothing",
}


def out_of_reach(source: SourceConfig) -> Connector | None:
    """Connect the source to where no system is; none where its connection names no place that is known here."""
    moved: dict[str, Any] = {key: _ELSEWHERE[key] for key in source.connection if key in _ELSEWHERE}
    if not moved:
        return None
    elsewhere = source.model_copy(update={"connection": {**source.connection, **moved}})
    try:
        return connect(elsewhere)
    except SourceMisconfigured:
        return None
