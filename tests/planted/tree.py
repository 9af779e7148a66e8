"""Copies of the tree: one clean, and one for each fault; the tree itself is never touched."""

import shutil
from importlib.util import cache_from_source
from pathlib import Path

from tests.habits.repository import ROOT, files
from tests.planted.fault import Fault


def clean(to: Path) -> Path:
    """Copy what is kept of the tree and compiled of it, and point to what node's programs need where there is that."""
    for file in files():
        _copy(file, to)
        if file.suffix == ".py" and (compiled := Path(cache_from_source(file))).is_file():
            _copy(compiled, to)
    for modules in ROOT.glob("tests/*/*/node_modules"):
        (to / modules.relative_to(ROOT)).symlink_to(modules, target_is_directory=True)
    return to


def _copy(file: Path, to: Path) -> None:
    copy = to / file.relative_to(ROOT)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(file, copy)  # with its date, by which Python knows whether what is compiled is of it


def planted(fault: Fault, of: Path, to: Path) -> Path:
    """Copy a clean tree, with what Python compiled in it, and plant a fault in the copy."""
    shutil.copytree(of, to, symlinks=True)
    for piece in fault.pieces:
        file = to / piece.file
        text = piece.planted(file.read_text("utf-8"))
        file.unlink()  # before it is written: the date it had would let what was compiled of it be taken for it
        file.write_text(text, "utf-8")
    return to
