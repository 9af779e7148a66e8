"""``hub sessions``: who is signed in with a browser, and the way to end it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import ColumnElement

from hub.audit.entries import Event, new_record_id
from hub.audit.errors import LedgerUnavailable
from hub.audit.pseudonyms import Pseudonyms
from hub.clock import now
from hub.commands.officer import Store, at_desk, at_store, desk_ledger
from hub.commands.saying import DataOption, JsonOption, Refused, err, out, plainly, print_json
from hub.governance.acting import Acting
from hub.identity.owed import Owed
from hub.identity.sessions import SESSION, Listed, end_sessions, list_sessions
from hub.store.database import StoreUnavailable

app = typer.Typer(help="Who is signed in with a browser.", no_args_is_help=True)

REFERENCE = 32
"""Characters of a session's reference and of a pseudonym: to be copied, they are shown whole."""

PersonOption = Annotated[
    str, typer.Option("--person", help="Only this person's: the issuer's id, a colon and the issuer's id for them.")
]
IssuerOption = Annotated[str, typer.Option("--issuer", help="Only those who signed in at this issuer.")]


@app.command("list")
def list_(
    person: PersonOption = "", issuer: IssuerOption = "", data: DataOption = None, json_output: JsonOption = False
) -> None:
    """List the sessions that stand, the newest first. People are named as in the ledger, by pseudonyms."""

    async def work(acting: Acting) -> list[Listed]:
        name = str(acting.pseudonyms.actor(person)) if person else ""
        found = await list_sessions(acting.database)
        return [s for s in found if name in {"", s.person} and issuer in {"", s.issuer}]

    found = at_desk(data, work)
    if json_output:
        print_json([s._asdict() | {"began": _at(s.began), "seen": _at(s.seen), "until": _at(s.until)} for s in found])
        return
    table = Table()
    for name in ("Session", "Issuer", "Person", "Role", "Organisation", "Team", "Used"):
        table.add_column(name, overflow="fold", min_width=REFERENCE if name in {"Session", "Person"} else None)
    for s in found:
        table.add_row(*map(str, s[:5]), s.team or "", _at(s.seen))
    out.print(table)


@app.command()
def revoke(
    session: Annotated[str, typer.Argument(help="The session, as `hub sessions list` names it.")] = "",
    person: PersonOption = "",
    issuer: IssuerOption = "",
    everybody: Annotated[bool, typer.Option("--all", help="End every session.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who ends it, for the ledger: your id.")] = "",
    data: DataOption = None,
) -> None:
    """End sessions now, at every replica: one, a person's, an issuer's, or all.

    They end whether the ledger can be written or not: what it could not be told is written there later.
    """
    with plainly():
        if [bool(session), bool(person), bool(issuer), everybody].count(True) != 1:
            raise Refused("say which: a session, --person, --issuer or --all")
        if not by.strip():
            raise Refused("--by must say who ends it: the ledger keeps it, as a pseudonym")

    what = "session" if session else "person" if person else "issuer" if issuer else "all"

    async def work(store: Store) -> tuple[int, bool]:
        pseudonyms, record = Pseudonyms(store.keyring), new_record_id()
        which: dict[str, tuple[ColumnElement[bool], ...]] = {
            "session": (SESSION.c.reference == session,),
            "person": (SESSION.c.person == pseudonyms.actor(person),),
            "issuer": (SESSION.c.issuer == issuer,),
            "all": (),
        }

        def revoked(ended: Sequence[str]) -> Event:
            """Say who ended what: a session by its reference, where there was one."""
            about, actor = session if session in ended else what, pseudonyms.actor(by)
            return Event(record, record, now(), "sessions-revoked", actor, about=about, facts={"which": what})

        ended = await end_sessions(store.database, revoked, *which[what])
        return len(ended), await _written(store)

    ended, written = at_store(data, work)
    err.print(f"Ended: {ended}")
    if not written:
        err.print("The ledger cannot be written now: the hub writes there who ended them as soon as it can.")
    if session and not ended:
        raise typer.Exit(1)


async def _written(store: Store) -> bool:
    """Say whether what is owed is in the ledger by now."""
    try:
        async with desk_ledger(store) as ledger:
            await Owed(store.database, ledger, lambda *_: None).settle()
    except (LedgerUnavailable, StoreUnavailable):
        return False
    return True


def _at(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")
