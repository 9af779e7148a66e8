"""Leads are told at once where an agency gave an address: signed, by reference only, again until it is taken (E4)."""

import asyncio
import contextlib
import hashlib
import hmac
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson
import pytest
import pytest_asyncio
from aiohttp import web

from hub import upkeep
from hub.governance import posting as posting_module
from hub.governance.acting import Acting
from hub.governance.notices import Notice, leave, waiting
from hub.governance.posting import SIGNATURE, Posted, posted
from hub.observing import Observer
from hub.settings import SettingsError, read_settings
from tests.rooms.governance.desk import MAYA
from tests.rooms.governance.telling import glass_broken, receiving

SECRET = "made-up-secret"
ANOTHER = '[[agency]]\nid = "{id}"\nurl = "https://x"\nsecret = {{ env = "NO_SUCH_SECRET" }}\n'


@dataclass
class Lead:
    """An agency's own address: what came there, and what it answers."""

    url: str = ""
    status: int = 204
    came: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.came.append(request)
        self.bodies.append(await request.read())
        self.told.set()
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@pytest_asyncio.fixture
async def lead() -> AsyncIterator[Lead]:
    found = Lead()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", found.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"{site.name}/notices"
    yield found
    await runner.cleanup()


def file(folder: Path, url: str, more: str = "") -> Path:
    (folder / "secret").write_text(f"{SECRET}\n", "utf-8")
    path = folder / "notices.toml"
    path.write_text(
        f'[[agency]]\nid = "health"\nurl = "{url}"\nsecret = {{ file = "{folder / "secret"}" }}\n{more}', "utf-8"
    )
    return path


def posting(folder: Path, url: str, env: str = "development", more: str = "") -> Posted:
    made = posted(read_settings({}, env=env, data=folder, notices=file(folder, url, more)))
    assert made is not None
    return made


async def left(acting: Acting, *agencies: str) -> None:
    async with acting.database.begin() as connection:
        await leave(connection, agencies, "records-seen", "a-record")


async def test_an_agency_is_told_by_reference_and_can_tell_whose_word_it_is(
    sqlite: Acting, lead: Lead, tmp_path: Path
) -> None:
    """Once, with a signature under its own secret; another agency's notices go nowhere and wait to be listed."""
    await left(sqlite, "health", "police")
    posts = posting(tmp_path, lead.url)
    assert await posts.round(sqlite.database) == frozenset()
    assert await posts.round(sqlite.database) == frozenset()
    assert len(lead.came) == 1
    (request,), (body,) = lead.came, lead.bodies
    said = orjson.loads(body)
    assert {name: said[name] for name in ("agency", "about", "reference")} == {
        "agency": "health",
        "about": "records-seen",
        "reference": "a-record",
    }
    assert set(said) == {"id", "agency", "about", "reference", "at"}
    at, made = (part.partition("=")[2] for part in request.headers[SIGNATURE].split(","))
    assert hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest() == made
    assert [n.agency for n in (await waiting(sqlite.database)).found] == ["police"]


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_what_is_not_taken_is_sent_again_and_a_redirect_is_not_followed(
    sqlite: Acting, lead: Lead, tmp_path: Path, status: int
) -> None:
    """The rest of that agency's waits too; taken at last, all have gone once."""
    await left(sqlite, "health")
    await left(sqlite, "health")
    posts, lead.status = posting(tmp_path, lead.url), status
    assert await posts.round(sqlite.database) == {"health"}
    assert [request.path for request in lead.came] == ["/notices"]
    lead.status = 200
    assert await posts.round(sqlite.database) == frozenset()
    refused, *taken = [orjson.loads(body)["id"] for body in lead.bodies]
    assert refused in taken
    assert len(taken) == len({*taken}) == 2
    assert (await waiting(sqlite.database)).found == ()


async def test_an_agency_that_takes_its_notices_slowly_keeps_no_other_waiting(
    sqlite: Acting, lead: Lead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another's lead is told while it is still at its first; what is left of its own waits for the next round."""
    monkeypatch.setattr(posting_module, "ROUND", 0.0)
    for _ in range(3):
        await left(sqlite, "health")
    await left(sqlite, "police")
    more = f'[[agency]]\nid = "police"\nurl = "{lead.url}/police"\nsecret = {{ file = "{tmp_path / "secret"}" }}\n'
    posts, slow = posting(tmp_path, lead.url, more=more), asyncio.Event()
    send = Posted.send

    async def slowly(self: Posted, notice: Notice) -> bool:
        if notice.agency == "health":
            await slow.wait()
        return await send(self, notice)

    monkeypatch.setattr(Posted, "send", slowly)
    sending = asyncio.create_task(posts.round(sqlite.database))
    async with asyncio.timeout(10):
        await lead.told.wait()
    assert [request.path for request in lead.came] == ["/notices/police"]
    slow.set()
    assert await sending == frozenset()
    assert [n.agency for n in (await waiting(sqlite.database)).found] == ["health", "health"]


async def test_somebody_is_called_once_where_nobody_is_there(
    sqlite: Acting, lead: Lead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub goes on by itself and says once that an address takes nothing; when it does, its lead is told."""
    monkeypatch.setattr(upkeep, "TELL_EVERY", 0.0)
    await left(sqlite, "health")
    log = io.StringIO()
    lead.status = 503
    posts = posting(tmp_path, lead.url)
    task = asyncio.create_task(upkeep.notices(posts, sqlite.database, Observer(log)))
    async with asyncio.timeout(20):
        while len(lead.came) < 3:
            await lead.told.wait()
            lead.told.clear()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert log.getvalue().count("notices-not-taken") == 1
    lead.status = 204
    assert await posts.round(sqlite.database) == frozenset()
    assert (await waiting(sqlite.database)).found == ()


async def test_whoever_breaks_glass_is_told_of_where_the_records_are(
    sqlite: Acting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each grant reaches the agency's own address by the hub's own round, once it is there: the way that is timed."""
    monkeypatch.setattr(upkeep, "TELL_EVERY", 0.01)
    async with receiving() as receiver:
        posts = posting(tmp_path, receiver.url)
        task = asyncio.create_task(upkeep.notices(posts, sqlite.database, Observer(io.StringIO())))
        acting = replace(sqlite, agencies=sqlite.agencies | {"health"})
        try:
            async with asyncio.timeout(20):
                taken = await glass_broken(acting, MAYA, "health", receiver, 3, lambda: 0.0)
        except TimeoutError:
            pytest.fail("whoever holds the records was not told")
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert len(taken) == len(receiver.came) == 3


async def test_nobody_at_an_address_is_no_harm(sqlite: Acting, tmp_path: Path) -> None:
    """What cannot be reached waits."""
    await left(sqlite, "health")
    assert await posting(tmp_path, "http://127.0.0.1:1/").round(sqlite.database) == {"health"}


@pytest.mark.parametrize(
    ("url", "env", "more", "why"),
    [
        ("http://127.0.0.1/", "production", "", "an https address"),
        ("http://example.org/", "development", "", "an https address"),
        ("https://user@example.org/", "development", "", "an https address"),
        ("https://example.org/", "development", "more = 1", "agency.0.more"),
        ("https://example.org/", "development", "[", "is not TOML"),
        ("https://example.org/", "development", ANOTHER.format(id="health"), "two addresses"),
        ("https://example.org/", "development", ANOTHER.format(id="police"), "NO_SUCH_SECRET"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_place(
    tmp_path: Path, url: str, env: str, more: str, why: str
) -> None:
    """And nothing of a secret is said."""
    settings = read_settings({}, env="development", data=tmp_path, notices=file(tmp_path, url, more))
    settings = settings.model_copy(update={"env": type(settings.env)(env)})
    with pytest.raises(SettingsError, match=why) as told:
        posted(settings)
    assert SECRET not in str(told.value)


def test_without_a_file_nobody_is_told(tmp_path: Path) -> None:
    """Notices wait to be listed; a file that is not there is said to be missing."""
    assert posted(read_settings({}, env="development", data=tmp_path)) is None
    with pytest.raises(SettingsError, match="cannot be read"):
        posted(read_settings({}, env="development", data=tmp_path, notices=tmp_path / "none.toml"))
