"""What Brookshire's information governance officers have signed, and what two mothers said about consent."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

from connectors.contract import LocalId
from hub.demo.agencies import AGENCIES, Source
from hub.demo.truth import TruePerson, Truth
from hub.governance.agreements import Agreement, Status
from hub.governance.consent import Consent
from hub.governance.data_items import EVERYTHING
from hub.governance.register import Register
from policies.facts import ConsentState
from schema.purposes import Purpose

EXPIRED = (Source.HOUSING, Source.HEALTH)
"""The one agreement that has run out: what housing holds, health may no longer see."""


class Index(Protocol):
    """Who a source's local ids stand for."""

    async def by_local(self, source_id: str, local_ids: Iterable[LocalId]) -> Mapping[LocalId, str]:
        """Give the hub's person ids."""
        ...


async def seed(register: Register, index: Index, truth: Truth) -> None:
    """Sign the agreements and record the consents of the demo place."""
    await register.record_agreements(agreements(truth))
    for key, told in (("main", (ConsentState.GIVEN,)), ("step-down", (ConsentState.GIVEN, ConsentState.WITHDRAWN))):
        person_id = await person_of(index, truth.cast_member(key))
        if person_id is not None:
            for consent in consents(person_id, told, truth):
                await register.record_consent(consent)


def agreements(truth: Truth) -> Iterator[Agreement]:
    """Give an agreement from every agency to every other, for every purpose; one of them has run out."""
    for provider in AGENCIES.values():
        for consumer in AGENCIES.values():
            if provider.id != consumer.id:
                days = -30 if (provider.source, consumer.source) == EXPIRED else 365
                yield Agreement(
                    id=f"{provider.id}--{consumer.id}",
                    title="Brookshire Safeguarding Children Information Sharing Agreement",
                    provider=provider.id,
                    consumers=frozenset({consumer.id}),
                    purposes=frozenset(Purpose),
                    start=truth.today - timedelta(days=700),
                    review=truth.today + timedelta(days=days - 90),
                    expiry=truth.today + timedelta(days=days),
                    items=(EVERYTHING,),
                    status=Status.SIGNED,
                )


def consents(person_id: str, told: Iterable[ConsentState], truth: Truth) -> Iterator[Consent]:
    """Give a mother's words in order: given when early help began, withdrawn when the child's case stepped down."""
    withdrawn = next(iter(truth.consent_withdrawn.values()))
    days = {ConsentState.GIVEN: withdrawn - timedelta(days=90), ConsentState.WITHDRAWN: withdrawn}
    for state in told:
        yield Consent(
            person_id=person_id,
            giver="mother",
            state=state,
            services=frozenset(),
            purposes=frozenset({Purpose.EARLY_HELP}),
            recipients=frozenset(),
            method="spoken, noted by the early help worker",
            recorded_by="demo:early-help",
            recorded_at=datetime.combine(days[state], time(12), UTC),
        )


async def person_of(index: Index, person: TruePerson) -> str | None:
    """Give the hub's id of somebody of the demo place; none where no source that feeds the index was reached."""
    for source, local_ids in sorted(person.links.items()):
        found = await index.by_local(source, [LocalId(i) for i in local_ids])
        if found:
            return next(iter(found.values()))
    return None
