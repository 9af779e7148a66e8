"""Universal services by Open Referral UK: a register of who uses a service, and the directory that says whom to ring.

The directory is public and knows no people; the register (registrations at a family hub, say) knows people and holds
the services' ids, mapped to a duty desk's ``team``. What is confirmed against which form is in manifest.toml.
"""

from pydantic import BaseModel, ConfigDict

from connectors.beside import DESK, Beside, Register, register_of
from connectors.connection import checked_connection
from connectors.contract import Connector
from connectors.source import SourceConfig
from connectors.staff_directory import DirectorySettings
from connectors.systems.open_referral.services import ServiceDirectory


class ReferralConnection(BaseModel):
    """The directory of services, and the register of people it is beside."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    directory: DirectorySettings
    people: Register


def connect(source: SourceConfig) -> Connector:
    """Make the connector; the source's ``[[map]]`` blocks are the register's."""
    connection = checked_connection(source, ReferralConnection)
    register = register_of(source, connection.people)
    where = f"{source.path.name}: connection.directory"
    return Beside(register, ServiceDirectory(connection.directory, source.limits.budget(), where), DESK)
