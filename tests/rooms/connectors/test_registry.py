"""Finding the code for a kind of system."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from connectors import registry
from connectors.errors import SourceMisconfigured
from connectors.source import SourceConfig


def source(system: str) -> SourceConfig:
    return SourceConfig(
        id="housing",
        service="HOUSING",
        name="Housing",
        owner="Homes",
        agency="homes",
        system=system,
        path=Path("housing.toml"),
        connection={"transport": "files", "folder": "/nowhere", "files": {"people": {"name": "people.csv"}}},
    )


def test_every_folder_is_a_system() -> None:
    """A system is connected by being there: no list to edit."""
    assert {"ssd", "plain", "oneroster", "uk_core", "custodian"} <= set(registry.known_systems())


async def test_a_system_is_connected_by_name() -> None:
    """The named system makes the connector, without asking anything."""
    connector = registry.connect(source("plain"))
    assert not (await connector.health()).ok or connector.capabilities.fields == frozenset()
    await connector.close()


def test_an_unknown_system_is_refused_with_the_nearest() -> None:
    """A slip of the pen is answered with the right name."""
    with pytest.raises(SourceMisconfigured, match="did you mean plain"):
        registry.connect(source("plane"))
    with pytest.raises(SourceMisconfigured, match=r"'zzzzzz'$"):
        registry.connect(source("zzzzzz"))


def test_installed_systems_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third party's system is found by its entry point."""
    entry = EntryPoint("theirs", "connectors.systems.plain:connect", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry] if group == registry.GROUP else [])
    assert "theirs" in registry.known_systems()
    assert registry.connect(source("theirs")) is not None
    with pytest.raises(SourceMisconfigured, match="did you mean theirs"):
        registry.connect(source("thiers"))


def test_an_installed_system_that_cannot_be_loaded_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third party's broken package is one plain refusal, not a traceback."""
    entry = EntryPoint("theirs", "no_such_package_of_theirs:connect", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry] if group == registry.GROUP else [])
    with pytest.raises(SourceMisconfigured, match="installed but cannot be loaded: ModuleNotFoundError"):
        registry.connect(source("theirs"))
