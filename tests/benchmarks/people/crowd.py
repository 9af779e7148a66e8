"""A made-up crowd for the person index: as many people as wanted, each from their number alone, the same every time.

Names fall off as real ones do (the commonest family name about 1 in 100, a long tail of rare ones), thirty people to
a postcode, births over eighteen years. Nobody is anybody: numbers are from the test range or fail to be issued.
"""

from bisect import bisect
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random

from connectors.contract import Identity, LocalId, Name, Traits
from hub.demo.names import HERITAGES
from schema.records import IdentifierSystem

PER_POSTCODE = 30
YOUNGEST = date(2026, 11, 1)
DAYS = 18 * 365
CHANGED = datetime(2026, 11, 1, tzinfo=UTC)
FLOOD = 1_000
FLOODED = Traits((Name("Muhammad", "Khan"),), date(2014, 5, 6), sex="MALE", postcodes=("BK9 9AA",))
"""Who the flood is: a thousand of one name and one birthday; this is where the first of them lives."""
FLOOD_UPN = "H801200001001"
"""The pupil number of one of them."""


def _words(text: str) -> list[str]:
    return text.split()


_STARTS = _words("Ash Barn Brad Cald Cart Clay Cros Dal Dun East Elm Far Gar Hal Hart Hol Kel Kirk Lang Lin")
_MIDDLES = _words("a be de er i la le ma mer ne o ra ring sel ten ver wa wen wick ys")
_ENDS = _words("berry by cote croft dale den field ford ham hurst ley low man ridge sby stone thorpe ton well worth")
_SOFT = _words("ael an elle en ette ia iah ian ina is issa ley lyn na on or ra ric son us")


def _tail(starts: Sequence[str], ends: Sequence[str]) -> list[str]:
    return [a + b + c for a in starts for b in _MIDDLES for c in ends]


class _Commonness:
    """Names, and how common each is: as one over its place in the list (Zipf)."""

    def __init__(self, names: Sequence[str], flat: int) -> None:
        self.names = names
        self.sums = list(accumulate(1 / (flat + place) for place in range(len(names))))

    def one(self, chance: float) -> str:
        """Give the name at a share of everybody."""
        return self.names[bisect(self.sums, chance * self.sums[-1])]


_FAMILIES = _Commonness([*(n for h in HERITAGES for n in h.families), *_tail(_STARTS, _ENDS)], 12)
_GIVENS = _Commonness(
    [*(n for h in HERITAGES for n in (*h.girls, *h.boys)), *_tail([s[:3] for s in _STARTS[::4]], _SOFT)], 12
)


def person(number: int) -> Traits:
    """Give who somebody is."""
    chance = Random(number)  # noqa: S311 -- made-up people, the same every time
    born = YOUNGEST - timedelta(days=chance.randrange(DAYS))
    digits = nhs_number(number)
    return Traits(
        names=(Name(_GIVENS.one(chance.random()), _FAMILIES.one(chance.random())),),
        date_of_birth=born,
        sex=("FEMALE", "MALE")[number % 2],
        postcodes=(home(number // PER_POSTCODE),),
        identifiers=((IdentifierSystem.NHS_NUMBER, digits),) if digits else (),
    )


def home(number: int) -> str:
    """Give a postcode by its number."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    number, last = divmod(number, 20)
    number, first = divmod(number, 20)
    area, sector = divmod(number, 9)
    return f"BK{area + 1} {sector + 1}{letters[first]}{letters[last]}"


def nhs_number(number: int) -> str | None:
    """Give a valid NHS number of the test range to those whose number makes one; none to the rest."""
    digits = f"999{number % 1_000_000:06}"
    check = 11 - sum((10 - place) * int(digit) for place, digit in enumerate(digits)) % 11
    return None if check == 10 or number >= 1_000_000 else f"{digits}{check % 11}"


async def feed(count: int, start: int = 0) -> AsyncIterator[Identity]:
    """Give people as a source's feed does."""
    for number in range(start, start + count):
        yield Identity(LocalId(str(number)), person(number), changed=CHANGED)


async def flood() -> AsyncIterator[Identity]:
    """Give a thousand people of one name and birthday; the first has a number."""
    for number in range(FLOOD):
        numbers = ((IdentifierSystem.UPN, FLOOD_UPN),) if number == 0 else ()
        homes = (home(number),) if number else FLOODED.postcodes
        traits = Traits(FLOODED.names, FLOODED.date_of_birth, None, "MALE", homes, None, numbers)
        yield Identity(LocalId(f"flood-{number}"), traits, changed=CHANGED)
