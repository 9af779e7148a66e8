"""An agreement as a file: JSON that partners can read, write and exchange. Read whole or refused whole."""

from collections.abc import Iterator
from datetime import date

import msgspec
import orjson

from hub.governance.acting import REFERENCE
from hub.governance.agreements import Agreement, Signatory, Status
from hub.governance.data_items import DataItem
from hub.governance.ordered_file import RulesFile, ordered_rules, rules_file
from hub.governance.ordered_rules import TooTangled, items_of, warnings_of
from hub.governance.written import Unreadable, read_json
from policies.vocabulary import AGENCY, ANY, Effect
from schema.fields import CATALOGUE
from schema.kinds import Kind
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose

FORMAT = "childrens-services-hub/agreement/1"


class Party(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A consumer, and the sort of organisation it is: ordered rules may name either."""

    id: str
    type: str = ""


class SignatoryFile(msgspec.Struct, forbid_unknown_fields=True):
    """Who signed for a party."""

    organisation: str
    name: str
    office: str
    on: date


class ItemFile(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """One data item; every list holds ``*`` alone or words, and an empty one is none."""

    services: list[str]
    kinds: list[str]
    fields: list[str]
    effect: Effect = Effect.ALLOW
    consumers: list[str] = msgspec.field(default_factory=lambda: [ANY])
    purposes: list[str] = msgspec.field(default_factory=lambda: [ANY])
    start: date = date.min
    until: date = date.max


class AgreementFile(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """A whole agreement: with data items, or with ordered rules, never both."""

    format: str
    id: str
    title: str
    provider: str
    consumers: list[Party]
    purposes: list[Purpose]
    lawful_bases: list[LawfulBasis]
    dpia: str
    signatories: list[SignatoryFile]
    start: date
    review: date
    expiry: date
    status: Status
    items: list[ItemFile] | None = None
    rules: RulesFile | None = None


def read_agreement(written: bytes) -> tuple[Agreement, tuple[str, ...]]:
    """Read an agreement, and what whoever signs it should know; Unreadable gives the place and the reason."""
    document = read_json(written)
    try:
        file = msgspec.convert(document, AgreementFile)
    except msgspec.ValidationError as error:
        why, _, place = str(error).partition(" - at ")
        raise Unreadable(place.strip("`"), why) from None
    for place, why in _faults(file):
        raise Unreadable(place, why)
    agreement = _agreement(file)
    return agreement, tuple(_warnings(agreement))


def _faults(file: AgreementFile) -> Iterator[tuple[str, str]]:
    if file.format != FORMAT:
        yield "$.format", f"it must be {FORMAT!r}"
    if REFERENCE.fullmatch(file.id) is None:
        yield "$.id", "it must be a code such as health-2026: the ledger keeps it"
    for place, text in (("title", file.title), ("dpia", file.dpia)):
        if not text.strip():
            yield f"$.{place}", "it is empty"
    consumers = [party.id for party in file.consumers]
    for place, agency in (("provider", file.provider), *(("consumers", c) for c in consumers)):
        if not AGENCY.fullmatch(agency):
            yield f"$.{place}", f"{agency!r} is not an agency's id"
    yield from _list_faults(file, consumers)
    if not file.start <= file.review <= file.expiry:
        yield "$.review", "start, review and expiry must follow one another"
    if (file.items is None) == (file.rules is None):
        yield "$", "it must have either items or rules"
    yield from _unsigned(file, {file.provider, *consumers})


def _list_faults(file: AgreementFile, consumers: list[str]) -> Iterator[tuple[str, str]]:
    for place, named in (("consumers", consumers), ("purposes", file.purposes), ("lawfulBases", file.lawful_bases)):
        if not named:
            yield f"$.{place}", "there is none"
        if len(set(named)) < len(named):
            yield f"$.{place}", "one is there twice"
    if file.provider in consumers:
        yield "$.consumers", "the provider is among them: nobody needs an agreement for their own records"


def _unsigned(file: AgreementFile, parties: set[str]) -> Iterator[tuple[str, str]]:
    signed = {s.organisation for s in file.signatories}
    if strangers := signed - parties:
        yield "$.signatories", f"{', '.join(sorted(strangers))} is no party"
    if file.status is Status.SIGNED and (missing := parties - signed):
        yield "$.signatories", f"it says that it is signed, and nobody signed for {', '.join(sorted(missing))}"


def _agreement(file: AgreementFile) -> Agreement:
    rules = ordered_rules(file.rules, {p.id: p.type for p in file.consumers}, file.purposes) if file.rules else ()
    try:
        items = items_of(rules) if file.rules else tuple(_item(n, item) for n, item in enumerate(file.items or ()))
    except TooTangled as error:
        raise Unreadable("$.rules", str(error)) from None
    return Agreement(
        file.id,
        file.title,
        file.provider,
        frozenset(party.id for party in file.consumers),
        frozenset(file.purposes),
        file.start,
        file.review,
        file.expiry,
        items,
        file.status,
        frozenset(file.lawful_bases),
        file.dpia,
        tuple(Signatory(s.organisation, s.name, s.office, s.on) for s in file.signatories),
        rules,
    )


def _item(place: int, file: ItemFile) -> DataItem:
    lists = (file.services, file.kinds, file.fields, file.consumers, file.purposes)
    services, kinds, fields, consumers, purposes = map(frozenset, lists)
    try:
        return DataItem(services, kinds, fields, file.effect, consumers, purposes, file.start, file.until)
    except ValueError as error:
        raise Unreadable(f"$.items[{place}]", str(error)) from None


def _warnings(agreement: Agreement) -> Iterator[str]:
    yield from warnings_of(agreement.rules)
    allowing = [item for item in agreement.items if item.effect is Effect.ALLOW]
    if not any({ANY, Kind.EXISTENCE.value} & item.kinds and _names_existence(item) for item in allowing):
        yield "it shares no existence of any service, so nothing else can be shown under it"


def _names_existence(item: DataItem) -> bool:
    fields = {f for f, held in CATALOGUE.items() if held.kind is Kind.EXISTENCE}
    return bool(item.fields & ({ANY} | fields | {f"{CATALOGUE[f].record}.*" for f in fields}))


def write_agreement(agreement: Agreement) -> bytes:
    """Write an agreement so that reading it gives it back: its ordered rules where it has them, else its items."""
    file = AgreementFile(
        FORMAT,
        agreement.id,
        agreement.title,
        agreement.provider,
        [Party(c) for c in sorted(agreement.consumers)],
        sorted(agreement.purposes),
        sorted(agreement.lawful_bases),
        agreement.dpia,
        [SignatoryFile(s.organisation, s.name, s.office, s.on) for s in agreement.signatories],
        agreement.start,
        agreement.review,
        agreement.expiry,
        agreement.status,
        items=None if agreement.rules else items_file(agreement.items),
        rules=rules_file(agreement.rules) if agreement.rules else None,
    )
    return orjson.dumps(msgspec.to_builtins(file), option=orjson.OPT_INDENT_2)


def items_file(items: tuple[DataItem, ...]) -> list[ItemFile]:
    """Give data items as they are written."""
    return [
        ItemFile(
            sorted(i.services),
            sorted(i.kinds),
            sorted(i.fields),
            i.effect,
            sorted(i.consumers),
            sorted(i.purposes),
            i.start,
            i.until,
        )
        for i in items
    ]


def read_items(written: str) -> tuple[DataItem, ...]:
    """Read data items as the store keeps them; Unreadable where one holds a word that is on no list any more."""
    try:
        return tuple(_item(n, item) for n, item in enumerate(msgspec.json.decode(written, type=list[ItemFile])))
    except msgspec.MsgspecError:
        raise Unreadable("items", "they are not data items") from None
