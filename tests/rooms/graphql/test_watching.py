"""Watching: told at once and at every change of what the asker may see, each time by a question like any other."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from connectors.contract import Ask, Reply
from connectors.errors import SourceUnavailable
from hub.audit.entries import Kind
from hub.audit.export import RECORDS
from hub.audit.pseudonyms import Pseudonyms
from hub.audit.reports import who_looked
from hub.audit.watched import ASKED_TO_BE_TOLD
from hub.budgets.limits import Limits, UserLimits
from hub.errors import HubError
from hub.governance import overseeing
from hub.governance.acting import By
from hub.graphql.subscription import STREAMS
from hub.graphql.watching.pace import MINUTE, TOO_OFTEN, Pace
from hub.graphql.watching.places import FULL, TOO_MANY
from hub.graphql.watching.watched import ONE_PERSON
from hub.keys import read_keys
from schema.records import Involvement, Status
from tests.house import House, agree, house
from tests.rooms.graphql.test_leaving import listening, of_old
from tests.rooms.graphql.watchers import OFTEN, ONCE, WATCH, Post, Watcher, post_of


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with house(tmp_path) as home, post_of(home, tmp_path) as opened:
        yield opened


def holds(post: Post, source: str, *, status: Status | None) -> None:
    """Have a source hold an involvement of this status with everybody, or none at all."""
    connector = post.home.connectors[source]

    def say(ask: Ask) -> Reply:
        reply = connector.reply(ask)
        for held in reply.records.values():
            for record in held:
                if isinstance(record, Involvement):
                    record.status = status
        if status is not None:
            return reply
        kept = {i: [r for r in held if not isinstance(r, Involvement)] for i, held in reply.records.items()}
        return replace(reply, records=kept)

    connector.misbehave = say


def fails(_: Ask) -> None:
    """Be down."""
    raise SourceUnavailable("down")


async def told(watcher: Watcher) -> tuple[list[tuple[str, str]], Any]:
    """Give the next event's changes and the person."""
    event = (await watcher.event())["data"]["involvementChanged"]
    return [(c["source"], c["change"]) for c in event["changes"]], event["person"]


async def entries(home: House, kind: Kind) -> list[dict[str, Any]]:
    """Give the ledger's entries of a kind, in order."""
    query = select(RECORDS.c.body).where(RECORDS.c.kind == kind.value).order_by(RECORDS.c.seq)
    async with home.database.read() as connection:
        return [orjson.loads(body) for (body,) in await connection.execute(query)]


async def named(post: Post, name: str) -> list[dict[str, Any]]:
    """Give the ledger's events of a name."""
    return [event for event in await entries(post.home, Kind.EVENT) if event["name"] == name]


async def ended(post: Post) -> dict[str, Any]:
    """Give what the ledger has of how the last watch ended, as soon as it has; one cut off does not wait for it."""
    async with asyncio.timeout(10):
        while not (found := await named(post, "watch-ended")):  # noqa: ASYNC110 -- an entry, and no event
            await asyncio.sleep(0.005)
    facts: dict[str, Any] = found[-1]["facts"]
    return facts


async def test_a_watch_tells_at_once_and_then_only_what_changed(post: Post) -> None:
    """First what the ordinary question answers; then nothing, until something that is shown is not as it was."""
    watcher = post.watch()
    status, headers = await watcher.started()
    assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert headers["cache-control"] == "no-store"
    changes, person = await told(watcher)
    query = WATCH.replace("subscription", "query").replace("involvementChanged", "person")
    query = query.replace("seenAt changes { source service change }\n  person {", "").replace("} }\n} }", "} } }")
    assert changes == []
    assert person == orjson.loads(orjson.dumps(await post.home.person(query=query)))
    await post.looks()
    assert watcher.told_nothing()
    for status, change in ((Status.HISTORIC, "CHANGED"), (None, "GONE"), (Status.CURRENT, "SHOWN")):
        holds(post, "housing", status=status)
        changes, person = await told(watcher)
        assert changes == [("housing", change)]
        held = [i["status"] for i in person["involvements"] if i["service"] == "HOUSING"]
        assert held == ([status.value] if status else [])
    await watcher.leave()
    assert (await ended(post))["how"] == "client-left"


async def test_a_source_that_stops_answering_is_said_to_and_nothing_is_taken_for_gone(post: Post) -> None:
    """Silence is not none held: the last that was known stands, and is compared with what comes after."""
    watcher = post.watch()
    await watcher.started()
    await told(watcher)
    post.home.connectors["police"].misbehave = fails
    changes, person = await told(watcher)
    assert changes == [("police", "SILENT")]
    assert {s["source"]: s["outcome"] for s in person["sources"]}["police"] == "UNAVAILABLE"
    await post.looks()
    assert watcher.told_nothing()
    post.home.connectors["police"].misbehave = None
    assert (await told(watcher))[0] == [("police", "HEARD")]
    post.home.connectors["police"].misbehave = fails
    assert (await told(watcher))[0] == [("police", "SILENT")]
    holds(post, "police", status=None)
    assert (await told(watcher))[0] == [("police", "GONE")]


async def test_whoever_may_not_be_known_of_is_watched_like_nobody(post: Post) -> None:
    """Of a sealed child and of no child the events are the same: one with nobody in it; and no source is asked."""
    watchers = [post.watch(variables=post.variables(who)) for who in ("sealed", "00000000-0000-4000-8000-000000000000")]
    came = []
    for watcher in watchers:
        await watcher.started()
        event = await watcher.event()
        del event["extensions"]["requestId"]
        came.append(event)
    assert came[0] == came[1]
    assert came[0]["data"]["involvementChanged"]["person"] is None
    for watcher in watchers:
        await watcher.alive(2)
    await post.looks(4)
    assert all(w.told_nothing() for w in watchers)
    assert not any(c.asks for c in post.home.connectors.values())


async def test_what_the_rules_no_longer_let_be_seen_is_gone_at_the_next_look(post: Post) -> None:
    """An agreement that runs out takes effect on a watch that stands, and nothing of that agency is told any more."""
    watcher = post.watch()
    await watcher.started()
    await told(watcher)
    await agree(post.home.register, expiry=date(2021, 1, 1))
    holds(post, "housing", status=Status.HISTORIC)
    changes, person = await told(watcher)
    assert ("housing", "GONE") in changes
    assert {i["service"] for i in person["involvements"] or ()} <= {"SOCIAL_CARE"}
    assert {w["code"] for w in person["withheld"]} >= {"NO_AGREEMENT"}


async def test_a_watch_of_which_nothing_may_be_seen_says_so_and_ends(post: Post) -> None:
    """Whom the rules show nothing at all is told why, once; nothing is asked for them again and again."""
    watcher = post.watch(who="analyst")
    await watcher.started()
    _, person = await told(watcher)
    assert {s["outcome"] for s in person["sources"]} == {"WITHHELD"}
    assert await watcher.event() == "complete"
    assert await ended(post) == {"how": "nothing-permitted", "looks": "n.1"}


async def test_a_watch_ends_with_its_token(post: Post) -> None:
    """A token that is over ends it within a sign of life, and the stream is cut: it was not the last word."""
    watcher = post.watch()
    await watcher.started()
    await told(watcher)
    post.clock.later = 13 * 3600
    holds(post, "housing", status=None)
    while (event := await watcher.event()) != "cut":
        assert event == "never", "told after the token was over"
    assert (await ended(post))["how"] == "credential-over"


async def test_between_two_looks_there_are_signs_of_life_and_the_credential_is_looked_at(tmp_path: Path) -> None:
    """A proxy sees that the connection lives; a token that is over ends the watch long before the next look."""
    bounds = replace(OFTEN, every=60.0)
    async with house(tmp_path) as home, post_of(home, tmp_path, bounds) as post:
        watcher, speaker = post.watch(), post.speak()
        await watcher.started()
        await told(watcher)
        assert (await speaker.hear())["subprotocol"]
        speaker.say("connection_init", payload={"authorization": f"Bearer {post.token()}"})
        assert await speaker.hear() == {"type": "connection_ack"}
        speaker.say("subscribe", "1", {"query": WATCH, "variables": post.variables()})
        await speaker.told()
        await watcher.alive(3)
        post.clock.later = 13 * 3600
        assert await watcher.event() == "cut"
        assert await speaker.closed() == (4403, "Forbidden")
        assert {e["facts"]["how"] for e in await named(post, "watch-ended")} == {"credential-over"}


async def test_nothing_is_told_that_a_credential_no_longer_covers_when_it_would_leave(post: Post) -> None:
    """A token that is over while the sources are being asked tells nothing of what they said."""
    watcher = post.watch()
    await watcher.started()
    await told(watcher)
    asked = asyncio.Event()

    def over(ask: Ask) -> Reply:
        post.clock.later = 13 * 3600
        asked.set()
        return replace(post.home.connectors["housing"].reply(ask), records={})

    post.home.connectors["housing"].misbehave = over
    await asked.wait()
    assert await watcher.event() == "cut"


async def test_there_are_so_many_watches_of_one_asker_and_of_all_and_no_more(tmp_path: Path) -> None:
    """One more is refused at once and in words; whoever leaves makes room."""
    async with house(tmp_path) as home, post_of(home, tmp_path, ONCE) as post:
        await fill(post)


async def test_whoever_begins_again_and_again_is_let_begin_so_many_in_a_minute(tmp_path: Path) -> None:
    """Ending a watch and beginning another is no way to ask past the door; others are let begin meanwhile."""
    async with house(tmp_path) as home, post_of(home, tmp_path, replace(ONCE, begun=2)) as post:
        for _ in range(2):
            watcher = post.watch()
            await watcher.started()
            await told(watcher)
            await watcher.leave()
        again, other = post.watch(), post.watch(who="social-worker")
        await again.started()
        error = (await again.event())["errors"][0]
        assert (error["message"], error["extensions"]["code"]) == (TOO_OFTEN, "LIMIT")
        await other.started()
        await told(other)
        assert len(await named(post, "watch-began")) == 3


def test_a_minute_later_as_many_may_be_begun_again() -> None:
    """Each beginning counts for its own minute, and nothing is kept of whoever began none in the last."""
    now = [0.0]
    pace = Pace(1, lambda: now[0])
    pace.begin("one")
    with pytest.raises(HubError, match="wait a minute"):
        pace.begin("one")
    now[0] = MINUTE
    pace.begin("two")
    assert set(pace._begun) == {"two"}
    pace.begin("one")


async def fill(post: Post) -> None:
    """Keep as many watches as there may be, and try one more."""
    mine = [post.watch() for _ in range(OFTEN.each)]
    for watcher in mine:
        await watcher.started()
        await told(watcher)
    more = post.watch()
    status, headers = await more.started()
    assert (status, headers["content-type"]) == (200, "application/json; charset=utf-8")
    body = await more.whole()
    assert body["errors"][0]["message"] == TOO_MANY
    assert body["errors"][0]["extensions"] == {"code": "LIMIT"}
    others = [post.watch(who="social-worker") for _ in range(OFTEN.most - OFTEN.each)]
    for watcher in others:
        await watcher.started()
        await told(watcher)
    crowded = post.watch(who="police")
    await crowded.started()
    assert (await crowded.whole())["errors"][0]["message"] == FULL
    assert post.home.observer.registry.get_sample_value("hub_watches") == OFTEN.most
    await mine[0].leave()
    again = post.watch()
    await again.started()
    await told(again)


async def test_a_client_that_does_not_read_is_dropped(post: Post) -> None:
    """What it was sent is not kept for it for long, nothing more is asked for it, and its place is free."""
    watcher = post.watch()
    await watcher.started()
    await told(watcher)
    watcher.reads.clear()
    holds(post, "housing", status=None)
    await asyncio.wait((watcher.task,), timeout=10)
    assert watcher.task.done()
    assert (await ended(post))["how"] == "slow-reader"
    assert post.home.observer.registry.get_sample_value("hub_watches") == 0


async def test_a_stopping_hub_cuts_its_watches_so_that_clients_come_again(post: Post) -> None:
    """It says no `complete`, which would be the last word, and keeps no place; whoever comes then is cut too."""
    watcher = post.watch()
    await watcher.started()
    await told(watcher)
    await post.room.places.stop()
    assert await watcher.event() == "cut"
    assert (await ended(post))["how"] == "hub-stopping"
    assert post.home.observer.registry.get_sample_value("hub_watches_ended_total", {"how": "hub-stopping"}) == 1


async def test_a_watch_stands_for_a_day_and_no_longer(tmp_path: Path) -> None:
    """Then it is complete: whoever still wants it asks again."""
    bounds = replace(OFTEN, longest=0.0)
    async with house(tmp_path) as home, post_of(home, tmp_path, bounds) as post:
        watcher = post.watch()
        await watcher.started()
        await told(watcher)
        assert await watcher.event() == "complete"


async def test_every_look_is_a_question_of_the_ledger_and_a_family_reads_of_one_watch(post: Post) -> None:
    """Each is decided, written down before and after; together they are one watch, from its first look to its last."""
    watcher = post.watch()
    await watcher.started()
    await told(watcher)
    await post.looks(3)
    await post.room.places.stop()
    intents, outcomes = await entries(post.home, Kind.INTENT), await entries(post.home, Kind.OUTCOME)
    assert len({i["request_id"] for i in intents}) == 1
    assert len(intents) == len(outcomes) >= 4
    events = [e for e in await entries(post.home, Kind.EVENT) if e["request_id"] == intents[0]["request_id"]]
    assert [e["name"] for e in events] == ["watch-began", "watch-ended"]
    assert events[0]["facts"] == {"purpose": "CHILD_PROTECTION"}
    assert {e["subject"] for e in events} == {intents[0]["subject"]}
    names = Pseudonyms(read_keys(Path(post.home.database.engine.url.database or "").parent / "keys"))
    looks = await who_looked(post.home.database, names.subject(post.home.ids["maya"]))
    assert len(looks) == len(intents)
    by = By("sub-ig-officer", "ig-officer", "cast-social-care")
    (one,) = await overseeing.family(post.home.acting, by, [post.home.ids["maya"]])
    again = f"This was asked {len(looks)} times by itself, until 02/03/2026 at 09:30 (UTC)."
    assert one.ended == f"{looks[0].ended} {ASKED_TO_BE_TOLD} {again}"
    assert replace(one, ended=looks[0].ended) == looks[0]
    worker = By("sub-front-door", "front-door-worker", "cast-social-care")
    assert len(await overseeing.last_accesses(post.home.acting, worker, [post.home.ids["maya"]]) or ()) == 1


async def test_a_watch_that_comes_to_a_budget_is_refused_like_a_question(tmp_path: Path) -> None:
    """Opening one more child than fits is refused, in the words a question would have been."""
    limits = Limits(user=UserLimits(people_hour=1, people_day=1))
    async with house(tmp_path, limits=limits) as home, post_of(home, tmp_path) as post:
        first = post.watch()
        await first.started()
        await told(first)
        second = post.watch(variables=post.variables("rowan"))
        await second.started()
        error = await second.event()
        assert error["errors"][0]["extensions"]["code"] == "BUDGET_SPENT"
        assert await second.event() == "complete"


async def test_without_the_ledger_nothing_is_told(post: Post) -> None:
    """If it cannot be written down it is not asked; the client hears that, and may come again."""
    watcher = post.watch()
    await watcher.started()
    await told(watcher)
    post.home.ledger.halt("test")
    holds(post, "housing", status=None)
    event = await watcher.event()
    assert event["errors"][0]["extensions"] == {"code": "NOT_READY"}
    assert "data" not in event
    assert await watcher.event() == "cut"
    late = post.watch()
    await late.started()
    assert (await late.event())["errors"][0]["extensions"] == {"code": "NOT_READY"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (WATCH.replace("status start", "status").replace("person {", "person { family { name }"), ONE_PERSON),
        (WATCH.replace("person {", "person { relationships { person { id } }"), ONE_PERSON),
        (WATCH.replace("seenAt", "seenAt nothing"), "Cannot query field 'nothing' on type 'InvolvementChanged'."),
    ],
)
async def test_what_cannot_be_watched_is_refused_before_anything_is_asked(post: Post, query: str, words: str) -> None:
    """Relatives are asked about in queries; what is no question is no watch. It is said in JSON, not in a stream."""
    watcher = post.watch(query)
    _, headers = await watcher.started()
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert (await watcher.whole())["errors"][0]["message"] == words
    assert not await entries(post.home, Kind.INTENT)


async def test_events_are_for_subscriptions_and_subscriptions_for_events(post: Post) -> None:
    """A query by a client that takes events alone is 406; a subscription by one that takes none is told what to accept.

    A range that covers everything is no wish for events.
    """
    query = post.watch("{ me { name } }", {})
    assert (await query.started())[0] == 406
    both = post.watch("{ me { name } }", {}, accept="text/event-stream, application/json")
    assert (await both.started())[0] == 200
    assert (await both.whole())["data"] == {"me": {"name": "Worker front-door"}}
    for accept in ("application/json", "*/*", "text/event-stream;q=0, application/json"):
        subscription = post.watch(accept=accept)
        await subscription.started()
        assert (await subscription.whole())["errors"][0]["message"] == STREAMS


async def test_no_watch_is_kept_over_http_1_0(post: Post) -> None:
    """It reads no chunks: whoever takes events alone is 406, whoever takes JSON too is told over what to ask."""
    async with listening(post) as port:
        status, body = await of_old(port, post.token(), "text/event-stream", WATCH, post.variables())
        assert (status, "HTTP/1.1" in body["errors"][0]["message"]) == (406, True)
        status, body = await of_old(port, post.token(), "text/event-stream, */*", WATCH, post.variables())
        assert (status, body["errors"][0]["message"]) == (200, STREAMS)


async def test_a_watch_asks_for_who_is_involved_and_for_no_more_than_was_selected(post: Post) -> None:
    """Without a selection of the person it is asked whether a service knows the child, and a change still tells."""
    query = "subscription ($id: ID!, $context: RequestContext!) { w: involvementChanged(id: $id, context: $context)"
    watcher = post.watch(query + " { changes { service change } } }")
    await watcher.started()
    await watcher.event()
    assert {str(f) for f in post.home.connectors["housing"].asks[0].fields} == {"Involvement.service"}
    holds(post, "housing", status=None)
    assert (await watcher.event())["data"] == {"w": {"changes": [{"service": "HOUSING", "change": "GONE"}]}}
