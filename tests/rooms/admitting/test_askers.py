"""Askers: who stands at the door, told by whom a credential named before; everybody else is an address."""

from dataclasses import replace
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from hub.admitting import askers as room
from hub.admitting.askers import Arrived, Asker, Askers
from hub.identity.named import named, note
from hub.identity.proxies import Proxies
from hub.identity.requester import Relayed
from schema.purposes import Purpose
from tests.cast import requester

WORKER = requester("social-worker")
NAMED = Asker(WORKER.subject, named=True)


def scope(*headers: tuple[str, str], peer: str = "192.0.2.7") -> dict[str, Any]:
    """Make a request with these headers."""
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return {"type": "http", "path": "/graphql", "client": (peer, 1), "headers": raw}


def answered(askers: Askers, *headers: tuple[str, str], named: bool, status: int = 200) -> Arrived:
    """Let somebody be answered; give who they were taken for."""
    came = scope(*headers)
    arrived = askers.arrived(came)
    if named:
        note(HTTPConnection(came), WORKER)
    askers.answered(arrived, came, status)
    return arrived


BEARER = ("authorization", "Bearer a.b.c")


@pytest.mark.parametrize(
    "shown",
    [BEARER, ("cookie", "hub-session=abc"), ("cookie", "other=1; __Host-hub-session=abc; more=2")],
)
def test_whoever_was_named_is_known_again_by_what_they_show(shown: tuple[str, str]) -> None:
    """By a token or a session, from the second time on; until it names nobody any more."""
    askers = Askers(Proxies())
    stranger = Asker("192.0.2.7", named=False)
    assert answered(askers, shown, named=True).asker == stranger
    assert askers.arrived(scope(shown)).asker == NAMED
    assert answered(askers, shown, named=False).asker == NAMED, "a page that looks at no credential forgets none"
    assert answered(askers, shown, named=False, status=401).asker == NAMED
    assert askers.arrived(scope(shown)).asker == stranger
    assert askers.arrived(scope((shown[0], f"{shown[1]}d"))).asker == stranger


def test_several_sessions_of_one_person_are_one_asker() -> None:
    """Signing in again and again, or having many tokens made, brings no more places."""
    askers = Askers(Proxies())
    shown = [("authorization", f"Bearer {n}") for n in range(3)]
    for one in shown:
        answered(askers, one, named=True)
    assert {askers.arrived(scope(one)).asker for one in shown} == {NAMED}


def test_invented_credentials_are_their_address() -> None:
    """Showing another one each time is no way to more places; nothing is remembered of them."""
    askers = Askers(Proxies())
    seen = {answered(askers, ("authorization", f"Bearer {n}"), named=False, status=401).asker for n in range(9)}
    assert seen == {Asker("192.0.2.7", named=False)}
    assert answered(askers, named=True).shown is None
    assert not askers._named
    assert not askers._of


def test_strangers_are_told_apart_where_a_proxy_that_is_believed_says_so() -> None:
    """One subscriber of IPv6 has a whole network; nobody else's word is taken."""
    askers = Askers(Proxies.of(["10.0.0.0/8"], ""))
    forwarded = ("x-forwarded-for", "203.0.113.9, 198.51.100.4")
    assert askers.arrived(scope(forwarded, peer="10.1.2.3")).asker.who == "198.51.100.4"
    assert askers.arrived(scope(forwarded)).asker.who == "192.0.2.7"
    same = {askers.arrived(scope(peer=f"2001:db8:1:2::{n}")).asker.who for n in range(1, 4)}
    assert same == {"2001:db8:1:2::/64"}


def test_what_is_remembered_is_bounded_and_nobody_has_others_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one asker so many credentials and in all so many: the oldest go, and nothing shown is kept as it was."""
    monkeypatch.setattr(room, "MOST", 4)
    monkeypatch.setattr(room, "OF_ONE", 2)
    askers = Askers(Proxies())
    others = [("authorization", f"Bearer other {n}") for n in range(4)]
    came = []
    for who, shown in zip(("front-door", "police"), others, strict=False):
        came.append(scope(shown))
        note(HTTPConnection(came[-1]), requester(who))
        askers.answered(askers.arrived(came[-1]), came[-1], 200)
    for n in range(9):
        answered(askers, ("authorization", f"Bearer {n}"), named=True)
    assert len(askers._named) == 4
    assert all(askers.arrived(one).asker.named for one in came)
    monkeypatch.setattr(room, "MOST", 2)
    answered(askers, ("authorization", "Bearer the last"), named=True)
    assert len(askers._named) == 3
    assert not any(b"Bearer" in one for one in askers._named)


def test_all_that_another_hub_asks_is_that_hubs() -> None:
    """However many users it speaks for: it has one share."""
    relayed = replace(WORKER, client="northshire-hub", relayed=Relayed(Purpose.CHILD_PROTECTION, None, 5.0, "0", ()))
    came = scope(BEARER)
    note(HTTPConnection(came), relayed)
    assert named(came) == "northshire-hub"
