"""Registering a client's documents and revoking them: each checked as a question is, written down, then done."""

from collections.abc import Sequence

from graphql import GraphQLSchema, OperationType
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.errors import HubError
from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.graphql.documents import Documents
from hub.graphql.invalid import Invalid
from hub.graphql.persisted import digest_of
from hub.graphql.trusted.document import TrustedDocument
from hub.graphql.trusted.manifests import Listed
from hub.graphql.trusted.register import DOCUMENT, TrustedRegister
from hub.identity.partners.client import PartnerClient
from hub.store.seconds import Now
from schema.purposes import Purpose


async def register(
    acting: Acting,
    by: By,
    schema: GraphQLSchema,
    client: PartnerClient,
    listed: Sequence[Listed],
    purpose: Purpose,
    agreement: str,
) -> list[TrustedDocument]:
    """Register what a manifest lists, all of it or none; give what is new. What is there already stays as it is."""
    _insist(client, purpose, agreement)
    there = {d.id: d for d in await TrustedRegister(acting.database).documents(client.id)}
    wanted = [TrustedDocument(client.id, one.id, digest_of(one.text), one.text, purpose, agreement) for one in listed]
    wrong = [why for one in wanted if (why := _wrong(schema, one, there.get(one.id))) is not None]
    if len({one.id for one in wanted}) < len(wanted):
        wrong.append("an id stands for two documents")
    if wrong:
        raise CannotBeDone("bad-document", "; ".join(wrong[:5]))
    new = [one for one in wanted if one.id not in there]

    async def change(connection: AsyncConnection) -> None:
        await connection.execute(insert(DOCUMENT).values([_values(one, by) for one in new]))

    if new:
        await acting.act(by, change, *(_note("document-registered", one) for one in new))
    return new


async def revoke(acting: Acting, by: By, client_id: str, names: Sequence[str]) -> list[TrustedDocument]:
    """Revoke documents of a client, every one where none is named: from the next question on nothing runs them."""
    there = await TrustedRegister(acting.database).documents(client_id)
    live = [one for one in there if not one.revoked and (not names or one.id in names)]
    unknown = sorted(set(names) - {one.id for one in there})
    if unknown or not live:
        raise CannotBeDone("no-such-document", f"no such document is registered for {client_id}: `hub documents list`")

    async def change(connection: AsyncConnection) -> None:
        chosen = (DOCUMENT.c.client_id == client_id) & DOCUMENT.c.id.in_([one.id for one in live])
        await connection.execute(update(DOCUMENT).where(chosen).values(revoked_at=Now()))

    await acting.act(by, change, *(_note("document-revoked", one) for one in live))
    return live


def _insist(client: PartnerClient, purpose: Purpose, agreement: str) -> None:
    if purpose not in client.bound.purposes:
        raise CannotBeDone("not-its-purpose", f"client {client.id} may not state {purpose.value}: `hub clients show`")
    if agreement and agreement not in client.bound.agreements:
        raise CannotBeDone("not-its-agreement", f"client {client.id} rests on no such agreement: `hub clients show`")


def _wrong(schema: GraphQLSchema, one: TrustedDocument, there: TrustedDocument | None) -> str | None:
    """Say what is wrong with a document, by its id; none where it may be registered, or is just so."""
    if there is not None:
        return None if there == one else f"{one.id} is registered already, for another text, purpose or agreement"
    try:
        document = Documents(schema).read(one.text, introspection=False)
    except HubError as error:
        return f"{one.id}: {error}"
    except Invalid as invalid:
        return f"{one.id}: {invalid.errors[0].message}"
    if any(o.node.operation is OperationType.MUTATION for o in document.operations.values()):
        return f"{one.id}: partners' systems ask queries and subscriptions alone"
    return None


def _note(name: str, one: TrustedDocument) -> Note:
    return Note(name, f"{one.client_id}:{one.digest[:32]}", facts={"purpose": one.purpose.value})


def _values(one: TrustedDocument, by: By) -> dict[str, object]:
    return {
        "client_id": one.client_id,
        "id": one.id,
        "digest": one.digest,
        "text": one.text,
        "purpose": one.purpose.value,
        "agreement": one.agreement,
        "registered_by": by.subject,
        "registered_at": Now(),
    }
