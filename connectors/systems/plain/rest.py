"""REST with a layout of the source's own: what to ask is in ``[connection.resources]``, what it means in ``[[map]]``.

::

    [connection]
    transport = "rest"
    base_url = "https://…"
    auth = { kind = "api-key", header = "X-Api-Key", key = { file = "…" } }
    paging = { by = "page", size = 200, size_param = "pageSize", position_param = "page", total_path = "total" }
    as_of = { path = "extractDate", form = "%d/%m/%Y %H:%M" }
    [connection.resources.tenancies]      # the name `from` uses in a map block
    path = "tenancies"                    # below base_url; {person} in it means one call for each person
    people_param = "personRefs"           # or: the parameter that takes people, comma separated
    items = "items"                       # JMESPath to the list in an answer
    keep = "memberRef != personRef"       # JMESPath that must be true of an item; without it every item is kept
    since = { param = "changedSince", form = "%d/%m/%Y" }
"""

from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, Self

import jmespath
from pydantic import BaseModel, ConfigDict, Field, model_validator

from connectors.contract import Connector, LocalId, Traits
from connectors.errors import SourceMisconfigured
from connectors.feed import Rows
from connectors.mapped import Gathered, MappedConnector, Needed, in_batches, moment, oldest
from connectors.mapping import Mapper, Row
from connectors.shapes import Object
from connectors.source import SourceConfig
from connectors.together import together
from connectors.transports.client import Client, HttpConnection, read_connection
from connectors.transports.rest import Listing, Lists, Paging, Params, compiled, found


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AsOf(_Settings):
    """Where an answer says how fresh it is (JMESPath) and in what form (strptime; none for ISO 8601)."""

    path: str
    form: str | None = None


class Since(_Settings):
    """The parameter that narrows a list to what changed, and the form it takes (strftime)."""

    param: str
    form: str = "%Y-%m-%dT%H:%M:%SZ"


class Resource(_Settings):
    """One list at the source."""

    path: str
    people_param: str | None = None
    people_most: int = Field(default=100, ge=1, le=1000)
    items: str = "@"
    keep: str | None = None
    params: Mapping[str, str] = {}
    paging: Paging | None = None
    since: Since | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.people_param is None) == ("{person}" not in self.path):
            message = "name people in people_param or as {person} in the path, one of the two"
            raise ValueError(message)
        return self


class RestConnection(HttpConnection):
    """A plain REST source's ``[connection]``."""

    transport: Literal["rest"] = "rest"
    paging: Paging = Paging()
    as_of: AsOf | None = None
    resources: Mapping[str, Resource]


def connect(source: SourceConfig) -> Connector:
    """Make a connector of a source's own words alone; SourceMisconfigured where they do not add up."""
    connection = read_connection(source, RestConnection)
    mapper = Mapper(source, tabular=False)
    unknown = sorted(mapper.resources - set(connection.resources))
    if unknown:
        raise SourceMisconfigured("mapping", f"{source.path.name}: no connection.resources.{unknown[0]}")
    client = Client(connection, source.limits.budget(), source.path.name)
    batch = min((r.people_most for r in connection.resources.values()), default=100)
    lists = PlainRest(client, connection, source.path.name)
    return MappedConnector(lists, mapper, batch_size=batch, held=client.limits.records)


class PlainRest:
    """A source's own lists."""

    def __init__(self, client: Client, connection: RestConnection, where: str) -> None:
        """Compile where everything is."""
        self._client = client
        self._resources = connection.resources
        self._lists = {
            name: Lists(client, r.items, r.paging or connection.paging, f"{where}: connection.resources.{name}")
            for name, r in connection.resources.items()
        }
        self._parts = {name: _parts(r.path) for name, r in connection.resources.items()}
        self._fixed: Mapping[str, Params] = {name: tuple(r.params.items()) for name, r in connection.resources.items()}
        self._keep = {
            name: compiled(r.keep, f"{where}: connection.resources.{name}.keep")
            for name, r in connection.resources.items()
            if r.keep is not None
        }
        fresh = connection.as_of
        self._as_of = compiled(fresh.path, f"{where}: connection.as_of.path") if fresh else jmespath.compile("`null`")
        self._as_of_form = fresh.form if fresh else None

    async def about(self, people: tuple[LocalId, ...], needed: Needed) -> Gathered:
        """Bring the needed resources' rows about these people, all that is asked at once."""
        calls = [(name, call) for name in needed for call in self._calls(name, people)]
        read = await together([call for _, call in calls])
        return self._united([(name, listing) for (name, _), listing in zip(calls, read, strict=True)], needed)

    async def pages(self, needed: Needed, since: datetime | None) -> AsyncIterator[Rows]:
        """Bring the rows that say who the source knows, one list after the other, page by page."""
        for name in sorted(needed):
            parts, params = self._whole(name, since)
            async for items in self._lists[name].feed(parts, params):
                yield {name: [item for item in items if self._kept(name, item)]}

    async def candidates(self, traits: Traits, needed: Needed) -> Gathered:
        """Bring everybody: a source of its own layout offers no search that is known here."""
        del traits
        read = await together([self._lists[name].must_read(*self._whole(name, None)) for name in needed])
        return self._united(list(zip(needed, read, strict=True)), needed)

    async def ping(self) -> datetime | None:
        """Ask the first list about nobody the source could know."""
        read = await together(self._calls(next(iter(self._resources)), (LocalId("0"),)))
        return oldest([self._fresh(listing) for listing in read if listing is not None])

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    def _calls(self, name: str, people: tuple[LocalId, ...]) -> list[Coroutine[Any, Any, Listing | None]]:
        """Give the calls that bring a resource's rows about people: one for each, or for as many as it takes at once.

        A list about one person may not be there; one about several must be.
        """
        resource, lists, fixed = self._resources[name], self._lists[name], self._fixed[name]
        param = resource.people_param
        if param is None:
            return [lists.read(_parts(resource.path, person), fixed) for person in people]
        batches = in_batches(people, resource.people_most)
        return [lists.must_read(self._parts[name], (*fixed, (param, ",".join(batch)))) for batch in batches]

    def _whole(self, name: str, since: datetime | None) -> tuple[tuple[str, ...], Params]:
        """Give where a whole list is, or what changed in it since then."""
        resource, params = self._resources[name], self._fixed[name]
        if since is not None and resource.since is not None:
            params = (*params, (resource.since.param, since.astimezone(UTC).strftime(resource.since.form)))
        return self._parts[name], params

    def _united(self, read: Sequence[tuple[str, Listing | None]], needed: Needed) -> Gathered:
        """Put listings together by resource: as old as the oldest, whole only where all are."""
        rows: dict[str, list[Row]] = {name: [] for name in needed}
        moments, complete = list[datetime | None](), True
        for name, listing in read:
            if listing is not None:
                keeps = name in self._keep
                rows[name] += [item for item in listing.items if self._kept(name, item)] if keeps else listing.items
                moments.append(self._fresh(listing))
                complete &= listing.complete
        return Gathered(rows, oldest(moments), complete)

    def _kept(self, name: str, item: Object) -> bool:
        return name not in self._keep or found(self._keep[name], item) is True

    def _fresh(self, listing: Listing) -> datetime | None:
        value = found(self._as_of, listing.last.value)
        return moment(value, self._as_of_form)


def _parts(path: str, person: str = "") -> tuple[str, ...]:
    return tuple(part.replace("{person}", person) for part in path.strip("/").split("/"))
