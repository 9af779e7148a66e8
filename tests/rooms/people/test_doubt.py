"""A source that may well know the child under another spelling is not one that holds nothing (A4)."""

import pytest

from connectors.contract import Identity, LocalId
from hub.people.index import PersonIndex
from schema.labels import Label
from tests.rooms.people.making import NHS, OTHER_NHS, made, take, who

ELSEWHERE = ("BK9 9ZZ",)
NO_FLAGS = frozenset({frozenset[Label]()})


# The same birthday and like names at another source make it doubtful, from either side; nobody is joined.
async def test_somebody_alike_makes_a_source_doubtful(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "police", made("2", given="Ameila", postcodes=()))
    one, other = await who(index, "health") or "", await who(index, "police", "2") or ""
    assert one != other
    assert await index.doubtful(one) == {"police": NO_FLAGS}
    assert await index.doubtful(other) == {"health": NO_FLAGS}
    assert await index.doubtful("nobody") == {}


# A twin, another number or name, or somebody protected makes nothing doubtful.
@pytest.mark.parametrize(
    "other",
    [
        made("2", given="Chidinma"),
        made("2", family="Hartley", postcodes=ELSEWHERE),
        made("2", nhs=(OTHER_NHS,), postcodes=ELSEWHERE),
        made("2", given="Ameila", labels=frozenset({Label.ADOPTION})),
    ],
)
async def test_others_do_not(index: PersonIndex, other: Identity) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "police", other)
    assert await index.doubtful(await who(index, "health") or "") == {}


# Once somebody has said that they are different people, there is no doubt.
async def test_a_parting_ends_the_doubt(index: PersonIndex) -> None:
    await take(index, "health", made(nhs=(NHS,)))
    await take(index, "police", made(nhs=(NHS,), postcodes=ELSEWHERE))
    one = await who(index, "health") or ""
    other = await index.part("police", LocalId("1"), by="worker-1", reason="a cousin")
    assert await index.doubtful(one) == await index.doubtful(other) == {}
