"""A day is England's by the database's clock, whatever a replica's own clock says (F9)."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hub.governance.agreements import Agreements
from hub.governance.standing import Standing
from tests.cast import NOW
from tests.house import agree, house


# Summer time has begun a new day an hour before it begins in UTC; in winter both begin together.
def test_a_day_begins_at_midnight_in_england() -> None:
    def day(*moment: int) -> date:
        now = datetime(*moment, tzinfo=UTC)  # type: ignore[misc,arg-type] # five numbers
        return Standing(1, "", Agreements(()), (), now=int(now.timestamp())).today

    assert day(2026, 7, 1, 23, 30) == date(2026, 7, 2)
    assert day(2026, 7, 1, 22, 59) == date(2026, 7, 1)
    assert day(2026, 12, 1, 23, 30) == date(2026, 12, 1)


# An agreement that was over yesterday is over on a replica whose clock is years behind.
async def test_what_is_over_is_over_on_a_slow_clock(tmp_path: Path) -> None:
    async with house(tmp_path, agreements=False, clock=NOW - timedelta(days=700)) as home:
        await agree(home.register, expiry=(await home.register.standing(())).today - timedelta(days=1))
        person = await home.person()
        assert {s["source"] for s in person["sources"] if s["outcome"].value == "RECORDS"} == {"social-care"}
        await agree(home.register)
        assert len([s for s in (await home.person())["sources"] if s["outcome"].value == "RECORDS"]) > 1
