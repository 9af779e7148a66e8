"""The shipped agreements decide as the kept table says; and the six roles get visibly different answers."""

from itertools import combinations

import pytest

from policies.vocabulary import ROLES as ROLE_WORDS
from schema.services import SERVICES
from tests.agreements.decisions import BASES, FIELDS, ROLES, kept, table

KEYS = 5


def _by_cell(rows: list[list[str]]) -> dict[str, str]:
    headings = rows[0][KEYS:]
    return {
        " · ".join((*row[:KEYS], service)): told
        for row in rows[1:]
        for service, told in zip(headings, row[KEYS:], strict=True)
    }


def differences(before: list[list[str]], now: list[list[str]]) -> list[str]:
    """Give every cell that is not as it was kept, in words."""
    old, new = _by_cell(before), _by_cell(now)
    return [
        f"{cell}: kept {old.get(cell, 'nothing')}, now {new.get(cell, 'nothing')}"
        for cell in sorted(old.keys() | new.keys())
        if old.get(cell) != new.get(cell)
    ]


# Every cell of the kept table is what the shipped rules decide.
def test_the_table_stands() -> None:
    changed = differences(kept(), table())
    assert not changed, "\n".join(("the agreements decide otherwise than the kept table:", *changed))


# A single cell changed, lost or added is told by its role, purpose, field and service.
def test_a_changed_cell_is_told() -> None:
    rows = kept()
    other = [list(row) for row in rows]
    other[1][KEYS] = "OMIT"
    assert differences(rows, other) == [
        f"{' · '.join((*rows[1][:KEYS], rows[0][KEYS]))}: kept {rows[1][KEYS]}, now OMIT"
    ]
    assert len(differences(rows, rows[:-1])) == len(SERVICES)


def _shown(rows: list[list[str]], role: str) -> dict[str, str]:
    cells = _by_cell([rows[0], *(row for row in rows if row[0] == role)])
    return {cell.removeprefix(role): told for cell, told in cells.items()}


# About the same child, no two of the six roles are answered alike.
@pytest.mark.parametrize(("one", "other"), list(combinations(ROLES, 2)))
def test_roles_are_answered_differently(one: str, other: str) -> None:
    assert _shown(kept(), one) != _shown(kept(), other)


# The table is whole: every role, purpose, field and service of it.
def test_the_table_is_whole() -> None:
    cells = {(row[0], row[1], row[4]) for row in kept()[1:]}
    assert cells == {(role, purpose.value, field) for role in ROLES for purpose in BASES for field in FIELDS}
    assert set(ROLES) <= set(ROLE_WORDS)


# Analysts and information governance officers are shown no value, whatever purpose they state.
@pytest.mark.parametrize("role", ["analyst", "ig-officer"])
def test_some_roles_are_shown_no_value(role: str) -> None:
    assert {told.split()[0] for told in _shown(kept(), role).values()} == {"WITHHOLD"}
