"""Grounds: what rules stand on at one hub: who provides which service, and the agreements signed. Rules are held to it.

What is about one rule is asked of rules that are new: what counts already is not stopped by what was signed since.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from policies.rows import RuleRow
from policies.simulate.findings import Check, Finding
from policies.vocabulary import ANY, Effect
from schema.purposes import Purpose
from schema.services import Service

COVERED: Final = "agreement-in-force"
"""The condition of a rule that applies only where an agreement covers it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What one signed agreement says: whose data, for whom, of which services, for what, and until when.

    Rules called after it (its id, a hyphen, and one word more) are written under it.
    """

    name: str
    provider: str
    consumers: frozenset[str]
    services: frozenset[Service]
    purposes: frozenset[Purpose]
    review: date
    expires: date

    def lets(self, row: RuleRow, today: date) -> bool:
        """Whether it covers anything that a rule allows."""
        return (
            today <= self.expires
            and bool(services_of(row) & self.services)
            and bool(_of(row.purpose, self.purposes))
            and bool(_of(row.agency, self.consumers))
        )


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a hub knows on a day. Of services that nobody is known to provide nothing is asked if none has a source."""

    today: date
    providers: Mapping[Service, frozenset[str]]
    agreements: tuple[Terms, ...]

    @property
    def agencies(self) -> frozenset[str]:
        """Give every agency that is known: those with a source, and the parties to agreements."""
        parties = (frozenset({one.provider}) | one.consumers for one in self.agreements)
        return frozenset().union(*self.providers.values(), *parties)


def stand(rows: Iterable[RuleRow], before: Iterable[RuleRow], on: Grounds) -> Iterator[Finding]:
    """Say what is wrong or doubtful with rules on these grounds; those ``before`` count already."""
    known, there = on.agencies, {row.id: row for row in before}
    for row in rows:
        old = there.get(row.id)
        if row.effect is Effect.ALLOW and (old is None or replace(old, why=row.why) != row):
            yield from _owned(row, services_of(old) if old else frozenset(), on)
            yield from _agreed(row, on)
        for agency in row.agency:
            if known and agency != ANY and agency not in known:
                yield Finding(Check.UNKNOWN_AGENCY, row.id, f"no source or agreement is of {agency!r}")
    for terms in on.agreements:
        yield from _in_time(terms, on.today)


def services_of(row: RuleRow) -> frozenset[Service]:
    """Give the services a rule is about."""
    return frozenset(Service) if ANY in row.service else frozenset(map(Service, row.service))


def _owned(row: RuleRow, already: frozenset[Service], on: Grounds) -> Iterator[Finding]:
    """Find services whose data is nobody's here, so that nobody could approve, or not that of the rule's agreement."""
    if on.providers and ANY not in row.service:
        nobodys = services_of(row) - already - on.providers.keys()
        if nobodys:
            says = f"it opens {_listed(nobodys)}, which no connected agency provides: nobody could approve it"
            yield Finding(Check.NOT_THE_OWNERS, row.id, says)
    for terms in on.agreements:
        if row.id.rpartition("-")[0] == terms.name:
            others = {s for s in services_of(row) if terms.provider not in on.providers.get(s, ())}
            if others:
                says = f"it opens {_listed(others)}, and the agreement it is called after is about {terms.provider}'s"
                yield Finding(Check.NOT_THE_OWNERS, row.id, f"{says} data")


def _agreed(row: RuleRow, on: Grounds) -> Iterator[Finding]:
    if COVERED in row.conditions and not any(terms.lets(row, on.today) for terms in on.agreements):
        yield Finding(Check.NO_AGREEMENT, row.id, "no agreement that is signed and has not ended covers any of it")


def _in_time(terms: Terms, today: date) -> Iterator[Finding]:
    if today > terms.expires:
        yield Finding(Check.EXPIRED, "", f"{terms.name} ended on {terms.expires}: under it nothing is shared")
    elif today > terms.review:
        yield Finding(Check.PAST_REVIEW, "", f"{terms.name} was to be looked at again by {terms.review}")


def _of(cell: Iterable[str], words: frozenset[str] | frozenset[Purpose]) -> frozenset[str]:
    named = frozenset(cell)
    return frozenset(words) if ANY in named else named & frozenset(words)


def _listed(services: Iterable[Service]) -> str:
    return ", ".join(sorted(services))
