"""Batches: many people in few calls, each given their own, and connections given back at the end."""

from datetime import UTC, datetime

from connectors.contract import Ask
from connectors.errors import SourceUnavailable
from hub.answer.gather import TIMED_OUT, Errand, gather
from hub.answer.sources import ConnectedSource, Sources
from schema.fields import FieldId
from schema.outcomes import Outcome
from tests.cast import MAYA, ROWAN, CastConnector, Child, source_config

NAME = frozenset({FieldId("PersonName.given")})


def clock() -> datetime:
    return datetime.now(UTC)


class OneAtATime(CastConnector):
    @property
    def capabilities(self):  # type: ignore[no-untyped-def] # noqa: ANN201 -- the cast's own, with another size
        import dataclasses

        return dataclasses.replace(super().capabilities, batch_size=1)


async def test_each_person_is_given_their_own_of_a_batch_that_was_split() -> None:
    """Two people in two calls: neither is given the other's, nor an answer from a call they were not in."""
    source = ConnectedSource.of(source_config("education"), OneAtATime("education"))

    def errand(child: Child) -> Errand:
        return Errand(child.key, source, NAME, (child.local_id("education"),))

    found = await gather({"maya": errand(MAYA), "rowan": errand(ROWAN)}, deadline=5, clock=clock)
    names = {person: {r.given for r in f.records} for person, f in found.items()}  # type: ignore[union-attr] # names only
    assert names == {"maya": {"Maya"}, "rowan": {"Rowan"}}


async def test_a_transport_that_ran_out_of_time_first_is_still_too_slow() -> None:
    """Who looked at the clock first makes no difference to the worker."""
    connector = CastConnector("police")

    def slow(_: Ask) -> None:
        raise SourceUnavailable(TIMED_OUT)

    connector.misbehave = slow
    source = ConnectedSource.of(source_config("police"), connector)
    found = await gather({1: Errand("maya", source, NAME, (MAYA.local_id("police"),))}, deadline=5, clock=clock)
    assert found[1].outcome is Outcome.TIMED_OUT


async def test_every_connection_is_given_back_even_where_one_fails() -> None:
    """One connector that cannot close does not keep the others open."""
    closed: list[str] = []

    class Closing(CastConnector):
        async def close(self) -> None:
            closed.append(self.source)
            if self.source == "police":
                raise OSError

    sources = Sources(ConnectedSource.of(source_config(s), Closing(s)) for s in ("police", "health"))
    await sources.close()
    assert set(closed) == {"police", "health"}
    assert sources["health"].described().owner == "Owner of health"
