"""``hub clients``: partners' systems that may ask the hub, each bound to what its agreements are for."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from connectors.registry import expanded
from connectors.source import SourceConfig, read_sources
from hub.commands.officer import ByOption, OrganisationOption, TokenOption, at_desk, officer, read_file, refusing
from hub.commands.own_key import jwks
from hub.commands.saying import DataOption, JsonOption, Refused, err, out, plainly, print_json
from hub.commands.token import demo_settings
from hub.governance.acting import Acting, By
from hub.governance.agreeing import agreements_in
from hub.identity.keys_held import read_key_set
from hub.identity.partners.client import LIFETIME, Method, PartnerClient
from hub.identity.partners.register import PartnerRegister
from hub.identity.partners.registering import Wanted, register, registered, registered_at
from hub.identity.partners.registering import revoke as revoke_client
from hub.identity.partners.registering import rotate as rotate_client
from hub.identity.partners.room import partner_keys
from hub.identity.partners.signing import FOLDER, PartnerKeys, make_keys
from hub.identity.proxies import thumbprint_of
from hub.identity.requester import Bound, Speaks
from hub.settings import Environment, Settings
from schema.purposes import Purpose

app = typer.Typer(help="Partners' systems that may ask the hub.", no_args_is_help=True)
app.command("jwks")(jwks)

IdArgument = Annotated[str, typer.Argument(help="The client's id.")]
JwksOption = Annotated[Path | None, typer.Option("--jwks", help="File of the client's public keys (JWKS).")]


@app.command()
def add(
    client_id: IdArgument,
    name: Annotated[str, typer.Option("--name", help="What people call the system.")],
    agency: Annotated[str, typer.Option("--for", help="The organisation whose system it is.")],
    role: Annotated[str, typer.Option("--role", help="The role in which it asks.")],
    purpose: Annotated[list[Purpose], typer.Option("--purpose", help="A purpose it may state; once for each.")],
    source: Annotated[list[str], typer.Option("--source", help="A source it may ask; once for each.")],
    agreement: Annotated[list[str] | None, typer.Option("--agreement", help="An agreement it may rest on.")] = None,
    method: Annotated[Method, typer.Option("--method", help="How it proves that it is itself.")] = Method.SECRET,
    jwks: JwksOption = None,
    on_behalf_of: Annotated[bool, typer.Option("--on-behalf-of", help="It must name who uses it, each time.")] = False,
    decides_named: Annotated[
        bool,
        typer.Option("--decides-named", help="It gets decisions on named people, though held to registered queries."),
    ] = False,
    certificate: Annotated[Path | None, typer.Option("--certificate", help="PEM of the one it must show.")] = None,
    speaks_for: Annotated[
        list[str] | None, typer.Option("--speaks-for", help="It is another hub: an organisation whose users it names.")
    ] = None,
    their_role: Annotated[
        list[str] | None, typer.Option("--their-role", help="THEIRS=OURS: what a role of its users is here.")
    ] = None,
    lifetime: Annotated[int, typer.Option("--lifetime", help="Seconds a token is valid for.")] = LIFETIME,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Register a partner's client and print its secret, which is shown this once and kept nowhere."""
    with plainly(), refusing():
        settings, who = demo_settings(data), officer(by, organisation, token, data)
        keys, published = _made(settings), _jwks(jwks)
        here = _sources(settings)
        _known_sources([one for _, many in here for one in many], source)
        client = PartnerClient(
            id=client_id,
            name=name,
            organisation=agency,
            role=role,
            bound=Bound(frozenset(purpose), frozenset(agreement or ()), frozenset(source), decides_named),
            method=method,
            on_behalf_of=on_behalf_of,
            lifetime=lifetime,
            generation=1,
            certificate=_thumbprint(certificate),
            keys=read_key_set(published.encode()),
            speaks=_speaks(speaks_for or [], their_role or []),
        )

    async def work(acting: Acting) -> str | None:
        agreements, own = await agreements_in(acting.database), _own(here)
        return await register(acting, who, Wanted(client, published), keys.pepper, agreements, own)

    _told(client_id, at_desk(data, work), settings, json_output=json_output)


@app.command("list")
def list_(data: DataOption = None, json_output: JsonOption = False) -> None:
    """List the clients, and what each may ask at most."""
    found = at_desk(data, lambda acting: PartnerRegister(acting.database).clients())
    if json_output:
        print_json([_line(client) for client in found])
        return
    table = Table("Id", "Organisation", "Role", "Proves itself by", "Names its user", "Purposes", "Revoked")
    for c in found:
        purposes = " ".join(sorted(c.bound.purposes))
        row = (c.id, c.organisation, c.role, c.method.value, _yes(c.on_behalf_of), purposes, _yes(c.revoked))
        table.add_row(*row)
    out.print(table)


@app.command()
def show(client_id: IdArgument, data: DataOption = None, json_output: JsonOption = False) -> None:
    """Show one client, but for its secret, which nobody can be shown."""

    async def work(acting: Acting) -> dict[str, object]:
        found = {c.id: c for c in await PartnerRegister(acting.database).clients()}.get(client_id)
        if found is None:
            raise Refused("there is no such client: `hub clients list` names those there are")
        by, at, secrets = await registered_at(acting, client_id)
        when = datetime.fromtimestamp(at, UTC).isoformat()
        return _line(found) | {"secrets": secrets, "registered_by": by, "registered_at": when}

    line = at_desk(data, work)
    if json_output:
        print_json(line)
        return
    for word, value in line.items():
        out.print(f"{word}: {' '.join(value) if isinstance(value, list) else value}", markup=False, soft_wrap=True)


@app.command()
def rotate(
    client_id: IdArgument,
    jwks: JwksOption = None,
    keep: Annotated[int, typer.Option("--keep-old", min=0, max=168, help="Hours the old secret is valid for.")] = 24,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Give a client a new secret, or new public keys; --keep-old 0 where the old one was lost to somebody."""
    with plainly(), refusing():
        settings, who = demo_settings(data), officer(by, organisation, token, data)
        keys, published = _made(settings), _jwks(jwks) if jwks else None

    async def work(acting: Acting) -> str | None:
        client = await registered(acting, client_id)
        return await rotate_client(acting, who, client, keys.pepper, published, keep)

    _told(client_id, at_desk(data, work), settings, json_output=json_output)


@app.command()
def revoke(
    client_id: IdArgument,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Revoke a client for ever: from the next question on, at every replica, its tokens are no good."""
    with plainly(), refusing():
        who: By = officer(by, organisation, token, data)

    async def work(acting: Acting) -> None:
        await revoke_client(acting, who, (await registered(acting, client_id)).id)

    at_desk(data, work)
    err.print(f"Client {client_id} is revoked.", markup=False)


@app.command()
def key(
    rotate: Annotated[bool, typer.Option("--rotate", help="Make a new one, which signs a minute from now.")] = False,
    data: DataOption = None,
) -> None:
    """Show the ids of the keys that sign partners' tokens, or make a new one; in production this makes the first."""
    with plainly(), refusing():
        settings = demo_settings(data)
        if rotate:
            out.print(make_keys(settings.keys_folder / FOLDER, time.time()), markup=False)
            return
        for published in _made(settings).published:
            out.print(str(published["kid"]), markup=False)


def _made(settings: Settings) -> PartnerKeys:
    keys = partner_keys(settings)
    if keys is None:
        raise Refused("there is no key for partners' tokens yet: `hub clients key --rotate` makes it")
    if settings.env is Environment.PRODUCTION and not settings.public_url:
        raise Refused("HUB_PUBLIC_URL must say where partners reach the hub")
    return keys


def _jwks(path: Path | None) -> str:
    """Read a client's public keys as they are published; a private one among them is refused."""
    if path is None:
        return '{"keys":[]}'
    text = read_file(path)
    try:
        if not read_key_set(text):
            raise Refused(f"{path.name} holds no key for ES256, PS256, RS256 or EdDSA")
    except ValueError as error:
        raise Refused(f"{path.name}: {error}") from None
    return text.decode()


def _speaks(organisations: list[str], roles: list[str]) -> Speaks | None:
    """Read for whom a hub speaks; none for every other client."""
    if not organisations and not roles:
        return None
    pairs = [role.partition("=") for role in roles]
    if any(not equals for _, equals, _ in pairs) or len({theirs for theirs, _, _ in pairs}) < len(pairs):
        raise Refused("--their-role takes THEIRS=OURS, each of theirs once: front-door-worker=front-door-worker")
    return Speaks(frozenset(organisations), {theirs: ours for theirs, _, ours in pairs})


def _thumbprint(path: Path | None) -> str | None:
    from cryptography import x509

    if path is None:
        return None
    try:
        return thumbprint_of(x509.load_pem_x509_certificate(read_file(path)))
    except ValueError:
        raise Refused(f"{path.name} is not a certificate in PEM") from None


def _sources(settings: Settings) -> list[tuple[SourceConfig, tuple[SourceConfig, ...]]]:
    """Give each configured file with the sources it makes here: those of another authority's hub are several."""
    configured = read_sources(settings.sources_folder) if settings.sources_folder.is_dir() else ()
    return [(config, expanded(config)) for config in configured]


def _own(here: list[tuple[SourceConfig, tuple[SourceConfig, ...]]]) -> frozenset[str]:
    """Give the agencies with sources of their own here."""
    return frozenset(one.agency for file, many in here for one in many if one is file)


def _known_sources(here: list[SourceConfig], named: list[str]) -> None:
    if unknown := sorted(set(named) - {source.id for source in here}):
        raise Refused(f"there is no source {', '.join(unknown)}: see `hub sources list`")


def _told(client_id: str, secret: str | None, settings: Settings, *, json_output: bool) -> None:
    if json_output:
        print_json(
            {"client_id": client_id, "token_endpoint": f"{settings.base_url}/oauth/token", "client_secret": secret}
        )
        return
    if secret is not None:
        out.print(secret, markup=False, soft_wrap=True)
        err.print("That is its secret: it is shown this once and kept nowhere.", markup=False)
    err.print(f"Client {client_id} gets its tokens at {settings.base_url}/oauth/token", markup=False, soft_wrap=True)


def _line(c: PartnerClient) -> dict[str, object]:
    return {
        "id": c.id,
        "name": c.name,
        "organisation": c.organisation,
        "role": c.role,
        "purposes": sorted(c.bound.purposes),
        "agreements": sorted(c.bound.agreements),
        "sources": sorted(c.bound.sources),
        "method": c.method.value,
        "on_behalf_of": c.on_behalf_of,
        "decides_named": c.bound.decides_named,
        "lifetime": c.lifetime,
        "certificate": c.certificate,
        "keys": sorted(c.keys),
        "speaks_for": sorted(c.speaks.organisations) if c.speaks else [],
        "their_roles": [f"{theirs}={ours}" for theirs, ours in sorted(c.speaks.roles.items())] if c.speaks else [],
        "revoked": c.revoked,
    }


def _yes(value: bool) -> str:  # noqa: FBT001 -- a cell of a table
    return "yes" if value else ""
