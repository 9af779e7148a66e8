"""A source's ``[connection]`` table, checked by the kind of system that reads it."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from connectors.errors import SourceMisconfigured
from connectors.source import SourceConfig

C = TypeVar("C", bound=BaseModel)


def checked_connection(source: SourceConfig, kind: type[C]) -> C:
    """Read the connection as one kind of settings; SourceMisconfigured names the file and the key, never a value."""
    try:
        return kind.model_validate(source.connection)
    except ValidationError as error:
        wrong = [f"connection.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
        raise SourceMisconfigured("connection", f"{source.path.name}: {'; '.join(wrong)}") from None
