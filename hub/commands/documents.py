"""``hub documents``: the queries that a partner's client may run, each bound to a purpose and an agreement."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from hub.commands.officer import ByOption, OrganisationOption, TokenOption, at_desk, officer, read_file, refusing
from hub.commands.saying import DataOption, JsonOption, Refused, err, out, plainly, print_json
from hub.governance.acting import Acting
from hub.graphql.schema import build_schema, core_of
from hub.graphql.trusted.document import TrustedDocument
from hub.graphql.trusted.manifests import NoManifest, read_manifest
from hub.graphql.trusted.register import TrustedRegister
from hub.graphql.trusted.registering import register
from hub.graphql.trusted.registering import revoke as revoke_documents
from hub.identity.partners.registering import registered
from schema.purposes import Purpose

app = typer.Typer(help="The queries that partners' systems may run.", no_args_is_help=True)

ClientArgument = Annotated[str, typer.Argument(help="The client's id.")]


@app.command()
def add(
    client_id: ClientArgument,
    manifest: Annotated[Path, typer.Option("--manifest", help="Apollo's manifest, or Relay's or Codegen's map.")],
    purpose: Annotated[Purpose, typer.Option("--purpose", help="The one purpose they may state.")],
    agreement: Annotated[str, typer.Option("--agreement", help="The one agreement they rest on.")] = "",
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Register the documents of a manifest for a client: from then on it runs registered documents alone."""
    with plainly(), refusing():
        who = officer(by, organisation, token, data)
        try:
            listed = read_manifest(read_file(manifest))
        except NoManifest as error:
            raise Refused(f"{manifest.name}: {error}") from None

    async def work(acting: Acting) -> list[TrustedDocument]:
        client = await registered(acting, client_id)
        return await register(acting, who, core_of(build_schema()), client, listed, purpose, agreement)

    new = at_desk(data, work)
    said = f"{len(new)} documents registered for {client_id}, {len(listed) - len(new)} were there."
    err.print(f"{said} It runs registered documents alone.", markup=False, soft_wrap=True)


@app.command("list")
def list_(
    client_id: Annotated[str | None, typer.Argument(help="A client's id; all if none.")] = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """List the documents registered, and what each is bound to; with --json, their text too."""
    found = at_desk(data, lambda acting: TrustedRegister(acting.database).documents(client_id))
    if json_output:
        print_json([_line(one) for one in found])
        return
    table = Table("Client", "Document", "Purpose", "Agreement", "Revoked")
    for one in found:
        table.add_row(one.client_id, one.id, one.purpose.value, one.agreement, "yes" if one.revoked else "")
    out.print(table)


@app.command()
def revoke(
    client_id: ClientArgument,
    document: Annotated[list[str] | None, typer.Argument(help="Ids of documents; or --all.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every document of the client: it can run nothing.")] = False,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
) -> None:
    """Revoke documents for ever: from the next question on, at every replica, nothing runs them."""
    with plainly(), refusing():
        who = officer(by, organisation, token, data)
        if bool(document) is every:
            raise Refused("name documents, or say --all")
    gone = at_desk(data, lambda acting: revoke_documents(acting, who, client_id, document or ()))
    err.print(f"{len(gone)} documents of {client_id} are revoked.", markup=False)


def _line(one: TrustedDocument) -> dict[str, object]:
    return {
        "client": one.client_id,
        "id": one.id,
        "digest": one.digest,
        "purpose": one.purpose.value,
        "agreement": one.agreement,
        "revoked": one.revoked,
        "text": one.text,
    }
