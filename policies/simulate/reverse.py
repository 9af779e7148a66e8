"""The reverse question: who can see a field of a service, in which situations, by which rules, in what form. Exact."""

from dataclasses import dataclass

from policies.compiled import BIT
from policies.rulebook import Rulebook
from policies.simulate.bodies import Body
from policies.simulate.columns import PERSON, RECORD, Carried, parts_of, space_for
from policies.simulate.outcomes import Outcome, outcome_of
from policies.simulate.places import Agencies, Rules
from policies.simulate.situations import Situation, situations
from policies.simulate.space import Space
from policies.simulate.weighed import Weighed
from policies.verdicts import Verdict
from policies.vocabulary import EXISTENCE, Role
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.purposes import Purpose
from schema.services import Service

_SEES = frozenset({Verdict.PERMIT, Verdict.MASK, Verdict.BROKER})


@dataclass(frozen=True, slots=True)
class Access:
    """One way to see a field: who, for which purposes, in which situations, in what form, by which rules.

    ``allow`` and ``deny`` are the ids of the rules that have a part in it: allows of the field and, of a brokered or
    masked one, the denies that make it so.
    """

    role: Role
    agencies: Agencies
    purposes: tuple[Purpose, ...]
    service: Service
    field: FieldId
    form: Outcome
    when: tuple[Situation, ...]
    allow: tuple[str, ...]
    deny: tuple[str, ...]


_NONE: frozenset[Label] = frozenset()


def who_can(
    field: FieldId,
    service: Service,
    rulebook: Rulebook,
    *,
    flags: frozenset[Label] = _NONE,
    labels: frozenset[Label] = _NONE,
) -> tuple[Access, ...]:
    """Say who can see a field of a service, of a person with these flags, on a record with these labels."""
    rules = Rules((rulebook,))
    forms: dict[tuple[Space, frozenset[Body]], dict[Outcome, int]] = {}
    found: dict[tuple[Role, Agencies, Outcome, tuple[Situation, ...], tuple[str, ...], tuple[str, ...]], list[Purpose]]
    found = {}
    for place, (groups,) in rules.places(of=service):
        ids: dict[Body, tuple[str, ...]] = {}
        for agency in place.agencies.each:
            for body, named in rules.ids(groups, agency).items():
                ids[body] = tuple(sorted({*ids.get(body, ()), *named}))
        space = space_for(ids, place.asker)
        alike = (space, frozenset(ids))
        if alike not in forms:
            forms[alike] = _forms(alike[1], space, field, flags, labels)
        for form, where in forms[alike].items():
            allow, deny = _rules(
                ids, space, where, field, {CATALOGUE[field].label, CATALOGUE[EXISTENCE].label, *labels, *flags}, form
            )
            key = (place.role, place.agencies, form, situations(space, where), allow, deny)
            found.setdefault(key, []).append(place.purpose)
    return tuple(
        Access(role, agencies, tuple(purposes), service, field, form, when, allow, deny)
        for (role, agencies, form, when, allow, deny), purposes in found.items()
    )


def _forms(
    bodies: frozenset[Body], space: Space, field: FieldId, flags: frozenset[Label], labels: frozenset[Label]
) -> dict[Outcome, int]:
    """Say in which situations the field is seen in which form, where it is seen at all."""
    weighed = Weighed(space, space.everywhere)
    rules = weighed.bits(bodies)
    kind = next(k for k in weighed.kinds(rules) if k.fields & BIT[field])
    there = {Carried(RECORD, label) for label in labels} | {Carried(PERSON, flag) for flag in flags}
    within = space.everywhere
    for flag in Label:
        flagged = space.flagged(flag)
        if flagged is not None:
            within &= flagged if flag in flags else ~flagged
    found: dict[Outcome, int] = {}
    asked_for = {flag for flag in Label if space.flagged(flag) is not None}
    for part in parts_of(weighed.column(rules, kind, tuple(sorted(flags | labels | asked_for))), space.everywhere):
        mark = part.base
        for one, carried in part.carried.items():
            mark |= one if there & set(carried) else 0
        form = outcome_of(mark)
        if part.where & within and (form.verdict in _SEES or form.ring):
            found[form] = found.get(form, 0) | part.where & within
    return found


def _rules(
    ids: dict[Body, tuple[str, ...]], space: Space, where: int, field: FieldId, labels: set[Label], form: Outcome
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the ids of the allows and denies that have a part in these situations."""
    bits = BIT[field] if form.verdict.shows else BIT[field] | BIT[EXISTENCE]
    told: dict[bool, list[str]] = {True: [], False: []}
    for body, rules in ids.items():
        if body.covers & bits and body.labels & labels and space.where_all(body.needs) & where:
            told[body.allows] += rules
    return tuple(sorted(told[True])), tuple(sorted(told[False]))
