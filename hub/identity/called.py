"""What the hub calls somebody: the issuer's name here, then the claims that tell its people apart.

The same on every way in, so that somebody who signed in and somebody who brings a token is one person: in the ledger,
to budgets, and where two persons must agree.
"""

from collections.abc import Iterable
from urllib.parse import quote


def called(issuer: str, words: Iterable[str]) -> str:
    """Give the name; what stands between its parts is in none of them."""
    return ":".join([issuer, *(quote(word, safe="@") for word in words)])
