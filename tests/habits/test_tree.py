"""The tree keeps its shape: what stands at the top, whose the packages are, how long a file may be."""

import ast
import statistics
from importlib.metadata import packages_distributions

import pytest

from tests.habits.repository import ROOT, files, modules

PACKAGES = ("hub", "connectors", "policies", "schema")
GIVEN = {*PACKAGES, "tests", "pyproject.toml", "Dockerfile", "README.md"}
HOUSEKEEPING = {"LICENSE", "Makefile", "requirements.lock", "requirements.runtime.lock", "requirements.build.lock"}
LONGEST, MEDIAN = 400, 120


def lines(text: str) -> int:
    """Count the lines of a file."""
    return text.count("\n")


# At the top stand the four packages, the tests, the three given files and housekeeping; nothing else.
def test_the_top_level_is_what_is_allowed() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in files()}
    assert {name for name in top if not name.startswith(".")} <= GIVEN | HOUSEKEEPING
    assert top >= GIVEN


# The four packages are this distribution's and nobody else's.
@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_ours_alone(package: str) -> None:
    assert set(packages_distributions().get(package, ())) <= {"childrens-services-hub"}


# Every Python file of the packages is short, and most are very short.
def test_files_are_short() -> None:
    lengths = {path.relative_to(ROOT): lines(path.read_text("utf-8")) for path in modules(*PACKAGES)}
    longest = sorted(lengths.items(), key=lambda item: -item[1])[:5]
    print("longest:", ", ".join(f"{path} {count}" for path, count in longest))  # noqa: T201 -- shown by pytest -s
    assert longest[0][1] < LONGEST, longest
    assert statistics.median(lengths.values()) < MEDIAN


# Every module says in its first line what it is for, in the packages and in the tests.
def test_every_module_has_a_docstring() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules(*PACKAGES, "tests")
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []
