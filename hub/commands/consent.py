"""``hub consent``: what families agreed to, refused and took back."""

from pathlib import Path
from typing import Annotated

import typer

from hub.clock import now
from hub.commands.listing import show
from hub.commands.officer import (
    ByOption,
    OrganisationOption,
    PersonOption,
    TokenOption,
    at_desk,
    known_person,
    officer,
    read_file,
    refusing,
)
from hub.commands.saying import DataOption, JsonOption, Refused, err, plainly, print_json
from hub.commands.typed import DayOption, day, word
from hub.commands.typed import service as service_of
from hub.governance.acting import Acting
from hub.governance.consent import Consent
from hub.governance.consenting import consents_listed, consents_of, import_consents, record_consent
from hub.governance.consenting import withdraw as take_back
from hub.governance.fhir_reading import consents_from_fhir
from hub.governance.fhir_writing import consents_to_fhir
from hub.governance.givers import Capacity, ConsentReason, GiverRelationship
from hub.governance.listing import Listed
from hub.governance.written import read_json
from policies.facts import ConsentState
from policies.vocabulary import AGENCY
from schema.kinds import Kind
from schema.purposes import Purpose

app = typer.Typer(help="What families agreed to and refused.", no_args_is_help=True)

GiverOption = Annotated[str, typer.Option("--giver", help="A word that tells the givers of one child apart.")]


@app.command()
def record(  # one option for each thing an officer knows of a consent
    person: PersonOption,
    giver: GiverOption,
    relationship: Annotated[str, typer.Option(help=f"One of {', '.join(GiverRelationship)}.")],
    capacity: Annotated[str, typer.Option(help=f"One of {', '.join(Capacity)}.")],
    purpose: Annotated[list[str], typer.Option(help="What it is for; may be given several times.")],
    method: Annotated[str, typer.Option(help="How it was said, in a word: form, spoken, meeting.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    refused: Annotated[bool, typer.Option("--refused", help="They said no.")] = False,
    service: Annotated[list[str] | None, typer.Option(help="Which services' data; all if none.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Which kinds of data; all if none.")] = None,
    recipient: Annotated[list[str] | None, typer.Option(help="Which agencies may see it; all if none.")] = None,
    evidence: Annotated[str, typer.Option(help="Reference of the form or note, without spaces.")] = "",
    given: DayOption = None,
    expires: DayOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Record what somebody said: yes, or no."""
    with plainly():
        who = officer(by, organisation, token, data)
        try:
            consent = Consent(
                person,
                giver,
                ConsentState.REFUSED if refused else ConsentState.GIVEN,
                frozenset(service_of(one) for one in service or ()),
                frozenset(word("--purpose", one, Purpose) for one in purpose),
                frozenset(_agency(one) for one in recipient or ()),
                method,
                who.subject,
                now(),
                day("--expires", expires),
                kinds=frozenset(word("--kind", one, Kind) for one in kind or ()),
                relationship=word("--relationship", relationship, GiverRelationship),
                capacity=word("--capacity", capacity, Capacity),
                evidence=evidence,
                given=day("--given", given) or now().date(),
            )
        except ValueError as error:
            raise Refused(str(error)) from None

    async def work(acting: Acting) -> str:
        await known_person(data, acting, person)
        return await record_consent(acting, consent, who)

    _done("Recorded", at_desk(data, work), json_output=json_output)


def _agency(typed: str) -> str:
    if not AGENCY.fullmatch(typed):
        raise Refused("--recipient takes an agency's id, such as county-council")
    return typed


def _done(what: str, record_id: str, *, json_output: bool) -> None:
    if json_output:
        print_json({"id": record_id})
    else:
        err.print(f"{what}: {record_id}. It counts from the next question on.", markup=False)


@app.command("list")
def list_(person: PersonOption, data: DataOption = None, json_output: JsonOption = False) -> None:
    """List everything recorded about one person, oldest first."""

    async def work(acting: Acting) -> Listed[Consent]:
        known = await known_person(data, acting, person)
        return await consents_listed(acting.database, {person} | known.aliases)

    found = at_desk(data, work)
    columns = {"id": "Id", "giver": "Giver", "relationship": "Who", "state": "State", "services": "Services"}
    columns |= {"kinds": "Kinds", "recipients": "Recipients", "purposes": "Purposes", "given": "Given"}
    show([_line(one) for one in found.found], columns | {"expires": "Expires"}, found.faulty, json_output=json_output)


def _line(consent: Consent) -> dict[str, object]:
    return {
        "id": consent.id,
        "giver": consent.giver,
        "relationship": consent.relationship.value,
        "capacity": consent.capacity.value,
        "state": consent.state.value,
        "services": sorted(consent.services),
        "kinds": sorted(consent.kinds),
        "recipients": sorted(consent.recipients),
        "purposes": sorted(consent.purposes),
        "given": consent.given,
        "expires": consent.expires,
        "method": consent.method,
        "evidence": consent.evidence,
        "recordedBy": consent.recorded_by,
        "reason": consent.reason.value if consent.reason else None,
    }


@app.command()
def withdraw(
    person: PersonOption,
    giver: GiverOption,
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    reason: Annotated[str, typer.Option(help=f"One of {', '.join(ConsentReason)}.")] = "NOT_GIVEN",
    said: DayOption = None,
    only: Annotated[str | None, typer.Option(help="The id of one record; all the giver said if none.")] = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Take back what a giver agreed to. When this says so it is done, at every replica."""
    with plainly():
        who, why = officer(by, organisation, token, data), word("--reason", reason, ConsentReason)
        when = day("--said", said) or now().date()

    async def work(acting: Acting) -> str:
        known = await known_person(data, acting, person)
        return await take_back(acting, known.aliases | {person}, giver, who, reason=why, said=when, only=only)

    _done("Withdrawn", at_desk(data, work), json_output=json_output)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A FHIR R4 Consent, or a Bundle that is a collection of them.")],
    by: ByOption = "",
    organisation: OrganisationOption = "",
    token: TokenOption = None,
    data: DataOption = None,
    json_output: JsonOption = False,
) -> None:
    """Record consents from FHIR R4: all, or none with the place of what cannot be kept."""
    with plainly(), refusing():
        who = officer(by, organisation, token, data)
        consents = consents_from_fhir(read_json(read_file(file)))

    async def work(acting: Acting) -> tuple[str, ...]:
        ids: dict[str, frozenset[str]] = {}
        for person_id in sorted({consent.person_id for consent in consents}):
            ids[person_id] = (await known_person(data, acting, person_id)).aliases | {person_id}
        return await import_consents(acting, consents, who, ids)

    ids = at_desk(data, work)
    if json_output:
        print_json({"ids": ids})
    else:
        err.print(f"Recorded: {len(ids)}. They count from the next question on.", markup=False)


@app.command()
def export(person: PersonOption, data: DataOption = None) -> None:
    """Print everything recorded about one person as a FHIR R4 Bundle."""

    async def work(acting: Acting) -> dict[str, object]:
        known = await known_person(data, acting, person)
        return consents_to_fhir(await consents_of(acting.database, {person} | known.aliases))

    print_json(at_desk(data, work))
