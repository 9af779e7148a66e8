"""Finding the right child: what can be searched by, and what comes back."""

from datetime import date

import strawberry

from schema.described import Described, closed_list
from schema.records.identity import IdentifierSystem, Sex
from schema.services import Service
from schema.sizes import sized
from schema.sources import SourceAnswer


@strawberry.input(description="An identifier to search by.")
class IdentifierInput:
    """An identifier and the system it belongs to."""

    system: IdentifierSystem = strawberry.field(description="Which system it belongs to.")
    value: str = strawberry.field(description="The identifier; spaces and hyphens do not matter.")


@strawberry.input(
    description="Whom to look for: an identifier; or a name and a date of birth; or one name, birth and postcode."
)
class PersonSearchInput:
    """Whom to look for. ``*`` and ``%`` are ignored."""

    family_name: str | None = strawberry.field(description="Family name, present or former.", default=None)
    given_name: str | None = strawberry.field(description="Given name or a familiar form of it.", default=None)
    date_of_birth: date | None = strawberry.field(description="Date of birth.", default=None)
    born_from: date | None = strawberry.field(
        description="Earliest date of birth, where it is not known.", default=None
    )
    born_to: date | None = strawberry.field(description="Latest date of birth, where it is not known.", default=None)
    age: int | None = strawberry.field(
        description="Age in years as somebody told it, where no date is known: a year either side is looked at.",
        default=None,
    )
    postcode: str | None = strawberry.field(description="Postcode, present or former.", default=None)
    address: str | None = strawberry.field(
        description="Address without its postcode; weighs, but nobody is looked up by it alone.", default=None
    )
    identifier: IdentifierInput | None = strawberry.field(description="NHS number, UPN or another.", default=None)
    mother: IdentifierInput | None = strawberry.field(
        description="An identifier of the mother: the only way to an unborn child, who is never a match. For child"
        " protection, safeguarding triage and a child in need alone.",
        default=None,
    )


@closed_list
class SearchOutcome(Described):
    """What a search came to."""

    MATCH = "MATCH", "One person satisfies the release rule."
    POSSIBLE = "POSSIBLE", "One or more people could be meant: a person must choose."
    TOO_MANY = "TOO_MANY", "Too many to show: give more."
    NO_MATCH = "NO_MATCH", "Nobody who may be shown was found by what was searched."


@strawberry.type(description="How one thing you gave compares with what is held.")
class MatchEvidence:
    """One comparison and its weight."""

    field: str = strawberry.field(description="What was compared.")
    agreement: str = strawberry.field(description="How it agreed.")
    bits: float = strawberry.field(description="What it adds to the score, in bits (log2 of the likelihood ratio).")


@strawberry.type(description="Somebody who could be meant.")
class PersonCandidate:
    """A candidate, as far as the rules let you see who they are."""

    id: strawberry.ID = strawberry.field(description="The hub's opaque id: ask about the person with it.")
    names: list[str] = strawberry.field(description="Names held, current first.")
    date_of_birth: date | None = strawberry.field(description="Date of birth.")
    expected_date_of_birth: date | None = strawberry.field(description="Expected date of birth of an unborn child.")
    age: int | None = strawberry.field(description="Age today in whole years.")
    sex: Sex | None = strawberry.field(description="Sex as recorded.")
    postcodes: list[str] = strawberry.field(description="Postcodes held, current first.")
    services: list[Service] = strawberry.field(description="Services whose records these are.")
    score: float = strawberry.field(description="Total weight in bits.")
    evidence: list[MatchEvidence] = strawberry.field(description="Why the person is here.", directives=[sized(8)])
    rule: str | None = strawberry.field(description="The release rule satisfied, with its version.")
    notes: list[str] = strawberry.field(description="What to mind, such as a twin or a shared name.")


@strawberry.type(description="What a search found.")
class SearchAnswer:
    """What a search found, and what was searched."""

    outcome: SearchOutcome = strawberry.field(description="What the search came to.")
    searched: list[str] = strawberry.field(description="What was searched, in words.")
    explanation: str = strawberry.field(description="What to do next.")
    candidates: list[PersonCandidate] = strawberry.field(description="Those who could be meant, likeliest first.")


@strawberry.type(description="Whether exactly one person here is whom another hub means. Nobody else is told of.")
class PersonMatch:
    """What became of looking for one person on behalf of another authority's hub."""

    outcome: SearchOutcome = strawberry.field(description="What it came to; TOO_MANY where too little was given.")
    id: strawberry.ID | None = strawberry.field(
        description="The hub's opaque id of whoever satisfies the release rule.", default=None
    )


@strawberry.type(description="What became of looking for people on behalf of another authority's hub.")
class PeopleMatched:
    """Who was found, and what the asker may look into at all."""

    sources: list[SourceAnswer] = strawberry.field(
        description="Each source, as it is answered of nobody in particular: what is withheld from you, whoever it is.",
        directives=[sized(10)],
    )
    people: list[PersonMatch] = strawberry.field(description="Each of those given, in order.", directives=[sized(0)])
