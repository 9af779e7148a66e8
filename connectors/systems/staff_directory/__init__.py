"""A register with a staff directory beside it: phones, e-mails and duty desks by staff id and team id.

For any system whose layout is mapped and holds ids instead of telephone numbers. A professional's ``id`` is mapped to
the staff id, a duty desk's ``team`` to the team id. A leaver has neither phone nor e-mail: the desk is whom to ring.
"""

from pydantic import BaseModel, ConfigDict

from connectors.beside import DESK, STAFF, Beside, Register, register_of
from connectors.connection import checked_connection
from connectors.contract import Connector
from connectors.source import SourceConfig
from connectors.staff_directory import DirectorySettings, StaffDirectory


class StaffConnection(BaseModel):
    """The directory, and the register of people it is beside."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    directory: DirectorySettings
    people: Register


def connect(source: SourceConfig) -> Connector:
    """Make the connector; the source's ``[[map]]`` blocks are the register's."""
    connection = checked_connection(source, StaffConnection)
    register = register_of(source, connection.people)
    where = f"{source.path.name}: connection.directory"
    return Beside(register, StaffDirectory(connection.directory, source.limits.budget(), where), DESK | STAFF)
