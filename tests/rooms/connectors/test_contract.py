"""The contract's words and its errors: what a connector is, and that messages name places only."""

from collections.abc import AsyncIterator
from dataclasses import FrozenInstanceError
from datetime import date, datetime

import pytest

from connectors.contract import (
    Ambiguous,
    Ask,
    Capabilities,
    Connector,
    Freshness,
    Health,
    Identity,
    Limits,
    LocalId,
    Located,
    Rejected,
    Reply,
    Traits,
    Unknown,
)
from connectors.errors import SourceBroken, SourceError, SourceMisconfigured, SourceRefused, SourceUnavailable


class Silent:
    """The smallest connector there is."""

    capabilities = Capabilities(frozenset())

    async def locate(self, traits: Traits) -> Located:  # noqa: ARG002 -- the contract's own name
        return Unknown()

    async def fetch(self, ask: Ask) -> Reply:  # noqa: ARG002 -- the same
        return Reply({})

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:  # noqa: ARG002 -- the same
        return
        yield

    async def health(self) -> Health:
        return Health(ok=True)

    async def close(self) -> None:
        return


def test_a_connector_is_known_by_its_verbs() -> None:
    """Anything with the verbs is a connector; anything without one is not."""
    assert isinstance(Silent(), Connector)
    assert not isinstance(object(), Connector)


def test_values_do_not_change() -> None:
    """An ask, a reply and an outcome are values: nobody alters them on the way."""
    ask = Ask((LocalId("a"),), frozenset(), date(2026, 1, 1))
    with pytest.raises(FrozenInstanceError):
        ask.people = ()  # type: ignore[misc] # that it cannot be set is the promise
    assert Ambiguous(2) == Ambiguous(2)
    assert Reply({}).complete
    assert Rejected("t.c", "not-a-date").code == "not-a-date"


def test_defaults_are_cautious() -> None:
    """Budgets are bounded and nothing is promised that was not said."""
    assert Limits() == Limits(3.0, 1.0, 16, 2 * 1024 * 1024, 5_000, 64)
    assert Capabilities(frozenset()).freshness is Freshness.LIVE
    assert not Capabilities(frozenset()).feeds_index


def test_a_directory_beside_a_source_has_its_own_shorter_time() -> None:
    """What is asked beside a source may take less time than the source, never more; every other budget stands."""
    assert Limits().within(0.5) == Limits(0.5, 0.5)
    assert Limits(deadline=2, connect=1, bytes=7).within(30) == Limits(deadline=2, connect=1, bytes=7)


@pytest.mark.parametrize("kind", [SourceUnavailable, SourceRefused, SourceBroken, SourceMisconfigured])
def test_errors_are_named_by_the_next_act(kind: type[SourceError]) -> None:
    """An error has a stable code and, where it helps, a place."""
    assert str(kind("drift")) == "drift"
    assert str(kind("drift", "ssd_person")) == "drift: ssd_person"
    assert (kind("drift", "x").code, kind("drift", "x").detail) == ("drift", "x")
