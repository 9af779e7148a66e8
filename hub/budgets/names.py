"""Names: what budgets call users, systems, organisations and people. Keyed hashes; nobody is read out of them."""

import hmac
from collections.abc import Callable

from hub.identity.requester import Requester
from hub.keyed import KeyedHash
from hub.keys import Keyring

_ACCOUNT, _SHORT = 16, 8
"""Bytes: of an account, and of what is counted inside one."""


class BudgetNames:
    """Makes the names, under the key kept for pseudonyms, apart from the ledger's own."""

    def __init__(self, keyring: Keyring) -> None:
        """Take the key."""
        self._keyed = KeyedHash(hmac.digest(keyring.audit, b"budgets", "sha256"))

    def user(self, who: Requester) -> str:
        """Name a user, whatever token or system they come with.

        A partner's users, and its systems where they name none, are its organisation's: another client of theirs makes
        nobody another user.
        """
        subject, system = who.subject, f"partner:{who.client}"
        if who.bound is None or not (subject == system or subject.startswith(f"{system}:")):
            return self._name("user", subject, _ACCOUNT)
        return self._name("partner", f"{who.organisation}\0{subject.removeprefix(system)}", _ACCOUNT)

    def client(self, who: Requester) -> str:
        """Name a system: one account for all it serves, but for the hub's own pages, which every organisation has."""
        if who.session is not None:
            return self._name("pages", who.organisation, _ACCOUNT)
        return self._name("client", who.client, _ACCOUNT)

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
        return self._keyed.digest(f"{domain}\0{value}".encode())[:size].hex()
