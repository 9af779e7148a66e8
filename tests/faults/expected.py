"""What ought to become of every fault at every transport; where a fault cannot be, why not."""

from collections.abc import Iterator

from schema.outcomes import Outcome
from tests.faults.judge import Expected
from tests.faults.kinds import OWN, WEB, Fault, Transport

Cell = Expected | str
"""What ought to be; or why there is no such fault there."""

WHOLE = Expected(Outcome.RECORDS, "", (OWN,), complete=True)
TWICE = Expected(Outcome.RECORDS, "", (OWN, OWN), complete=True)
LATE = Expected(Outcome.TIMED_OUT, "deadline")

_NO_ANSWER = "a database's protocol has none"
_NO_STATUS = "a folder has no statuses"
_NO_JSON = "no drop is JSON"
_NO_XML = "answers are JSON, whatever is asked for"
_NO_ZIP = "a database's answers are not compressed"
_NO_CLOCK = "nothing a database says of the time is believed"


def broken(code: str) -> Expected:
    """Expect an alarm: the source answered with something that is no answer."""
    return Expected(Outcome.UNAVAILABLE, f"broken:{code}")


def away(code: str) -> Expected:
    """Expect an outage: try next time."""
    return Expected(Outcome.UNAVAILABLE, f"unavailable:{code}")


def _each(web: Cell, sql: Cell, files: Cell) -> dict[Transport, Cell]:
    return {Transport.SQL: sql, Transport.FILES: files, **dict.fromkeys(WEB, web)}


EXPECTED: dict[Fault, dict[Transport, Cell]] = {
    Fault.REFUSED: _each(away("unreachable"), away("unreachable"), away("unreachable")),
    Fault.RESET: _each(away("cut-off"), away("unreachable"), away("unreachable")),
    Fault.DRIP: _each(LATE, LATE, LATE),
    Fault.HANG: _each(LATE, LATE, LATE),
    Fault.ERROR: _each(away("status-500"), broken("sql"), _NO_STATUS),
    Fault.BUSY: _each(away("status-429"), away("busy"), _NO_STATUS),
    Fault.REDIRECT: _each(broken("redirect"), _NO_ANSWER, broken("link-elsewhere")),
    Fault.TLS: _each(away("tls"), away("tls"), Expected(Outcome.UNAVAILABLE, "refused:another-server")),
    Fault.NOT_JSON: _each(broken("not-json"), away("unreachable"), _NO_JSON),
    Fault.NOT_XML: _each(broken("not-xml"), _NO_ANSWER, broken("not-xml")) | {Transport.GRAPHQL: _NO_XML},
    Fault.ENCODING: _each(broken("not-json"), broken("sql"), broken("not-text")),
    Fault.HUGE: _each(broken("too-big"), broken("too-big"), broken("too-large")),
    Fault.BOMB: _each(broken("too-big"), _NO_ZIP, broken("too-large")),
    Fault.STRANGER: _each(broken("wrong-person"), broken("wrong-person"), Expected(Outcome.NONE_HELD, complete=True)),
    Fault.TWICE: _each(TWICE, TWICE, TWICE) | {Transport.FHIR: WHOLE},
    Fault.DRIFT: {
        Transport.SQL: broken("missing-column"),
        Transport.REST: broken("items-not-objects"),
        Transport.FHIR: broken("wrong-type"),
        Transport.FILES: broken("missing-column"),
        Transport.GRAPHQL: broken("graphql-errors"),
    },
    Fault.CLOCK: _each(WHOLE, _NO_CLOCK, WHOLE),
}

MEANT: dict[Fault, str] = {
    Fault.REFUSED: "nobody listens at the address; files: at the SFTP server's",
    Fault.RESET: "the connection is reset within the answer; files: within SFTP's greeting",
    Fault.DRIP: "a byte now and then, for ever",
    Fault.HANG: "connected, and then silence",
    Fault.ERROR: "its text holds a name and a number; sql: a cast that fails on them",
    Fault.BUSY: "sql: a role with no connections left",
    Fault.REDIRECT: "to another address; files: a link to outside the folder",
    Fault.TLS: "a certificate nobody vouches for; files: another server's key",
    Fault.NOT_JSON: "the beginning of an answer; sql: something that is no database answers",
    Fault.NOT_XML: "an element left open",
    Fault.ENCODING: "Latin-1 where UTF-8 is said",
    Fault.HUGE: "a hundred megabytes; sql: in a hundred rows; files: of zeros",
    Fault.BOMB: "a hundred megabytes in a hundred kilobytes; files: in a workbook's sheet",
    Fault.STRANGER: "somebody else's records; sql: found without regard to case; files: a drop of somebody else alone",
    Fault.TWICE: "the same row twice: as the source holds it, but a FHIR resource, which has an id, once",
    Fault.DRIFT: "a column, list or field has another name or type",
    Fault.CLOCK: "up to date as of a year that has not come: the moment is not believed",
}


def cells() -> Iterator[tuple[Transport, Fault, Expected]]:
    """Give every cell in which a fault can be."""
    for fault, row in EXPECTED.items():
        for transport in Transport:
            cell = row[transport]
            if isinstance(cell, Expected):
                yield transport, fault, cell


def told(cell: Cell) -> str:
    """Tell a cell in the table's words: a code alone is what makes a source unavailable."""
    if isinstance(cell, str):
        return f"n/a: {cell}"
    if cell.values:
        return f"{cell.outcome}, {len(cell.values)} times" if len(cell.values) > 1 else str(cell.outcome)
    return f"`{cell.code}`" if cell.outcome is Outcome.UNAVAILABLE else str(cell.outcome)


def table() -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Give the head and the rows of the table that the documents print."""
    head = ("fault", *(transport.value for transport in Transport))
    rows = [(f"{fault}: {MEANT[fault]}", *(told(row[t]) for t in Transport)) for fault, row in EXPECTED.items()]
    return head, rows
