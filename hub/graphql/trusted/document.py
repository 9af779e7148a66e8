"""A trusted document: a query that a client may run, bound to why it is asked and to what was agreed."""

from dataclasses import dataclass, field

from schema.purposes import Purpose


@dataclass(frozen=True, slots=True)
class TrustedDocument:
    """One registered document; ``agreement`` is empty where it rests on none: the client's own agency's sources."""

    client_id: str
    id: str
    digest: str
    text: str = field(repr=False)
    purpose: Purpose
    agreement: str
    revoked: bool = False
