"""Children: as many made-up children as wanted, alike and unalike as real ones are, to be found among.

Names fall as they do in life: a few are everywhere, most are rare, some are double or carry accents. Seven children
share a postcode, siblings a home and a name, and of a hundred births one or two are twins'.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, count
from random import Random

from connectors.contract import Name, Traits
from hub.demo.names import HERITAGES, ROADS, STREETS, TOWNS
from hub.demo.numbers import postcode, unique_pupil_number
from hub.people.learning.lists import Record
from hub.people.learning.train import CannotTrain
from schema.records import IdentifierSystem

YOUNGEST, DAYS = date(2026, 11, 1), 18 * 365
PER_POSTCODE = 7
TWINS, DOUBLE, RENAMED, MOVED, NUMBERED, SCHOOLED = 0.015, 0.06, 0.05, 0.3, 0.97, 0.7
SIBLINGS = (1, 1, 2, 2, 2, 3, 4)
_PLACE = 2_000
"""Children who go to one school in one year, at most, before a pupil number repeats."""


@dataclass(frozen=True, slots=True)
class _Pool:
    """Names, and how often each falls."""

    names: tuple[str, ...]
    totals: tuple[float, ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> "_Pool":
        """Let the n-th name fall as one in n plus twelve."""
        each = tuple(dict.fromkeys(names))
        return cls(each, tuple(accumulate(1 / (n + 12) for n in range(len(each)))))

    def draw(self, rng: Random) -> str:
        """Draw one."""
        return rng.choices(self.names, cum_weights=self.totals)[0]


def children(many: int, seed: int = 7) -> list[Record]:
    """Make so many children; CannotTrain where Faker, whose names they have, is not there."""
    rng = Random(seed)  # noqa: S311 -- made-up people, the same each time
    given, family = _pools(rng)
    codes = [postcode(rng) for _ in range(max(many // PER_POSTCODE, 1))]
    numbers = _nhs_numbers()
    found: list[Record] = []
    while len(found) < many:
        found += _household(rng, given, family, codes, numbers, len(found))
    return found[:many]


def _pools(rng: Random) -> tuple[dict[str, _Pool], _Pool]:
    try:
        from faker.providers.person.en_GB import Provider
    except ImportError:
        raise CannotTrain("made-up children need Faker: pip install 'childrens-services-hub[evaluate]'") from None
    girls = [*Provider.first_names_female, *(name for h in HERITAGES for name in h.girls)]
    boys = [*Provider.first_names_male, *(name for h in HERITAGES for name in h.boys), "Muhammad"]
    families = [*Provider.last_names, *(name for h in HERITAGES for name in h.families)]
    for pool in (girls, boys, families):
        rng.shuffle(pool)
    return {"FEMALE": _Pool.of(girls), "MALE": _Pool.of(["Muhammad", *boys])}, _Pool.of(["Khan", *families])


def _household(
    rng: Random, given: dict[str, _Pool], family: _Pool, codes: list[str], numbers: Iterator[str], begin: int
) -> Iterator[Record]:
    surname = family.draw(rng)
    if rng.random() < DOUBLE and "-" not in surname:
        surname = f"{surname}-{family.draw(rng)}"
    former = family.draw(rng) if rng.random() < RENAMED else None
    homes = tuple(rng.choice(codes) for _ in range(2 if rng.random() < MOVED else 1))
    address = f"{rng.randint(1, 140)} {rng.choice(STREETS)} {rng.choice(ROADS)}, {rng.choice(TOWNS)}"
    born = YOUNGEST - timedelta(rng.randrange(DAYS))
    births = [born - timedelta(500 * n) for n in range(rng.choice(SIBLINGS))]
    births += births[-1:] if rng.random() < TWINS else []
    taken: set[str] = set()
    for place, day in enumerate(births):
        sex = rng.choice(("FEMALE", "MALE"))
        name = next(n for n in iter(lambda pool=given[sex]: pool.draw(rng), None) if n not in taken)  # type: ignore[misc] # a name of one's own
        taken.add(name)
        yield _child(rng, str(begin + place), (name, surname, former), day, sex, homes, address, numbers)


def _child(
    rng: Random,
    local_id: str,
    names: tuple[str, str, str | None],
    born: date,
    sex: str,
    homes: tuple[str, ...],
    address: str,
    numbers: Iterator[str],
) -> Record:
    given, family, former = names
    serial = int(local_id)
    identifiers = []
    if rng.random() < NUMBERED:
        identifiers.append((IdentifierSystem.NHS_NUMBER, next(numbers)))
    if rng.random() < SCHOOLED:
        upn = unique_pupil_number(1000 + serial // _PLACE, born.year + 4, serial)
        identifiers.append((IdentifierSystem.UPN, upn))
    traits = Traits(
        names=(Name(given, family), *((Name(given, former),) if former else ())),
        date_of_birth=born,
        sex=sex,
        postcodes=tuple(dict.fromkeys(homes)),
        address=address,
        identifiers=tuple(identifiers),
    )
    return Record(local_id, traits, "", local_id)


def _nhs_numbers() -> Iterator[str]:
    """Give every number of the test range in turn."""
    for serial in count():
        body = f"999{serial:06}"
        check = (11 - sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11) % 11
        if check < 10:  # noqa: PLR2004 -- Modulus 11: ten cannot be written as one digit
            yield f"{body}{check}"
