"""Asking a running hub over HTTP, as any client would."""

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from hub.commands.saying import Refused

PERSON_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")

SEARCH = """
query Find($input: PersonSearchInput!, $context: RequestContext!) {
  searchPeople(input: $input, context: $context) {
    outcome explanation searched candidates { id names dateOfBirth age postcodes score rule notes }
  }
}
"""

WHO_IS_INVOLVED = """
query WhoIsInvolved($id: ID!, $context: RequestContext!) {
  person(id: $id, context: $context) {
    id dateOfBirth expectedDateOfBirth age
    names { given family use }
    involvements {
      service subService status organisation team threshold start end
      professionals { name role phone email status }
      dutyDesk { team phone email }
      provenance { source name asOf }
    }
    family {
      id name types status sameHousehold parentalResponsibility differs possiblySame
      held { type name start end sameHousehold parentalResponsibility provenance { source name asOf } }
    }
    sources { source service name outcome reason explanation asOf complete contact { team phone } }
    withheld { path source service kind masked code reason remedy decisionId }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Client:
    """A client of a running hub."""

    url: str
    token: str

    def ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Send a query and give its data; Refused says what the hub said."""
        request = urllib.request.Request(  # noqa: S310 -- the address is the operator's own
            f"{self.url}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 -- as above
                body = json.load(response)
        except urllib.error.HTTPError as error:
            body = _body_of(error)
        except (OSError, ValueError):
            raise Refused(f"no hub answers at {self.url}: start one with `make demo` or `hub serve`") from None
        if errors := body.get("errors"):
            raise Refused("; ".join(str(e.get("message")) for e in errors))
        data = body.get("data")
        return data if isinstance(data, dict) else {}

    def find(self, child: str, context: dict[str, Any]) -> str:
        """Give the hub's id for a child: an id as it is, or ``Family, Given, YYYY-MM-DD`` searched for."""
        if PERSON_ID.fullmatch(child):
            return child
        parts = [p.strip() for p in child.split(",")]
        if len(parts) != 3:  # noqa: PLR2004 -- family, given, born
            raise Refused("--child takes the hub's id, a name of the demo's cast, or 'Family, given, YYYY-MM-DD'")
        given = {"familyName": parts[0], "givenName": parts[1], "dateOfBirth": parts[2]}
        return self._one(self.ask(SEARCH, {"input": given, "context": context})["searchPeople"])

    def _one(self, found: dict[str, Any]) -> str:
        """Give the one person found; of several the hub does not choose, and nor does this."""
        candidates = found["candidates"]
        if found["outcome"] == "MATCH" or len(candidates) == 1:
            return str(candidates[0]["id"])
        if not candidates:
            raise Refused(f"{found['explanation']} Searched: {', '.join(found['searched'])}.")
        several = "\n".join(f"  --child {c['id']}  {', '.join(c['names'][:1])}, {c['dateOfBirth']}" for c in candidates)
        raise Refused(f"more than one person could be meant; choose:\n{several}")

    def who_is_involved(self, person_id: str, context: dict[str, Any]) -> dict[str, Any] | None:
        """Ask who is involved with a child."""
        answer = self.ask(WHO_IS_INVOLVED, {"id": person_id, "context": context})["person"]
        return answer if isinstance(answer, dict) else None


def _body_of(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        body = json.load(error)
    except ValueError:
        body = {}
    return body if isinstance(body, dict) and body else {"errors": [{"message": f"HTTP {error.code}"}]}
