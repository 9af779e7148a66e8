"""The coverage gates: what the tests reached, held to what was promised of each package.

``python -m tests.coverage_gates`` reads the data files of the last run, prints a small table and exits 1 where a
gate does not hold. Every line and branch counts in rules, answer, audit and the connectors' contract; nineteen in
twenty everywhere else. A package that was not measured at all fails: nothing measured is nothing proved. Processes
that tests start are not measured, nor are the demo's made-up agencies, which are nothing but such processes.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coverage import Coverage
from coverage.exceptions import CoverageException

WHOLE = 100.0
MOST = 95.0


@dataclass(frozen=True, slots=True)
class Gate:
    """A part of the tree, by the beginnings of its paths, and the least per cent of it that tests must reach."""

    name: str
    least: float
    paths: tuple[str, ...]
    but: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Say whether a file is this gate's."""
        return path.startswith(self.paths) and not path.startswith(self.but)


_CONTRACT = ("connectors/contract.py", "connectors/errors.py")
GATES = (
    Gate("policies", WHOLE, ("policies/",)),
    Gate("hub/answer", WHOLE, ("hub/answer/",)),
    Gate("hub/audit", WHOLE, ("hub/audit/",)),
    Gate("connectors' contract", WHOLE, _CONTRACT),
    Gate("hub, the rest", MOST, ("hub/",), ("hub/answer/", "hub/audit/")),
    Gate("connectors, the rest", MOST, ("connectors/",), _CONTRACT),
    Gate("schema", MOST, ("schema/",)),
)


@dataclass(frozen=True, slots=True)
class Reached:
    """What tests reached of one gate's files: lines and branches together, and the files with something missing."""

    gate: Gate
    there: int
    reached: int
    missing: tuple[str, ...]

    @property
    def percent(self) -> float:
        """Give the share reached."""
        return 100.0 * self.reached / self.there if self.there else 0.0

    @property
    def ok(self) -> bool:
        """Say whether the gate holds; what was never measured does not."""
        return self.there > 0 and self.percent >= self.gate.least


def measure(files: Mapping[str, Mapping[str, Any]], gates: Sequence[Gate] = GATES) -> list[Reached]:
    """Add up a coverage report's files, by gate."""
    return [_reached(gate, {path: f["summary"] for path, f in files.items() if gate.holds(path)}) for gate in gates]


def _reached(gate: Gate, summaries: Mapping[str, Mapping[str, int]]) -> Reached:
    there = sum(s["num_statements"] + s["num_branches"] for s in summaries.values())
    got = sum(s["covered_lines"] + s["covered_branches"] for s in summaries.values())
    missing = (path for path, s in summaries.items() if s["missing_lines"] + s["missing_branches"])
    return Reached(gate, there, got, tuple(sorted(missing)))


def report(root: Path) -> dict[str, Any]:
    """Combine the data files of a folder and give coverage's own JSON report, paths as the tree has them."""
    data = os.environ.get("COVERAGE_FILE", str(root / ".coverage"))
    coverage = Coverage(data_file=data, config_file=str(root / "pyproject.toml"))
    if Path(data).exists():
        coverage.load()
    if any(Path(data).parent.glob(f"{Path(data).name}.*")):  # a process that ended after the rest were combined
        coverage.combine()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(out))
        return dict(json.loads(out.read_text("utf-8")))


def table(rows: Iterable[Reached]) -> str:
    """Write the gates as a table, and under it the files that keep a gate shut."""
    lines = [f"{'coverage gate':<24}{'least':>8}{'reached':>10}"]
    for r in rows:
        lines.append(f"{r.gate.name:<24}{r.gate.least:>7.0f}%{r.percent:>9.2f}%  {'ok' if r.ok else 'NOT REACHED'}")
        lines += [f"    {path}" for path in r.missing] if not r.ok else []
        lines += ["    nothing was measured"] if not r.there else []
    return "\n".join(lines)


def main(root: Path = Path()) -> int:
    """Print the table; give 1 where a gate does not hold or there is nothing to read."""
    try:
        files = report(root)["files"]
    except CoverageException as error:
        sys.stdout.write(f"coverage gates: there is no coverage to read: {type(error).__name__}\n")
        return 1
    rows = measure(files)
    sys.stdout.write(table(rows) + "\n")
    return 0 if all(r.ok for r in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
