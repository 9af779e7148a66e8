"""Values are compared in one form, whatever the keyboard that wrote them (L12)."""

import unicodedata
from collections.abc import Callable
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Name, Traits
from hub.people.keys import keys
from hub.people.normalise import given_words, name_words, postcode
from hub.people.profile import profile

SURNAMES = (
    "O'Brien", "D'Souza", "MacDonald", "Smith-Jones", "Wójcik", "Łukasz", "de Souza", "Ní Bhriain", "Nguyễn", "Müller",
    "Okonkwo",
)  # fmt: skip
GIVENS = ("Siân", "Aoife", "Zofia", "José", "Chloë", "Anne-Marie", "Ayşe", "Oleksandr")
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str.upper,
    str.lower,
    str.title,
    lambda s: unicodedata.normalize("NFD", s),
    lambda s: unicodedata.normalize("NFC", s),
    lambda s: "".join(c for c in unicodedata.normalize("NFD", s) if not unicodedata.combining(c)),
    lambda s: s.replace("Ł", "L"),
    lambda s: f"  {s}  ".replace(" ", "   "),
    lambda s: s.replace("'", "\u2019"),
    lambda s: s.replace("'", ""),
    lambda s: s.replace("O'", "O ' "),
    lambda s: s.replace("-", " "),
    lambda s: s.replace("Mac", "Mc"),
    lambda s: s.replace("Mac", "Mac "),
    lambda s: s + "*",
    lambda s: "%" + s,
)
POSTCODE_SPELLINGS: tuple[Callable[[str], str], ...] = (
    str.lower,
    lambda s: s.replace(" ", ""),
    lambda s: f" {s} ",
    lambda s: s.replace(" ", "  "),
)


def _keys(given_name: str, surname: str, code: str) -> object:
    return keys(
        profile((Traits(names=(Name(given_name, surname),), date_of_birth=date(2015, 3, 9), postcodes=(code,)),))
    )


# The same name written otherwise has the same keys, so it finds the same candidates: each name in each way.
def test_spelling_does_not_change_what_is_found() -> None:
    for name, spelt in product((*SURNAMES, *GIVENS), SPELLINGS):
        assert _keys("Amelia", name, "BK3 4AB") == _keys("Amelia", spelt(name), "BK3 4AB"), spelt(name)
        assert _keys(name, "Okonkwo", "BK3 4AB") == _keys(spelt(name), "Okonkwo", "BK3 4AB"), spelt(name)
    for spelt in POSTCODE_SPELLINGS:
        assert _keys("Amelia", "Okonkwo", "BK3 4AB") == _keys("Amelia", "Okonkwo", spelt("BK3 4AB")), spelt("BK3 4AB")


# And all of it written otherwise at once.
@given(*map(st.sampled_from, (GIVENS, SURNAMES, SPELLINGS, SPELLINGS, POSTCODE_SPELLINGS)))
def test_spellings_together_do_not_either(given_name, surname, one, other, third) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001 -- strategies
    assert _keys(given_name, surname, "BK3 4AB") == _keys(one(given_name), other(surname), third("BK3 4AB"))


# Exchanged given and family names meet under the keys of date of birth and of postcode.
@given(st.sampled_from(GIVENS), st.sampled_from(SURNAMES))
def test_exchanged_names_share_keys(given_name: str, surname: str) -> None:
    one, other = _keys(given_name, surname, "BK3 4AB"), _keys(surname, given_name, "BK3 4AB")
    assert {k.kind for k in one & other} >= {"bn", "np", "bp", "py"}  # type: ignore[operator,attr-defined]


# A placeholder says that no given name was known.
@pytest.mark.parametrize(
    "text", ["Baby", "INFANT", "Twin 1", "unknown", "male", ".", "", "*", "Baby Nowak", "Not known"]
)
def test_placeholders_are_absent(text: str) -> None:
    assert given_words(text) == ()


# No fixed abode is not a place two children share, and a broken postcode is none.
@pytest.mark.parametrize("text", ["ZZ99 3VZ", "zz993cz", "", "nonsense", "BK3"])
def test_no_fixed_abode_is_absent(text: str) -> None:
    assert postcode(text) is None


# Words of names are what is compared.
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("O'Brien", ("obrien",)),
        ("O Brien", ("obrien",)),
        ("Mac Donald", ("mcdonald",)),
        ("Mack", ("mack",)),
        ("Smith-Jones", ("smith", "jones")),
        ("", ()),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    assert name_words(text) == words
