"""The repository as it is: its files, and where a machine, a registry, a secret or a neighbour is named in them."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Put together here, so that this file does not itself hold what it looks for.
UNWANTED = {
    "a machine's path": re.compile(r"(?<![\w.$}*-])/(?:work|home|root|Users|opt/pypi[\w-]*)/[\w.-]+"),
    "a registry's address": re.compile(r"pypi\.(?:org|io)|pythonhosted\." + r"org|registry\.npm" + r"js|proxy\.golang"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"),
    "a token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}|eyJ[\w-]{20,}\.eyJ[\w-]{20,}\.)"),
    "a neighbouring folder": re.compile(r"\.\./share" + "d"),
}


def files() -> list[Path]:
    """List every file kept, or about to be kept, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return sorted({ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()})


def modules(*folders: str) -> list[Path]:
    """List every Python file below these folders."""
    return [p for p in files() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in folders]


def unwanted(text: str) -> Iterator[str]:
    """Tell what of the unwanted a text holds."""
    for line in text.splitlines():
        for what, pattern in UNWANTED.items():
            if pattern.search(line):
                yield f"{what}: {line.strip()[:120]}"
