"""Lists at sources that page in their own way: nothing lost unsaid, nothing given twice, nothing going on for ever."""

import itertools
from typing import Any

import pytest
from aiohttp import web

from connectors.contract import Limits
from connectors.errors import SourceBroken
from connectors.transports.client import Client, HttpConnection
from connectors.transports.fhir import Bundle, FhirServer
from connectors.transports.rest import Listing, Lists, Paging
from tests.serving import Handler, answer, serving

PEOPLE: list[Any] = [{"id": str(n)} for n in range(23)]
CAP = 4
ASKED = 20


async def listing(handler: Handler, records: int = 500, **paging: Any) -> Listing:
    async with serving(handler) as base:
        client = Client(HttpConnection(base_url=base), Limits(records=records), "t")
        try:
            return await Lists(client, "items", Paging(**{"size": ASKED, **paging}), "t").must_read(("people",))
        finally:
            await client.close()


def page_of(request: web.BaseRequest, by: str, size: int, count_in: int | None = None) -> list[Any]:
    """Give the items at a position; pages may be counted in another size than they are given in."""
    at = int(request.query["offset"])
    start = at if by == "offset" else (at - 1) * (count_in or size)
    return PEOPLE[start : start + size]


@pytest.mark.parametrize("by", ["offset", "page"])
async def test_a_page_shorter_than_asked_is_not_taken_for_the_last(by: str) -> None:
    """A source that caps its pages below the size asked, and says nothing of a total, is read to its empty page."""
    asked = 0

    async def capped(request: web.BaseRequest) -> web.Response:
        nonlocal asked
        asked += 1
        return answer({"items": page_of(request, by, CAP)})

    found = await listing(capped, by=by)
    assert found.items == PEOPLE
    assert found.complete
    assert asked == 7


async def test_pages_counted_in_the_size_asked_but_given_shorter_leave_no_gap() -> None:
    """From the second page on the source is asked for as many as it gave, so that both count alike."""

    async def capped(request: web.BaseRequest) -> web.Response:
        size = int(request.query["limit"])
        return answer({"items": page_of(request, "page", min(size, CAP), count_in=size)})

    found = await listing(capped, by="page")
    assert found.items == PEOPLE
    assert found.complete


@pytest.mark.parametrize("by", ["offset", "page"])
@pytest.mark.parametrize("said", ["total", "header", "text"])
async def test_a_total_saves_asking_beyond_the_last_page(by: str, said: str) -> None:
    """Where the answer or X-Total-Count says how many there are, reading ends when they have come."""
    asked = 0

    async def telling(request: web.BaseRequest) -> web.Response:
        nonlocal asked
        asked += 1
        held = {"items": page_of(request, by, CAP), "total": str(len(PEOPLE)) if said == "text" else len(PEOPLE)}
        return answer(held, X_Total_Count=str(len(PEOPLE)) if said == "header" else "many")

    found = await listing(telling, by=by, **({} if said == "header" else {"total_path": "total"}))
    assert found.items == PEOPLE
    assert found.complete
    assert asked == 6


@pytest.mark.parametrize("total", [-1, 0, 3, "unknown", None, True])
async def test_a_total_that_cannot_be_is_not_believed(total: Any) -> None:
    """Fewer than have come already, or no number at all: reading goes on to the empty page."""

    async def odd(request: web.BaseRequest) -> web.Response:
        return answer({"items": page_of(request, "offset", CAP), "total": total})

    found = await listing(odd, by="offset", total_path="total")
    assert found.items == PEOPLE
    assert found.complete


@pytest.mark.parametrize("by", ["offset", "page", "link", "cursor", "none"])
async def test_a_list_that_ends_before_its_total_is_said_to_be_incomplete(by: str) -> None:
    """Whatever the way of paging, fewer than the source says there are is not all."""

    async def short(request: web.BaseRequest) -> web.Response:
        first = request.query.get("offset", "0") in {"0", "1"}
        return answer({"items": PEOPLE[:CAP] if first else [], "total": len(PEOPLE)})

    found = await listing(short, by=by, total_path="total")
    assert found.items == PEOPLE[:CAP]
    assert not found.complete


@pytest.mark.parametrize("by", ["offset", "page"])
@pytest.mark.parametrize("held", [3, ASKED])
async def test_a_source_that_does_not_turn_its_pages_is_found_out(by: str, held: int) -> None:
    """One that ignores the position gives its first page for ever: taken once, and said to be incomplete."""
    asked = 0

    async def deaf(_request: web.BaseRequest) -> web.Response:
        nonlocal asked
        asked += 1
        return answer({"items": PEOPLE[:held]})

    found = await listing(deaf, by=by)
    assert found.items == PEOPLE[:held]
    assert not found.complete
    assert asked == 2


async def test_a_list_that_moves_while_it_is_read_gives_nothing_twice() -> None:
    """Somebody added before the position pushes an item onto the next page: taken once, and the list is not all."""

    async def moving(request: web.BaseRequest) -> web.Response:
        start = int(request.query["offset"])
        held = PEOPLE if start == 0 else [{"id": "new"}, *PEOPLE]
        return answer({"items": held[start : start + ASKED]})

    found = await listing(moving, by="offset")
    assert found.items == PEOPLE
    assert not found.complete


@pytest.mark.parametrize("by", ["offset", "page"])
async def test_a_position_beyond_the_last_page_may_be_no_such_page(by: str) -> None:
    """Some sources answer 404 there; the list ended, unless they said that there was more."""

    async def strict(request: web.BaseRequest) -> web.Response:
        items = page_of(request, by, CAP)
        return answer({"items": items, "total": 30}, 200 if items else 404)

    assert (await listing(strict, by=by)).complete
    found = await listing(strict, by=by, total_path="total")
    assert found.items == PEOPLE
    assert not found.complete


@pytest.mark.parametrize("by", ["link", "cursor"])
@pytest.mark.parametrize("items", [[], PEOPLE[:2]])
async def test_pages_that_always_promise_another_end_all_the_same(by: str, items: list[Any]) -> None:
    """A next page that is ever another and brings nothing new is not followed for ever."""
    turns = itertools.count()

    async def leading_on(request: web.BaseRequest) -> web.Response:
        turn = next(turns)
        link = f'<http://{request.host}/people?at={turn}>; rel="next"'
        return answer({"items": items, "next": turn}, Link=link)

    if items:
        found = await listing(leading_on, by=by)
        assert found.items == items
        assert not found.complete
    else:
        with pytest.raises(SourceBroken, match="pages-without-end"):
            await listing(leading_on, by=by)
    assert next(turns) < 30


@pytest.mark.parametrize("by", ["link", "cursor"])
async def test_an_empty_page_between_others_is_followed(by: str) -> None:
    """By link and cursor a page may be empty and the next one not: filtered pages are."""
    pages = {"0": PEOPLE[:2], "1": [], "2": PEOPLE[2:]}

    async def gaps(request: web.BaseRequest) -> web.Response:
        at = request.query.get("offset", "0")
        following = str(int(at) + 1) if at != "2" else None
        link = {"Link": f'<http://{request.host}/people?offset={following}>; rel="next"'} if following else {}
        return answer({"items": pages[at], "next": following}, **link)

    found = await listing(gaps, by=by)
    assert found.items == PEOPLE
    assert found.complete


# --- FHIR ----------------------------------------------------------------------------------------------------------


async def searched(handler: Handler) -> Bundle:
    async with serving(handler) as base:
        server = FhirServer(Client(HttpConnection(base_url=base), Limits(), "t"))
        try:
            return await server.search("Flag", ())
        finally:
            await server.close()


def bundle(request: web.BaseRequest, keys: str, following: str | None, **more: Any) -> dict[str, Any]:
    entries = [{"resource": {"resourceType": "Flag", "id": k}, "search": {"mode": "match"}} for k in keys]
    link = [{"relation": "next", "url": f"http://{request.host}/{following}"}] if following else []
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries, "link": link, **more}


@pytest.mark.parametrize(
    ("total", "complete"), [(2, True), ("2", True), (None, True), (1, True), (3, False), ("3", False)]
)
async def test_a_search_that_ends_before_its_total_is_said_to_be_incomplete(total: Any, complete: bool) -> None:  # noqa: FBT001 -- parametrized
    """A server that caps its answer and gives no next link is not believed to have given all it counted."""

    async def server(request: web.BaseRequest) -> web.Response:
        return answer(bundle(request, "ab", None, total=total))

    found = await searched(server)
    assert [m["id"] for m in found.matches] == ["a", "b"]
    assert found.complete is complete


async def test_a_resource_on_two_pages_is_given_once() -> None:
    """A search that moved while it was read gives no child the same flag twice."""

    async def server(request: web.BaseRequest) -> web.Response:
        return answer(bundle(request, "bc", None) if "more" in request.path else bundle(request, "ab", "more"))

    assert [m["id"] for m in (await searched(server)).matches] == ["a", "b", "c"]


@pytest.mark.parametrize("keys", ["", "ab"])
async def test_a_search_that_always_promises_another_page_is_broken(keys: str) -> None:
    """New links that lead to nothing new are not followed for ever."""
    turns = itertools.count()

    async def server(request: web.BaseRequest) -> web.Response:
        return answer(bundle(request, keys, str(next(turns))))

    with pytest.raises(SourceBroken, match="pages-in-a-circle"):
        await searched(server)
    assert next(turns) < 30
