"""The database's own clock: whatever must not be longer on a replica whose clock is wrong is compared there."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class Now(FunctionElement[int]):
    """Now in whole seconds since 1970, as the database has it."""

    type = BigInteger()
    inherit_cache = True


@compiles(Now, "postgresql")
def _postgresql(_element: Now, _compiler: Any, **_: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)"


@compiles(Now, "sqlite")
def _sqlite(_element: Now, _compiler: Any, **_: Any) -> str:
    return "CAST(strftime('%s', 'now') AS INTEGER)"
