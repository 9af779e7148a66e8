"""Weights are learnt by Splink, and the hub scores as Splink does: to a hundredth of a bit (d2)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from connectors.contract import Name, Traits
from hub.demo.numbers import unique_pupil_number
from hub.people.compare import compare, score
from hub.people.learning.columns import table
from hub.people.learning.levels import CONDITIONS, comparisons
from hub.people.learning.lists import Record, WrongList, read_list
from hub.people.learning.train import CannotTrain, train
from hub.people.measuring.febrl import febrl
from hub.people.profile import profile
from hub.people.weights import LEVELS, Agreement, Compared, Weights, shipped
from schema.records import IdentifierSystem

BORN = date(2015, 3, 9)


def awkward() -> list[Record]:
    """Make pairs that agree in every way there is, and some in none."""
    names = [
        *[("Amelia", "Okonkwo"), ("Amelia Rose", "Okonkwo-Hartley"), ("Millie", "Smith-Jones"), ("A", "Smithjones")],
        *[("Ameila", "Okonkow"), ("Muhammad", "Chowdhury"), ("Mohammed Ali", "Chaudhry"), ("Muhammad Ali", "Leigh")],
        *[("Okonkwo", "Amelia"), ("Temitope", "Pemberton"), ("Temitayo", "Penbertom"), ("Baby", "Lee"), ("", "Reid")],
        *[("Lily-Mae", "O'Brien"), ("Lilymae", "OBrien"), ("Lily-Rose", "Read"), ("Siân", "Nguyễn"), ("Sam", "")],
    ]
    births = [BORN, BORN, date(2015, 9, 3), date(2015, 3, 8), date(2015, 11, 28), date(2001, 11, 28), None]
    codes = [("BK3 4AB",), ("BK3 4AD",), ("BK3 9ZZ",), ("BK7 7AA",), (), ("BK3 4AB",)]
    lines = [
        "14 Alder Lane",
        "14 Alder Ln, Brookminster",
        "14 Alder Lnae",
        "2 Ferry Road",
        None,
        "14 Birch Lane",
        "14 Alder",
        "",
    ]
    numbers = [("9990000018",), ("9990000026",), (), ("9990000018",), ()]
    made = []
    for n in range(126):
        given, family = names[n % len(names)]
        nhs = tuple((IdentifierSystem.NHS_NUMBER, v) for v in numbers[n % len(numbers)])
        other = ((IdentifierSystem.YOT_NUMBER, str(n % 3)),) if n % 4 else ()
        upn = ((IdentifierSystem.UPN, unique_pupil_number(1, 2020, n % 2)),) if n % 5 else ()
        traits = Traits(
            names=(Name(given, family),),
            date_of_birth=births[n % len(births)],
            sex=("FEMALE", "MALE", None)[n % 3],
            postcodes=codes[n % len(codes)],
            address=lines[n % len(lines)],
            identifiers=(*nhs, *upn, *other),
        )
        made.append(Record(str(n), traits))
    return made


def _splinks(held: list[Record], weights: Weights) -> dict[tuple[str, str], float]:
    """Let Splink score every pair by the same weights."""
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator

    with duckdb.connect() as connection:
        settings = SettingsCreator(
            "dedupe_only",
            [*comparisons([*CONDITIONS], weights)],
            [{"blocking_rule": "1=1", "sql_dialect": "duckdb"}],
            probability_two_random_records_match=0.5,
        )
        told = Linker(DuckDBAPI(connection).register(table(held)), settings, log_level="ERROR").inference.predict()
        rows = told.as_duckdbpyrelation().select("unique_id_l, unique_id_r, match_weight").fetchall()
    return {(one, other): weight for one, other, weight in rows}


# The hub's score of any two records is Splink's by the same weights, to a hundredth of a bit.
def test_the_score_is_splinks() -> None:
    held = [*awkward(), *febrl("3")[:40]]
    profiles = {r.id: profile((r.traits,)) for r in held}
    bits = {pair: round(0.37 * n - 5, 3) for n, pair in enumerate(sorted(shipped().bits))}
    weights = replace(shipped(), bits=bits)  # all different, so that no two ways to agree are taken for each other
    splinks = _splinks(held, weights)
    assert len(splinks) == len(held) * (len(held) - 1) // 2
    seen = set[tuple[Compared, Agreement]]()
    for (one, other), theirs in splinks.items():
        evidence = compare(profiles[one], profiles[other], weights)
        seen |= {(e.field, e.agreement) for e in evidence}
        assert abs(score(evidence) - theirs) <= 0.01, (one, other, evidence)
    not_here = {(Compared.BIRTH, Agreement.WITHIN), (Compared.POSTCODE, Agreement.FORMER)}
    assert seen == {(field, agreement) for field, levels in LEVELS.items() for agreement in levels} - not_here


# Too little to learn from is said, and so is what is not installed.
def test_what_cannot_be_learnt_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotTrain, match="at least 100"):
        train(awkward()[:20], "x", shipped())
    nameless = [replace(r, traits=replace(r.traits, names=())) for r in awkward()]
    with pytest.raises(CannotTrain, match="too few records have a given name"):
        train(nameless, "x", shipped())
    with pytest.raises(CannotTrain, match="too short or too much alike"):
        train(awkward(), "x", shipped(), sample=1_000)
    monkeypatch.setitem(__import__("sys").modules, "splink", None)
    with pytest.raises(CannotTrain, match=r"childrens-services-hub\[train\]"):
        train(awkward(), "x", shipped())


# A list is read as people write CSV files; a wrong one says which line, and repeats nothing of it.
def test_lists_are_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("\ufeffID, Family ,given,born,sex,nhs_number\n1,Okonkwo,Amelia,2015-03-09,f,9990000018\n", "utf-8")
    (record,) = read_list(path)
    assert record.traits.date_of_birth == BORN
    assert record.traits.sex == "FEMALE"
    assert profile((record.traits,)).of(IdentifierSystem.NHS_NUMBER) == {"9990000018"}
    for text, why in (
        ("family\nOkonkwo\n", "no column id"),
        ("id,family\n1,Okonkwo\n1,Nowak\n", "line 3: each line needs an id of its own"),
        ("id,family,born\n1,Okonkwo,09/03/2015\n", "line 2: born is not a date"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(WrongList, match=why) as told:
            read_list(path)
        assert "Okonkwo" not in str(told.value)
        assert "09/03" not in str(told.value)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WrongList, match="cannot be read as text"):
        read_list(path)
