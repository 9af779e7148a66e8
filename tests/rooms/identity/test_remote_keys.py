"""An issuer's keys by URL: over real HTTP, with its clock in the test's hand."""

import asyncio
from collections.abc import Awaitable, Callable

import orjson
import pytest
from aiohttp import web
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, RSAKey

from hub.identity import remote_keys
from hub.identity.keys_held import MOST, fits, read_key_set
from hub.identity.remote_keys import BIGGEST, FRESH, INTERVAL, KEPT, KeysUnread, RemoteKeys, fetch_keys
from tests.serving import answer, serving

OLD, NEW = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(2))


def published(*keys: ECKey) -> bytes:
    return orjson.dumps({"keys": [key.as_dict(private=False) for key in keys]})


class Place:
    """A place where keys are published, its clock, and how often it was asked."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.text: bytes | None = published(OLD)
        self.asked = 0
        self.said: list[str] = []
        self.held: asyncio.Event | None = None
        self.keys = RemoteKeys("https://issuer.example.org/keys", self.said.append, fetch=self.fetch, clock=self.clock)

    def clock(self) -> float:
        return self.now

    async def fetch(self, _url: str) -> bytes:
        self.asked += 1
        if self.held is not None:
            await self.held.wait()
        if self.text is None:
            raise KeysUnread("unreachable")
        return self.text

    async def knows(self, key: ECKey) -> bool:
        return await self.keys.key(key.kid or "") is not None


async def test_keys_are_kept_and_fetched_again_when_old() -> None:
    """One fetch serves every token for ten minutes; then the next token makes another, and does not wait for it."""
    place = Place()
    for _ in range(100):
        assert await place.knows(OLD)
    assert place.asked == 1
    place.now += FRESH
    assert await place.knows(OLD)
    await asyncio.sleep(0)
    assert place.asked == 2


async def test_a_flood_of_unknown_keys_makes_one_fetch_an_interval() -> None:
    """Five hundred tokens with made-up key ids cost the issuer one request; so does each interval after."""
    place = Place()
    assert await place.knows(OLD)
    for _ in range(2):
        place.now += INTERVAL
        before = place.asked
        found = await asyncio.gather(*(place.keys.key(f"made-up-{n}") for n in range(500)))
        assert not any(found)
        assert place.asked == before + 1
    assert await place.knows(OLD)


async def test_a_new_key_is_found_and_an_old_one_forgotten() -> None:
    """The issuer rotates: its next token is believed once an interval is over, and its old key no longer is."""
    place = Place()
    assert await place.knows(OLD)
    place.text = published(NEW)
    assert not await place.knows(NEW)
    place.now += INTERVAL
    assert await place.knows(NEW)
    assert not await place.knows(OLD)


async def test_keys_count_for_a_while_when_the_issuer_cannot_be_reached() -> None:
    """A network that fails is not the end of work; six hours of it is, and the log says why by a code."""
    place = Place()
    assert await place.knows(OLD)
    place.text = None
    place.now += KEPT - 1
    assert await place.knows(OLD)
    await asyncio.sleep(0)
    place.now += INTERVAL
    assert not await place.knows(OLD)
    assert set(place.said) == {"unreachable"}
    place.text = published(OLD)
    place.now += INTERVAL
    assert await place.knows(OLD)


async def test_nobody_waits_for_what_is_known_and_everybody_for_one_fetch() -> None:
    """A slow issuer delays only those whose key is not known, and all of them together once."""
    place = Place()
    assert await place.knows(OLD)
    place.now += FRESH
    place.held = asyncio.Event()
    assert await place.knows(OLD)
    place.text = published(OLD, NEW)
    waiting = [asyncio.create_task(place.knows(NEW)) for _ in range(50)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    place.held.set()
    assert all(await asyncio.gather(*waiting[1:]))
    assert place.asked == 2


async def test_a_fetch_under_way_is_let_go_of_at_the_end() -> None:
    """Stopping the hub leaves no task behind."""
    place = Place()
    await place.keys.close()
    place.held = asyncio.Event()
    waiting = asyncio.create_task(place.knows(OLD))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await place.keys.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"[]", b"{", b'{"keys":{}}', b'{"keys":["x"]}', b'{"keys":[],"keys":[]}', b"[" * 50_000),
        orjson.dumps({"keys": [{}] * (MOST + 1)}),
        orjson.dumps({"keys": [OLD.as_dict(private=True)]}),
        orjson.dumps({"keys": [OLD.as_dict(private=False), OctKey.generate_key(256).as_dict(private=True)]}),
    ],
    ids=range(10),
)
async def test_what_is_no_set_of_public_keys_changes_nothing(text: bytes) -> None:
    """Garbage, and a set with a private or shared key in it, leave the keys that are held as they were."""
    place = Place()
    assert await place.knows(OLD)
    place.text = text
    place.now += INTERVAL
    assert not await place.knows(NEW)
    assert await place.knows(OLD)
    assert place.said == ["not-a-key-set"]


def test_a_key_of_another_sort_is_passed_over() -> None:
    """Issuers publish keys for encryption and of curves not used here beside the ones for signatures."""
    with pytest.warns(SecurityWarning):
        weak = RSAKey.generate_key(1024, auto_kid=True).as_dict(private=False)
    others = [weak, {"kty": "EC"}, {"kty": "unheard-of", "kid": "x"}, OLD.as_dict(private=False) | {"use": "enc"}]
    others.append(ECKey.generate_key("P-384", auto_kid=True).as_dict(private=False))
    read = read_key_set(orjson.dumps({"keys": [*others, NEW.as_dict(private=False)]}))
    assert list(read) == [NEW.kid]


def test_a_key_is_used_for_what_it_is_meant_for() -> None:
    """A key that names its algorithm is used with no other: PSS and PKCS1 are not interchangeable."""
    key = RSAKey.generate_key(2048, {"alg": "PS256"}, auto_kid=True)
    assert fits(key, "PS256")
    assert not any(fits(key, other) for other in ("RS256", "ES256", "HS256", "none"))


Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


async def endless(request: web.BaseRequest) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(BIGGEST // 1024 + 2):
        await response.write(b"x" * 1024)
    return response


async def hangs(_: web.BaseRequest) -> web.StreamResponse:
    await asyncio.sleep(1)
    return answer({})


async def elsewhere(_: web.BaseRequest) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": "/keys"})


async def broken(_: web.BaseRequest) -> web.StreamResponse:
    return answer({}, 500)


@pytest.mark.parametrize(
    ("handler", "code"), [(endless, "too-big"), (hangs, "unreachable"), (elsewhere, "status"), (broken, "status")]
)
async def test_a_fetch_has_bounds(handler: Handler, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too much, too slow, or elsewhere: each is given up, with a code."""
    monkeypatch.setattr(remote_keys, "PATIENCE", 0.3)
    async with serving(handler) as address:
        with pytest.raises(KeysUnread, match=code):
            await fetch_keys(f"{address}/keys")


async def test_keys_are_fetched_over_http() -> None:
    """What is published is what is read."""

    async def keys(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=published(OLD), content_type="application/jwk-set+json")

    async with serving(keys) as address:
        assert list(read_key_set(await fetch_keys(f"{address}/keys"))) == [OLD.kid]
    with pytest.raises(KeysUnread, match="unreachable"):
        await fetch_keys(f"{address}/keys")
