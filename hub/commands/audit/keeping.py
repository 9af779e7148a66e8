"""``hub audit acknowledge-restore``, ``retention`` and ``erase``: what an officer decides about the ledger itself."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy import func, select

from hub.audit.entries import Event, Kind, new_record_id
from hub.audit.erasure import ERASED
from hub.audit.erasure import erase as take_out
from hub.audit.export import CHECKPOINTS, RECORDS
from hub.audit.kept import Kept, Standing
from hub.audit.retention import RETIRED, Due, due, retire
from hub.clock import now
from hub.commands.officer import ByOption, OrganisationOption, TokenOption, at_desk, officer
from hub.commands.saying import DataOption, Refused, err, plainly
from hub.commands.token import demo_settings
from hub.governance.acting import Acting, By, Note
from hub.keys import read_keys
from hub.store.database import Database


class Ground(StrEnum):
    """Why what an entry says is taken out before its time."""

    WRITTEN_IN_ERROR = "WRITTEN_IN_ERROR"
    RIGHT_TO_ERASURE = "RIGHT_TO_ERASURE"
    COURT_ORDER = "COURT_ORDER"


def acknowledge_restore(
    by: ByOption = "", organisation: OrganisationOption = "", token: TokenOption = None, data: DataOption = None
) -> None:
    """Say that you know the database was put back, and what is missing from it: then the hub serves again."""
    with plainly():
        who, settings = officer(by, organisation, token, data), demo_settings(data)
        if settings.checkpoint_file is None:
            raise Refused("no checkpoint is kept elsewhere: HUB_CHECKPOINT_FILE says where")
        kept = Kept(settings.checkpoint_file, read_keys(settings.keys_folder).ledger.public_key())

    async def work(acting: Acting) -> tuple[Standing, str]:
        found = await kept.standing(acting.database)
        if found is None or found.damage is None:
            raise Refused("there is nothing to acknowledge: the database is as far as the checkpoint kept")
        facts = {"found": found.damage.value, "kept": f"number.{found.kept.size}", "held": f"number.{found.held}"}
        last = await _last(acting.database)
        await acting.note(who, Note("restore-acknowledged", f"checkpoint:{found.kept.size}", facts=facts))
        kept.supersede(found.held)
        return found, last

    found, last = at_desk(data, work)
    err.print(
        f"Acknowledged and written down. The database's last checkpoint was of {last}; number {found.held} of "
        f"{found.kept.size}. Whatever was done after it is missing: record again each consent withdrawn, objection, "
        "decision not to share and agreement suspended since, before the hub is started.",
        markup=False,
        soft_wrap=True,
    )


async def _last(database: Database) -> str:
    async with database.read() as connection:
        found = (await connection.execute(select(func.max(CHECKPOINTS.c.at)))).scalar_one()
    return str(found or "no time at all")


def retention(
    apply: Annotated[bool, typer.Option("--apply", help="Take them out; without it they are only counted.")] = False,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Take out what entries say whose time (HUB_AUDIT_YEARS) is over; that they were there stays provable."""
    with plainly():
        years = demo_settings(data).audit_years
        if years is None:
            raise Refused("entries are kept for ever: HUB_AUDIT_YEARS says for how many years they should be")
        who = officer(by, organisation, token, data) if apply else None
        before = _years_ago(now(), years)

    async def work(acting: Acting) -> int:
        found = await due(acting.database, before)
        if who is None:
            return sum(one.bodies for one in found)
        return sum([await retire(acting.database, one, lambda d: _retired(acting, who, d)) for one in found])

    count = at_desk(data, work)
    done = "Taken out, and written down" if apply else "Due; --apply takes them out"
    err.print(f"{done}: what {count} entries of before {before:%Y-%m-%d} say.", markup=False)


def _years_ago(at: datetime, years: int) -> datetime:
    try:
        return at.replace(year=at.year - years)
    except ValueError:  # the twenty-ninth of February
        return at.replace(year=at.year - years, day=28)


async def _retired(acting: Acting, who: By, one: Due) -> None:
    await acting.note(who, Note(RETIRED, one.about))


def erase(
    record: Annotated[str, typer.Argument(help="The entry's id in the ledger.")],
    ground: Annotated[Ground, typer.Option("--ground", help="Why.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Take out what one question, outcome or search says, for ever; who did so stays."""
    with plainly():
        who = officer(by, organisation, token, data)

    async def work(acting: Acting) -> None:
        query = select(RECORDS.c.kind, RECORDS.c.body.is_(None)).where(RECORDS.c.record_id == record)
        async with acting.database.read() as connection:
            found = (await connection.execute(query)).first()
        if found is None or found[0] == Kind.EVENT.value:
            raise Refused("the ledger holds no question, outcome or search of that id")
        if found[1]:
            raise Refused("what that entry said is gone already")
        own = new_record_id()
        actor = acting.pseudonyms.actor(who.subject)
        facts = {"ground": ground.value}
        told = Event(own, own, now(), ERASED, actor, who.role, who.organisation, about=record, facts=facts)
        await take_out(acting.database, acting.ledger, told)

    at_desk(data, work)
    err.print("Taken out, and written down.", markup=False)
