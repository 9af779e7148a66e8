"""The room joined: what the application gives it, and the endpoints it gives back."""

from collections.abc import Callable
from datetime import datetime

from hub.answer.sources import Sources
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.authzen.evaluating import Evaluator
from hub.authzen.http import AuthZen
from hub.authzen.named import Named
from hub.authzen.paging import Pages
from hub.authzen.searching import Searcher
from hub.governance.register import Register
from hub.governance.versions.rulebooks import Rulebooks
from hub.graphql.asking import Asking
from hub.graphql.trusted.register import TrustedRegister
from hub.identity.door import Door
from hub.observing import Observer


def authzen(
    asking: Asking,
    register: Register,
    rulebooks: Rulebooks,
    ledger: Ledger,
    pseudonyms: Pseudonyms,
    door: Door,
    observer: Observer,
    sources: Sources,
    documents: TrustedRegister,
    *,
    key: bytes,
    clock: Callable[[], datetime],
    step: float = 0.0,
) -> AuthZen:
    """Join the decision point; ``key`` makes page tokens, the same at every replica; ``step`` is the answers' grid."""
    named = Named(asking, ledger, pseudonyms, clock)
    evaluator = Evaluator(register, rulebooks, named, clock, sources, documents)
    return AuthZen(evaluator, Searcher(evaluator, Pages(key)), door, observer, step)
