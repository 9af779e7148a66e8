"""A source that is a folder of files: laid out from the made data, taken away or spoilt as its fault has it."""

import shutil
from pathlib import Path

from hub.demo.faults import Fault, FaultKind

NOISE = b'\x00\xff\xfe,"unclosed\nPK\x03\x04 no workbook' * 30


def lay_out(made: Path, live: Path, fault: Fault) -> None:
    """Put the live folder in the state the fault has it: there, gone, or full of noise."""
    shutil.rmtree(live, ignore_errors=True)
    if fault.kind is FaultKind.DOWN:
        return
    live.mkdir(parents=True)
    for file in sorted(made.iterdir()):
        if fault.kind is FaultKind.GARBAGE:
            (live / file.name).write_bytes(NOISE)
        else:
            # With its modification time, which says when the agency last dropped it.
            shutil.copy2(file, live / file.name)
