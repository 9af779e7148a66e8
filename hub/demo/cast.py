"""The cast: named children with known stories, the same at every seed and size, spoken of by key.

| key | who | story |
|---|---|---|
| main | Maya Kowalczyk, 14 | known to all nine services; took her step-father's name; has an older duplicate row |
| main-brother | Jakub Kowalczyk, 9 | Maya's half-brother in the same household; Darren Reed once lived in it |
| twin-a, twin-b | Ayaan and Ayesha Hussain, 7 | twins: same birthday, address and family name |
| adopted-before, adopted-after | Rosie Thackwray, Rose Adeyemi-Clarke, 5 | one child; two identities that never link |
| refuge | Siân O'Rourke, 8 | lives with her mother at a refuge whose address is confidential; restricted at the NHS |
| looked-after | Tyler Bickerstaffe, 13 | looked after, three placements, missing episodes |
| step-down | Chidinma Okonkwo, 10 | stepped down from social care to early help; her mother then withdrew consent |
| unborn | expected child of Kateryna Bondarenko | an expected date, no name, known through the mother |
| universal-only | Łucja Wójcik, 3 | known only to a children's centre |
| stranger-a, stranger-b | Oliwia Nowak, 11 | two girls of one name and birthday at different addresses |
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from hub.demo import cast_lives
from hub.demo.homes import new_home
from hub.demo.lives import Life
from hub.demo.numbers import nhs_number, unique_pupil_number
from hub.demo.people import Family, FullName, Home, Person, Restriction, Role, born_aged, moved, years_after

CAST_KEYS = (
    "main",
    "main-brother",
    "twin-a",
    "twin-b",
    "adopted-before",
    "adopted-after",
    "refuge",
    "looked-after",
    "step-down",
    "unborn",
    "universal-only",
    "stranger-a",
    "stranger-b",
)
"""Every child of the cast; a cast child's person key is ``cast-<key>``."""

NEVER_LINK = (("adopted-before", "adopted-after"),)
"""Pairs of identities that must never be joined, in any answer."""

STRANGERS = (("stranger-a", "stranger-b"),)
"""Pairs of different children who look alike on paper."""

CONSENT_WITHDRAWN_DAYS = 40
"""How many days before the demo's today the step-down child's mother withdrew her consent."""

ADOPTED_DAYS = 500
"""How many days before today the adoption order was made."""


@dataclass(frozen=True, slots=True)
class Told:
    """A family of the cast and the lives its stories give, by person key."""

    family: Family
    lives: dict[str, Life]


def cast_person(key: str) -> str:
    """Give the person key of a child of the cast."""
    return f"cast-{key}"


def _child(
    key: str,
    serial: int,
    names: tuple[str, ...],
    sex: str,
    born: date,
    homes: tuple[Home, ...],
    ethnicity: str = "WBRI",
    restrictions: tuple[Restriction, ...] = (),
) -> Person:
    """Make a child; names are 'Given|Family', the current one first. Serial numbers are below the generated ones'."""
    return Person(
        cast_person(key),
        "",
        Role.CHILD,
        sex,
        ethnicity,
        tuple(FullName(*name.split("|")) for name in names),
        born,
        homes=homes,
        nhs=(nhs_number(serial),),
        upn=unique_pupil_number(1000, born.year + 4, serial),
        restrictions=restrictions,
    )


def _adult(key: str, serial: int, name: str, role: Role, born: date, homes: tuple[Home, ...]) -> Person:
    sex = "F" if role is Role.MOTHER else "M"
    names = (FullName(*name.split("|")),)
    hidden = (Restriction.CONFIDENTIAL_ADDRESS,) if any(h.kind == "REFUGE" for h in homes) else ()
    nhs = (nhs_number(serial),)
    return Person(cast_person(key), "", role, sex, "WBRI", names, born, homes=homes, nhs=nhs, restrictions=hidden)


def _home(key: str, start: date, kind: str = "HOME") -> Home:
    return new_home(Random(f"cast/home/{key}"), start, kind)


def _family(key: str, *members: Person, tenants: bool = False) -> Family:
    return Family(f"cast-{key}", tuple(replace(m, family=f"cast-{key}") for m in members), tenants)


def _main(today: date) -> Family:
    born = born_aged(14, 3, 9, today)
    homes = moved((_home("main-old", years_after(born, -1)),), _home("main", years_after(born, 8)))
    homes_of_child = moved((_home("main-old", born),), _home("main", years_after(born, 8)))
    brother = born_aged(9, 6, 21, today)
    return _family(
        "main",
        _adult("main-mother", 1, "Joanna|Kowalczyk", Role.MOTHER, born_aged(38, 1, 17, today), homes),
        _adult("main-step-father", 2, "Piotr|Kowalczyk", Role.STEP_FATHER, born_aged(41, 10, 2, today), homes[:1]),
        _adult("main-lived-with", 7, "Darren|Reed", Role.OTHER, born_aged(43, 8, 25, today), homes[1:]),
        replace(
            _child("main", 3, ("Maya|Kowalczyk", "Maya|Reed"), "F", born, homes_of_child),
            nhs=(nhs_number(3), nhs_number(4)),
            former_upn=unique_pupil_number(1000, born.year + 4, 5),
        ),
        _child("main-brother", 6, ("Jakub|Kowalczyk",), "M", brother, homes=(_home("main", years_after(born, 8)),)),
        tenants=True,
    )


def _twins(today: date) -> Family:
    born = born_aged(7, 9, 30, today)
    home = (_home("twins", years_after(born, -2)),)
    lived = (_home("twins", born),)
    return _family(
        "twins",
        _adult("twins-mother", 10, "Shabana|Hussain", Role.MOTHER, born_aged(33, 5, 4, today), home),
        _adult("twins-father", 11, "Tariq|Hussain", Role.FATHER, born_aged(36, 12, 11, today), home),
        _child("twin-a", 12, ("Ayaan|Hussain",), "M", born, homes=lived, ethnicity="APKN"),
        _child("twin-b", 13, ("Ayesha|Hussain",), "F", born, homes=lived, ethnicity="APKN"),
        tenants=True,
    )


def _before_adoption(today: date) -> Family:
    born = born_aged(5, 2, 2, today)
    return _family(
        "adopted-before",
        _adult(
            "adopted-birth-mother", 20, "Kelly|Thackwray", Role.MOTHER, born_aged(27, 8, 8, today), (_home("b", born),)
        ),
        replace(
            _child("adopted-before", 21, ("Rosie|Thackwray",), "F", born, (_home("b", born),)),
            upn=None,
            restrictions=(Restriction.ADOPTION_PRE,),
        ),
    )


def _after_adoption(today: date) -> Family:
    born, ordered = born_aged(5, 2, 2, today), today - timedelta(days=ADOPTED_DAYS)
    home = _home("c", ordered)
    return _family(
        "adopted-after",
        _adult("adopted-mother", 22, "Folake|Adeyemi-Clarke", Role.MOTHER, born_aged(40, 4, 19, today), (home,)),
        _adult("adopted-father", 23, "Daniel|Adeyemi-Clarke", Role.FATHER, born_aged(42, 7, 1, today), (home,)),
        _child(
            "adopted-after",
            24,
            ("Rose|Adeyemi-Clarke",),
            "F",
            born,
            homes=(home,),
            restrictions=(Restriction.ADOPTION_POST,),
        ),
    )


def _refuge(today: date) -> Family:
    born = born_aged(8, 11, 5, today)
    fled = today - timedelta(days=120)
    homes = moved((_home("refuge-old", born),), _home("refuge", fled, "REFUGE"))
    return _family(
        "refuge",
        _adult("refuge-mother", 30, "Gráinne|O'Rourke", Role.MOTHER, born_aged(31, 6, 13, today), homes),
        _child(
            "refuge",
            31,
            ("Siân|O'Rourke",),
            "F",
            born,
            homes=homes,
            ethnicity="WIRI",
            restrictions=(Restriction.CONFIDENTIAL_ADDRESS,),
        ),
    )


def _looked_after(today: date) -> Family:
    born = born_aged(13, 1, 23, today)
    homes = (_home("looked-after", born),)
    return _family(
        "looked-after",
        _adult("looked-after-mother", 40, "Stacey|Bickerstaffe", Role.MOTHER, born_aged(34, 3, 3, today), homes),
        _child("looked-after", 41, ("Tyler|Bickerstaffe",), "M", born, homes=homes),
    )


def _step_down(today: date) -> Family:
    born = born_aged(10, 8, 14, today)
    homes = (_home("step-down", born),)
    return _family(
        "step-down",
        _adult("step-down-mother", 50, "Adaeze|Okonkwo", Role.MOTHER, born_aged(37, 2, 26, today), homes),
        _child("step-down", 51, ("Chidinma|Okonkwo",), "F", born, homes=homes, ethnicity="BAFR"),
        tenants=True,
    )


def _unborn(today: date) -> Family:
    home = (_home("unborn", today - timedelta(days=900)),)
    due = today + timedelta(days=70)
    child = Person(cast_person("unborn"), "", Role.UNBORN, "U", "NOBT", expected=due, homes=())
    mother = _adult("unborn-mother", 60, "Kateryna|Bondarenko", Role.MOTHER, born_aged(22, 9, 9, today), home)
    return _family("unborn", mother, child)


def _universal_only(today: date) -> Family:
    born = born_aged(3, 4, 27, today)
    home = (_home("universal-only", born),)
    return _family(
        "universal-only",
        _adult("universal-mother", 70, "Zuzanna|Wójcik", Role.MOTHER, born_aged(29, 7, 30, today), home),
        replace(_child("universal-only", 71, ("Łucja|Wójcik",), "F", born, home, "WOTH"), upn=None),
    )


def _stranger(key: str, serial: int) -> Callable[[date], Family]:
    def family(today: date) -> Family:
        born = born_aged(11, 5, 18, today)
        homes = (_home(key, born),)
        return _family(
            key, _child(key, serial, ("Oliwia|Nowak",), "F", born, homes=homes, ethnicity="WOTH"), tenants=True
        )

    return family


FAMILIES: tuple[Callable[[date], Family], ...] = (
    _main,
    _twins,
    _before_adoption,
    _after_adoption,
    _refuge,
    _looked_after,
    _step_down,
    _unborn,
    _universal_only,
    _stranger("stranger-a", 80),
    _stranger("stranger-b", 90),
)


def tell(today: date) -> list[Told]:
    """Tell the stories of the cast as of a day."""
    told = []
    for make in FAMILIES:
        family = make(today)
        told.append(Told(family, cast_lives.lives_of(family, today)))
    return told
