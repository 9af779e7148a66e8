"""A place compares by its own weights and names where it says so, and is told what is wrong with them."""

import json
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from connectors.contract import Name, Traits
from hub.people import equivalents
from hub.people.keys import keys
from hub.people.named import givens_agree
from hub.people.own import compare_by
from hub.people.profile import Profile, profile
from hub.people.weights import LEVELS, Agreement, Compared, WrongMatching, read_weights, shipped

SHIPPED = json.loads(files("hub.people").joinpath("weights.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    yield
    equivalents.use(equivalents.shipped())


def _called(given: str) -> Profile:
    return profile((Traits(names=(Name(given, "Okonkwo"),), date_of_birth=date(2015, 3, 9)),))


# Names of a place's own table stand for each other, and each finds what was indexed before the table was.
def test_a_place_adds_names(tmp_path: Path) -> None:
    before = keys(_called("Ebunoluwa"))
    assert givens_agree(_called("Ebun"), _called("Ebunoluwa")) is not Agreement.EQUIVALENT
    own = tmp_path / "names.txt"
    own.write_text("# what families here say\n\nEbunoluwa, Ebun, Bunmi  # Yoruba\nMillie; Amelia\n", "utf-8")
    assert compare_by(None, own).version == shipped().version
    assert givens_agree(_called("Bunmi"), _called("Ebunoluwa")) is Agreement.EQUIVALENT
    assert givens_agree(_called("Amelia"), _called("Emilia")) is Agreement.EQUIVALENT
    assert {key.kind for key in keys(_called("Bunmi")) & before} >= {"nn", "ny", "bn"}


# A file of names that cannot be used says which line, and what a line should be.
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Amelia, Millie\nAda\n", "line 2: a group needs two names or more"),
        ("Mary Jane, Mary\n", "line 1: each name is one word"),
        ("Ada, 1815\n", "line 1: each name is one word"),
        ("\udcff", "cannot be read as text"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, text: str, why: str) -> None:
    own = tmp_path / "names.txt"
    own.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(WrongMatching, match=why):
        compare_by(None, own)


# A place's own weights are used, and the version is theirs.
def test_a_place_has_its_own_weights(tmp_path: Path) -> None:
    own = tmp_path / "weights.json"
    own.write_text(json.dumps({**SHIPPED, "version": "ours-1", "prior": -10, "about": {"pairs": 3}}), "utf-8")
    weights = compare_by(own, None)
    assert weights.version == "ours-1"
    assert weights.of(Compared.SURNAME, Agreement.EXACT) == shipped().of(Compared.SURNAME, Agreement.EXACT)
    assert weights.probability(10) == 0.5
    assert weights.probability(1000) <= 1
    assert shipped().probability(0) == 0.5


# Weights that cannot be used are refused before anything is compared by them.
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"shoe size": {"same": 1}}, "shoe size"),
        ({"sex": {"same": 1}}, "sex, different is missing"),
        ({"sex": {"same": 1, "different": -1, "within": 1}}, "sex, within can never be"),
        ({"sex": {"same": 1e9, "different": -1}}, "between -60 and 60"),
        ({"sex": {"same": "much", "different": -1}}, "cannot be read"),
        ({"sex": 3}, "cannot be read"),
    ],
)
def test_wrong_weights_are_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(WrongMatching, match=why):
        read_weights(json.dumps({**SHIPPED, **change}))


# So are those without a version, of another shape, or nowhere.
def test_what_is_no_file_of_weights_is_refused(tmp_path: Path) -> None:
    for text in ("{}", "[1]", "nonsense"):
        with pytest.raises(WrongMatching):
            read_weights(text)
    with pytest.raises(WrongMatching, match="cannot be read as text"):
        compare_by(tmp_path / "none.json", None)


# Nearer agreement never weighs less than a farther one of the same kind in the shipped weights.
def test_the_shipped_weights_are_in_order() -> None:
    for field, levels in LEVELS.items():
        bits = [shipped().of(field, level) for level in levels]
        assert bits[0] == max(bits)
        assert bits[-1] == min(bits)
