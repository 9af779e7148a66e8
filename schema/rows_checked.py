"""Whether rows are what they say they are: for whoever did not make them.

Whoever looks at a table, writes it or makes records of it goes by places and counts, and believes that a column says
the same each time it is asked.
"""

from collections.abc import Sequence
from typing import Any

from schema.rows import Rows
from schema.tables import Table, Within


def all_sound(rows: Sequence[Rows]) -> bool:
    """Say whether rows have a place in their tables, whose columns are lists as long as they are; each table once."""
    tables = {id(one.table): one.table for one in rows}
    return all(_sound(table) for table in tables.values()) and all(
        one.stamp is None and _places(one.places, one.table.size) for one in rows
    )


def _sound(table: Any) -> bool:
    return (
        type(table) is Table
        and all(type(column) is list and len(column) == table.size for column in table.columns.values())
        and all(_fits(within, table.size) for within in table.within.values())
    )


def _fits(within: Any, size: int) -> bool:
    """Say whether there are as many records inside as the rows hold: one or none each, unless there may be many."""
    if type(within) is not Within or type(within.counts) is not list or len(within.counts) != size:
        return False
    few = all(type(count) is int and count >= 0 and (within.many or count <= 1) for count in within.counts)
    return few and _sound(within.table) and sum(within.counts) == within.table.size


def _places(places: Any, size: int) -> bool:
    if type(places) is range:
        return places == range(len(places)) and len(places) <= size
    return type(places) is list and all(type(place) is int and 0 <= place < size for place in places)
