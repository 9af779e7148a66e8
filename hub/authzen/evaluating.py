"""Evaluation: one decision or many (sections 6 and 7 of the specification), all of one batch by one version."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hub.answer.sources import Sources
from hub.authzen.asked import OFFICER, Asked, OfKind, OfPerson, Parts, asked_of
from hub.authzen.bond import NOT_ABOUT_PEOPLE, Bond, held_to_documents
from hub.authzen.kinds import Policy
from hub.authzen.named import Named
from hub.authzen.node import Node
from hub.authzen.told import Told, told_wrong
from hub.authzen.words import SEMANTICS, Semantic
from hub.authzen.wrong import Wrong, forbidden
from hub.governance.register import Register
from hub.governance.versions.governing import governing
from hub.governance.versions.rulebooks import Rulebooks
from hub.graphql.trusted.register import TrustedRegister
from hub.identity.requester import Requester

MOST: Final = 100
"""Evaluations in one batch."""

MOST_PEOPLE: Final = 5
"""Named people in one batch: as many as one GraphQL request may ask about."""

MOST_IN_ORDER: Final = 20
"""Evaluations about named people that are made one after the other: each asks its sources by itself."""

PARTS: Final = ("subject", "action", "resource", "context")


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Answers evaluations."""

    register: Register
    rulebooks: Rulebooks
    named: Named
    clock: Callable[[], datetime]
    sources: Sources
    documents: TrustedRegister

    async def policy(self, requester: Requester) -> Policy:
        """Read which rules count now, and what the requester's system is bound to."""
        standing = await governing(self.register, self.rulebooks, ())
        bond = Bond.of(requester, standing, (source.config for source in self.sources))
        return Policy(self.rulebooks.held(standing.policy_version), self.clock().date(), standing.commenced, bond)

    async def one(self, body: Node, requester: Requester, request_id: str) -> dict[str, Any]:
        """Answer one evaluation."""
        (told,) = await _Batch(self, requester, request_id).told([asked_of(parts_of(body), "", requester)])
        if isinstance(told, Wrong):
            raise told
        return told.written()

    async def many(self, body: Node, requester: Requester, request_id: str) -> dict[str, Any]:
        """Answer a batch; without one it is a single evaluation."""
        listed = body.get("evaluations")
        items = listed.items() if listed else []
        if not items:
            return await self.one(body, requester, request_id)
        if len(items) > MOST:
            raise Wrong(f"evaluations may be at most {MOST}.")
        options = body.get("options")
        semantic = options.get("evaluations_semantic") if options else None
        chosen = semantic.word(SEMANTICS) if semantic else Semantic.EXECUTE_ALL
        defaults = parts_of(body)
        asked = [_read(defaults, item, requester) for item in items]
        _insist_few([one for one in asked if isinstance(one, OfPerson)], chosen)
        told = await _Batch(self, requester, request_id).in_order(asked, chosen)
        return {"evaluations": [one.written() for one in told]}


@dataclass(slots=True)
class _Batch:
    """The evaluations of one request; the rules are read once, so that all kinds of question are of one version."""

    evaluator: Evaluator
    requester: Requester
    request_id: str
    policy: Policy | None = None

    async def in_order(self, asked: Sequence[Asked | Wrong], semantic: Semantic) -> list[Told]:
        """Answer all at once, or one after the other up to the one that settles it."""
        if semantic is Semantic.EXECUTE_ALL:
            return [_closed(one) for one in await self.told(asked)]
        told: list[Told] = []
        for one in asked:
            told += [_closed(each) for each in await self.told([one])]
            if told[-1].decision is (semantic is Semantic.PERMIT_ON_FIRST_PERMIT):
                break
        return told

    async def told(self, asked: Sequence[Asked | Wrong]) -> list[Told | Wrong]:
        """Answer each in its place."""
        asked = await self._allowed(asked)
        named = [one for one in asked if isinstance(one, OfPerson)]
        people = iter(await self.evaluator.named.told(named, self.requester, self.request_id))
        told: list[Told | Wrong] = []
        for one in asked:
            if isinstance(one, OfKind):
                self.policy = self.policy or await self.evaluator.policy(self.requester)
                told.append(self.policy.told(one, officer=self.requester.role == OFFICER))
            else:
                told.append(one if isinstance(one, Wrong) else next(people))
        return told

    async def _allowed(self, asked: Sequence[Asked | Wrong]) -> list[Asked | Wrong]:
        """Refuse, of a system that is held to registered queries, whatever is about a named person: alike for all."""
        if not any(isinstance(one, OfPerson) for one in asked):
            return list(asked)
        if not await held_to_documents(self.evaluator.documents, self.requester):
            return list(asked)
        return [forbidden(NOT_ABOUT_PEOPLE) if isinstance(one, OfPerson) else one for one in asked]


def _insist_few(named: Sequence[OfPerson], semantic: Semantic) -> None:
    """Refuse more of agencies' systems than one GraphQL request may ask: each of these is asked as a question is."""
    if len({one.person for one in named}) > MOST_PEOPLE:
        raise Wrong(f"evaluations may be about at most {MOST_PEOPLE} named people.")
    if len({(one.person, one.purpose, one.reference, one.reason, one.declared) for one in named}) > MOST_PEOPLE:
        raise Wrong(f"evaluations about named people may state at most {MOST_PEOPLE} contexts.")
    if semantic is not Semantic.EXECUTE_ALL and len(named) > MOST_IN_ORDER:
        raise Wrong(f"at most {MOST_IN_ORDER} evaluations about named people are gone through one by one.")


def _closed(told: Told | Wrong) -> Told:
    return told_wrong(told) if isinstance(told, Wrong) else told


def parts_of(node: Node, defaults: Parts | None = None) -> Parts:
    """Give the parts of an evaluation that are there, each whole: one of its own stands in for a default."""
    own = {name: part.whole() for name in PARTS if (part := node.get(name))}
    return {**(defaults or {}), **own}


def _read(defaults: Parts, item: Node, requester: Requester) -> Asked | Wrong:
    """Read one of a batch; what is wrong with it is told in its place, and the others are answered."""
    try:
        return asked_of(parts_of(item, defaults), f"{item.place}.", requester)
    except Wrong as wrong:
        return wrong
