"""What users think of the hub: kept without a name, read by officers alone, dealt with once; on both databases."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select, update

from hub.governance.acting import Acting, CannotBeDone
from hub.governance.feedback import FEEDBACK, Feedback, FoundIt, Missed, give
from hub.governance.feedback_reading import MOST, given, read_words, settle, waiting
from tests.rooms.governance.commanding import done, hub, names, refused, who
from tests.rooms.governance.desk import HEALTH_OFFICER, OFFICER, WORKER, acting_on

SAID = Feedback("/find", "police-officer", FoundIt.NO, Missed.SPEED, "Too slow on a Monday")
ANYBODY = who("health")


async def test_feedback_is_read_by_officers_and_dealt_with_once(acting: Acting) -> None:
    """Words are opened for an officer of any agency; what was dealt with waits no more, and is told with by whom."""
    first = await give(acting, SAID)
    (one,) = await given(acting, OFFICER)
    assert (one.id, one.page, one.found, one.missed, one.settled_at) == (first, "/find", SAID.found, SAID.missed, None)
    assert "Monday" not in repr(one)
    assert await read_words(acting, [first], HEALTH_OFFICER) == {first: SAID.words}
    second = await give(acting, SAID)
    async with acting.database.begin() as connection:
        swapped = select(FEEDBACK.c.text_ct).where(FEEDBACK.c.id == first).scalar_subquery()
        await connection.execute(update(FEEDBACK).where(FEEDBACK.c.id == second).values(text_ct=swapped))
    read = await read_words(acting, [first, second], OFFICER)
    assert read == {first: SAID.words, second: None}, "one that was damaged keeps nobody from the rest"
    await settle(acting, [second], HEALTH_OFFICER)
    await settle(acting, [first], HEALTH_OFFICER)
    assert (await given(acting, OFFICER), await waiting(acting, OFFICER)) == ((), 0)
    done_with = next(one for one in await given(acting, OFFICER, settled=True) if one.id == first)
    assert (done_with.settled_by, done_with.settled_at is not None) == ("nhs-trust", True)


async def test_what_may_not_be_done_with_feedback(acting: Acting) -> None:
    """Nobody but an officer reads or settles; what is not there, or too much at once, is refused, and nothing done."""
    first = await give(acting, SAID)
    for refused_to_workers in (
        given(acting, WORKER),
        waiting(acting, WORKER),
        read_words(acting, [first], WORKER),
        settle(acting, [first], WORKER),
    ):
        with pytest.raises(CannotBeDone) as error:
            await refused_to_workers
        assert error.value.code == "not-an-officer"
    for code, act in (
        ("no-such-feedback", read_words(acting, [first, "none"], OFFICER)),
        ("too-many", read_words(acting, ["none"] * (MOST + 1), OFFICER)),
        ("not-waiting", settle(acting, [first, "none"], OFFICER)),
    ):
        with pytest.raises(CannotBeDone) as error:
            await act
        assert error.value.code == code
    await settle(acting, [], OFFICER)
    assert await waiting(acting, OFFICER) == 1


async def spoil(data: Path, one: str) -> None:
    """Damage the words of one row, as a disk or somebody might."""
    spoilt = update(FEEDBACK).where(FEEDBACK.c.id == one).values(text_ct=b"spoilt")
    where = acting_on(f"sqlite:///{data / 'hub.db'}", data / "keys", "desk-3")
    async with where as acting, acting.database.begin() as connection:
        await connection.execute(spoilt)


def test_feedback_at_the_command_line(data: Path) -> None:
    """Listed without its words, read, which the ledger has, and dealt with; wrong input is one line."""

    async def leave() -> str:
        async with acting_on(f"sqlite:///{data / 'hub.db'}", data / "keys", "desk-2") as acting:
            await give(acting, Feedback("/find", "police-officer", FoundIt.YES, Missed.NOTHING))
            return await give(acting, SAID)

    name = asyncio.run(leave())
    listed = done(data, "feedback", "list", *ANYBODY)
    assert {one["missed"] for one in listed} == {"Speed", "Nothing"}
    assert "Monday" not in str(listed)
    assert done(data, "feedback", "read", name, *ANYBODY) == [{"id": name, "words": SAID.words}]
    silent = next(one["id"] for one in listed if one["id"] != name)
    assert "(no words)" in hub(data, "feedback", "read", silent, *ANYBODY).stdout
    asyncio.run(spoil(data, silent))
    told = hub(data, "feedback", "read", silent, name, *ANYBODY).stdout
    assert f"{silent}: (could not be read" in told
    assert SAID.words in told
    assert "there is no feedback of that id" in refused(data, "feedback", "read", "none", *ANYBODY)
    assert "--by must say who acts" in refused(data, "feedback", "list")
    assert "1 dealt with" in hub(data, "feedback", "settle", name, *ANYBODY).stderr
    assert "somebody may have dealt with it" in refused(data, "feedback", "settle", name, *ANYBODY)
    (settled,) = done(data, "feedback", "list", "--settled", *ANYBODY)
    assert (settled["id"], settled["settled"].endswith("cast-health")) == (name, True)
    assert "Dealt with" in hub(data, "feedback", "list", "--settled", *ANYBODY).stdout
    refused_once = ["feedback-settled", "feedback-settled-not-acknowledged"]
    assert names(data)[-5:] == ["feedback-read", "feedback-read", "feedback-settled", *refused_once]
