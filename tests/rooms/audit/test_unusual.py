"""Signs of unusual use: what they notice, and what they must not."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.audit.accesses import Access, Asked
from hub.audit.entries import Ended, Kind
from hub.audit.pseudonyms import Pseudonym
from hub.audit.unusual import MANY, MEANS, TIMES, Sign, out_of_hours, unusual
from schema.purposes import Purpose
from schema.services import Service

TUESDAY = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


def look(number: int = 0, *, worker: str = "a", at: datetime = TUESDAY, business: bool = True) -> Access:
    """Give a look at somebody."""
    asked = Asked("housing", Service("HOUSING"), called=True, outcome="RECORDS", shown=1, withheld=0, business=business)
    when = (at + timedelta(seconds=number)).isoformat()
    person = Pseudonym(f"{number:032x}")
    who = (Pseudonym(worker * 32), "social-worker", "county-council")
    return Access(
        f"{number}", "r", when, Kind.INTENT, *who, Purpose.CHILD_PROTECTION, None, person, (), Ended.COMPLETE, (asked,)
    )


def signs(*found: Access) -> dict[Sign, int]:
    """Give how often each sign was seen."""
    return {one.sign: one.count for one in unusual(found)}


@pytest.mark.parametrize(
    ("at", "out"),
    [
        ("2026-03-03T06:59:59Z", True),
        ("2026-03-03T07:00:00Z", False),
        ("2026-03-03T19:59:59Z", False),
        ("2026-03-03T20:00:00Z", True),
        ("2026-07-07T06:30:00Z", False),  # half past seven in England's summer
        ("2026-07-07T19:30:00Z", True),
        ("2026-03-07T12:00:00Z", True),  # a Saturday
        ("2026-03-06T23:30:00Z", True),
    ],
)
def test_hours_are_englands(at: str, out: bool) -> None:  # noqa: FBT001 -- pytest gives it
    """In winter and in summer, at the edges, at weekends."""
    assert out_of_hours(at) is out


def test_ordinary_work_is_no_sign() -> None:
    """Twenty people in a day, in hours, with some business: nothing."""
    assert signs(*(look(n) for n in range(MANY))) == {}
    assert signs() == {}


def test_each_sign_is_seen_with_its_first_entry() -> None:
    """At night; nobody's business; and every sign has its words."""
    night = [look(n, at=TUESDAY.replace(hour=23)) for n in (2, 1)]
    (one,) = unusual(night)
    assert (one.sign, one.count, one.record_id, one.day) == (Sign.OUT_OF_HOURS, 2, "1", "2026-03-03")
    assert signs(look(1, business=False), look(2)) == {Sign.NO_BUSINESS: 1}
    assert set(MEANS) == set(Sign)


def test_volume_is_held_against_others_of_the_role() -> None:
    """Many people in a day are a sign where others of the role open few, and none where all open many."""
    few = [look(n, worker=w) for w in "bcde" for n in range(3)]
    many = [look(n) for n in range(MANY + 1)]
    assert signs(*many, *few) == {Sign.VOLUME: MANY + 1}
    assert signs(*many, *(look(n, worker=w) for w in "bc" for n in range(MANY))) == {}
    assert signs(*(look(1, at=TUESDAY + timedelta(hours=n / 10)) for n in range(MANY * TIMES)), *few) == {}
