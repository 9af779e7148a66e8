"""A table as a file for a spreadsheet: the same for every page that lets one be kept."""

from collections.abc import Iterable, Sequence

from hub.audit.csv_writing import as_csv
from hub.web.pages.visit import Sent


def spreadsheet(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Sent:
    """Give a table as CSV. It begins with a byte order mark: without one Excel takes UTF-8 for another alphabet."""
    return Sent(f"{name}.csv", "text/csv; charset=utf-8", as_csv(head, rows).encode("utf-8-sig"))
