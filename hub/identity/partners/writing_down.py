"""What the ledger is told of a token: for whom, and by which client. Written before the token leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.audit.entries import Event, new_record_id
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.identity.partners.client import PartnerClient

ISSUED = "client-token-issued"


@dataclass(frozen=True, slots=True)
class WritingDown:
    """Writes tokens down."""

    ledger: Ledger
    pseudonyms: Pseudonyms
    clock: Callable[[], datetime]

    async def issued(self, client: PartnerClient, subject: str, request_id: str) -> None:
        """Write down that a token was issued; LedgerUnavailable where it cannot be, and then it is not."""
        await self.ledger.append(
            Event(
                new_record_id(),
                request_id,
                self.clock(),
                ISSUED,
                actor=self.pseudonyms.actor(subject),
                role=client.role,
                organisation=client.organisation,
                about=client.id,
                facts={"method": client.method.value},
            )
        )
