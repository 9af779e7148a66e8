"""Asking the rules themselves, slowly: what the tools say is held against this."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from itertools import product

from policies.facts import Asker, Facts
from policies.rulebook import Rulebook
from policies.simulate.columns import PERSON, RECORD, Carried
from policies.simulate.differences import Change, Diff
from policies.simulate.exploring import WORDS
from policies.simulate.outcomes import Outcome
from schema.fields import FieldId
from schema.labels import Label
from schema.services import Service

FACTS = tuple(f.name for f in fields(Facts) if f.name != "flags")


def outcome(
    rulebook: Rulebook, asker: Asker, service: Service, its: Facts, field: FieldId, labels: frozenset[Label]
) -> Outcome:
    """Say what becomes of one field, by the decider that answers questions."""
    decision = rulebook.ruling(asker, service, its).decide(field, labels)
    return Outcome(decision.verdict, decision.duties, decision.ring)


def every(some: Facts, names: Iterable[str]) -> Iterator[Facts]:
    """Give some facts with every word there is of those named."""
    chosen = list(names)
    for words in product(*(WORDS[name] for name in chosen)):
        yield replace(some, **dict(zip(chosen, words, strict=True)))  # type: ignore[arg-type] # each word is of its fact's list


def carried(labels: frozenset[Label], flags: frozenset[Label]) -> frozenset[Carried]:
    """Give labels on a record and flags on a person as the tools name them."""
    return frozenset(Carried(RECORD, label) for label in labels) | frozenset(Carried(PERSON, flag) for flag in flags)


def told(
    found: Diff, asker: Asker, service: Service, its: Facts, field: FieldId, labels: frozenset[Label]
) -> set[tuple[Outcome, Outcome]]:
    """Give what a diff says of one question: from what to what, by every change that is about it."""
    there = carried(labels, its.flags)
    return {
        (change.before, change.after)
        for change in found.changes
        if _about(change, asker, service, field)
        and all(one & there for one in change.carrying)
        and any(situation.holds(its) for situation in change.when)
    }


def _about(change: Change, asker: Asker, service: Service, field: FieldId) -> bool:
    return (
        change.role == asker.role
        and asker.agency in change.agencies
        and asker.purpose in change.purposes
        and service == change.service
        and field in change.fields
    )
