"""Who a person is, in one source's words: names, birth, addresses, identifiers."""

from datetime import date

import strawberry

from schema.described import Described, closed_list
from schema.fields import held, record
from schema.kinds import Kind
from schema.labels import Label
from schema.records.provenance import Record


@closed_list
class Use(Described):
    """Whether a name or an address is in use now."""

    CURRENT = "CURRENT", "In use now."
    FORMER = "FORMER", "Used in the past."
    ALIAS = "ALIAS", "Also known as."


@closed_list
class Sex(Described):
    """Sex as recorded (the DfE's `Sex` item, which replaced `GenderCurrent`)."""

    FEMALE = "FEMALE", "Female."
    MALE = "MALE", "Male."
    INDETERMINATE = "INDETERMINATE", "Recorded as neither."
    UNKNOWN = "UNKNOWN", "Not recorded."


@closed_list
class IdentifierSystem(Described):
    """Which system an identifier belongs to."""

    NHS_NUMBER = "NHS_NUMBER", "NHS number (ten digits, Modulus 11)."
    UPN = "UPN", "Unique pupil number."
    CASE_NUMBER = "CASE_NUMBER", "Case system number at the source."
    YOT_NUMBER = "YOT_NUMBER", "Youth justice service number."
    PNC_ID = "PNC_ID", "Police National Computer identifier."
    TENANCY_REFERENCE = "TENANCY_REFERENCE", "Housing tenancy reference."


@record
@strawberry.type(description="A name of the person, as one source holds it.")
class PersonName(Record):
    """A name of the person, as one source holds it."""

    given: str | None = held(kind=Kind.IDENTITY, means="Given names.")
    family: str | None = held(kind=Kind.IDENTITY, means="Family name.")
    use: Use | None = held(kind=Kind.IDENTITY, means="Whether the name is in use now.")


@record
@strawberry.type(description="When the person was born or is expected, as one source holds it.")
class Birth(Record):
    """Birth, expected birth and sex, as one source holds them."""

    date_of_birth: date | None = held(kind=Kind.IDENTITY, means="Date of birth.")
    expected_date_of_birth: date | None = held(kind=Kind.IDENTITY, means="Expected date of birth of an unborn child.")
    date_of_death: date | None = held(kind=Kind.IDENTITY, means="Date of death.")
    sex: Sex | None = held(kind=Kind.IDENTITY, means="Sex as recorded.")
    ethnicity: str | None = held(
        kind=Kind.IDENTITY,
        label=Label.SPECIAL_CATEGORY,
        means="Ethnicity code as the source records it.",
    )


@record
@strawberry.type(description="Where the person lives or lived, as one source holds it.")
class Address(Record):
    """An address, as one source holds it."""

    lines: str | None = held(
        kind=Kind.IDENTITY,
        means="The address without its postcode, lines joined by commas.",
    )
    postcode: str | None = held(kind=Kind.IDENTITY, means="Postcode.")
    uprn: str | None = held(kind=Kind.IDENTITY, means="Unique property reference number.")
    use: Use | None = held(kind=Kind.IDENTITY, means="Whether the person lives there now.")
    start: date | None = held(kind=Kind.IDENTITY, means="First day at the address.")
    end: date | None = held(kind=Kind.IDENTITY, means="Last day at the address; none while it is open.")


@record
@strawberry.type(description="An identifier of the person, as one source holds it.")
class Identifier(Record):
    """An identifier, as one source holds it."""

    system: IdentifierSystem | None = held(kind=Kind.IDENTITY, means="Which system the identifier belongs to.")
    value: str | None = held(kind=Kind.IDENTITY, means="The identifier itself.")
    valid_from: date | None = held(kind=Kind.IDENTITY, means="First day the identifier was valid.")
    valid_to: date | None = held(kind=Kind.IDENTITY, means="Last day it was valid; a superseded number has one.")
