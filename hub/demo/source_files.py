"""The hub's source files for the demo: templates filled with this run's addresses, and the secrets they refer to."""

import os
import secrets
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from hub.demo.agencies import STAFF_DIRECTORY, Source
from hub.demo.faults import FOLDERS

SECRET_NAMES = tuple(n for n in (*(str(s) for s in Source), STAFF_DIRECTORY) if n not in FOLDERS)
"""The systems that ask for a credential."""


def write_secrets(folder: Path) -> dict[str, str]:
    """Make a new secret for each system, one file each that only the owner may read."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    made = {}
    for name in SECRET_NAMES:
        made[name] = secrets.token_urlsafe(24)
        path = folder / name
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made[name])
    return made


def write_sources(folder: Path, places: Mapping[str, str]) -> None:
    """Fill each source's template and write it; nothing else is left in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.toml"):
        old.unlink()
    templates = files("hub.demo") / "sources"
    for source in Source:
        name = f"{source}.toml"
        filled = Template((templates / name).read_text("utf-8")).substitute(places)
        (folder / name).write_text(filled, "utf-8")
