"""The people of the demo as they truly are, before any agency writes them down."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in their family."""

    CHILD = "child"
    UNBORN = "unborn"
    MOTHER = "mother"
    FATHER = "father"
    STEP_FATHER = "step-father"
    OTHER = "other"


class Restriction(StrEnum):
    """Why a person's record is protected: the codes of the social care system."""

    ADOPTION_PRE = "ADOPTION-PRE"
    ADOPTION_POST = "ADOPTION-POST"
    CONFIDENTIAL_ADDRESS = "CONF-ADDRESS"
    STAFF_RELATIVE = "STAFF-RELATIVE"
    WITNESS = "WITNESS"


@dataclass(frozen=True, slots=True)
class FullName:
    """A given and a family name."""

    given: str
    family: str


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives or lived: ``kind`` is HOME, REFUGE or PLACEMENT."""

    house: str
    street: str
    town: str
    postcode: str
    uprn: str
    start: date
    end: date | None = None
    kind: str = "HOME"

    @property
    def line(self) -> str:
        """The first line of the address."""
        return f"{self.house} {self.street}"


@dataclass(frozen=True, slots=True)
class Person:
    """One person. Names, homes and NHS numbers: the current one first, then former ones.

    ``tenants`` says that the household rents from the housing association; ``restrictions`` protect the record.
    """

    key: str
    family: str
    role: Role
    sex: str
    ethnicity: str
    names: tuple[FullName, ...] = ()
    born: date | None = None
    expected: date | None = None
    homes: tuple[Home, ...] = ()
    nhs: tuple[str, ...] = ()
    upn: str | None = None
    former_upn: str | None = None
    restrictions: tuple[Restriction, ...] = ()

    @property
    def name(self) -> FullName:
        """The name in use; blank for a child not yet born."""
        return self.names[0] if self.names else FullName("", "")

    @property
    def is_child(self) -> bool:
        """Whether the person is a child or unborn child."""
        return self.role in {Role.CHILD, Role.UNBORN}

    def age(self, today: date) -> int:
        """Age in whole years; nought for the unborn."""
        return age_on(self.born, today) if self.born else 0


@dataclass(frozen=True, slots=True)
class Family:
    """People who belong together; ``tenants`` are those of the housing association."""

    key: str
    members: tuple[Person, ...]
    tenants: bool = False

    @property
    def children(self) -> tuple[Person, ...]:
        """The children of the family, born and unborn."""
        return tuple(m for m in self.members if m.is_child)

    def adult(self, role: Role) -> Person | None:
        """Give the family's mother, father or step-father, if it has one."""
        return next((m for m in self.members if m.role is role), None)


def age_on(born: date, today: date) -> int:
    """Age in whole years on a day."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def born_aged(years: int, month: int, day: int, today: date) -> date:
    """Give the birthday, on that day of the year, of somebody who is so many years old today."""
    birthday = date(today.year - years, month, day)
    return birthday if age_on(birthday, today) == years else date(today.year - years - 1, month, day)


def years_after(day: date, years: float) -> date:
    """Give the day so many years after another."""
    return day + timedelta(days=round(years * 365.25))


def moved(homes: tuple[Home, ...], new: Home) -> tuple[Home, ...]:
    """Give the homes after a move: the new one first, the old one ended."""
    return (new, replace(homes[0], end=new.start), *homes[1:])
