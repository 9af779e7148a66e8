"""Explaining: who can see a field, how a question would be decided, and how one was."""

from collections.abc import Iterable
from typing import Annotated

import strawberry

from hub.answer.question import PATHS
from hub.audit.reports import Decision, how_decided
from hub.governance.acting import CannotBeDone
from hub.governance.versions.errors import VersionRefused
from hub.governance.versions.fact_words import read_from_ledger
from hub.governance.versions.supposed import NoSuchFact, fact_of, supposed
from hub.graphql.context import Info
from hub.graphql.governing.arguments import Flags, Labels, OneVersion
from hub.graphql.governing.books import book, field_of
from hub.graphql.governing.looks import situation_of
from hub.graphql.governing.problems import asked_rightly
from hub.graphql.governing.room import Governing
from policies.facts import Asker, Facts
from policies.simulate import explaining
from policies.simulate.reverse import who_can
from policies.vocabulary import AGENCY, ROLES
from schema.fields import FieldId
from schema.governance.access import Access
from schema.governance.explanation import ExplainInput, Explanation, RecordedDecision
from schema.governance.policy_test import Fact, FactInput
from schema.labels import Label
from schema.services import Service

FieldName = Annotated[str, strawberry.argument(description="A field, such as Professional.phone.")]
OneService = Annotated[Service | None, strawberry.argument(description="One service; all if none.")]
DecisionId = Annotated[
    strawberry.ID, strawberry.argument(description="The id a worker quotes, beside what is withheld.")
]
Asks = Annotated[ExplainInput, strawberry.argument(description="Who asks what, and the facts.")]


async def _facts(room: Governing, asker: Asker, said: Iterable[FactInput], flags: frozenset[Label]) -> Facts:
    """Give the facts of a question: those said, and the rest in order."""
    standing = await room.preparer.standing(())
    try:
        told = {fact.name: fact_of(fact.name, fact.word) for fact in said}
    except NoSuchFact as error:
        raise CannotBeDone("no-such-fact", str(error)) from None
    return supposed(asker, told, flags, room.today, standing.commenced)


def _explanation(found: explaining.Explanation) -> Explanation:
    decision = found.decision
    return Explanation(
        version=strawberry.ID(found.version),
        verdict=decision.verdict.value,
        mask=decision.mask.value if decision.mask else None,
        reason=decision.reason,
        allow=list(decision.allow),
        deny=list(decision.deny),
        duties=[duty.value for duty in decision.duties],
        near_misses=list(found.near_misses),
        worker=found.worker(held=True),
        worker_not_held=found.worker(held=False),
        auditor=found.auditor,
    )


async def _again(room: Governing, decision: Decision, organisation: str) -> Explanation | None:
    """Explain a recorded decision by the version that made it, where the ledger tells all that it rested on."""
    facts = read_from_ledger(decision.facts)
    field = next((fid for fid, path in PATHS.items() if path == decision.path), None)
    if facts is None or field is None:
        return None
    try:
        rules = await book(room, decision.policy_version)
    except VersionRefused:
        return None
    asker = Asker(decision.role, organisation, decision.purpose)
    return _explanation(explaining.explain(asker, decision.service, facts, field, frozenset(), rules))


async def recorded(room: Governing, decision: str, own: str) -> RecordedDecision | None:
    """Give a recorded decision that concerns an agency: of its workers' questions or its records; else none."""
    found = await how_decided(room.acting.database, decision)
    if found is None or own not in (found.organisation, _owner(room, found.source)):
        return None
    return RecordedDecision(
        id=strawberry.ID(found.record_id),
        at=found.at,
        role=found.role,
        organisation=found.organisation,
        purpose=found.purpose,
        version=strawberry.ID(found.policy_version),
        path=found.path if found.path in PATHS.values() else "",
        source=strawberry.ID(found.source),
        service=found.service,
        called=found.called,
        asked=list(found.asked),
        permitted=list(found.permitted),
        rules=list(found.rules),
        facts=[Fact(name=name, word=word) for name, word in found.facts.items()],
        explanation=await _again(room, found, found.organisation),
    )


@strawberry.type
class ExplainQueries:
    """What may be asked about decisions."""

    @strawberry.field(description="Who can see a field, in which situations, in what form, by which rules. Exact.")
    async def who_can(
        self,
        info: Info,
        field: FieldName,
        service: OneService = None,
        flags: Flags = (),  # type: ignore[assignment] # nothing is ever put into it
        labels: Labels = (),  # type: ignore[assignment] # the same
        version: OneVersion = None,
    ) -> list[Access] | None:
        """Ask who can see a field."""
        room = info.context.governing
        with asked_rightly():
            fid, rules = field_of(field), await book(room, version)
            given = {"flags": frozenset(flags), "labels": frozenset(labels)}
            found = [
                one
                for each in ([service] if service else list(Service))
                for one in await room.look(who_can, fid, each, rules, **given)
            ]
        return [
            Access(
                role=a.role.value,
                agencies=str(a.agencies),
                purposes=list(a.purposes),
                service=a.service,
                form=str(a.form),
                when=[situation_of(one) for one in a.when],
                allow=list(a.allow),
                deny=list(a.deny),
            )
            for a in found
        ]

    @strawberry.field(description="Explain one question about one field before anybody asks it.")
    async def explain(self, info: Info, question: Asks) -> Explanation | None:
        """Explain a question."""
        room = info.context.governing
        with asked_rightly():
            if question.role not in ROLES or not AGENCY.fullmatch(question.agency):
                raise CannotBeDone("no-such-asker", "there is no such role, or the agency is not an agency's id")
            asker = Asker(question.role, question.agency, question.purpose)
            facts = await _facts(room, asker, question.facts, frozenset(question.flags))
            field: FieldId = field_of(question.field)
            rules = await book(room, question.version)
        return _explanation(
            explaining.explain(asker, question.service, facts, field, frozenset(question.labels), rules)
        )

    @strawberry.field(
        description="How something was decided, from the ledger: of your agency's workers' questions and of your"
        " agency's records. Null for any other, and where there is none."
    )
    async def decision(
        self,
        info: Info,
        id: DecisionId,  # noqa: A002 -- the schema's word
    ) -> RecordedDecision | None:
        """Explain a recorded decision."""
        return await recorded(info.context.governing, str(id), info.context.requester.organisation)


def _owner(room: Governing, source: str) -> str | None:
    return next((s.config.agency for s in room.preparer.sources if s.config.id == source), None)
