"""The requester: who is asking. Role and organisation come from the credential and from nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schema.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Bound:
    """What a partner's system may ask of the hub at most, whoever uses it; an empty set is nothing.

    ``decides_named`` says that it may ask for decisions about named people though it is held to registered queries.
    """

    purposes: frozenset[Purpose]
    agreements: frozenset[str]
    sources: frozenset[str]
    decides_named: bool = False


@dataclass(frozen=True, slots=True)
class Speaks:
    """For whom another authority's hub may speak: organisations, and what each role of theirs is here.

    A role that is not among them is nobody's here, whatever the other hub says of it.
    """

    organisations: frozenset[str]
    roles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Relayed:
    """What another hub signed of the question its own user put to it.

    ``seconds`` are those its user still waits; ``trace`` is the trace id both hubs log (W3C Trace Context);
    ``through`` are the hubs it came through, the latest first.
    """

    purpose: Purpose
    reference: str | None = field(repr=False)
    seconds: float
    trace: str
    through: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Requester:
    """Who is asking: ``subject`` is the credential's own id for them, ``client`` the system they use.

    ``team`` is the team their organisation says they are of, where it says so. Of somebody signed in with a browser,
    ``session`` is the session's reference. ``lately`` says that they proved who they are in the last minutes, by their
    issuer's word. ``bound`` is what the partner's system they use is bound to, none for a person's own credential.
    ``speaks`` is for whom that system may speak where it is another authority's hub, which asks nothing for itself;
    ``relayed`` is what it signed of the question it brings.
    """

    subject: str = field(repr=False)
    name: str = field(repr=False)
    role: str
    organisation: str
    client: str
    team: str | None = None
    session: str | None = field(default=None, compare=False)
    lately: bool = field(default=False, compare=False)
    bound: Bound | None = None
    speaks: Speaks | None = None
    relayed: Relayed | None = None

    @property
    def names_nobody(self) -> bool:
        """Say whether this is a partner's system alone: it named no person who uses it (``partners/client.py``)."""
        return self.bound is not None and self.subject == f"partner:{self.client}"
