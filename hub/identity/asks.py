"""What somebody who is signed in asks for: the purpose and the case, said once and remembered with their session."""

from dataclasses import dataclass, field

import orjson

from schema.purposes import Purpose
from schema.request import RequestContext


@dataclass(frozen=True, slots=True)
class Asks:
    """Why the next pages are asked for. A case reference may tell of a family, so it is in no log and no address."""

    purpose: Purpose
    reference: str | None = field(default=None, repr=False)
    reason: str | None = field(default=None, repr=False)

    @property
    def context(self) -> RequestContext:
        """Give what every question states."""
        return RequestContext(purpose=self.purpose, reference=self.reference, reason=self.reason)

    def written(self) -> bytes:
        """Give it as it is sealed."""
        return orjson.dumps({"purpose": self.purpose.value, "reference": self.reference, "reason": self.reason})

    @classmethod
    def read(cls, written: bytes) -> "Asks":
        """Read what was sealed."""
        said = orjson.loads(written)
        return cls(Purpose[said["purpose"]], said["reference"], said["reason"])
