"""Making the demo's data: once for each number of children, seed and day; a second run finds it made."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hub.demo.agencies import STAFF_DIRECTORY, Source
from hub.demo.books.education import write_education
from hub.demo.books.folders import write_send_neet, write_universal
from hub.demo.books.health import write_health
from hub.demo.books.housing import write_housing
from hub.demo.books.police import write_police
from hub.demo.books.ssd import write_early_help_database, write_social_care
from hub.demo.books.ssd_workers import write_directory
from hub.demo.books.youth_justice import write_youth_justice
from hub.demo.population import Population, populate
from hub.demo.truth import write_truth

LAYOUT_VERSION = 2
"""Raised whenever what is written changes, so that older data are made anew."""

KEPT_DAYS = 7
"""Data made without a fixed day are used again for a week; after that ages and open spells are brought up to date."""

BOOKS: dict[Source, Callable[[Population, Path], None]] = {
    Source.SOCIAL_CARE: write_social_care,
    Source.EARLY_HELP: write_early_help_database,
    Source.EDUCATION: write_education,
    Source.SEND_NEET: write_send_neet,
    Source.YOUTH_JUSTICE: write_youth_justice,
    Source.UNIVERSAL: write_universal,
    Source.HOUSING: write_housing,
    Source.POLICE: write_police,
    Source.HEALTH: write_health,
}
"""Who writes each source's data, each into a folder of its own."""


def generate(folder: Path, children: int = 300, seed: int = 7, today: date | None = None) -> bool:
    """Make the data in a folder unless they are there already; say whether they had to be made."""
    if _made(folder, children, seed, today):
        return False
    day = today or datetime.now(UTC).date()
    shutil.rmtree(folder / "systems", ignore_errors=True)
    (folder / "made.json").unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    population = populate(children, seed, day)
    for source, write in BOOKS.items():
        write(population, system_folder(folder, source))
    write_directory(system_folder(folder, STAFF_DIRECTORY))
    write_truth(population, children, folder)
    note = {"children": children, "seed": seed, "today": day.isoformat(), "layout": LAYOUT_VERSION}
    # Written last: a run that was interrupted is not taken for a finished one.
    (folder / "made.json").write_text(json.dumps(note), "utf-8")
    return True


def system_folder(folder: Path, system: str) -> Path:
    """Give the folder of one system's own data."""
    return folder / "systems" / system


def _made(folder: Path, children: int, seed: int, today: date | None) -> bool:
    try:
        note = json.loads((folder / "made.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    if (note["children"], note["seed"], note["layout"]) != (children, seed, LAYOUT_VERSION):
        return False
    made = date.fromisoformat(note["today"])
    return made == today if today else datetime.now(UTC).date() - made < timedelta(days=KEPT_DAYS)
