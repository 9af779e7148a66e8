"""Homes: streets and postcodes of Brookshire, and a household's moves through the years."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hub.demo.names import ROADS, STREETS, TOWNS
from hub.demo.numbers import postcode
from hub.demo.people import Home

MOVES = ((0, 55), (1, 30), (2, 15))
"""How many times a household has moved while its children grew up, and how often that is so."""


def new_home(rng: Random, start: date, kind: str = "HOME") -> Home:
    """Make a home from a day on."""
    street = f"{rng.choice(STREETS)} {rng.choice(ROADS)}"
    uprn = f"1000{rng.randrange(10**8):08}"
    return Home(str(rng.randint(1, 140)), street, rng.choice(TOWNS), postcode(rng), uprn, start, None, kind)


def homes_since(rng: Random, start: date, today: date) -> tuple[Home, ...]:
    """Make a household's homes from a day until today, the present one first."""
    moves = rng.choices([n for n, _ in MOVES], [w for _, w in MOVES])[0]
    span = max((today - start).days, moves + 2)
    days = sorted(rng.sample(range(1, span), moves))
    starts = [start, *(start + timedelta(days=d) for d in days)]
    ends: list[date | None] = [*starts[1:], None]
    made = [replace(new_home(rng, s), end=e) for s, e in zip(starts, ends, strict=True)]
    return tuple(reversed(made))


def lived_in(homes: tuple[Home, ...], born: date) -> tuple[Home, ...]:
    """Give the homes somebody born on a day has lived in, from birth at the earliest."""
    return tuple(replace(h, start=max(h.start, born)) for h in homes if h.end is None or h.end > born)
