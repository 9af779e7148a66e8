"""FHIR R4 (HL7): searches read to their last page, references resolved, outcomes and security labels understood."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from connectors.errors import SourceBroken, SourceError, SourceRefused, SourceUnavailable
from connectors.shapes import Object, inner, objects, text
from connectors.transports.client import Client, Page
from connectors.transports.fhir_xml import fhir_object
from connectors.transports.marks import Marks
from connectors.transports.paging import BARREN, MOST
from schema.labels import Label

Params: TypeAlias = tuple[tuple[str, str], ...]

MEDIA_TYPE = "application/fhir+json"
XML_TYPE = "application/fhir+xml"
_PAGE = ("_count", "200")

_REFUSED = frozenset({"login", "unknown", "expired", "forbidden", "security", "suppressed"})
_BUSY = frozenset({"throttled", "transient", "timeout", "lock-error", "incomplete", "no-store", "too-costly"})
"""Issue types by what the hub does next (http://hl7.org/fhir/R4/valueset-issue-type.html)."""

_OPEN = frozenset({"U", "L", "M", "N"})
_SENSITIVE: dict[str, Label] = {
    "MH": Label.MENTAL_HEALTH,
    "PSY": Label.MENTAL_HEALTH,
    "PSYTHPN": Label.MENTAL_HEALTH,
    "SEX": Label.SEXUAL_HEALTH,
    "STD": Label.SEXUAL_HEALTH,
    "HIV": Label.SEXUAL_HEALTH,
    "SUD": Label.SUBSTANCE_MISUSE,
    "ETH": Label.SUBSTANCE_MISUSE,
    "ETHUD": Label.SUBSTANCE_MISUSE,
}
"""Confidentiality and sensitivity codes of HL7 v3 that say something to the hub."""


@dataclass(slots=True)
class Bundle:
    """A search's answer: what matched, everything in it by ``Type/id``, its as-of, and whether it was cut."""

    matches: list[Object] = field(default_factory=list)
    held: dict[str, Object] = field(default_factory=dict)
    as_of: datetime | None = None
    complete: bool = True
    matched: Marks = field(default_factory=Marks)
    """What was given as a match, by ``Type/id``: also what ought never to have been there."""

    def resolve(self, reference: str | None) -> Object | None:
        """Give the resource a reference names, where the bundle holds it."""
        return self.held.get(reference) if reference else None


class FhirServer:
    """A FHIR server behind one base address."""

    def __init__(self, client: Client) -> None:
        """Keep the client."""
        self._client = client
        self._type = XML_TYPE if client.xml else MEDIA_TYPE

    async def search(self, kind: str, params: Params) -> Bundle:
        """Search by GET: for opaque ids, which may stand in an address."""
        return await self._pages(kind, await self._client.get((kind,), (*params, _PAGE), accept=self._type))

    async def search_privately(self, kind: str, params: Params) -> Bundle:
        """Search by POST: for names, dates and numbers, which may not."""
        page = await self._client.post_form((kind, "_search"), (*params, _PAGE), accept=self._type)
        return await self._pages(kind, page)

    async def feed(self, kind: str, params: Params) -> AsyncIterator[list[Object]]:
        """Search by GET and give each page's matches as they come; SourceBroken at an end that is not whole."""
        page = await self._client.get((kind,), (*params, _PAGE), accept=self._type)
        bundle = Bundle()
        async for _ in self._turned(kind, page, bundle):
            yield bundle.matches
            bundle.matches, bundle.held = [], {}
            bundle.complete &= len(bundle.matched) <= MOST
        if not bundle.complete:
            raise SourceBroken("feed-cut-short")

    async def metadata(self) -> None:
        """Ask what the server can do."""
        page = await self._client.get(("metadata",), accept=self._type)
        if self._object(page).get("resourceType") != "CapabilityStatement":
            raise SourceBroken("not-fhir")

    async def _pages(self, kind: str, page: Page | None) -> Bundle:
        bundle = Bundle()
        async for _ in self._turned(kind, page, bundle):
            pass
        return bundle

    async def _turned(self, kind: str, page: Page | None, bundle: Bundle) -> AsyncIterator[None]:
        """Take each page into the bundle; whoever reads may empty it, or say that it is cut, between two."""
        seen, barren = set[str](), 0
        while True:
            answer, before = _bundle(self._object(page)), len(bundle.matched)
            self._take(kind, answer, bundle)
            yield
            following = _next(answer)
            if following is None or not bundle.complete:
                break
            barren = barren + 1 if len(bundle.matched) == before else 0
            if following in seen or barren > BARREN:
                raise SourceBroken("pages-in-a-circle")
            seen.add(following)
            page = await self._client.get_url(following, accept=self._type)
        bundle.complete &= len(bundle.matched) >= _total(answer)

    def _object(self, page: Page | None) -> Object:
        """Give the resource an answer is, in either of FHIR's two ways of writing."""
        if page is None or not isinstance(page.value, dict):
            raise SourceBroken("not-fhir")
        return fhir_object(page.value) if page.is_xml else page.value

    def _take(self, kind: str, answer: Object, bundle: Bundle) -> None:
        bundle.as_of = bundle.as_of or _instant(text(inner(answer, "meta"), "lastUpdated"))
        for entry in objects(answer, "entry"):
            resource, mode = inner(entry, "resource"), text(inner(entry, "search"), "mode")
            if mode == "outcome":
                understand(resource)
                continue
            name, key = text(resource, "resourceType"), text(resource, "id")
            if name is None or key is None or (mode != "include" and name != kind):
                raise SourceBroken("wrong-resource")
            if len(bundle.held) >= self._client.limits.records:
                bundle.complete = False
                return
            whole = f"{name}/{key}"
            again = (
                whole.encode() in bundle.matched
            )  # A list that moved between two pages, or a server that turns none.
            bundle.held[whole] = resource
            if mode == "include" or again:
                continue
            bundle.matched.add(whole.encode())
            if not _wrong_entry(resource):
                bundle.matches.append(resource)

    def reference(self, holder: Object) -> str | None:
        """Give a reference as ``Type/id``; none where it leads to another server or names nothing."""
        written = text(holder, "reference")
        if written is None:
            return None
        written = written.removeprefix(self._client.base + "/").partition("/_history/")[0]
        return written if written.count("/") == 1 and ":" not in written else None

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()


def understand(outcome: Object) -> None:
    """Raise what an OperationOutcome means to the hub; nothing for one that only informs. Its text is not read."""
    issues = objects(outcome, "issue")
    codes = {text(i, "code") for i in issues if text(i, "severity") in {"fatal", "error"}}
    if codes:
        raise _named(codes)


def _named(codes: set[str | None]) -> SourceError:
    if codes & _REFUSED:
        return SourceRefused("operation-outcome")
    return SourceUnavailable("operation-outcome") if codes & _BUSY else SourceBroken("operation-outcome")


def _bundle(answer: Object) -> Object:
    if answer.get("resourceType") == "OperationOutcome":
        understand(answer)
    if answer.get("resourceType") != "Bundle" or answer.get("type") != "searchset":
        raise SourceBroken("not-a-searchset")
    return answer


def _next(answer: Object) -> str | None:
    return next((text(link, "url") for link in objects(answer, "link") if text(link, "relation") == "next"), None)


def _total(answer: Object) -> int:
    """Give how many resources the server says match, on all pages; nought where it does not say."""
    said = answer.get("total")
    if isinstance(said, str) and said.isascii() and said.isdecimal():  # in XML everything is a text
        return int(said)
    return said if isinstance(said, int) and not isinstance(said, bool) else 0


def _wrong_entry(resource: Object) -> bool:
    """Whether the server says the resource ought never to have been there."""
    return resource.get("status") == "entered-in-error"


def _instant(value: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if value else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo else None


def labels(resource: Object) -> frozenset[Label]:
    """Read ``meta.security``: a code nobody taught the hub protects as much as a restriction does."""
    codes = {text(coding, "code") for coding in objects(inner(resource, "meta"), "security")}
    return frozenset(_SENSITIVE.get(code or "", Label.NATIONALLY_RESTRICTED) for code in codes - _OPEN)


def telecom(resource: Object, system: str) -> str | None:
    """Give the first phone or e-mail of a resource that is still in use."""
    points: Iterable[Object] = objects(resource, "telecom")
    return next((text(p, "value") for p in points if p.get("system") == system and p.get("use") != "old"), None)
