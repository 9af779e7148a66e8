"""What a source gave that could not be read is counted by field and reason; no value can get into it."""

from datetime import UTC, datetime

import pytest

from connectors.contract import Rejected, Reply
from hub.answer import quality
from hub.answer.quality import Quality, Unread
from tests.cast import NOW
from tests.rooms.answer.test_gather import connected, errand, run

LATER = datetime(2026, 4, 1, tzinfo=UTC)
BIRTH = Rejected("pupils.Date of Birth", "not-a-date")


def reply(*rejected: Rejected) -> Reply:
    return Reply({}, rejected=rejected)


def test_what_could_not_be_read_is_counted_by_field_and_reason() -> None:
    """In how many answers, the most frequent first, and when last; an answer that was read whole counts too."""
    found = Quality()
    for said, at in ((reply(BIRTH), NOW), (reply(), NOW), (reply(BIRTH, Rejected("pupils.UPN", "missing")), LATER)):
        found.heard(said, at)
    assert found.answers == 3
    assert found.unread == (
        Unread("pupils.Date of Birth", "not-a-date", 2, LATER),
        Unread("pupils.UPN", "missing", 1, LATER),
    )


@pytest.mark.parametrize(
    "said",
    [
        Rejected("9990000018", "not-a-date"),
        Rejected("pupils.UPN <b>", "missing"),
        Rejected("t.x", "It was 31/02/2025"),
        Rejected("born 2012", "not-a-date"),
        Rejected("x" * 81, "missing"),
    ],
)
def test_somebodys_text_is_not_repeated(said: Rejected) -> None:
    """What is no field's name, or no code, is unnamed: a connector of somebody else's may put anything there."""
    found = Quality()
    found.heard(reply(said), NOW)
    (one,) = found.unread
    assert "unnamed" in {one.place, one.code}
    assert not {said.place, said.code} <= {one.place, one.code}


def test_only_so_many_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that names a new place each time costs no more than a line."""
    monkeypatch.setattr(quality, "MOST", 2)
    found = Quality()
    for place in ("a", "b", "c", "d", "a"):
        found.heard(reply(Rejected(place, "missing")), NOW)
    assert {(one.place, one.answers) for one in found.unread} == {("a", 2), ("b", 1), ("unnamed", 2)}


async def test_an_answers_quality_is_kept_with_its_source() -> None:
    """Asked as any question asks it."""
    source, connector = connected("education")
    connector.misbehave = lambda _: reply(BIRTH)
    await run(errand(source))
    assert [one.place for one in source.quality.unread] == [BIRTH.place]
