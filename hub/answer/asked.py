"""What a question becomes on its way: each person asked about, and what was prepared for the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from hub.answer.deciding import Decided
from hub.answer.gather import Errand, Found
from hub.answer.kin import Kin, Place
from hub.answer.question import Question
from hub.audit.entries import Intent
from hub.governance.standing import Standing
from hub.people.known import KnownPerson
from schema.labels import Label


@dataclass(frozen=True, slots=True)
class Asked:
    """One person of a question: who they are to the hub, and what was decided of each source.

    ``known`` is none for somebody who does not exist, is sealed, or is known only where the asker may not look:
    they are answered alike. ``subject`` is whom the ledger writes it under all the same. ``silent`` says of sources
    that need not be asked what is known without asking, ``shield`` the flags it was decided with beside their own.
    """

    person_id: str
    subject: str
    known: KnownPerson | None
    decided: Mapping[str, Decided]
    errands: tuple[Errand, ...] = ()
    silent: Mapping[str, Found] = field(default_factory=dict)
    born: date | None = None
    shield: frozenset[Label] = frozenset()
    feeds: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question with everything fetched and nothing released, and the same of the people named beside its own.

    ``found`` is by place in ``asked`` and source. ``named`` is who a relationship is with, as the hub's id, by source
    and local id; ``kin`` is what was decided of them, none where no relationship was asked for, and ``apart`` whom
    somebody said to be different people.
    """

    question: Question
    standing: Standing
    asked: Sequence[Asked]
    intents: Sequence[Intent]
    found: Mapping[tuple[int, str], Found]
    beside: "Prepared | None" = None
    named: Mapping[Place, str] = field(default_factory=dict)
    kin: Kin | None = None
    apart: frozenset[frozenset[str]] = frozenset()

    @property
    def all_intents(self) -> tuple[Intent, ...]:
        """Give every intent written, those beside included."""
        return (*self.intents, *(self.beside.all_intents if self.beside else ()))

    @property
    def everyone(self) -> tuple[str, ...]:
        """Give the ids of everybody asked about or named, those beside included."""
        return (*self.question.people, *self.named.values(), *(self.beside.everyone if self.beside else ()))
