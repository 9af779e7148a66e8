"""The stream: every entry once, log by log, from any position on."""

import orjson
import pytest

from hub.audit import stream
from hub.audit.erasure import ERASED, erase
from hub.audit.stream import Position, lines, read_position, write_position
from hub.keys import Keyring
from hub.store.database import Database
from tests.rooms.audit import people
from tests.rooms.audit.test_ledger import opened


async def taken(database: Database, position: Position, most: int = 1_000) -> list[dict[str, object]]:
    """Take up to so many lines."""
    found: list[dict[str, object]] = []
    async for line in lines(database, position):
        assert line.count(b"\n") == 1
        found.append(orjson.loads(line))
        if len(found) == most:
            break
    return found


async def test_every_entry_comes_once_whatever_is_taken_at_a_time(
    database: Database, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two logs, broken off after every line and after pages, with an erased body; what is added later comes later."""
    monkeypatch.setattr(stream, "PAGE", 2)
    ledgers = [await opened(database, keyring, replica=name) for name in "ab"]
    asked = people.intent(0)
    for ledger in ledgers:
        await ledger.append(*(people.intent(n) for n in range(1, 4)))
    await ledgers[0].append(asked, people.search(people.CHILD))
    await erase(database, ledgers[0], people.event(name=ERASED, about=asked.record_id))
    whole = await taken(database, {})
    assert [(one["log_id"], one["seq"]) for one in whole] == [("a", n) for n in range(6)] + [("b", n) for n in range(3)]
    assert whole[3]["body"] is None
    assert whole[5]["body"]["name"] == ERASED  # type: ignore[index] # an event's body
    position: Position = {}
    again = []
    while some := await taken(database, position, 1):
        again += some
        assert read_position(write_position(position)) == position
    assert again == whole
    await ledgers[1].append(people.intent(9))
    assert [one["seq"] for one in await taken(database, position)] == [3]
    for ledger in ledgers:
        await ledger.close()


@pytest.mark.parametrize("text", ["a", "a:", ":1", "a:-1", "a:01", "A:1", "a:1,", "a:1 b:2", "a:1,b"])
def test_what_is_no_position_is_refused(text: str) -> None:
    """Each log with its next place, and nothing else."""
    with pytest.raises(ValueError, match="next place of each log"):
        read_position(text)


def test_a_position_reads_back() -> None:
    """By name; none is the beginning."""
    assert write_position({"b": 2, "a": 0}) == "a:0,b:2"
    assert read_position("a:0,b:2\n") == {"a": 0, "b": 2}
    assert read_position(" ") == {}
