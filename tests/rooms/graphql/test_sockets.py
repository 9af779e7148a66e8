"""Watching over a socket: graphql-transport-ws and no other protocol, with every code it has for what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.graphql.watching.conversation import AT_ONCE, BY_POST
from schema.records import Status
from tests.house import house
from tests.rooms.graphql.speakers import Speaker
from tests.rooms.graphql.test_watching import ended, holds
from tests.rooms.graphql.watchers import OFTEN, ONCE, SPOKEN, WATCH, Post, post_of


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with house(tmp_path) as home, post_of(home, tmp_path) as opened:
        yield opened


async def introduced(post: Post, who: str = "front-door") -> Speaker:
    """Open a socket and say who it is for."""
    speaker = post.speak()
    assert (await speaker.hear())["subprotocol"] == SPOKEN
    speaker.say("connection_init", payload={"Authorization": f"Bearer {post.token(who)}"})
    assert await speaker.hear() == {"type": "connection_ack"}
    return speaker


def asked(post: Post, query: str = WATCH, **variables: Any) -> dict[str, Any]:
    """Give a subscription's payload."""
    return {"query": query, "variables": post.variables() | variables}


async def test_a_watch_over_a_socket_is_told_as_over_events(post: Post) -> None:
    """At once and at every change, several on one socket; one that its client completes is told no more."""
    speaker = await introduced(post)
    speaker.say("subscribe", "1", asked(post))
    changes, person = await speaker.told()
    assert changes == []
    assert {i["service"] for i in person["involvements"]} >= {"HOUSING", "SOCIAL_CARE"}
    holds(post, "housing", status=Status.HISTORIC)
    assert (await speaker.told())[0] == [("housing", "CHANGED")]
    speaker.say("complete", "1")
    speaker.say("complete", "never begun")
    speaker.say("pong")
    speaker.say("ping")
    assert await speaker.hear() == {"type": "pong"}
    assert (await ended(post))["how"] == "client-left"
    speaker.say("subscribe", "1", asked(post))
    await speaker.told()
    speaker.say("subscribe", "2", asked(post, id=post.home.ids["rowan"]))
    await speaker.told("2")
    await speaker.leave()
    assert post.home.observer.registry.get_sample_value("hub_watches") == 0


async def test_no_other_protocol_is_spoken(post: Post) -> None:
    """The legacy one, none, or any other: 4406, and nothing was read."""
    for offered in ([], ["graphql-ws"], ["graphql-ws", "other"]):
        speaker = post.speak(subprotocols=offered)
        assert (await speaker.hear())["subprotocol"] is None
        assert await speaker.closed() == (4406, "Subprotocol not acceptable")


NO_MESSAGES: list[tuple[str | None, bytes | None]] = [
    (None, b"{}"),
    ("{", None),
    ("[]", None),
    ("3", None),
    ('{"type": "start"}', None),
    ('{"type": "next", "id": "1", "payload": {}}', None),
    ('{"type": ["ping"]}', None),
    ('{"type": "ping", "payload": 3}', None),
    ('{"type": "subscribe", "id": "1"}', None),
    ('{"type": "subscribe", "payload": {}}', None),
    ('{"type": "subscribe", "id": 1, "payload": {}}', None),
    ('{"type": "subscribe", "id": "' + "1" * 200 + '", "payload": {}}', None),
    ('{"type": "complete"}', None),
    ("[" * 100_000, None),
]


async def test_what_is_no_message_closes_the_socket(post: Post) -> None:
    """4400, before anybody is named and after, in words that repeat nothing."""
    for text, binary in NO_MESSAGES:
        speaker = post.speak()
        await speaker.hear()
        speaker.write(text, binary)
        assert (await speaker.closed())[0] == 4400, text
        if text and '"subscribe"' in text:
            speaker = await introduced(post)
            speaker.write(text, binary)
            assert (await speaker.closed())[0] == 4400, text


async def test_every_other_code_of_the_protocol_is_used_as_it_says(post: Post) -> None:
    """4401 for a subscription before the beginning, 4429 for two beginnings, 4409 for an id that is taken."""
    early = post.speak()
    await early.hear()
    early.say("ping")
    assert await early.hear() == {"type": "pong"}
    early.say("complete", "1")
    early.say("subscribe", "1", asked(post))
    assert await early.closed() == (4401, "Unauthorized")
    twice = await introduced(post)
    twice.say("connection_init", payload={"Authorization": f"Bearer {post.token()}"})
    assert await twice.closed() == (4429, "Too many initialisation requests")
    same = await introduced(post)
    same.say("subscribe", "1", asked(post))
    await same.told()
    same.say("subscribe", "1", asked(post))
    assert await same.closed() == (4409, "Subscriber already exists")


async def test_whoever_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    """4408: an open socket that names nobody holds a place no longer than its time."""
    async with house(tmp_path) as home, post_of(home, tmp_path, patience=0.05) as post:
        silent = post.speak()
        await silent.hear()
        assert await silent.closed() == (4408, "Connection initialisation timeout")


async def test_nobody_is_let_in_without_a_good_token(post: Post) -> None:
    """4403, whatever was wrong; the log has a code."""
    for given in (None, {}, *({"authorization": word} for word in ("Bearer none", 3, "Bearer \u00e9"))):
        speaker = post.speak()
        await speaker.hear()
        speaker.say("connection_init", payload=given)
        assert await speaker.closed() == (4403, "Forbidden")
    assert post.home.log.getvalue().count('"unauthenticated"') == 5


async def test_a_token_may_come_with_the_handshake_and_then_no_other_may(post: Post) -> None:
    """A good one in a header needs none in the message; a bad one is 401; two are nobody's."""
    good = {"authorization": f"Bearer {post.token()}"}
    speaker = post.speak(good)
    await speaker.hear()
    speaker.say("connection_init")
    assert await speaker.hear() == {"type": "connection_ack"}
    await speaker.leave()
    both = post.speak(good)
    await both.hear()
    both.say("connection_init", payload=good)
    assert await both.closed() == (4403, "Forbidden")
    bad = post.speak({"authorization": "Bearer none"})
    assert (await bad.hear())["status"] == 401


NO_WATCHES: list[tuple[dict[str, Any], str, str]] = [
    ({"query": "{ me { name } }"}, "BAD_USER_INPUT", BY_POST),
    ({"query": 'mutation { endEmergencyAccess(reference: "0") { problem { code } } }'}, "BAD_USER_INPUT", BY_POST),
    ({"query": "subscription {"}, "GRAPHQL_PARSE_FAILED", ""),
    ({"query": "subscription { nothing }"}, "GRAPHQL_VALIDATION_FAILED", ""),
    ({"query": 3}, "BAD_USER_INPUT", "query must be text."),
    ({}, "BAD_USER_INPUT", ""),
    ({"query": "{ me { name } }", "variables": {"a": [1] * 2_000}}, "LIMIT", ""),
    ({"documentId": "x"}, "NOT_REGISTERED", ""),
]


async def test_what_cannot_be_watched_is_an_error_of_its_own_and_the_socket_stays(post: Post) -> None:
    """Queries and mutations too: over a socket nobody would see their client leave."""
    speaker = await introduced(post)
    for payload, code, words in NO_WATCHES:
        speaker.say("subscribe", "1", payload)
        came = await speaker.hear()
        assert (came["type"], came["id"]) == ("error", "1")
        assert came["payload"][0]["extensions"]["code"] == code
        assert came["payload"][0]["message"] == words or not words
    speaker.say("ping")
    assert await speaker.hear() == {"type": "pong"}


async def test_a_socket_takes_so_many_subscriptions_and_an_asker_so_many_watches(tmp_path: Path) -> None:
    """One more is an error; so is one more than an asker may keep, over whichever way they come."""
    async with house(tmp_path) as home, post_of(home, tmp_path, ONCE) as post:
        await fill(post)


async def fill(post: Post) -> None:
    """Keep as many watches as there may be, and try one more."""
    speaker = await introduced(post)
    for name in range(OFTEN.each):
        speaker.say("subscribe", str(name), asked(post))
        assert (await speaker.hear())["type"] == "next"
    speaker.say("subscribe", "more", asked(post))
    came = await speaker.hear()
    assert came["payload"][0] == {"message": AT_ONCE, "extensions": {"code": "LIMIT"}}
    other = await introduced(post)
    other.say("subscribe", "1", asked(post))
    assert (await other.hear())["payload"][0]["extensions"] == {"code": "LIMIT"}


async def test_so_many_sockets_are_open_and_no_more(tmp_path: Path) -> None:
    """One more of those who have not said who they are is 503; one more of an asker's is closed, to come again."""
    async with house(tmp_path) as home, post_of(home, tmp_path, unnamed=2) as post:
        waiting = [post.speak() for _ in range(2)]
        for speaker in waiting:
            await speaker.hear()
        assert (await post.speak().hear())["status"] == 503
        for speaker in waiting:
            await speaker.leave()
        for _ in range(OFTEN.each):
            await introduced(post)
        more = post.speak()
        await more.hear()
        more.say("connection_init", payload={"Authorization": f"Bearer {post.token()}"})
        assert await more.closed() == (1013, "Try again later")


async def test_a_socket_ends_with_its_token_though_nothing_is_watched(post: Post) -> None:
    """4403, within a sign of life; a watch on it is told nothing more."""
    idle, watching = await introduced(post), await introduced(post, "social-worker")
    watching.say("subscribe", "1", asked(post))
    await watching.told()
    post.clock.later = 13 * 3600
    holds(post, "housing", status=None)
    assert await idle.closed() == (4403, "Forbidden")
    assert await watching.closed() == (4403, "Forbidden")


async def test_a_stopping_hub_closes_sockets_so_that_clients_come_again(post: Post) -> None:
    """1012, with a watch and without; the ledger says that the hub stopped and not that the client left."""
    idle, watching = await introduced(post), await introduced(post)
    watching.say("subscribe", "1", asked(post))
    await watching.told()
    await post.room.places.stop()
    assert await idle.closed() == (1012, "Service restart")
    assert await watching.closed() == (1012, "Service restart")
    assert (await ended(post))["how"] == "hub-stopping"


async def test_what_ends_a_watch_ends_it_alone_or_the_socket(post: Post) -> None:
    """Nothing to be seen: complete. Nothing can be decided: the socket is closed with 1013."""
    analyst = await introduced(post, "analyst")
    analyst.say("subscribe", "1", asked(post))
    await analyst.told()
    assert await analyst.hear() == {"type": "complete", "id": "1"}
    speaker = await introduced(post)
    speaker.say("subscribe", "1", asked(post))
    await speaker.told()
    post.home.ledger.halt("test")
    assert await speaker.closed() == (1013, "Try again later")


async def test_a_client_that_does_not_read_its_socket_is_dropped(post: Post) -> None:
    """Nothing is kept for it beyond its time, and every watch of it ends."""
    speaker = await introduced(post)
    speaker.say("subscribe", "1", asked(post))
    await speaker.told()
    speaker.reads.clear()
    holds(post, "housing", status=None)
    await asyncio.wait_for(speaker.task, 10)
    assert (await ended(post))["how"] == "slow-reader"
    assert post.home.observer.registry.get_sample_value("hub_watches") == 0


async def test_a_socket_stands_for_a_day_and_no_longer(tmp_path: Path) -> None:
    """Then it is closed in order: whoever still wants it opens another."""
    async with house(tmp_path) as home, post_of(home, tmp_path, replace(OFTEN, longest=0.0)) as post:
        assert await (await introduced(post)).closed() == (1000, "Long enough")
