"""Ordered rules as a file: exceptions before defaults. Every list is ``["*"]`` or words; an empty one is refused."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import msgspec

from hub.governance.ordered_rules import Mode, OrderedRule
from hub.governance.written import Unreadable
from policies.vocabulary import ANY, SERVICE_WORDS, Effect
from schema.fields import RECORDS
from schema.purposes import Purpose


class RuleFile(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """One rule. It is about the organisations it names and about those of the types it names."""

    effect: Effect
    modes: list[Mode]
    services: list[str]
    record_types: list[str]
    purposes: list[str]
    organisations: list[str] = []
    organisation_types: list[str] = []
    valid_from: date = date.min
    valid_until: date = date.max
    reason: str = ""


class RulesFile(msgspec.Struct, forbid_unknown_fields=True):
    """Exceptions are read first, then defaults; of each the first that matches counts."""

    exceptions: list[RuleFile]
    defaults: list[RuleFile]


def ordered_rules(
    file: RulesFile, consumers: Mapping[str, str], purposes: Collection[Purpose]
) -> tuple[OrderedRule, ...]:
    """Read the rules, in their order, with every list written out; ``consumers`` are the parties by their type."""
    placed = [
        (f"$.rules.{part}[{n}]", rule) for part in ("exceptions", "defaults") for n, rule in _numbered(file, part)
    ]
    return tuple(_rule(place, rule, consumers, purposes) for place, rule in placed)


def _numbered(file: RulesFile, part: str) -> Iterator[tuple[int, RuleFile]]:
    return enumerate(file.exceptions if part == "exceptions" else file.defaults)


def _rule(place: str, rule: RuleFile, consumers: Mapping[str, str], purposes: Collection[Purpose]) -> OrderedRule:
    if not rule.modes:
        raise Unreadable(f"{place}.modes", "there is none")
    if rule.valid_until < rule.valid_from:
        raise Unreadable(f"{place}.validUntil", "it is before validFrom")
    return OrderedRule(
        place,
        rule.effect,
        frozenset(rule.modes),
        _chosen(f"{place}.services", rule.services, SERVICE_WORDS),
        _chosen(f"{place}.recordTypes", rule.record_types, frozenset(RECORDS)),
        _organisations(place, rule, consumers),
        _chosen(f"{place}.purposes", rule.purposes, frozenset(p.value for p in purposes)),
        rule.valid_from,
        rule.valid_until,
        rule.reason,
    )


def _chosen(place: str, words: Sequence[str], known: Collection[str]) -> frozenset[str]:
    if not words:
        raise Unreadable(place, f"there is none; write {ANY!r} if all are meant")
    if ANY in words:
        if len(words) > 1:
            raise Unreadable(place, f"{ANY!r} must stand alone")
        return frozenset(map(str, known))
    for word in words:
        if word not in known:
            raise Unreadable(place, f"{word!r} is not among {', '.join(sorted(known))}")
    return frozenset(words)


def _organisations(place: str, rule: RuleFile, consumers: Mapping[str, str]) -> frozenset[str]:
    named: frozenset[str] = frozenset()
    if rule.organisations or not rule.organisation_types:
        named = _chosen(f"{place}.organisations", rule.organisations, consumers.keys())
    if rule.organisation_types:
        types = _chosen(f"{place}.organisationTypes", rule.organisation_types, {t for t in consumers.values() if t})
        named |= {agency for agency, its_type in consumers.items() if its_type in types}
    return named


def rules_file(rules: Sequence[OrderedRule]) -> RulesFile:
    """Give the rules as they are written, each in the part and the place it had."""
    parts: dict[bool, list[RuleFile]] = {True: [], False: []}
    for rule in rules:
        parts[".exceptions[" in rule.place].append(_written(rule))
    return RulesFile(parts[True], parts[False])


def _written(rule: OrderedRule) -> RuleFile:
    return RuleFile(
        rule.effect,
        sorted(rule.modes),
        sorted(rule.services),
        sorted(rule.records),
        sorted(rule.purposes),
        sorted(rule.organisations),
        valid_from=rule.start,
        valid_until=rule.until,
        reason=rule.reason,
    )
