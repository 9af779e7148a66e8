"""A question as an officer types it: who asks what, and the facts, of which those not typed are in order."""

from datetime import date

from hub.commands.policy.naming import member
from hub.commands.saying import Refused
from hub.governance.versions.supposed import NoSuchFact, fact_of, supposed
from policies.facts import Asker, Facts
from policies.simulate.exploring import Word
from policies.vocabulary import AGENCY, Role
from schema.labels import Label
from schema.purposes import Purpose


def asker_of(role: str, agency: str, purpose: str) -> Asker:
    """Give who asks and why."""
    if AGENCY.fullmatch(agency) is None:
        raise Refused(f"--agency: {agency!r} is not an agency's id, such as 'county-council'")
    return Asker(member(Role, role, "--role").value, agency, member(Purpose, purpose, "--purpose"))


def facts_of(asker: Asker, typed: list[str] | None, flags: frozenset[Label], today: date) -> Facts:
    """Give the facts of a question; Refused with the nearest word where one typed is none."""
    return supposed(asker, dict(_fact(pair) for pair in typed or ()), flags, today)


def _fact(pair: str) -> tuple[str, Word]:
    name, _, word = pair.partition("=")
    try:
        return name, fact_of(name, word)
    except NoSuchFact as error:
        raise Refused(f"--fact {pair!r}: {error}") from None
