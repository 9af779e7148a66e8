"""An index feed page by page: everybody once and whole, nothing kept of them, and no part of a list passed for all."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from connectors.contract import Connector, Identity
from connectors.errors import SourceBroken
from connectors.registry import connect
from connectors.source import SourceConfig
from connectors.transports import paging, rest
from connectors.transports.marks import Marks
from schema.labels import Label
from tests.serving import answer, serving

WHO: dict[str, Any] = {
    "record": "Identity",
    "from": "people",
    "person": "id",
    "names": [{"given": "given", "family": "family"}],
}
LABELLED = {**WHO, "labels": {"path": "marker", "codes": {"REF": "CONFIDENTIAL_ADDRESS"}}}


def people(ids: str, **more: str) -> list[dict[str, str]]:
    return [{"id": i, "given": "Jo", "family": f"Bloggs {i}", **more} for i in ids]


class List:
    """An agency's list, and how often its first page was asked for."""

    def __init__(self, *pages: list[dict[str, str]], more: bool = False) -> None:
        self.pages = pages
        self.more = more
        self.readings = 0
        self.given = 0
        self.since: str | None = None

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        at = int(request.query.get("offset", "0"))
        self.since = request.query.get("changed")
        self.readings += at == 0
        self.given += 1
        following = str(at + 1) if at + 1 < len(self.pages) else "0" if self.more else None
        return answer({"items": self.pages[at], "next": following})


def source(base: str, *maps: dict[str, Any], records: int = 5) -> Connector:
    listed = {"people_param": "who", "items": "items", "since": {"param": "changed", "form": "%Y"}}
    resources = {m["from"]: {"path": m["from"], **listed} for m in maps}
    return connect(
        SourceConfig.model_validate(
            {
                "id": "homes",
                "service": "HOUSING",
                "name": "Homes",
                "owner": "Homes",
                "agency": "homes",
                "system": "plain",
                "path": Path("homes.toml"),
                "limits": {"records": records},
                "connection": {
                    "transport": "rest",
                    "base_url": base,
                    "paging": {"by": "cursor"},
                    "resources": resources,
                },
                "map": maps,
            }
        )
    )


async def feed(listed: List, *maps: dict[str, Any], records: int = 5) -> list[Identity]:
    async with serving(listed) as base:
        made = source(base, *(maps or (WHO,)), records=records)
        try:
            return [i async for i in made.identities(None)]
        finally:
            await made.close()


async def into(given: list[str], made: Connector) -> None:
    async for identity in made.identities(None):
        given += [identity.local_id]


def families(identity: Identity) -> list[str]:
    return [name.family for name in identity.traits.names]


async def test_people_are_given_as_their_page_comes() -> None:
    """The first page's people are there before the second page is asked for."""
    listed = List(people("ab"), people("cd"))
    async with serving(listed) as base:
        made = source(base, WHO)
        identities: AsyncIterator[Identity] = made.identities(datetime(2026, 1, 1, tzinfo=UTC))
        assert (await anext(identities)).local_id == "a"
        assert (listed.given, listed.since) == (1, "2026")
        assert [i.local_id async for i in identities] == ["b", "c", "d"]
        await made.close()


async def test_a_feed_longer_than_an_answer_may_be_is_given_whole() -> None:
    """The cap of records bounds what is held at once; a feed is not held."""
    listed = List(*(people(chr(97 + n)) for n in range(20)))
    assert len(await feed(listed, records=2)) == 20
    assert listed.readings == 1


async def test_somebody_with_rows_on_several_pages_is_brought_together_and_given_last() -> None:
    """Their rows are read again and joined: no former name is lost, and nobody else is given twice."""
    again = [{"id": "a", "given": "Jo", "family": "Former"}]
    listed = List(people("ab"), again, people("c"))
    found = await feed(listed)
    assert [i.local_id for i in found] == ["a", "b", "c", "a"]
    assert families(found[-1]) == ["Bloggs a", "Former"]
    assert listed.readings == 2


async def test_a_label_that_comes_late_is_there_from_the_first() -> None:
    """Whom a later page protects is never given unprotected, however long the list is."""
    protects = [{"id": "a", "given": "Jo", "family": "Former", "marker": "REF"}]
    listed = List(people("abcd"), people("efgh"), protects)
    found = await feed(listed, LABELLED)
    assert [i.local_id for i in found] == [*"bcdefgh", "a"]
    assert found[-1].labels == {Label.CONFIDENTIAL_ADDRESS}
    assert families(found[-1]) == ["Bloggs a", "Former"]
    assert listed.readings == 3


async def test_a_short_list_with_labels_is_held_and_read_once() -> None:
    """What may be held at once is joined as it stands, without another reading."""
    listed = List(people("ab"), people("a", marker="REF"))
    found = await feed(listed, LABELLED)
    assert [(i.local_id, len(i.labels)) for i in found] == [("a", 1), ("b", 0)]
    assert listed.readings == 1


async def test_two_lists_that_say_who_is_known_are_one_feed() -> None:
    """Somebody in both is given once, with what each says."""
    listed = List(people("ab"), people("c"))
    found = await feed(
        listed, WHO, {**WHO, "from": "more", "names": [{"given": "family", "family": "given"}]}, records=6
    )
    assert [i.local_id for i in found] == ["a", "b", "c"]
    assert families(found[0]) == ["Bloggs a", "Jo"]


async def test_more_people_with_rows_apart_than_may_be_held_make_the_feed_broken() -> None:
    """Bringing them together is bounded, and what cannot be brought together is not given in parts."""
    listed = List(people("abc"), [{"id": i, "given": "Jo", "family": "Former"} for i in "abc"])
    for maps in (WHO, LABELLED):
        with pytest.raises(SourceBroken, match="feed-cut-short"):
            await feed(listed, maps, records=2)


async def test_rows_apart_that_are_too_many_to_hold_make_the_feed_broken() -> None:
    """Few people with very many rows each are bounded too."""
    listed = List(people("a"), *([{"id": "a", "given": "Jo", "family": f"Former {n}"}] for n in range(9)))
    with pytest.raises(SourceBroken, match="feed-cut-short"):
        await feed(listed)


async def test_a_feed_that_moved_or_goes_in_a_circle_ends_as_broken() -> None:
    """What was given stands, and the end says that it was not all."""
    given: list[str] = []
    async with serving(List(people("ab"), people("bc"), people("d"))) as base:
        made = source(base, WHO)
        with pytest.raises(SourceBroken, match="feed-cut-short"):
            await into(given, made)
        await made.close()
    assert given == ["a", "b", "c"]
    with pytest.raises(SourceBroken, match=r"feed-cut-short|pages-in-a-circle"):
        await feed(List(people("a"), people("b"), more=True))


async def test_a_feed_without_end_has_one_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that makes people up page after page is not read for ever."""
    monkeypatch.setattr(rest, "MOST", 3)
    assert paging.MOST > 1_000_000
    with pytest.raises(SourceBroken, match="feed-cut-short"):
        await feed(List(people("ab"), people("cd"), people("ef")))


async def test_a_list_that_is_not_there_is_no_feed_of_nobody() -> None:
    """A wrong path is not an agency that knows nobody."""

    async def nothing(_: web.BaseRequest) -> web.Response:
        return web.Response(status=404)

    async with serving(nothing) as base:
        made = source(base, WHO)
        with pytest.raises(SourceBroken, match="no-such-list"):
            _ = [i async for i in made.identities(None)]
        await made.close()


async def fhir(handler: Any) -> list[str]:
    async with serving(handler) as base:
        described = {
            "id": "trust",
            "service": "HEALTH",
            "name": "Trust",
            "owner": "Trust",
            "agency": "trust",
            "system": "uk_core",
            "limits": {"records": 3},
            "connection": {"base_url": base},
        }
        made = connect(SourceConfig.model_validate(described))
        try:
            return [i.local_id async for i in made.identities(None)]
        finally:
            await made.close()


@pytest.mark.parametrize("total", [9, 10])
async def test_a_fhir_feed_is_given_page_by_page_and_counted(total: int) -> None:
    """More patients than may be held are given; fewer than the server counted make the feed broken."""

    async def server(request: web.BaseRequest) -> web.Response:
        at = int(request.query.get("_at", "0"))
        patients = [{"resourceType": "Patient", "id": f"p{n}"} for n in range(at, at + 3)]
        entries = [{"resource": p, "search": {"mode": "match"}} for p in patients]
        link = [{"relation": "next", "url": f"http://{request.host}/Patient?_at={at + 3}"}] if at < 6 else []
        bundle = {"resourceType": "Bundle", "type": "searchset", "entry": entries, "link": link, "total": total}
        return web.Response(body=orjson.dumps(bundle), content_type="application/fhir+json")

    if total == 9:
        assert await fhir(server) == [f"p{n}" for n in range(9)]
    else:
        with pytest.raises(SourceBroken, match="feed-cut-short"):
            await fhir(server)


def test_marks_remember_all_they_saw_and_nothing_else() -> None:
    """Ten thousand things seen are known again, as many others are not, and each is new once."""
    marks = Marks()
    seen = [f"seen {n}".encode() for n in range(10_000)]
    assert all(marks.add(thing) for thing in seen)
    assert not any(marks.add(thing) for thing in seen)
    assert all(thing in marks for thing in seen)
    assert not any(f"other {n}".encode() in marks for n in range(10_000))
    assert len(marks) == 10_000
