"""Parity: the compiled form asked the same as Casbin, before a rulebook may exist. One difference and it may not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from policies.candidates import Candidates
from policies.compiled import FIELDS, CompiledRow
from policies.facts import (
    AgreementState,
    Asker,
    BasisState,
    ConsentState,
    Facts,
    NotToShare,
    ObjectionState,
    RelationshipState,
)
from policies.referee import Referee
from policies.rows import RuleRow
from policies.ruling import Ruling
from policies.validation import RulebookError
from policies.verdicts import Decision, Verdict
from policies.vocabulary import ANY, Role
from schema.fields import FieldId
from schema.labels import Label
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from schema.services import Service

_SHOWS: Final = {Verdict.PERMIT: "full", Verdict.MASK: "masked"}
_REQUESTS: Final = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """One question about one field at one label."""

    asker: Asker
    service: Service
    facts: Facts
    field: FieldId
    label: Label


def agrees(rules: Sequence[CompiledRow] | Candidates, referee: Referee, cell: Cell) -> bool:
    """Whether the compiled form and Casbin say the same of one cell."""
    ruling = Ruling(rules, cell.asker, cell.service, cell.facts)
    said = referee.shows(cell.asker, cell.service, cell.facts, cell.field, cell.label)
    return same(ruling.at_label(cell.field, cell.label), said)


def same(ours: Decision, said: str) -> bool:
    """Whether one of our decisions shows what Casbin said: ``full``, ``masked`` or ``nothing``."""
    return _SHOWS.get(ours.verdict, "nothing") == said


def _pick(chance: Random, words: tuple[str, ...], every: Sequence[str]) -> str:
    # Mostly a word the rule names, so that rules are met; now and then any other, so that their edges are too.
    named = [word for word in every if word in words]
    return chance.choice(named if named and chance.random() < 0.9 else every)  # noqa: PLR2004 -- nine in ten


def drawn(rows: Sequence[RuleRow], chance: Random, count: int) -> Iterator[Cell]:
    """Draw questions from the words of some rules, half of them with facts under which most rules apply."""
    agencies = sorted({word for row in rows for word in row.agency if word != ANY} | {"another-agency"})
    for _ in range(count):
        row = chance.choice(rows)
        yield Cell(
            Asker(
                _pick(chance, row.role, list(Role)),
                _pick(chance, row.agency, agencies),
                Purpose[_pick(chance, row.purpose, list(Purpose))],
            ),
            Service(_pick(chance, row.service, list(Service))),
            _facts(chance, kind=_perhaps(chance)),
            FieldId(_pick(chance, row.field, FIELDS)),
            Label[_pick(chance, row.sensitivity, list(Label))] if _perhaps(chance) else Label.ORDINARY,
        )


def _facts(chance: Random, *, kind: bool) -> Facts:
    if kind:
        return Facts(
            chance.choice(list(LawfulBasis)),
            ConsentState.GIVEN,
            AgreementState.IN_FORCE,
            RelationshipState.REFERENCE_GIVEN,
            own=_perhaps(chance),
            basis_state=BasisState.IN_FORCE,
            objection=ObjectionState.NONE,
            not_to_share=NotToShare.NONE,
            break_glass=_perhaps(chance),
            reason_given=True,
            second_person=True,
        )
    return Facts(
        chance.choice(list(LawfulBasis)),
        chance.choice(list(ConsentState)),
        chance.choice(list(AgreementState)),
        chance.choice(list(RelationshipState)),
        own=_perhaps(chance),
        flags=frozenset(chance.sample(list(Label), chance.choice((0, 0, 1)))),
        basis_state=chance.choice(list(BasisState)),
        objection=chance.choice(list(ObjectionState)),
        not_to_share=chance.choice(list(NotToShare)),
        break_glass=_perhaps(chance),
        reason_given=_perhaps(chance),
        second_person=_perhaps(chance),
    )


def _perhaps(chance: Random) -> bool:
    return chance.random() < 0.5  # noqa: PLR2004 -- half of them


def prove(rows: Sequence[RuleRow], rules: Sequence[CompiledRow] | Candidates, seed: str) -> None:
    """Ask both forms some hundred questions drawn from the rules; RulebookError at the first difference."""
    referee = Referee(rows)
    chance = Random(seed)  # noqa: S311 -- drawn questions, the same each time for one rulebook; nothing secret
    for cell in drawn(rows, chance, _REQUESTS):
        if not agrees(rules, referee, cell):
            raise RulebookError(
                [f"the compiled rules differ from Casbin's: {cell.asker.role}, {cell.asker.purpose}, {cell.field}"]
            )
