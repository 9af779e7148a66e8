"""What differs between the census' years, as data; and the nearest year to one that is not known."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Year:
    """One collection: which element holds sex, which factors may be found, which parts of a referral are read."""

    year: int
    sex: str
    factors: frozenset[str]
    parts: frozenset[str]


@cache
def known_years() -> dict[int, Year]:
    """Read the years shipped."""
    table = tomllib.loads(files(__package__).joinpath("years.toml").read_text("utf-8"))
    factors = frozenset(table["factors"])
    parts = frozenset(table["parts"])
    return {
        y["year"]: Year(y["year"], y["sex"], factors | {*y.get("factors", ())}, parts | {*y.get("parts", ())})
        for y in table["years"]
    }


@cache
def factor_labels() -> dict[str, str]:
    """Give what each factor code means."""
    return dict(tomllib.loads(files(__package__).joinpath("years.toml").read_text("utf-8"))["factors"])


def year_of(written: str | None) -> tuple[Year, bool]:
    """Give a collection year's layout, and whether it is that year's own and not the nearest."""
    known = known_years()
    if written is not None and written.isascii() and written.isdecimal() and int(written[:6]) in known:
        return known[int(written)], True
    wanted = int(written) if written is not None and written.isdecimal() and len(written) == 4 else max(known)  # noqa: PLR2004 -- a year has four digits
    return known[min(known, key=lambda y: (abs(y - wanted), -y))], False
