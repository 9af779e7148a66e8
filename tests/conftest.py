"""What every test needs before any other is run."""

import os
from pathlib import Path

# Imported now, not at the end of the run: on Python 3.11 parsing a module after greenlets have run (SQLAlchemy's)
# can raise a spurious SystemError, and pytest parses what it imports.
import hypothesis
import pytest

hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

UNMEASURED = frozenset(
    {
        "agreements/test_law.py",
        "agreements/test_shipped.py",
        "habits/test_connector_docs.py",
        "habits/test_readme.py",
        "journeys/test_canary.py",
        "rooms/audit/test_killed.py",
        "rooms/authzen/test_swapped.py",
        "rooms/connectors/test_graphql_large.py",
        "rooms/governance/test_killed.py",
        "rooms/governance/test_ordered_rules.py",
        "rooms/graphql/test_engines.py",
        "rooms/people/test_demo_population.py",
        "rooms/people/test_no_silent_merge.py",
        "rooms/policies/test_parity.py",
        "rooms/versions/test_killed.py",
        "rooms/tenants/test_tenants.py",
        "rooms/versions/test_load.py",
        "systems/test_every_system.py",
    }
)
"""Tests of thousands of cases or many processes: measuring triples their time; plainer ones reach the same lines."""

_TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the lines of the longest tests, and of the processes they start, unmeasured."""
    for item in items:
        if item.path.relative_to(_TESTS).as_posix() in UNMEASURED:
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(autouse=True)
def _processes_unmeasured(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.get_closest_marker("no_cover"):
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
