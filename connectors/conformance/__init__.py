"""The conformance kit: what every connector promises, checked against the connector itself.

For whoever writes or connects one: give a few people the source knows, and the report says which promises hold::

    report = await check(connector, Examples(known=(Known(LocalId("p1"), traits),), stranger=LocalId("nobody"), …))
    assert report.conforms, report

``honest`` is a connector that keeps them all; ``liars`` holds one for each promise that breaks it and only it, so that
no check is hollow.
"""

from connectors.conformance.check import Broken, Report, Skipped, check
from connectors.conformance.examples import Examples, Known
from connectors.conformance.promises import PROMISES, Promise
from connectors.conformance.trying import NotTried, PartlyTried

__all__ = [
    "PROMISES",
    "Broken",
    "Examples",
    "Known",
    "NotTried",
    "PartlyTried",
    "Promise",
    "Report",
    "Skipped",
    "check",
]
