"""The parts of the room, joined for a replica or for a desk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connectors.source import SourceConfig
from hub.audit.pseudonyms import Pseudonyms
from hub.governance.versions.kept import Kept
from hub.governance.versions.lifecycle import LifeCycle
from hub.governance.versions.looks import checks
from hub.governance.versions.orders import Orders, Writer
from hub.governance.versions.owners import owners
from hub.governance.versions.rulebooks import Rulebooks
from hub.governance.versions.store import Versions
from hub.store.database import Database
from schema.services import Service


@dataclass(frozen=True, slots=True)
class PolicyRoom:
    """Stored versions, their lives, and the rulebooks this process holds."""

    versions: Versions
    rulebooks: Rulebooks
    lives: LifeCycle
    providers: Mapping[Service, frozenset[str]] = field(default_factory=dict)
    """The agencies that provide each service, by the configured sources."""
    kept: Kept = field(default_factory=Kept)
    """What was found in looking at versions."""


def policy_room(
    database: Database, ledger: Writer, pseudonyms: Pseudonyms, sources: Iterable[SourceConfig]
) -> PolicyRoom:
    """Join the room over a database, a ledger and the sources whose agencies own what rules are about."""
    versions = Versions(database)
    rulebooks = Rulebooks(versions)
    agencies = owners((source.service, source.agency) for source in sources)
    lives = LifeCycle(
        Orders(database, ledger, pseudonyms), versions, checks(database, agencies), agencies, rulebooks.know
    )
    return PolicyRoom(versions, rulebooks, lives, agencies)
