"""What claims mean: the role, organisation and team that the configured rows give whoever an issuer vouched for.

The first row whose every condition holds gives role and organisation; the first for that organisation, a team. What
no row is about means nothing, whatever it is called.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.identity.called import called
from hub.identity.issuers.configured import ChosenConfig, IssuerConfig, RowConfig, Value

Claims = Mapping[str, Any]
"""What an issuer says of somebody, its signature checked."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What somebody may act as."""

    role: str
    organisation: str
    team: str | None = None


def meaning_of(issuer: IssuerConfig, claims: Claims) -> Meaning | None:
    """Give what claims mean; none where no row gives a role."""
    said = _narrowed(issuer.chosen, claims)
    if said is None:
        return None
    holding = [row for row in issuer.rows if _holds(row, said)]
    acting = next((row for row in holding if row.role is not None), None)
    if acting is None or acting.role is None:
        return None
    there = (row.team for row in holding if row.team and row.organisation == acting.organisation)
    return Meaning(acting.role, acting.organisation, acting.team or next(there, None))


def subject_of(issuer: IssuerConfig, claims: Claims) -> str | None:
    """Give the hub's name for somebody: the issuer's id, then the claims that tell its people apart; none without."""
    words = [claims.get(name) for name in issuer.subject]
    if not all(isinstance(word, str) and word for word in words):
        return None
    return called(issuer.id, map(str, words))


def required(issuer: IssuerConfig, claims: Claims) -> bool:
    """Say whether every claim insisted upon has the one value it must have."""
    return all(claims.get(name) == value for name, value in issuer.require.items())


def _narrowed(chosen: ChosenConfig | None, claims: Claims) -> Claims | None:
    """Keep, of the list of roles, the one that was chosen; none where none was or it is not listed once."""
    if chosen is None:
        return claims
    by, listed = claims.get(chosen.by), claims.get(chosen.list)
    if not isinstance(by, str) or not isinstance(listed, list):
        return None
    kept = [one for one in listed if isinstance(one, dict) and one.get(chosen.key) == by]
    return {**claims, chosen.list: kept} if len(kept) == 1 else None


def _holds(row: RowConfig, claims: Claims) -> bool:
    return all(any(_is(one, value) for one in _each(claims.get(name))) for name, value in row.when.items())


def _each(claim: object) -> Iterable[object]:
    return claim if isinstance(claim, list) else (claim,)


def _is(said: object, value: Value) -> bool:
    """Compare exactly: text with text, or every word of an object."""
    if isinstance(value, str):
        return isinstance(said, str) and said == value
    return isinstance(said, dict) and all(
        isinstance(said.get(word), str) and said[word] == wanted for word, wanted in value.items()
    )
