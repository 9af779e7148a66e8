"""Signing in and out: from a browser that leaves for an issuer to a session, each step that counts in the ledger.

Whoever comes in is written down first; whoever goes is gone first (``owed.py``).

Role, organisation and team come from the configuration's reading of what the issuer signed; nothing the browser
brings is believed but the state it was given, once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.audit.entries import Event, new_record_id
from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.governance.acting import By
from hub.identity.attempts import Attempts, secrets_of
from hub.identity.issuers.configured import IssuerConfig
from hub.identity.issuers.meaning import Claims, meaning_of, subject_of
from hub.identity.issuers.relying import Brought, RelyingParty
from hub.identity.issuers.vouched import NotVouched, authenticated_at
from hub.identity.owed import Owed
from hub.identity.sessions import Session, Sessions
from hub.identity.signed_in import SignedIn

LONGEST_NAME = 120


class NotSignedIn(Exception):
    """Somebody came back and is not signed in; the message is a code for the log, and told to nobody."""


class NoRoleHere(Exception):
    """The issuer vouches for somebody for whom nothing is configured: they are signed in to nothing."""


@dataclass(frozen=True, slots=True)
class ComingBack:
    """What a browser came back with."""

    browser: str = field(repr=False)
    state: str = field(repr=False)
    code: str = field(repr=False)
    error: str = field(repr=False)
    said: str | None
    session: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that began: what its cookie holds, and where its owner wanted to go."""

    token: str = field(repr=False)
    local_path: str


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Everything signing in needs, joined. ``ask`` says whom to ask for a role."""

    parties: Mapping[str, RelyingParty]
    attempts: Attempts
    sessions: Sessions
    ledger: Ledger
    owed: Owed
    pseudonyms: Pseudonyms
    clock: Callable[[], datetime]
    ask: str

    async def leave(self, issuer: str, browser: str, local_path: str, *, again: bool) -> str:
        """Begin a sign-in; give the issuer's address to send the browser to."""
        party = self.parties[issuer]
        await party.published.metadata()  # an issuer that is away leaves nothing behind in the store
        return await party.leave(await self.attempts.begin(browser, issuer, local_path, again=again), again=again)

    async def come_back(self, issuer: str, back: ComingBack) -> Begun:
        """End a sign-in: NotSignedIn, NoRoleHere, or a session that began."""
        attempt = await self.attempts.take(back.browser, issuer, back.state)
        if attempt is None:
            raise NotSignedIn("no-such-attempt")
        if back.error:
            raise NotSignedIn("issuer-refused")
        party = self.parties[issuer]
        try:
            secrets = secrets_of(back.browser, back.state)
            brought = await party.come_back(back.code, back.said, secrets, attempt)
            signed = await self._signed_in(party.issuer, brought)
        except NotVouched as error:
            raise NotSignedIn(str(error)) from None
        reference = new_record_id()
        await self._note("signed-in", issuer, By(signed.subject, signed.role, signed.organisation), reference)
        return Begun(await self.sessions.begin(reference, signed, back.session), attempt.local_path)

    async def _signed_in(self, issuer: IssuerConfig, brought: Brought) -> SignedIn:
        """Read claims as they are configured: nobody whom a claim that tells people apart does not name."""
        claims = brought.claims
        subject = subject_of(issuer, claims)
        if subject is None:
            raise NotVouched("no-subject")
        meaning = meaning_of(issuer, claims)
        if meaning is None:
            await self._note("signed-in-to-nothing", issuer.id, By(subject, "", ""))
            raise NoRoleHere
        return SignedIn(
            issuer=issuer.id,
            subject=subject,
            name=_name(issuer, claims),
            sub=str(claims.get("sub")),
            sid=sid if isinstance(sid := claims.get("sid"), str) else None,
            id_token=brought.id_token,
            authenticated=authenticated_at(claims),
            role=meaning.role,
            organisation=meaning.organisation,
            team=meaning.team,
        )

    async def leave_for_good(self, token: str, session: Session, afterwards: str) -> str | None:
        """End a session; give the issuer's own address for signing out, if it has one.

        It ends first and is written down then, or is owed: whoever leaves a desk must be gone from it.
        """
        who = session.requester
        by = By(who.subject, who.role, who.organisation)
        event = self._event("signed-out", session.issuer, by, session.reference)
        await self.sessions.end(token, event)
        await self.owed.carry(event)
        party = self.parties.get(session.issuer)
        return await party.sign_out_there(session.id_token, afterwards) if party else None

    async def told_of_logout(self, issuer: str, token: object) -> None:
        """End what an issuer says has ended; NotVouched where it says no such thing."""
        sid, sub = await self.parties[issuer].told_of_logout(token)
        record = new_record_id()
        facts = {"issuer": issuer, "which": "session" if sid else "person"}
        event = Event(record, record, self.clock(), "issuer-ended-sessions", facts=facts)
        await self.sessions.end_as_told(issuer, sid, sub, event)
        await self.owed.carry(event)

    async def _note(self, name: str, issuer: str, by: By, about: str | None = None) -> None:
        """Write something down."""
        await self.ledger.append(self._event(name, issuer, by, about))

    def _event(self, name: str, issuer: str, by: By, about: str | None = None) -> Event:
        """Give what is written down: who, as a pseudonym, with role and organisation where they have one here."""
        record, actor = new_record_id(), self.pseudonyms.actor(by.subject)
        as_what = (actor, by.role or None, by.organisation or None)
        return Event(record, record, self.clock(), name, *as_what, None, about, {"issuer": issuer})


def _name(issuer: IssuerConfig, claims: Claims) -> str:
    """Give what somebody is called, to be shown to themselves and their colleagues; without control characters."""
    said = claims.get(issuer.name_claim)
    plain = "".join(c for c in said if c.isprintable())[:LONGEST_NAME].strip() if isinstance(said, str) else ""
    return plain or "Somebody without a name"
