"""Registering a partner's client, giving it a new secret or keys, and revoking it: written in the ledger, then done."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.agreements import Agreement
from hub.identity.partners.client import CLIENT_ID, KEPT, LONGEST, Method, PartnerClient
from hub.identity.partners.register import CLIENT, SECRET, PartnerRegister, speaks_written
from hub.identity.partners.secret import hashed, new_secret
from hub.store.seconds import Now
from policies.vocabulary import AGENCY, ROLES, Role

SHORTEST: Final = 60
"""Seconds of a token's life, at least."""

THEIR_ROLE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
"""What another hub may call a role."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A client as an officer wants it registered, with its public keys as published."""

    client: PartnerClient
    jwks: str = field(default='{"keys":[]}', repr=False)


async def register(
    acting: Acting,
    by: By,
    wanted: Wanted,
    pepper: bytes,
    agreements: Sequence[Agreement],
    own: frozenset[str],
) -> str | None:
    """Register a client; give its secret, which nobody can be told again, or none where it has another way.

    ``own`` are the agencies with sources of their own here: their users are named by nobody else's hub.
    """
    client = wanted.client
    _insist(client, agreements, own)
    if await PartnerRegister(acting.database).client(client.id) is not None:
        raise CannotBeDone(
            "client-there", f"there is a client {client.id} already; a revoked one's id is not used again"
        )
    secret = new_secret() if client.method is Method.SECRET else None

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(insert(CLIENT).values(_values(wanted, by)))
        if secret is not None:
            await connection.execute(insert(SECRET).values(_secret(pepper, client.id, secret)))

    facts = {"organisation": client.organisation, "role": client.role, "method": client.method.value}
    await acting.act(by, change, Note("client-registered", client.id, facts=facts))
    return secret


async def rotate(
    acting: Acting, by: By, client: PartnerClient, pepper: bytes, jwks: str | None, keep_hours: int
) -> str | None:
    """Give a client a new secret, or new public keys; give the secret.

    The old secret is valid for so many hours more. With none, tokens it was given for end at once as well.
    """
    if client.method is Method.SECRET and jwks is None:
        secret = new_secret()
    elif jwks is None:
        raise CannotBeDone("no-keys", f"client {client.id} has no secret: give its new public keys with --jwks")
    else:
        secret = None

    async def change(connection: AsyncConnection) -> None:
        if jwks is not None:
            await connection.execute(update(CLIENT).where(CLIENT.c.id == client.id).values(jwks=jwks))
        if secret is not None:
            until = Now() + keep_hours * 3600
            live = (SECRET.c.client_id == client.id) & (SECRET.c.until.is_(None) | (SECRET.c.until > until))
            await connection.execute(update(SECRET).where(live).values(until=until))
            await connection.execute(insert(SECRET).values(_secret(pepper, client.id, secret)))
        if not keep_hours:
            later = CLIENT.c.generation + 1
            await connection.execute(update(CLIENT).where(CLIENT.c.id == client.id).values(generation=later))

    kept = "old-kept" if keep_hours else "old-ended"
    await acting.act(by, change, Note("client-rotated", client.id, facts={"old": kept}))
    return secret


async def revoke(acting: Acting, by: By, client_id: str) -> None:
    """Revoke a client: no token of its is believed from the next question on, and it gets no other. It is for ever."""

    async def change(connection: AsyncConnection) -> None:
        standing = (CLIENT.c.id == client_id) & CLIENT.c.revoked_at.is_(None)
        await connection.execute(update(CLIENT).where(standing).values(revoked_at=Now()))
        await connection.execute(update(SECRET).where(SECRET.c.client_id == client_id).values(until=Now()))

    await acting.act(by, change, Note("client-revoked", client_id))


async def registered(acting: Acting, client_id: str) -> PartnerClient:
    """Give a client that is registered and not revoked."""
    client = await PartnerRegister(acting.database).client(client_id) if CLIENT_ID.fullmatch(client_id) else None
    if client is None:
        raise CannotBeDone("no-such-client", "there is no such client: `hub clients list` names those there are")
    if client.revoked:
        raise CannotBeDone("client-revoked", f"client {client_id} was revoked")
    return client


async def registered_at(acting: Acting, client_id: str) -> tuple[str, int, int]:
    """Give who registered a client, when, and how many secrets it has that are valid."""
    live = SECRET.c.until.is_(None) | (SECRET.c.until > Now())
    count = select(func.count()).select_from(SECRET).where(SECRET.c.client_id == client_id, live).scalar_subquery()
    async with acting.database.read() as connection:
        columns = (CLIENT.c.registered_by, CLIENT.c.registered_at, count)
        row = (await connection.execute(select(*columns).where(CLIENT.c.id == client_id))).one()
    return str(row[0]), int(row[1]), int(row[2])


def _insist(client: PartnerClient, agreements: Sequence[Agreement], own: frozenset[str]) -> None:
    """Refuse a client that could not be held to what it is registered for."""
    named = {a.id: a for a in agreements}
    unknown = sorted(client.bound.agreements - named.keys())
    asking = client.speaks.organisations if client.speaks else frozenset({client.organisation})
    others = [a for a in client.bound.agreements & named.keys() if asking.isdisjoint(named[a].consumers)]
    wrong = [
        (CLIENT_ID.fullmatch(client.id) is None, "an id is 3 to 40 small letters, digits and hyphens, a letter first"),
        (client.id in KEPT, f"the hub itself is called {client.id}: choose another id"),
        (not client.name.strip() or len(client.name) > 80, "--name takes up to 80 characters"),  # noqa: PLR2004 -- a line
        (AGENCY.fullmatch(client.organisation) is None, "--organisation takes an agency's id, such as county-council"),
        (client.role not in ROLES, f"--role is one of {', '.join(sorted(ROLES))}"),
        (client.role == Role.IG_OFFICER.value, "no system is an information governance officer"),
        (not client.bound.purposes, "a client needs at least one --purpose"),
        (not client.bound.sources, "a client needs at least one --source"),
        (bool(unknown), f"there is no agreement {', '.join(unknown)}: see `hub agreements list`"),
        (bool(others), f"{', '.join(sorted(asking))} consumes nothing by {', '.join(sorted(others))}"),
        (not SHORTEST <= client.lifetime <= LONGEST, f"--lifetime is {SHORTEST} to {LONGEST} seconds"),
        (client.method is Method.KEY and not client.keys, "private_key_jwt needs public keys that fit: --jwks FILE"),
        (client.on_behalf_of and not client.keys, "its users are vouched for with a key of its own: --jwks FILE"),
        (client.method is Method.CERTIFICATE and client.certificate is None, "that way needs --certificate FILE"),
        *_wrong_of_hub(client, own),
    ]
    said = "; ".join(why for is_wrong, why in wrong if is_wrong)
    if said:
        raise CannotBeDone("bad-client", said)


def _wrong_of_hub(client: PartnerClient, own: frozenset[str]) -> list[tuple[bool, str]]:
    """Give what may be wrong with the client of another authority's hub: no claim of its own moves any of it."""
    speaks = client.speaks
    if speaks is None:
        return []
    here, theirs = set(speaks.roles.values()), set(speaks.roles)
    ours = sorted(speaks.organisations & own)
    return [
        (client.method is not Method.KEY, "a hub proves itself by what it signs: --method private_key_jwt"),
        (client.on_behalf_of, "a hub says with each question who asks: leave out --on-behalf-of"),
        (not speaks.organisations, "a hub needs at least one --speaks-for"),
        (not all(map(AGENCY.fullmatch, speaks.organisations)), "--speaks-for takes an agency's id"),
        (bool(ours), f"{', '.join(ours)} has sources of its own here: no other hub speaks for its users"),
        (not speaks.roles, "a hub needs at least one --their-role"),
        (not all(map(THEIR_ROLE.fullmatch, theirs)), "--their-role names a role by letters, digits and hyphens"),
        (not here <= set(ROLES), f"--their-role ends in one of {', '.join(sorted(ROLES))}"),
        (Role.IG_OFFICER.value in here, "no other hub's user is an information governance officer here"),
    ]


def _values(wanted: Wanted, by: By) -> dict[str, object]:
    client = wanted.client
    return {
        "id": client.id,
        "name": client.name,
        "organisation": client.organisation,
        "role": client.role,
        "purposes": " ".join(sorted(client.bound.purposes)),
        "agreements": " ".join(sorted(client.bound.agreements)),
        "sources": " ".join(sorted(client.bound.sources)),
        "method": client.method.value,
        "on_behalf_of": int(client.on_behalf_of),
        "decides_named": int(client.bound.decides_named),
        "lifetime": client.lifetime,
        "generation": 1,
        "certificate": client.certificate,
        "jwks": wanted.jwks,
        "speaks": speaks_written(client.speaks),
        "registered_by": by.subject,
        "registered_at": Now(),
    }


def _secret(pepper: bytes, client_id: str, secret: str) -> dict[str, object]:
    return {"hash": hashed(pepper, client_id, secret), "client_id": client_id, "made_at": Now(), "until": None}
