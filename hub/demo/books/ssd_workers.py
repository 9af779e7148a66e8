"""Who works at the council: professionals and departments as the databases hold them, and the staff directory."""

import json
from datetime import date
from pathlib import Path

from hub.demo.agencies import AGENCIES, Source
from hub.demo.books.days import as_of
from hub.demo.books.ssd_tables import Shelf
from hub.demo.workforce import Team, Worker, teams, workers

COUNCIL = (Source.SOCIAL_CARE, Source.EARLY_HELP)
CLASHING = 3
"""The worker whose staff id is another worker's professional id, as happens in real builds."""

NO_TITLE = 7
"""One professional in so many has no job title."""


def council_workers(source: Source) -> list[Worker]:
    """List the workers of one of the council's two services."""
    return [w for w in workers().values() if w.source is source]


def professional_id(worker: Worker) -> str:
    """Give a worker's key in the database."""
    number = council_workers(worker.source).index(worker)
    return f"P{1001 + number}" if worker.source is Source.SOCIAL_CARE else f"EH{501 + number}"


def staff_id(worker: Worker) -> str:
    """Give a worker's staff id: in the early help build the same as the professional id."""
    if worker.source is Source.EARLY_HELP:
        return professional_id(worker)
    number = council_workers(Source.SOCIAL_CARE).index(worker)
    return f"P{1001 + CLASHING + 4}" if number == CLASHING else f"SC{2040 + number}"


def team_id(team: Team) -> str:
    """Give a team's id."""
    return f"T{list(teams()).index(team.key) + 1:02}"


def write_workers(shelf: Shelf, source: Source, today: date) -> None:
    """Write the professionals, the departments, the version and the time of the last load."""
    bare = source is Source.EARLY_HELP
    for number, worker in enumerate(council_workers(source)):
        title = "NULL" if number % (NO_TITLE * 2) == NO_TITLE else worker.job
        shelf.add(
            "ssd_professionals",
            prof_professional_id=professional_id(worker),
            prof_staff_id=staff_id(worker),
            prof_professional_name=worker.name,
            prof_social_worker_registration_no=worker.registration or None,
            prof_agency_worker_flag="N",
            prof_professional_job_title=None if bare or number % NO_TITLE == 1 else title,
            prof_professional_caseload=None if bare else 9 + number % 9,
            prof_professional_department=None if bare or number % NO_TITLE == 2 else team_id(worker.team),  # noqa: PLR2004 -- a second row of gaps
            prof_full_time_equivalency=None if bare else 1.0,
        )
    for team in teams().values():
        if team.source is source:
            shelf.add(
                "ssd_department",
                dept_team_id=team_id(team),
                dept_team_name=team.name,
                dept_team_parent_id=f"D-{AGENCIES[source].id}",
                dept_team_parent_name=AGENCIES[source].name,
            )
    shelf.add("ssd_version_log", version_number="1.4.5", version_date="2026-07-08", is_current="Y")
    shelf.add("brk_load", load_finished_at=as_of(today).isoformat())


def write_directory(folder: Path) -> None:
    """Write the staff directory's file: staff and teams of both services."""
    staff = [_listed(w) for source in COUNCIL for w in council_workers(source)]
    listed = [
        {
            "teamId": team_id(t),
            "name": t.name,
            "service": "SOCIAL_CARE" if t.source is Source.SOCIAL_CARE else "EARLY_HELP",
            "dutyDesk": {"phone": t.phone, "email": t.email, "hours": AGENCIES[t.source].desk.hours},
        }
        for t in teams().values()
        if t.source in COUNCIL
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "records.json").write_text(json.dumps({"staff": staff, "teams": listed}), "utf-8")


def _listed(worker: Worker) -> dict[str, str | bool | None]:
    return {
        "staffId": staff_id(worker),
        "name": worker.name,
        "jobTitle": worker.job,
        "team": team_id(worker.team),
        "teamName": worker.team.name,
        "phone": None if worker.left else worker.phone,
        "mobile": None if worker.left else worker.mobile,
        "email": None if worker.left else worker.email,
        "left": worker.left,
        "leftOn": "2025-03-31" if worker.left else None,
    }
