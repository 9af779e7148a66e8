"""Why one thing is not shown: the reason, whom to ring, what to quote, and every way forward that is open.

It is asked again, by the rules of now: what has changed meanwhile is said. Nothing is told that the gap did not tell.
"""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from hub.answer.kin import HOME, OF_KIN, SAME_HOME
from hub.answer.question import EXISTENCE, PATHS, Wanted
from hub.governance.break_glass import ENTITLED
from hub.graphql.governing.supposing import would_show
from hub.web.pages.child import HEAD, Child, child_of, fields_of
from hub.web.pages.involved.panels import named
from hub.web.pages.visit import NoSuchPage, Shown, Visit
from schema.fields import CATALOGUE, FieldId
from schema.person import PARTS, Person
from schema.reasons import Reason
from schema.services import SERVICES
from schema.withheld import Withheld

_FIELDS: Final = {path: fid for fid, path in PATHS.items()}
_PURPOSE: Final = frozenset({Reason.NO_REFERENCE, Reason.NOT_FOR_THIS_PURPOSE})
_KIN: Final = Wanted(fields=frozenset({EXISTENCE}))
"""Of a relative it is asked only whether they have a page."""
_CONSENT: Final = frozenset({Reason.CONSENT_NOT_GIVEN, Reason.CONSENT_REFUSED})


@dataclass(frozen=True, slots=True)
class Way:
    """One way forward: what to do, and the page where it is done, where there is one."""

    says: str
    path: str = ""
    label: str = ""


async def why(visit: Visit) -> Shown:
    """Explain one gap."""
    source_id, path = visit.query.get("source", ""), visit.query.get("path", "")
    sources = {s.config.id: s for s in visit.governing.preparer.sources}
    if source_id not in sources or path not in _FIELDS:
        raise NoSuchPage
    source, field = sources[source_id], _FIELDS[path]
    wanted = Wanted(
        fields=fields_of(("names",)) | {field, EXISTENCE},
        lists=frozenset({"names", path.partition(".")[0]}) & frozenset(PARTS),
        services=frozenset({source.config.service}),
        beside=frozenset({"emergency_access"}),
    )
    head = replace(wanted, fields=wanted.fields | HEAD.fields, lists=wanted.lists | HEAD.lists)
    person = await child_of(visit, head)
    answer = next(a for a in person.sources if a.source == source_id)
    gap = _gap(person.withheld, source_id, path)
    child = await _who(visit, person)
    values = {
        "child": child,
        "person": person,
        "tab": "",
        "service": SERVICES[source.config.service].label,
        "source": source.config.name,
        "what": named(path),
        "means": CATALOGUE[field].means,
        "answer": answer,
        "gap": gap,
        "contact": source.contact,
        "ways": await _ways(visit, gap, wanted, field) if gap else [],
        "subject": visit.who.subject,
    }
    return Shown("why/page.html", f"Why something about {child.name} is not shown", values)


async def _who(visit: Visit, person: Person) -> Child:
    """Say who the page is about: where this one source does not tell, as every other page of the child does."""
    told = person.names and person.birth()[0]
    return Child.of(person if told else await child_of(visit, HEAD))


def _gap(gaps: list[Withheld], source_id: str, path: str) -> Withheld | None:
    """Give the gap asked about; where the whole service is held back, that."""
    mine = {g.path: g for g in gaps if g.source == source_id}
    return mine.get(path) or mine.get(PATHS[EXISTENCE])


async def _ways(visit: Visit, gap: Withheld, wanted: Wanted, field: FieldId) -> list[Way]:
    """Give the ways forward, the gentlest first. What the law forbids nothing here opens."""
    child = visit.path["person"]
    here = f"/purpose?{urlencode({'return': visit.here})}"
    question = visit.asking.about(visit.who, visit.request_id, (child,), visit.asks.context, wanted)
    asked = (visit.governing, question, str(gap.source), field)
    tellable = not await would_show(*asked)  # what a record's own label alone holds back is decided when it comes
    if not tellable and field in OF_KIN:
        return await _of_kin(visit, gap, wanted, HOME if field == SAME_HOME else field)
    ways = []
    if gap.code in _CONSENT:
        says = "Talk to the family about sharing, and record what they say. It counts from the next page on."
        ways.append(Way(says, f"/children/{child}/consent", "Ask for consent and record it"))
    if gap.code in _PURPOSE:
        says = "If your purpose is another, or you have a case reference now, say so: the next page is decided by it."
        ways.append(Way(says, here, "Change purpose or case"))
    if gap.code is Reason.NO_REASON_GIVEN:
        ways.append(Way("Say in a sentence why you ask. It is kept sealed.", here, "Give your reason"))
    if gap.code is Reason.NO_SECOND_PERSON or (tellable and await would_show(*asked, agreed=True)):
        says = "Ask a colleague of your organisation who may see this. They sign in, open the address below and enter"
        says += " your id. It lasts an hour at most."
        ways.append(Way(says, f"/children/{child}/second-person", "The address"))
    entitled = tellable and gap.code is not Reason.LEGAL_BAR and visit.who.role in ENTITLED
    if entitled and await would_show(*asked, access=True):
        says = "Only where a child is in danger and nobody can be reached in time. It opens this for an hour at most."
        says += " Both organisations are told at once, and somebody else judges it afterwards."
        ways.append(Way(says, f"/children/{child}/emergency?source={gap.source}", "Emergency access"))
    return ways


async def _of_kin(visit: Visit, gap: Withheld, wanted: Wanted, field: FieldId) -> list[Way]:
    """Give the ways where the child's own records would be shown: what holds for somebody named beside them decides.

    A page of theirs says why, and has the ways that are about them; whoever may not be opened is not pointed to.
    """
    person = await child_of(visit, replace(wanted, relatives=_KIN, services=None))
    wanted = replace(wanted, fields=wanted.fields | {field})
    ways = {}
    for one in person.relationships or ():
        if one.person is None or str(one.person.id) in ways:
            continue
        asked = visit.asking.about(visit.who, visit.request_id, (str(one.person.id),), visit.asks.context, wanted)
        if await would_show(visit.governing, asked, str(gap.source), field):
            continue
        says = "It is held back for the sake of somebody the record names, and what holds for them decides. Their own"
        says += " page says why, and what you can do."
        at = f"/children/{one.person.id}/why?{urlencode({'source': str(gap.source), 'path': PATHS[field]})}"
        ways[str(one.person.id)] = Way(says, at, f"Why, about {one.name}" if one.name else "Why, about them")
    return list(ways.values())
