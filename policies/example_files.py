"""Example files: ``examples.toml`` beside an agreement's rules, in words an officer can write.

    on = 2026-09-01                     # the day it is taken to be
    [facts]                             # what holds unless an example says otherwise
    basis = "CONSENT"
    agreement = { start = 2026-01-01, review = 2026-10-01, expires = 2026-12-31 }   # or a word
    [people.esme]                       # who asks: made up
    role = "early-help-worker"
    agency = "county-council"
    [children.robin]                    # who is asked about: made up
    flags = ["CONFIDENTIAL_ADDRESS"]
    [[examples]]
    why = "The school's pastoral lead, with consent."
    who = "esme"
    child = "robin"
    purpose = "EARLY_HELP"
    service = "EDUCATION"
    facts = { consent = "GIVEN" }
    expect = { "Professional.email" = "PERMIT" }

Dates are read on the day it is taken to be, and whether the role may rely on the basis is worked out for that day,
so that an example says the same next year.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, fields, replace
from datetime import date
from enum import Enum
from typing import Final, TypeVar, get_type_hints

from policies.bases import basis_state
from policies.examples import Example
from policies.facts import AgreementState, Asker, ConsentState, Facts
from policies.validation import RulebookError, nearest
from policies.verdicts import Verdict
from policies.vocabulary import AGENCY, Role
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.purposes import Purpose
from schema.services import Service

FILE: Final = "examples.toml"

_TYPES: Final = get_type_hints(Facts)
_STATED: Final = tuple(f.name for f in fields(Facts) if f.name != "flags")
_NEEDED: Final = tuple(f.name for f in fields(Facts) if f.default is MISSING)
_DEFAULTS: Final = {f.name: f.default for f in fields(Facts) if f.default is not MISSING}

W = TypeVar("W", bound=Enum)


class _Wrong(Exception):
    """What is wrong with one example, without its place."""


def read_examples(text: str, where: str) -> list[Example]:
    """Make the examples of a file's text; RulebookError lists everything wrong with it, example by example."""
    try:
        book = _Book(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RulebookError([f"{where}: it is not well-formed TOML: {error}"]) from None
    except _Wrong as error:
        raise RulebookError([f"{where}: {error}"]) from None
    examples: list[Example] = []
    faults: list[str] = []
    for number, told in enumerate(book.examples, start=1):
        place = f"{where} example {number}"
        try:
            examples += book.read(told, place)
        except _Wrong as error:
            faults.append(f"{place}: {error}")
    if faults:
        raise RulebookError(faults)
    return examples


class _Book:
    """A file's people, children, clock and common facts, and the examples still to be read."""

    def __init__(self, told: Mapping[str, object]) -> None:
        _only(told, ("on", "facts", "people", "children", "examples"))
        self.on = told.get("on")
        if type(self.on) is not date:
            raise _Wrong("on: say which day it is taken to be, such as 2026-09-01")
        self.common = _table(told.get("facts", {}), "facts")
        self.people = {n: _person(p, n) for n, p in _table(told.get("people", {}), "people").items()}
        self.children = {n: _child(c, n) for n, c in _table(told.get("children", {}), "children").items()}
        listed = told.get("examples", [])
        if not isinstance(listed, list):
            raise _Wrong("examples: each is a [[examples]] table")
        self.examples: list[object] = listed

    def read(self, given: object, where: str) -> Iterator[Example]:
        told = _table(given, "examples")
        _only(told, ("why", "who", "child", "on", "purpose", "service", "labels", "facts", "expect"))
        role, agency = self.people[_one_of(told.get("who"), self.people, "who")]
        asker = Asker(role.value, agency, _word(Purpose, told.get("purpose"), "purpose"))
        flags = self.children[_one_of(told["child"], self.children, "child")] if "child" in told else frozenset()
        on = told.get("on", self.on)
        if type(on) is not date:
            raise _Wrong("on: it must be a day, such as 2026-09-01")
        facts = _facts({**self.common, **_table(told.get("facts", {}), "facts")}, asker.role, flags, on)
        service = _word(Service, told.get("service"), "service")
        labels = frozenset(_word(Label, label, "labels") for label in _list(told.get("labels", []), "labels"))
        expect, why = _table(told.get("expect", {}), "expect"), told.get("why")
        if not (isinstance(why, str) and why.strip()):
            raise _Wrong("why: say in English what the example stands for")
        if not expect:
            raise _Wrong("expect: name a field and its verdict")
        for name, verdict in expect.items():
            field = FieldId(_one_of(name, CATALOGUE, "expect"))
            yield Example(where, asker, service, field, labels, facts, _word(Verdict, verdict, name), why)


def _facts(told: Mapping[str, object], role: str, flags: frozenset[Label], on: date) -> Facts:
    _only(told, _STATED)
    missing = [name for name in _NEEDED if name not in told]
    if missing:
        raise _Wrong(f"facts: {', '.join(missing)} must be said, here or for the whole file")
    facts = Facts(**{**_DEFAULTS, **{name: _fact(name, value, on) for name, value in told.items()}, "flags": flags})
    return facts if "basis_state" in told else replace(facts, basis_state=basis_state(facts.basis, role, on))


def _fact(name: str, value: object, on: date) -> object:
    if isinstance(value, dict) and name in _DATED:
        return _DATED[name](value, on)
    kind = _TYPES[name]
    if kind is bool:
        if not isinstance(value, bool):
            raise _Wrong(f"facts: {name}: it must be true or false")
        return value
    return _word(kind, value, name)


def _agreement(told: Mapping[str, object], on: date) -> AgreementState:
    start, review, end = (_day(told, name) for name in ("start", "review", "expires"))
    _only(told, ("start", "review", "expires"))
    if on < start:
        return AgreementState.NONE
    if on > end:
        return AgreementState.EXPIRED
    return AgreementState.PAST_REVIEW if on > review else AgreementState.IN_FORCE


def _consent(told: Mapping[str, object], on: date) -> ConsentState:
    _only(told, ("given", "withdrawn", "expires"))
    if "withdrawn" in told and on >= _day(told, "withdrawn"):
        return ConsentState.WITHDRAWN
    if on < _day(told, "given") or ("expires" in told and on > _day(told, "expires")):
        return ConsentState.NOT_RECORDED
    return ConsentState.GIVEN


_DATED: Final = {"agreement": _agreement, "consent": _consent}
"""Facts that may be told by their dates instead of a word."""


def _day(told: Mapping[str, object], name: str) -> date:
    day = told.get(name)
    if type(day) is not date:
        raise _Wrong(f"facts: {name}: it must be a day, such as 2026-09-01")
    return day


def _person(told: object, name: str) -> tuple[Role, str]:
    person = _table(told, f"people.{name}")
    _only(person, ("role", "agency", "means"))
    agency = person.get("agency")
    if not (isinstance(agency, str) and AGENCY.fullmatch(agency)):
        raise _Wrong(f"people.{name}: agency: it must be an agency's id, such as 'county-council'")
    return _word(Role, person.get("role"), f"people.{name}: role"), agency


def _child(told: object, name: str) -> frozenset[Label]:
    child = _table(told, f"children.{name}")
    _only(child, ("flags", "means"))
    return frozenset(_word(Label, flag, f"children.{name}") for flag in _list(child.get("flags", []), "flags"))


def _only(told: Mapping[str, object], names: Collection[str]) -> None:
    for name in told:
        if name not in names:
            raise _Wrong(f"{name!r} is not a word it may use; {nearest(name, names)}")


def _table(told: object, name: str) -> Mapping[str, object]:
    if not isinstance(told, dict):
        raise _Wrong(f"{name}: it must be a table")
    return told


def _list(told: object, name: str) -> list[object]:
    if not isinstance(told, list):
        raise _Wrong(f"{name}: it must be a list of words")
    return told


def _one_of(word: object, words: Collection[str], place: str) -> str:
    if not isinstance(word, str) or word not in words:
        known = nearest(str(word), words) if words else "there is none"
        raise _Wrong(f"{place}: {word!r} is not a word it may use; {known}")
    return word


def _word(kind: type[W], word: object, place: str) -> W:
    return kind(_one_of(word, [str(member.value) for member in kind], place))
