"""What every test needs before any other is run."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Imported now, not at the end of the run: on Python 3.11 parsing a module after greenlets have run (SQLAlchemy's)
# can raise a spurious SystemError, and pytest parses what it imports.
import hypothesis
import pytest

if TYPE_CHECKING:
    from tests.house import House

hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

UNMEASURED = (
    "agreements/test_law.py",
    "agreements/test_shipped.py",
    "federation",
    "habits",
    "journeys",
    "pages/test_officers_at_work.py",
    "protocol",
    "rooms/answer/test_hidden.py",
    "rooms/audit/test_killed.py",
    "rooms/authzen/test_swapped.py",
    "rooms/connectors/test_graphql_large.py",
    "rooms/demo/test_links.py",
    "rooms/demo/test_place.py",
    "rooms/governance/test_killed.py",
    "rooms/governance/test_ordered_rules.py",
    "rooms/graphql/test_engines.py",
    "rooms/hub/test_sealed_start.py",
    "rooms/people/test_demo_population.py",
    "rooms/people/test_no_silent_merge.py",
    "rooms/policies/test_laws.py",
    "rooms/policies/test_parity.py",
    "rooms/signing_in/test_replicas.py",
    "rooms/simulate/test_skipping.py",
    "rooms/tenants",
    "rooms/versions/test_cut_off.py",
    "rooms/versions/test_killed.py",
    "rooms/versions/test_load.py",
    "systems/test_every_system.py",
    "timing",
)
"""Folders and files of thousands of cases or many processes: measuring makes them three times as long, and plainer
tests reach the same lines. They begin first, for among several workers the longest should not be the last."""

_TESTS = Path(__file__).parent


def unmeasured(path: Path) -> bool:
    """Say whether the lines that a test file reaches are left unmeasured."""
    inside = path.relative_to(_TESTS).as_posix()
    return any(inside == name or inside.startswith(f"{name}/") for name in UNMEASURED)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the lines of the longest tests unmeasured, and let them begin."""
    for item in items:
        if unmeasured(item.path):
            item.add_marker(pytest.mark.no_cover)
    items.sort(key=lambda item: not unmeasured(item.path))


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """Give the loop of a house that a whole file of generated questions is asked of."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def home(loop: asyncio.Runner) -> "Iterator[House]":
    """Give such a house: a generated question cannot wait for one of its own."""
    from tests.house import house

    with tempfile.TemporaryDirectory() as folder:
        opened = house(Path(folder))
        yield loop.run(opened.__aenter__())
        loop.run(opened.__aexit__(None, None, None))


@pytest.fixture(scope="session", autouse=True)
def _proofs_unmeasured() -> Iterator[None]:
    """Leave unmeasured how each version is proved as it is made, by hundreds of questions to Casbin.

    The lines are measured where proving itself is tried.
    """
    from policies import rulebook

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rulebook, "prove", _untraced(rulebook.prove))
        yield


def _untraced(work: Callable[..., None]) -> Callable[..., None]:
    def untraced(*arguments: Any) -> None:
        tracer = sys.gettrace()
        sys.settrace(None)
        try:
            work(*arguments)
        finally:
            sys.settrace(tracer)

    return untraced
