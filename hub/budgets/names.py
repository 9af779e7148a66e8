"""Names: what budgets call users, systems, organisations and people. Keyed hashes; nobody is read out of them."""

import hmac
from collections.abc import Callable

from hub.keys import Keyring

_ACCOUNT, _SHORT = 16, 8
"""Bytes: of an account, and of what is counted inside one."""


class BudgetNames:
    """Makes the names, under the key kept for pseudonyms, apart from the ledger's own."""

    def __init__(self, keyring: Keyring) -> None:
        """Take the key."""
        self._key = hmac.digest(keyring.audit, b"budgets", "sha256")

    def user(self, subject: str) -> str:
        """Name a user, whatever token or system they come with."""
        return self._name("user", subject, _ACCOUNT)

    def client(self, client: str) -> str:
        """Name a system."""
        return self._name("client", client, _ACCOUNT)

    def organisation(self, organisation: str) -> str:
        """Name an organisation."""
        return self._name("organisation", organisation, _ACCOUNT)

    def person(self, person_id: str) -> str:
        """Name somebody asked about, by the id asked for: whether there is anybody of it plays no part."""
        return self._name("person", person_id, _SHORT)

    def number(self, system: str) -> Callable[[int], str]:
        """Give what names the numbers of one system of identifiers."""
        return lambda value: self._name(f"number {system}", str(value), _SHORT)

    def _name(self, domain: str, value: str, size: int) -> str:
        return hmac.digest(self._key, f"{domain}\0{value}".encode(), "sha256")[:size].hex()
