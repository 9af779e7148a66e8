"""Names for made-up people, by heritage, with the hyphens, apostrophes and accents that real ones have."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Heritage:
    """Where a family's names come from, how common it is here, and the DfE ethnicity codes that go with it."""

    weight: int
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]
    ethnicities: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


HERITAGES: tuple[Heritage, ...] = (
    Heritage(
        55,
        _words(
            "Amelia Isla Poppy Freya Evie Willow Harriet Ellie-Mae Lacey Scarlett Daisy Imogen Tilly Phoebe Martha "
            "Lily-Rose Elsie Florence Bethany Jessica Georgia Holly Matilda Robyn Skye"
        ),
        _words(
            "Alfie Archie Noah Theo Oscar Riley Jayden Callum Harvey Toby Reuben Jenson Tommy-Lee Albie Stanley "
            "Frankie "
            "Louie Ellis Kieran Bradley Nathan Joshua Finley Rory Samuel"
        ),
        _words(
            "Hartley Pemberton Ashdown Cartwright Thistlewood Barraclough Fenwick Goodyear Holloway Marsden Oakes "
            "Pickering "
            "Rowbottom Stanhope Tunstall Underhill Wainwright Yardley Bickerstaffe Croft D'Arcy Smith-Jones "
            "Hargreave Naylor"
        ),
        ("WBRI",),
    ),
    Heritage(
        6,
        _words("Niamh Saoirse Aoife Caoimhe Róisín Orla Ciara Gráinne"),
        _words("Cillian Oisín Tadhg Declan Fionn Conor Eoin Darragh"),
        _words("O'Sullivan O'Rourke Byrne Gallagher McGrath Fitzpatrick Ó'Briain Kinsella"),
        ("WIRI", "WBRI"),
    ),
    Heritage(
        5,
        _words("Siân Cerys Ffion Carys Mali Nia Seren"),
        _words("Rhys Iestyn Dylan Osian Gethin Macsen Evan"),
        _words("Llewellyn Prosser Gwynne Bowen-Rees Cadwaladr Probert"),
        ("WBRI",),
    ),
    Heritage(
        8,
        _words("Zofia Julia Maja Oliwia Łucja Wiktoria Agnieszka Zuzanna"),
        _words("Jakub Szymon Łukasz Michał Kacper Filip Wojciech Stanisław"),
        _words("Nowak Wójcik Zieliński Lewandowska Dąbrowski Kamiński Szczepański Mazur"),
        ("WOTH",),
    ),
    Heritage(
        12,
        _words("Aisha Zainab Maryam Inaya Anaya Priya Simran Fatima Kavya Amara"),
        _words("Muhammad Ayaan Ibrahim Arjun Rohan Zayn Hamza Yusuf Harpreet Kiran"),
        _words("Hussain Patel Begum Khan Ahmed Kaur Sharma Chaudhry Malik Rahman Iqbal"),
        ("APKN", "AIND", "ABAN", "AOTH"),
    ),
    Heritage(
        4,
        _words("Layla Noor Rania Yasmin Salma Hanan"),
        _words("Omar Karim Tariq Bilal Idris Faisal"),
        _words("Al-Masri El-Amin Haddad Mansour Al-Khatib Nasser"),
        ("OOTH", "AOTH"),
    ),
    Heritage(
        3,
        _words("Oksana Daryna Kateryna Sofiia Anastasiia"),
        _words("Oleksandr Bohdan Mykola Andrii Danylo"),
        _words("Shevchenko Kovalenko Bondarenko Tkachuk Hrytsenko"),
        ("WOTH",),
    ),
    Heritage(
        7,
        _words("Chidinma Abena Temitope Wanjiru Makeda Adaeze Thandiwe"),
        _words("Kwabena Olumide Tendai Chukwuemeka Yaw Kofi Abdi"),
        _words("Okonkwo Adeyemi Mensah Boateng Mwangi Ndlovu Oyelaran-Webb Osei"),
        ("BAFR", "MWBA", "BOTH"),
    ),
)

NICKNAMES = {
    "Amelia": "Millie",
    "Harriet": "Hattie",
    "Matilda": "Tilda",
    "Jessica": "Jess",
    "Bethany": "Beth",
    "Georgia": "Georgie",
    "Samuel": "Sam",
    "Joshua": "Josh",
    "Nathan": "Nate",
    "Stanley": "Stan",
    "Oleksandr": "Sasha",
    "Michał": "Misha",
    "Muhammad": "Mo",
    "Zofia": "Zosia",
    "Wiktoria": "Wika",
    "Temitope": "Temi",
    "Chidinma": "Chi-Chi",
    "Chukwuemeka": "Emeka",
}
"""What some children are called; a child without an entry is called by the first half of the given name."""

STREETS = _words(
    "Alder Birch Cobbler Dovecote Elder Ferry Granary Heron Ivy Juniper Kiln Larch Millrace Nettle Orchard Plover "
    "Quarry Rookery Sorrel Tanner Weaver Yew"
)
ROADS = ("Lane", "Road", "Close", "Street", "Avenue", "Court", "Rise")
TOWNS = ("Brookminster", "Upper Brook", "Fordham Sluice", "Harrowbeck", "Saltergate")


def pick_heritage(rng: Random) -> Heritage:
    """Pick a heritage as often as it is common here."""
    return rng.choices(HERITAGES, [h.weight for h in HERITAGES])[0]


def given_name(rng: Random, heritage: Heritage, sex: str) -> str:
    """Pick a given name."""
    return rng.choice(heritage.girls if sex == "F" else heritage.boys)


def nickname(given: str) -> str:
    """Give what somebody of this name may be called in a careless record; never the name itself."""
    short = NICKNAMES.get(given) or given.split("-", maxsplit=1)[0][:4].rstrip("'")
    return short if short != given else f"{given[:2]}y"
