"""``hub people`` as an operator meets it: what it writes can be used, and what is wrong is said in one line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.cli import app
from hub.people.measuring.place import records
from hub.people.weights import Agreement, Compared, shipped, weights_at


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Run the command in an empty folder, with nothing set up."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, ["people", *words])


def _list(path: Path, lines: int) -> Path:
    rows = ["id,family,given,born,postcode"]
    for record in records(60)[:lines]:
        traits = record.traits
        born = traits.date_of_birth.isoformat() if traits.date_of_birth else ""
        name, code = traits.names[0], (*traits.postcodes, "")[0]
        rows.append(f"{record.id},{name.family},{name.given},{born},{code}")
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


# What is learnt tells agreement from disagreement, keeps what it could not learn, and can be used at once.
def test_train_writes_weights(hub: Callable[..., Result], tmp_path: Path) -> None:
    done = hub("train", str(_list(tmp_path / "ours.csv", 250)), "--output", "weights.json", "--version", "ours-1")
    assert done.exit_code == 0, done.output
    weights = weights_at(tmp_path / "weights.json")
    assert weights.version == "ours-1"
    assert weights.prior is not None
    assert weights.prior < 0
    for field in (Compared.SURNAME, Compared.GIVEN, Compared.BIRTH, Compared.POSTCODE):
        assert weights.of(field, Agreement.EXACT) > 3
        assert weights.of(field, Agreement.DIFFERENT) < 0
    about = json.loads((tmp_path / "weights.json").read_text("utf-8"))["about"]
    assert about["records"] == 250
    assert "NHS number, same" in about["kept"]
    assert weights.of(Compared.NHS, Agreement.SAME) == shipped().of(Compared.NHS, Agreement.SAME)
    assert "Learnt from 250 records" in done.stderr


# What is wrong is said in one line without a traceback.
@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "name one or more CSV files"),
        (("none.csv",), "none.csv cannot be read"),
        (("short.csv",), "at least 100 are needed"),
        (("short.csv", "--demo", "50"), "and not both"),
        (("short.csv", "--weights", "none.json"), "none.json cannot be read"),
    ],
)
def test_train_says_what_is_wrong(hub: Callable[..., Result], tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    _list(tmp_path / "short.csv", 5)
    done = hub("train", *words)
    assert done.exit_code == 1
    assert why in done.stderr
    assert "Traceback" not in done.output


# Measuring prints its tables for a place's own weights too.
def test_evaluate_prints_tables(hub: Callable[..., Result]) -> None:
    words = ("--only", "children", "--people", "150", "--ways", "1", "--strangers", "1", "--spellings", "1")
    done = hub("evaluate", *words)
    assert done.exit_code == 0, done.output
    assert "150 children" in done.output
    assert "| twin | 1 | 0 |" in done.output


# Where what measuring needs is not installed, the command says how to install it.
def test_evaluate_says_what_to_install(hub: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.people.measuring.febrl.find_spec", lambda _name: None)
    done = hub("evaluate", "--only", "febrl")
    assert done.exit_code == 1
    assert "pip install 'childrens-services-hub[evaluate]'" in done.stderr
