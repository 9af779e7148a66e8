"""What the hub tells its operator: log lines and metrics made of codes. Never a value of a record, never a query.

Log events are a closed list; each line is one JSON object on standard error with only the words allowed here.
"""

import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

WORDS = frozenset(
    {"event", "level", "timestamp", "request_id", "source", "outcome", "code", "at", "kind", "host", "port", "version"}
    | {"environment", "people", "trace", "links", "status", "sources", "records", "measure", "whose"}
)
"""All that a log line may have."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 8.0, 10.0)
"""Seconds."""


class LogEvent(StrEnum):
    """Everything the hub writes to its log."""

    STARTED = "started"
    STOPPED = "stopped"
    INDEXED = "indexed"
    INDEX_FAILED = "index-failed"
    SOURCE_FAILED = "source-failed"
    UNAUTHENTICATED = "unauthenticated"
    ISSUER = "issuer-keys-not-read"
    SIGN_IN_REFUSED = "sign-in-refused"
    CLIENT_REFUSED = "client-refused"
    SIGN_OUT_UNWRITTEN = "sign-out-not-written"
    ALERT = "alert"
    NOT_READY = "not-ready"
    RECORDS_UNREADABLE = "records-unreadable"
    INTERNAL = "internal-error"
    BUDGET = "budget"
    RELAYED = "asked-by-a-hub"
    WATCH_ENDED = "watch-ended"


def _only_words(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {name: value for name, value in line.items() if name in WORDS}


@dataclass(frozen=True, slots=True)
class Lately:
    """What one source did when it was last asked by this process: when, what became of it, and its last failure."""

    asked: datetime
    outcome: str
    failed: datetime | None = None
    code: str = ""


class Observer:
    """Writes log lines and counts. One for the application."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Log to this stream (standard error)."""
        self._log = structlog.wrap_logger(
            structlog.PrintLogger(stream or sys.stderr),
            processors=[
                _only_words,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(),
            ],
        )
        self.registry = CollectorRegistry()
        self.lately: dict[str, Lately] = {}
        self._counted: dict[tuple[str, str], Counter] = {}
        """What each source did lately, by its id."""
        self._requests = Counter("hub_requests", "GraphQL requests by status.", ["status"], registry=self.registry)
        self._seconds = Histogram(
            "hub_request_seconds", "Seconds to answer a GraphQL request.", buckets=BUCKETS, registry=self.registry
        )
        self._access = Histogram(
            "hub_access_request_seconds",
            "Seconds to answer a request of the decision point (AuthZEN), by its path and status.",
            ["path", "status"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._sources = Counter(
            "hub_source_outcomes", "What became of asking each source.", ["source", "outcome"], registry=self.registry
        )
        self._looked_at = Counter(
            "hub_decisions_looked_at",
            "Decisions asked of Casbin again: agreed, differed, failed.",
            ["found"],
            registry=self.registry,
        )
        self._budgets = Counter(
            "hub_budget_alerts",
            "Askers who came to a limit.",
            ["whose", "measure", "level"],
            registry=self.registry,
        )
        self._alerts = Counter(
            "hub_alerts", "What somebody should look at now, by code.", ["code"], registry=self.registry
        )
        self._withheld = Counter("hub_withheld", "Gaps explained, by reason.", ["reason"], registry=self.registry)
        self._turned_away = Counter("hub_turned_away", "Requests for which there was no place.", registry=self.registry)
        self._crowd = Gauge("hub_crowd", "Requests answered, and waiting, now.", ["where"], registry=self.registry)
        self._watches = Gauge("hub_watches", "Watches that are kept now.", registry=self.registry)
        self._sockets = Gauge("hub_sockets", "Sockets open for watches.", registry=self.registry)
        self._looks = Counter("hub_watch_looks", "Times that watches looked.", registry=self.registry)
        self._watches_ended = Counter("hub_watches_ended", "Watches ended, by how.", ["how"], registry=self.registry)
        self._unreadable = Gauge(
            "hub_unreadable_records",
            "Stored records about no person that cannot be read: they count for nothing.",
            ["code"],
            registry=self.registry,
        )

    def say(self, event: LogEvent, **words: object) -> None:
        """Write a log line."""
        self._log.info(event.value, **words)

    def alert(self, code: str, request_id: str = "") -> None:
        """Call somebody: a code of what is going on, counted and logged."""
        self._alerts.labels(code).inc()
        self.say(LogEvent.ALERT, request_id=request_id, code=code)

    def request(self, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(str(status)).inc()
        self._seconds.observe(seconds)

    def access(self, path: str, status: int, seconds: float) -> None:
        """Count a request of the decision point; its path is one of its endpoints."""
        self._access.labels(path, str(status)).observe(seconds)

    def turned_away(self) -> None:
        """Count one for whom there was no place."""
        self._turned_away.inc()

    def crowd(self, taken: Callable[[], int], waiting: Callable[[], int]) -> None:
        """Take where to read how many are being answered, and how many wait."""
        self._crowd.labels("answered").set_function(taken)
        self._crowd.labels("waiting").set_function(waiting)

    def source(self, request_id: str, source: str, outcome: str, code: str, times: int = 1) -> None:
        """Count what became of asking a source, of so many people; say so, once, where it failed."""
        counter = self._counted.get((source, outcome))
        if counter is None:
            counter = self._counted[source, outcome] = self._sources.labels(source, outcome)
        counter.inc(times)
        now, before = datetime.now(UTC), self.lately.get(source)
        failed = (now, code) if code else (before.failed, before.code) if before else (None, "")
        self.lately[source] = Lately(now, outcome, *failed)
        if code:
            self.say(LogEvent.SOURCE_FAILED, request_id=request_id, source=source, outcome=outcome, code=code)

    def issuer_keys_unread(self, issuer: str, code: str) -> None:
        """Say that an issuer to sign in at could not be asked for its keys."""
        self.say(LogEvent.ISSUER, source=issuer, code=code)

    def sign_out_unwritten(self, reference: str, code: str) -> None:
        """Say that somebody's session has ended and that the ledger could not be told yet."""
        self.say(LogEvent.SIGN_OUT_UNWRITTEN, request_id=reference, code=code)

    def withheld(self, reason: str) -> None:
        """Count a gap."""
        self._withheld.labels(reason).inc()

    def budget(self, request_id: str, whose: str, measure: str, level: str) -> None:
        """Say that a user, a system or an organisation came to a limit, and count it."""
        self._budgets.labels(whose, measure, level).inc()
        self.say(LogEvent.BUDGET, request_id=request_id, whose=whose, measure=measure, code=level)

    def watches(self, many: int) -> None:
        """Set how many watches are kept."""
        self._watches.set(many)

    def sockets(self, many: int) -> None:
        """Set how many sockets are open."""
        self._sockets.set(many)

    def watch_looked(self) -> None:
        """Count that a watch looked."""
        self._looks.inc()

    def watch_ended(self, request_id: str, how: str) -> None:
        """Count that a watch ended, and say how."""
        self._watches_ended.labels(how).inc()
        self.say(LogEvent.WATCH_ENDED, request_id=request_id, code=how)

    def internal(self, request_id: str, error: BaseException) -> None:
        """Say that something nobody foresaw happened: its kind and place, never its message or locals."""
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{Path(f.filename).name}:{f.lineno}" for f in frames[-6:]]
        self.say(LogEvent.INTERNAL, request_id=request_id, kind=type(error).__name__, at=" ".join(places))

    def looked_at(self, found: str, count: int) -> None:
        """Count decisions that were asked of Casbin again; say so where one differed."""
        self._looked_at.labels(found).inc(count)
        if found == "differed":
            self.say(LogEvent.NOT_READY, code="decision-differed")

    def unreadable(self, code: str, records: int) -> None:
        """Set how many stored records of a sort cannot be read, and say so; none says that they were mended."""
        self._unreadable.labels(code).set(records)
        self.say(LogEvent.RECORDS_UNREADABLE, code=code, records=records)

    def metrics(self) -> bytes:
        """Give the metrics in Prometheus' text format."""
        return generate_latest(self.registry)
