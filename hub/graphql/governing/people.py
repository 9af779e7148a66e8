"""Whom a change or a question may name: a person of the index, and only one whom the requester may know of.

Somebody sealed, somebody the requester may not know of and somebody who does not exist are all nobody.
"""

import re
from typing import Final

from hub.answer.prepare import seen_somewhere
from hub.answer.question import EXISTENCE, Question, Wanted
from hub.audit.entries import new_record_id
from hub.errors import HubError
from hub.governance.acting import CannotBeDone
from hub.graphql.asking import PERSON_ID, stated
from hub.graphql.governing.room import Governing
from hub.graphql.governing.supposing import with_access
from hub.identity.requester import Requester
from hub.people.known import KnownPerson
from schema.purposes import Purpose
from schema.request import RequestContext

_TEXT: Final = re.compile(r"\S")


def nobody() -> CannotBeDone:
    """Say that there is no such person, in the same words whatever the cause."""
    return CannotBeDone("no-such-person", "the hub knows no person of that id")


async def _known(room: Governing, person_id: str) -> KnownPerson:
    known = (await room.preparer.known([person_id])).get(person_id) if PERSON_ID.fullmatch(person_id) else None
    if known is None:
        raise nobody()
    return known


async def of_own_agency(room: Governing, person_id: str, officer: Requester) -> frozenset[str]:
    """Give every id of a person whom a source of the officer's own agency knows; CannotBeDone for anybody else.

    A source that gives no index is asked to find each person when a question comes: it may know any of them.
    """
    known = await _known(room, person_id)
    own = {s.config.id: s for s in room.preparer.sources if s.config.agency == officer.organisation}
    found_each_time = any(not s.connector.capabilities.feeds_index for s in own.values())
    if not found_each_time and not any(link.source_id in own for link in known.links):
        raise nobody()
    return known.aliases | {person_id}


async def known_under(
    room: Governing, worker: Requester, person_id: str, context: RequestContext, request_id: str = ""
) -> tuple[str, frozenset[str]]:
    """Give the id a person has now, and the sources a worker may see them at for what they ask; else nobody.

    It is decided as a question that asks whether the person is there: by role, purpose and reference.
    """
    wanted = Wanted(frozenset({EXISTENCE}))
    try:
        question = stated(worker, request_id, (person_id,), context, wanted, room.acting.clock(), 0.0)
    except HubError as error:
        raise CannotBeDone("asked-wrongly", str(error)) from None
    await counted(room, question)
    known = await _known(room, person_id)
    standing = await room.preparer.standing(sorted(known.aliases | {person_id}))
    decided = room.preparer.decide(question, person_id, known, standing)
    if not seen_somewhere(known, decided):
        raise nobody()
    return known.id, frozenset(s for s in known.at if s in decided and decided[s].permitted)


async def counted(room: Governing, question: Question) -> None:
    """Count whom a worker names against their budget, before anything is known: else whom they may know of is free."""
    refused = await room.preparer.budgets.opened([question])
    if refused:
        raise CannotBeDone("over-budget", str(refused[0]))


async def within_reach(room: Governing, person_id: str, worker: Requester, agencies: frozenset[str]) -> frozenset[str]:
    """Give every id of a person of whom some question of the worker's could show something in an emergency.

    The rules decide it, as if an access were open at these agencies: whom not even that would show is nobody.
    """
    asked, at = (worker, Purpose.CHILD_PROTECTION, None, (person_id,), Wanted()), room.acting.clock()
    await counted(room, Question(new_record_id(), *asked, at, 0.0, "supposed"))
    known = await _known(room, person_id)
    ids = known.aliases | {person_id}
    standing = await room.preparer.standing(sorted(ids))
    opened = with_access(standing, person_id, worker, agencies)
    wanted = Wanted(frozenset({EXISTENCE}))
    for purpose in Purpose:
        question = Question(
            "", worker, purpose, "supposed", (person_id,), wanted, room.acting.clock(), 0.0, reason="supposed"
        )
        if seen_somewhere(known, room.preparer.decide(question, person_id, known, opened)):
            return ids
    raise nobody()


def words(name: str, text: str, most: int) -> str:
    """Give words to be sealed; CannotBeDone where there are none, or too many. They are repeated nowhere."""
    if not _TEXT.search(text):
        raise CannotBeDone("no-words", f"{name} says nothing: it must say why in words")
    if len(text) > most:
        raise CannotBeDone("too-many-words", f"{name} has more than {most} characters")
    return text
