"""Northshire, the authority that Maya's family left: a hub of its own, with three small registers.

Of housing both have agreed and it answers. Of early help Northshire has not agreed with Brookshire, so that refusal is
its word. Of its schools Brookshire has not agreed, so they are not asked at all.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Final

import orjson
from joserfc.jwk import ECKey

from connectors.contract import Traits
from hub.demo.agencies import AGENCIES, Source
from hub.governance.acting import By
from hub.governance.agreements import Agreement, Status
from hub.governance.data_items import EVERYTHING
from hub.identity.keys_held import read_key_set
from hub.identity.partners.client import LIFETIME, Method, PartnerClient
from hub.identity.partners.registering import Wanted, register
from hub.identity.requester import Bound, Speaks
from schema.purposes import Purpose
from schema.records import IdentifierSystem
from schema.services import Service

ASKS: Final = AGENCIES[Source.SOCIAL_CARE].id
"""Whose users Brookshire's hub names there."""

ROLES: Final = ("front-door-worker", "social-worker")
OFFICER: Final = By("demo:northshire-officer", "ig-officer", "northshire-council")
COLUMNS: Final = (
    "ref",
    "nhs",
    "forename",
    "surname",
    "born",
    "postcode",
    "began",
    "ended",
    "team",
    "worker",
    "role",
    "phone",
)


@dataclass(frozen=True, slots=True)
class Register:
    """One of Northshire's registers: whose it is, who works with the family, and which hub agreed to share it."""

    id: str
    service: Service
    owner: str
    worker: str
    role: str
    phone: int
    here: bool = True
    there: bool = True

    @property
    def agency(self) -> str:
        """Give the agency whose it is."""
        return self.owner.lower().replace(" ", "-")


REGISTERS: Final = (
    Register("homes", Service("HOUSING"), "Northshire Homes", "Ada Ferris", "Housing officer", 61),
    Register("families", Service("EARLY_HELP"), "Northshire Early Help", "Col Unwin", "Family worker", 62, there=False),
    Register("schools", Service("EDUCATION"), "Northshire Schools", "Bea Orde", "Safeguarding lead", 63, here=False),
)


def introduce(sources: Path, secrets: Path, there: str, ours: str) -> ECKey:
    """Put Northshire's hub among the sources of Brookshire's, with a new key to sign with; give the key."""
    key = ECKey.generate_key("P-256", auto_kid=True)
    kept = secrets / "northshire.pem"
    kept.touch(mode=0o600)
    kept.write_bytes(key.as_pem(private=True))
    given = {"NORTH": there, "OURS": ours, "KEY": str(kept), "KID": str(key.kid)}
    named = [
        f'\n[[connection.sources]]\ntheirs = "{r.id}"\nservice = "{r.service.value}"\nagency = "{r.agency}"\n'
        f'name = "{r.owner}"\nowner = "{r.owner}"\n'
        for r in REGISTERS
    ]
    (sources / "northshire.toml").write_text(_filled("hub.toml", given) + "".join(named), "utf-8")
    return key


def furnish(folder: Path, family: Iterable[Traits], today: date) -> None:
    """Write Northshire's registers and their source files: the family lived there until three years ago."""
    people, sources = list(family), folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    for r in REGISTERS:
        held = folder / "registers" / r.id
        held.mkdir(parents=True, exist_ok=True)
        with (held / "people.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            rows.writerows(_row(r, n, one, today) for n, one in enumerate(people, 1))
        given = {"ID": r.id, "SERVICE": r.service.value, "NAME": r.owner, "OWNER": r.owner, "AGENCY": r.agency}
        given |= {"PHONE": f"01632 960{r.phone:03}", "FOLDER": str(held)}
        (sources / f"{r.id}.toml").write_text(_filled("register.toml", given), "utf-8")


def _row(r: Register, number: int, one: Traits, today: date) -> tuple[str, ...]:
    numbers = dict(reversed(one.identifiers))  # the first that is held of a kind
    name, born = one.names[0], one.date_of_birth
    days = (today - timedelta(days=n) for n in (6 * 365, 3 * 365))
    began, ended = (f"{day:%d/%m/%Y}" for day in days)
    who = (name.given, name.family, f"{born:%d/%m/%Y}" if born else "", one.postcodes[:3][-1] if one.postcodes else "")
    known = (f"{r.id[0].upper()}{number}", numbers.get(IdentifierSystem.NHS_NUMBER, ""))
    return (*known, *who, began, ended, f"{r.owner} North", r.worker, r.role, f"01632 960{r.phone + 10:03}")


async def admit(north: Any, key: ECKey, today: date) -> None:
    """Let Northshire's hub know Brookshire's: what it may ask, for whom, and which agreements it rests on."""
    agreed = [_agreement(r, today) for r in REGISTERS if r.there]
    await north.register.record_agreements(agreed)
    jwks = orjson.dumps({"keys": [key.as_dict(private=False)]})
    bound = Bound(frozenset(Purpose), frozenset(a.id for a in agreed), frozenset(r.id for r in REGISTERS))
    client = PartnerClient(
        id="brookshire-hub",
        name="Brookshire's hub",
        organisation=ASKS,
        role=ROLES[0],
        bound=bound,
        method=Method.KEY,
        on_behalf_of=False,
        lifetime=LIFETIME,
        generation=1,
        keys=read_key_set(jwks),
        speaks=Speaks(frozenset({ASKS}), {role: role for role in ROLES}),
    )
    own = north.sources.own_agencies
    acting, pepper = north.governing.acting, north.partners.keys.pepper
    await register(acting, OFFICER, Wanted(client, jwks.decode()), pepper, agreed, own)


def agreed_here(today: date) -> list[Agreement]:
    """Give what Brookshire has agreed with Northshire's agencies."""
    return [_agreement(r, today) for r in REGISTERS if r.here]


def _agreement(r: Register, today: date) -> Agreement:
    return Agreement(
        id=f"{r.agency}--{ASKS}",
        title="Agreement between Northshire and Brookshire on families that move",
        provider=r.agency,
        consumers=frozenset({ASKS}),
        purposes=frozenset(Purpose),
        start=today - timedelta(days=400),
        review=today + timedelta(days=200),
        expiry=today + timedelta(days=365),
        items=(EVERYTHING,),
        status=Status.SIGNED,
    )


def _filled(name: str, given: dict[str, str]) -> str:
    return Template((files("hub.demo.northshire") / name).read_text("utf-8")).substitute(given)
