"""Looking for somebody at another hub: what is given of them, and what its answers come to.

Only the release rule finds anybody there, and it needs a name and the date of birth. A family that moved may be known
there by a postcode they have left, so each of the last few is tried; more than one person found is nobody.
"""

from collections.abc import Sequence
from itertools import islice

from connectors.contract import Ambiguous, LocalId, Located, Matched, TooLittle, Traits, Unknown
from connectors.errors import SourceBroken
from connectors.shapes import Object
from connectors.transports.guarded import Json
from schema.records import IdentifierSystem
from schema.search import SearchOutcome

DOCUMENT = """query($people: [PersonSearchInput!]!, $sources: [ID!]!, $context: RequestContext!) {
  found: matchPeople(people: $people, sources: $sources, context: $context) {
    people { outcome id }
    sources { source outcome reason asOf complete
      coverage { start end area youngest oldest } contact { team phone email hours } }
  }
}"""

POSTCODES = 3
"""Postcodes tried of one person, the current one first."""

ENTRIES = 300
"""Entries of one question, by the other hub's limit."""

VALUES = 900
"""Values in the variables of one question: the other hub takes a thousand, and some are not of entries."""

_TRUSTED = (IdentifierSystem.NHS_NUMBER, IdentifierSystem.UPN)
"""Identifiers by which the release rule finds somebody, the surer first."""


def entries_of(traits: Traits) -> list[Json]:
    """Give what is looked for, an entry for each postcode; none where the release rule could not find them."""
    name = traits.names[0] if traits.names else None
    if name is None or not (name.given or name.family) or traits.date_of_birth is None:
        return []
    plain: dict[str, Json] = {
        "givenName": name.given or None,
        "familyName": name.family or None,
        "dateOfBirth": traits.date_of_birth.isoformat(),
    }
    known = dict(reversed(traits.identifiers))
    number = next(({"system": s.value, "value": known[s]} for s in _TRUSTED if s in known), None)
    postcodes: list[str | None] = list(islice(dict.fromkeys(p for p in traits.postcodes if p), POSTCODES))
    if number is None and not postcodes:
        return []
    given: dict[str, Json] = plain | ({"identifier": dict[str, Json](number)} if number else {})
    return [given | ({"postcode": postcode} if postcode else {}) for postcode in postcodes or [None]]


def packed(entries: Sequence[Json]) -> list[list[Json]]:
    """Put entries in as few questions as the other hub takes them in."""
    parts: list[list[Json]] = []
    room = 0
    for entry in entries:
        size = _values(entry)
        if not parts or size > room or len(parts[-1]) == ENTRIES:
            parts.append([])
            room = VALUES
        parts[-1].append(entry)
        room -= size
    return parts


def _values(value: Json) -> int:
    """Count a value and those inside it, as the other hub does."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_values, inside))


def came_to(answers: Sequence[Object]) -> Located:
    """Say what the answers to one person's entries come to."""
    outcomes = {_outcome(answer) for answer in answers}
    ids = {_id(answer) for answer in answers if _outcome(answer) is SearchOutcome.MATCH}
    if len(ids) == 1:
        return Matched(ids.pop())
    if ids or SearchOutcome.POSSIBLE in outcomes:
        return Ambiguous(max(2, len(ids)))
    return Unknown() if SearchOutcome.NO_MATCH in outcomes else TooLittle()


def _outcome(answer: Object) -> SearchOutcome:
    said = answer.get("outcome")
    if not isinstance(said, str) or said not in SearchOutcome.__members__:
        raise SourceBroken("wrong-type", "outcome")
    return SearchOutcome[said]


def _id(answer: Object) -> LocalId:
    found = answer.get("id")
    if not isinstance(found, str) or not found:
        raise SourceBroken("wrong-type", "id")
    return LocalId(found)
