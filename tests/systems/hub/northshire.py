"""Northshire's hub: a whole hub, served beside the test, over a housing register; it knows Southshire's as a client.

It has Southshire's hub among its own sources, so that a question could go round.
"""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from joserfc.jwk import ECKey

from connectors.conformance import Examples, Known
from connectors.contract import LocalId, Name, Traits
from connectors.source import SourceConfig, read_source
from hub.governance.agreements import Agreement, Status
from hub.governance.data_items import EVERYTHING
from hub.identity.partners.client import PartnerClient
from hub.identity.partners.registering import Wanted, register
from hub.identity.partners.signing import FOLDER, PartnerKeys
from hub.identity.requester import Bound, Speaks
from hub.joined import Hub
from hub.settings import read_settings
from schema.purposes import Purpose
from tests.rooms.identity.partners import OFFICER, acting_at, client_of, key, published
from tests.small_hub import served, until_ready
from tests.systems.returning import TODAY

T = TypeVar("T")

NORTH, SOUTH = "http://hub.northshire.example", "http://hub.southshire.example"
COUNCIL = "southshire-council"

COLUMNS = "ref,forename,surname,postcode,dob,team,began,phone\n"
HOMES = f"""{COLUMNS}H1,Ada,Marchbanks,NO3 4AB,09/03/2012,North,01/02/2024,01632 960201
H2,Cat,Lowe,NO1 1AA,06/05/2014,South,,
H3,Cat,Lowe,NO2 2BB,06/05/2014,South,,
"""

REGISTER = """
id = "{id}"
service = "{service}"
name = "{name}"
owner = "{name}"
agency = "{agency}"
system = "plain"
[contact]
team = "{name} duty"
phone = "01632 960299"
[coverage]
area = "{area}"
[connection]
transport = "files"
folder = "{folder}"
files.homes = {{ name = "homes.csv" }}
[[map]]
record = "Identity"
from = "homes"
person = "ref"
names = [{{ given = "forename", family = "surname" }}]
postcodes = ["postcode"]
fields.date_of_birth = {{ path = "dob", date = "dd/mm/yyyy" }}
[[map]]
record = "PersonName"
from = "homes"
person = "ref"
fields = {{ given = "forename", family = "surname" }}
[[map]]
record = "Involvement"
from = "homes"
person = "ref"
duty_desk = {{ team = "team", phone = "phone" }}
fields.service = {{ constant = "{service}" }}
fields.team = "team"
fields.start = {{ path = "began", date = "dd/mm/yyyy" }}
"""
"""A register in a folder of files: name, birthday, address, and what is held."""

OTHER_HUB = """
id = "{id}"
service = "HOUSING"
name = "{name}"
owner = "{name}"
agency = "{agency}"
system = "hub"
[limits]
deadline = {deadline}
[connection]
base_url = "{url}/graphql"
hub = "{hub}"
ours = "{ours}"
records = [
  "PersonName.given", "PersonName.family", "Involvement.service", "Involvement.team", "Involvement.start",
  "DutyDesk.team", "DutyDesk.phone",
]
[connection.auth]
kind = "oauth2"
token_url = "{url}/oauth/token"
audience = "{hub}"
client_id = "{client}"
private_key = {{ file = "{key_file}" }}
algorithm = "ES256"
key_id = "{kid}"
[connection.trial]
role = "social-worker"
organisation = "southshire-council"
purpose = "CHILD_PROTECTION"
reference = "TRIAL 1"
"""

PART = """
[[connection.sources]]
theirs = "{theirs}"
service = "HOUSING"
agency = "northshire-homes"
name = "{name}"
owner = "Northshire Homes"
"""

AGREEMENT = Agreement(
    "north-south",
    "Between two authorities",
    "northshire-homes",
    frozenset({COUNCIL}),
    frozenset(Purpose),
    date(2020, 1, 1),
    date(2098, 1, 1),
    date(2099, 1, 1),
    (EVERYTHING,),
    Status.SIGNED,
)


@dataclass(repr=False)
class Northshire:
    """Northshire's hub, its people's ids, and how Southshire's asks it. Its loop is another thread's."""

    hub: Hub
    log: io.StringIO
    url: str
    key_file: Path
    kid: str
    ids: Mapping[str, str]
    loop: asyncio.AbstractEventLoop

    def written(self, *more: str, url: str = "", deadline: float = 3.0) -> str:
        """Write the file by which Southshire's hub asks it, of its housing and these other sources of its."""
        return OTHER_HUB.format(
            id="north",
            name="Northshire hub",
            agency="northshire-council",
            deadline=deadline,
            url=url or self.url,
            hub=NORTH,
            ours=SOUTH,
            client="southshire-hub",
            key_file=self.key_file,
            kid=self.kid,
        ) + "".join(PART.format(theirs=one, name=f"Northshire {one}") for one in ("housing", *more))

    def source(self, folder: Path) -> SourceConfig:
        """Write the file, and read it."""
        path = folder / "north.toml"
        path.write_text(self.written(), "utf-8")
        return read_source(path)

    async def there(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in its own loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))

    @property
    def requests(self) -> float:
        """Count the questions it has answered well."""
        return self.hub.observer.registry.get_sample_value("hub_requests_total", {"status": "200"}) or 0.0


def ada() -> Traits:
    """Give a child as Southshire knows her: she has moved there from Northshire."""
    return Traits((Name("Ada", "Marchbanks"),), date(2012, 3, 9), postcodes=("SO1 1AA", "NO3 4AB"))


def examples(ids: Mapping[str, str]) -> Examples:
    """Give the people the kit asks about."""
    stranger = Traits((Name("Nobody", "Atall"),), date(1999, 1, 1), postcodes=("NO9 9ZZ",))
    unsure = Traits((Name("Cat", "Lowe"),), date(2014, 5, 6), postcodes=("NO5 5CC",))
    return Examples((Known(LocalId(ids["H1"]), ada()),), LocalId("nobody"), TODAY, stranger, unsure)


@contextlib.asynccontextmanager
async def beside(folder: Path, homes: str = HOMES, budgets: Path | None = None) -> AsyncIterator[Northshire]:
    """Serve Northshire's hub in a thread with a loop of its own, as on another machine."""
    started: Future[tuple[Northshire, asyncio.Event]] = Future()

    async def serve() -> None:
        stop = asyncio.Event()
        try:
            async with _northshire(folder, homes, budgets) as north:
                started.set_result((north, stop))
                await stop.wait()
        except BaseException as error:
            if not started.done():
                started.set_exception(error)
            raise

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    north, stop = await asyncio.wrap_future(started)
    try:
        yield north
    finally:
        north.loop.call_soon_threadsafe(stop.set)
        await asyncio.to_thread(thread.join, 10)


@contextlib.asynccontextmanager
async def _northshire(folder: Path, homes: str, budgets: Path | None) -> AsyncIterator[Northshire]:
    log, signer = io.StringIO(), key()
    key_file, kid = folder / "southshire.pem", str(signer.kid)
    registered(folder, "housing", "HOUSING", "northshire-homes", homes)
    key_file.write_bytes(signer.as_pem(private=True))
    south = {"id": "south", "name": "Southshire hub", "agency": COUNCIL, "url": "http://127.0.0.1:9", "deadline": 1}
    south |= {"hub": SOUTH, "ours": NORTH, "client": "northshire-hub", "key_file": key_file, "kid": kid}
    text = OTHER_HUB.format(**south) + PART.format(theirs="homes", name="Southshire homes")
    (folder / "sources" / "south.toml").write_text(text, "utf-8")
    settings = read_settings({}, env="demo", data=folder, port=0, public_url=NORTH, budgets=budgets)
    async with served(settings, log) as (http, hub):
        await until_ready(http)
        await hub.register.record_agreements([AGREEMENT])
        pepper = PartnerKeys(hub.settings.keys_folder / FOLDER).pepper
        wanted, own = Wanted(southshire(signer), published([signer])), hub.sources.own_agencies
        await register(acting_at(hub), OFFICER, wanted, pepper, [AGREEMENT], own)
        ids = await hub.index.by_local("housing", [LocalId(ref) for ref in ("H1", "H2", "H3")])
        url = str(http.base_url).rstrip("/")
        yield Northshire(hub, log, url, key_file, kid, ids, asyncio.get_running_loop())


def registered(folder: Path, source: str, service: str, agency: str, rows: str) -> None:
    """Put a register's file and its source in a hub's folder."""
    sources, held = folder / "sources", folder / source
    for made in (sources, held):
        made.mkdir(parents=True, exist_ok=True)
    (held / "homes.csv").write_text(rows, "utf-8")
    name = agency.replace("-", " ").title()
    area = name.partition(" ")[0]
    text = REGISTER.format(id=source, service=service, agency=agency, name=name, area=area, folder=held)
    (sources / f"{source}.toml").write_text(text, "utf-8")


def southshire(signer: ECKey) -> PartnerClient:
    """Give Southshire's hub as Northshire has it registered."""
    purposes = frozenset({Purpose.CHILD_PROTECTION, Purpose.SAFEGUARDING_TRIAGE})
    bound = Bound(purposes, frozenset({AGREEMENT.id}), frozenset({"housing", "south-homes"}))
    roles = {"social-worker": "social-worker", "front-door-worker": "front-door-worker"}
    speaks = Speaks(frozenset({COUNCIL}), roles)
    return client_of("southshire-hub", signer, organisation=COUNCIL, bound=bound, speaks=speaks)
