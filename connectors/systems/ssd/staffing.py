"""Who works with the people read: professionals and teams by reference, then what the staff directory says of them."""

from connectors.errors import SourceError
from connectors.short_memory import ShortMemory
from connectors.staff_directory import StaffDirectory
from connectors.systems.ssd.cells import text
from connectors.systems.ssd.episode_tables import EPISODES, LEAVING_CARE
from connectors.systems.ssd.held import Professionals, Rows
from connectors.systems.ssd.read import Read, run
from connectors.systems.ssd.workers import professional_columns
from connectors.transports.sql import Database, Query

_REMEMBERED = 60.0
"""Seconds for which the names of teams are remembered."""

_OF_STAFF = ("Professional.phone", "Professional.email", "Professional.team")


class Staffing:
    """Resolves references to workers and teams."""

    def __init__(self, database: Database, directory: StaffDirectory | None) -> None:
        """Keep the database and the directory beside it, where there is one."""
        self._database = database
        self._directory = directory
        self._teams: ShortMemory[str] = ShortMemory(_REMEMBERED)

    async def fill(self, read: Read) -> None:
        """Resolve workers and teams, then ask the directory; without it the answer stands, said to be incomplete."""
        rows = read.rows
        asked = rows.asked
        references, teams = _references(rows)
        if asked.any_of("Professional", "DutyDesk") and references:
            columns = professional_columns(rows)
            keys = ("prof_professional_id", "prof_staff_id")
            query = Query("ssd_professionals", columns, keys[0], references, keys[1])
            found = (await run(read, self._database, [query]))[0].rows
            rows.professionals = Professionals(found)
            staff = tuple(sorted({s for r in found if (s := text(r, "prof_staff_id"))}))
        else:
            staff = ()
        if asked.teams and teams:
            rows.teams = await self._teams.look_up(teams, self._named_teams)
        await self._ask(read, staff, teams)

    async def _named_teams(self, teams: tuple[str, ...]) -> dict[str, str]:
        columns = frozenset({"dept_team_id", "dept_team_name"})
        listed = await self._database.one(Query("ssd_department", columns, "dept_team_id", teams))
        names = ((text(r, "dept_team_id"), text(r, "dept_team_name")) for r in listed.rows)
        return {team: name for team, name in names if team and name}

    async def _ask(self, read: Read, staff: tuple[str, ...], teams: tuple[str, ...]) -> None:
        rows, directory = read.rows, self._directory
        if directory is None:
            return
        asked = rows.asked
        try:
            if staff and (asked.has(*_OF_STAFF) or asked.any_of("DutyDesk")):
                rows.staff = await directory.staff(staff)
            if asked.any_of("DutyDesk"):
                wanted = {*teams, *(s.team for s in rows.staff.values() if s.team)}
                rows.desks = await directory.desks(wanted) if wanted else {}
        except SourceError:
            read.complete = False


def _references(rows: Rows) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Gather the references to workers and to teams in what was read."""
    workers = {text(r, "invo_professional_id") for r in rows.all("ssd_involvements")}
    teams = {text(r, "invo_professional_team") for r in rows.all("ssd_involvements")}
    for episode in (*EPISODES, LEAVING_CARE):
        for row in rows.all(episode.table):
            workers.add(text(row, episode.worker.column) if episode.worker else None)
            teams.add(text(row, episode.team))
    return tuple(sorted(w for w in workers if w)), tuple(sorted(t for t in teams if t))
