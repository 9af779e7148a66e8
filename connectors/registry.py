"""Finding the code for a kind of system: a folder in ``connectors/systems`` or an installed entry point."""

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules

from connectors import systems
from connectors.contract import Connector
from connectors.errors import SourceMisconfigured
from connectors.neighbour import Part
from connectors.source import SourceConfig

GROUP = "hub.systems"
"""Entry-point group under which third parties register ``name = "package:connect"``."""

Connect = Callable[[SourceConfig], Connector]


def known_systems() -> tuple[str, ...]:
    """Name every kind of system that can be connected, ours and installed ones."""
    ours = {m.name for m in iter_modules(systems.__path__) if m.ispkg}
    return tuple(sorted(ours | {e.name for e in entry_points(group=GROUP)}))


def connect(source: SourceConfig) -> Connector:
    """Make the connector for a source; SourceMisconfigured when its system is unknown or its settings are wrong."""
    return _made_by(source)(source)


def expanded(source: SourceConfig) -> tuple[SourceConfig, ...]:
    """Give the sources that a file makes here, without connecting: itself, or each that is asked through a neighbour.

    A system that is a neighbour says so by a ``parts`` beside its ``connect``.
    """
    beside: Callable[[SourceConfig], tuple[Part, ...]] | None
    beside = getattr(import_module(_made_by(source).__module__), "parts", None)
    return (source,) if beside is None else tuple(part.config for part in beside(source))


def _made_by(source: SourceConfig) -> Connect:
    make: Connect
    if source.system in {m.name for m in iter_modules(systems.__path__) if m.ispkg}:
        make = import_module(f"connectors.systems.{source.system}").connect
        return make
    for entry in entry_points(group=GROUP):
        if entry.name == source.system:
            return _loaded(entry, source)
    near = get_close_matches(source.system, known_systems(), 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise SourceMisconfigured("unknown-system", f"{source.path.name}: system {source.system!r}{hint}")


def _loaded(entry: EntryPoint, source: SourceConfig) -> Connect:
    """Load a third party's code; SourceMisconfigured, naming no more than the kind of error, where it cannot be."""
    try:
        made: Connect = entry.load()
    except Exception as error:  # noqa: BLE001 -- somebody else's module may fail in any way as it is imported
        what = f"{source.path.name}: system {source.system!r} is installed but cannot be loaded: {type(error).__name__}"
        raise SourceMisconfigured("unloadable", what) from None
    return made
