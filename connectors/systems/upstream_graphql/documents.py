"""Query documents kept in configuration and run as they stand: only variables ever change."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from connectors.contract import LocalId, Traits
from connectors.errors import SourceBroken
from connectors.feed import Rows
from connectors.mapped import Gathered, Needed, in_batches, united
from connectors.mapping import Row
from connectors.together import together
from connectors.transports.client import Client, HttpConnection
from connectors.transports.graphql import Object, run
from connectors.transports.guarded import Json
from connectors.transports.paging import MOST, Given, compiled, cursor_of, found


class Resource(BaseModel):
    """One kind of thing the API answers with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str
    items: str
    people_variable: str = "people"
    everyone: str | None = None
    everyone_items: str = "`[]`"
    since_variable: str = "since"
    cursor_variable: str = "after"
    next_cursor: str = "`null`"


class GraphqlConnection(HttpConnection):
    """An upstream GraphQL source's ``[connection]``."""

    people_most: int = Field(default=100, ge=1, le=1000)
    resources: Mapping[str, Resource] = Field(min_length=1)


class Upstream:
    """An agency's GraphQL API."""

    def __init__(self, client: Client, connection: GraphqlConnection, where: str) -> None:
        """Compile where everything is."""
        self._client = client
        self._resources = connection.resources
        self._most = connection.people_most
        at = f"{where}: connection.resources"
        self._items = {n: compiled(r.items, f"{at}.{n}.items") for n, r in connection.resources.items()}
        self._everyone = {n: compiled(r.everyone_items, f"{at}.{n}") for n, r in connection.resources.items()}
        self._next = {n: compiled(r.next_cursor, f"{at}.{n}.next_cursor") for n, r in connection.resources.items()}

    async def about(self, people: tuple[LocalId, ...], needed: Needed) -> Gathered:
        """Bring the needed resources' rows about these people."""
        batches = in_batches(people, self._most)
        asked = [(name, batch) for name in needed for batch in batches]
        parts = await together(self._about(name, batch) for name, batch in asked)
        rows: dict[str, list[Row]] = {name: [] for name in needed}
        for (name, _), part in zip(asked, parts, strict=True):
            rows[name].extend(part)
        cap = self._client.limits.records
        complete = all(len(listed) <= cap for listed in rows.values())
        return Gathered({name: listed[:cap] for name, listed in rows.items()}, None, complete)

    async def pages(self, needed: Needed, since: datetime | None) -> AsyncIterator[Rows]:
        """Bring the rows that say who the API knows, page by page."""
        for name in sorted(needed):
            complete, read = True, 0
            async for page in self._turned(name, since):
                read += len(page.rows[name])
                complete = page.complete and read <= MOST
                yield page.rows
                if not complete:
                    raise SourceBroken("feed-cut-short", name)

    async def candidates(self, traits: Traits, needed: Needed) -> Gathered:
        """Bring everybody: no search is known here."""
        del traits
        return united(await together(self._all(name) for name in needed))

    async def ping(self) -> datetime | None:
        """Ask for the name of the query type, which every GraphQL API answers."""
        await run(self._client, "{ __typename }", {})
        return None

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    async def _about(self, name: str, people: tuple[LocalId, ...]) -> list[Object]:
        resource = self._resources[name]
        data = await run(self._client, resource.document, {resource.people_variable: list[Json](people)})
        return _objects(self._items[name], data, name)

    async def _all(self, name: str) -> Gathered:
        rows, complete, most = list[Row](), True, self._client.limits.records
        async for page in self._turned(name, None):
            complete = page.complete and len(rows) < most
            rows.extend(page.rows[name])
            if not complete:
                break
        return Gathered({name: rows}, None, complete)

    async def _turned(self, name: str, since: datetime | None) -> AsyncIterator[Gathered]:
        """Give each page as it comes; one that brings what an earlier one gave is not complete, and the last."""
        resource, seen, given = self._resources[name], set[str](), Given()
        variables: dict[str, Json] = {resource.since_variable: since.astimezone(UTC).isoformat()} if since else {}
        while resource.everyone is not None:
            data = await run(self._client, resource.everyone, variables)
            page, cursor = _objects(self._everyone[name], data, name), cursor_of(found(self._next[name], data))
            if cursor in seen:
                raise SourceBroken("pages-in-a-circle", name)
            fresh = given.fresh(page)
            # The API does not turn its pages, or the list moved between two of them.
            complete = len(fresh) == len(page)
            yield Gathered({name: fresh}, None, complete)
            if cursor is None or not complete:
                break
            seen.add(cursor)
            variables = {**variables, resource.cursor_variable: cursor}


def _objects(expression: Any, data: Object, name: str) -> list[Object]:
    items = found(expression, data)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise SourceBroken("items-not-objects", name)
    return items
