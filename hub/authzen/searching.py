"""Search (section 8 of the specification): which roles, which fields, which actions. Of kinds of question alone.

Nobody is searched for and nobody's records are: what a named person's answer holds is asked for by asking.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hub.authzen.asked import OFFICER, OfKind, Resource, asker_of, labels_in, resource_of, stated_in, subject_of
from hub.authzen.evaluating import Evaluator
from hub.authzen.kinds import Policy
from hub.authzen.node import Node
from hub.authzen.paging import Pages
from hub.authzen.words import ACTIONS, FIELDS, RESOURCES, SERVICES, Action, ResourceType, SubjectType
from hub.authzen.wrong import Wrong, forbidden
from hub.identity.requester import Requester
from policies.facts import Asker
from policies.vocabulary import EXISTENCE, ROLES
from schema.labels import Label
from schema.services import Service

Found = Iterator[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Searcher:
    """Answers searches; each result, evaluated in the same context, is permitted."""

    evaluator: Evaluator
    pages: Pages

    async def subjects(self, body: Node, requester: Requester) -> dict[str, Any]:
        """Say which roles of an agency may; for officers, since others learn of their own role alone."""
        subject = subject_of(body.need("subject"), requester, named=False)
        action, resource = body.need("action").need("name").word(ACTIONS), _of_kind(resource_of(body.need("resource")))
        context = _context(body)
        if requester.role != OFFICER:
            raise forbidden("subject: which roles may is told to information governance officers.")
        purpose, stated = asker_of(subject, context).purpose, stated_in(context)
        policy = await self.evaluator.policy(requester)
        found = (
            {"type": SubjectType.ROLE.value, "id": role, "properties": {"agency": subject.agency}}
            for role in sorted(ROLES)
            if policy.allows(OfKind(Asker(role, subject.agency, purpose), resource, action, stated))
        )
        return self._page(found, policy, body, "subject", requester)

    async def resources(self, body: Node, requester: Requester) -> dict[str, Any]:
        """Say which fields of a service, or of all, a kind of asker may see; or which services' existence."""
        asker = asker_of(subject_of(body.need("subject"), requester), _context(body))
        action, stated = body.need("action").need("name").word(ACTIONS), stated_in(_context(body))
        candidates = _candidates(body.need("resource"))
        policy = await self.evaluator.policy(requester)
        found = (_told(one) for one in candidates if policy.allows(OfKind(asker, one, action, stated)))
        return self._page(found, policy, body, "resource", requester)

    async def actions(self, body: Node, requester: Requester) -> dict[str, Any]:
        """Say which actions a kind of asker may do."""
        asker = asker_of(subject_of(body.need("subject"), requester), _context(body))
        resource, stated = _of_kind(resource_of(body.need("resource"))), stated_in(_context(body))
        policy = await self.evaluator.policy(requester)
        found = ({"name": a.value} for a in Action if policy.allows(OfKind(asker, resource, a, stated)))
        return self._page(found, policy, body, "action", requester)

    def _page(self, found: Found, policy: Policy, body: Node, sort: str, requester: Requester) -> dict[str, Any]:
        page = self.pages.cut(list(found), body, sort, requester)
        context = {"policy_version": policy.rulebook.version}
        return {"page": page["page"], "context": context, "results": page["results"]}


def _context(body: Node) -> Node:
    return body.get("context") or Node({}, "context")


def _of_kind(resource: Resource) -> Resource:
    if resource.person is not None:
        raise Wrong("resource.properties.person: nobody's records are searched; evaluate, or ask for the person.")
    return resource


def _candidates(node: Node) -> Iterator[Resource]:
    """Give every resource a search may find; its id, if there is one, is passed over."""
    kind = node.need("type").word(RESOURCES)
    its = node.need("properties").whole()
    if its.get("person") is not None:
        raise Wrong("resource.properties.person: nobody's records are searched; evaluate, or ask for the person.")
    labels = labels_in(its)
    service = its.get("service") if kind is ResourceType.FIELD else None
    services = [service.word(SERVICES)] if service else list(Service)
    return _each(kind, services, labels)


def _each(kind: ResourceType, services: list[Service], labels: frozenset[Label]) -> Iterator[Resource]:
    for service in services:
        for field in sorted(FIELDS.values()) if kind is ResourceType.FIELD else (EXISTENCE,):
            yield Resource(kind, field, service, labels)


def _told(found: Resource) -> dict[str, Any]:
    labels = sorted(label.value for label in found.labels)
    if found.type is ResourceType.SERVICE:
        return {"type": found.type.value, "id": found.service.value, "properties": {"labels": labels}}
    told = {"service": found.service.value, "labels": labels}
    return {"type": found.type.value, "id": str(found.field), "properties": told}
