"""The cast: the same made-up people in every test, as nine in-memory sources hold them.

Every value of a record is unmistakable (``CANARIES``), so that a test can look for any of them where none belongs.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.contract import (
    Ask,
    Capabilities,
    Health,
    Held,
    Identity,
    LocalId,
    Located,
    Matched,
    Name,
    Reply,
    Traits,
    Unknown,
)
from connectors.source import ContactConfig, CoverageConfig, LimitsConfig, SourceConfig
from hub.identity.requester import Requester
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.records import (
    Address,
    Birth,
    ChronologyEvent,
    DutyDesk,
    EventKind,
    Flag,
    Identifier,
    IdentifierSystem,
    Involvement,
    PersonName,
    Plan,
    PlanType,
    Professional,
    Relationship,
    RelationshipType,
    Sex,
    Status,
    Threshold,
    Use,
)
from schema.services import Service
from tests.tabled import tabled

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SYNCED = NOW - timedelta(hours=7)

SERVICES = {
    "social-care": "SOCIAL_CARE",
    "early-help": "EARLY_HELP",
    "education": "EDUCATION",
    "send-neet": "SEND_NEET",
    "youth-justice": "YOUTH_JUSTICE",
    "universal": "UNIVERSAL",
    "housing": "HOUSING",
    "police": "POLICE",
    "health": "HEALTH",
}
"""Source ids and their services."""


def agency(source: str) -> str:
    """Give the agency that owns a source of the cast."""
    return f"cast-{source}"


def source_config(source: str, **limits: Any) -> SourceConfig:
    """Configure one source of the cast."""
    return SourceConfig(
        id=source,
        service=Service(SERVICES[source]),
        name=f"{source.replace('-', ' ').capitalize()} records",
        owner=f"Owner of {source}",
        agency=agency(source),
        system="cast",
        contact=ContactConfig(team=f"{source} duty", phone="01632 960000"),
        coverage=CoverageConfig(youngest=10, oldest=17) if source == "youth-justice" else CoverageConfig(),
        limits=LimitsConfig(**({"deadline": 1.0} | limits)),
    )


ROLES = {
    "front-door": ("front-door-worker", "social-care"),
    "social-worker": ("social-worker", "social-care"),
    "early-help": ("early-help-worker", "early-help"),
    "school": ("school-safeguarding-lead", "education"),
    "police": ("police-officer", "police"),
    "analyst": ("analyst", "social-care"),
    "ig-officer": ("ig-officer", "social-care"),
}


def requester(key: str) -> Requester:
    """Give one of those who ask."""
    role, source = ROLES[key]
    return Requester(f"sub-{key}", f"Worker {key}", role, agency(source), "tests", lately=True)


@dataclass(frozen=True, slots=True)
class Child:
    """One person of the cast: what identifies them, and the labels that protect them."""

    key: str
    traits: Traits
    sources: tuple[str, ...] = tuple(SERVICES)
    labels: frozenset[Label] = frozenset()
    record_labels: frozenset[Label] = frozenset()
    relatives: tuple[str, ...] = ()

    def local_id(self, source: str) -> LocalId:
        """Give the person's own id at a source."""
        return LocalId(f"{source}/{self.key}")


MAYA = Child(
    "maya",
    Traits(
        names=(Name("Maya", "Quillfeather"), Name("Maya", "Oldname")),
        date_of_birth=date(2012, 5, 17),
        sex="FEMALE",
        postcodes=("BK7 7QQ",),
        address="7 Canary Row",
        identifiers=((IdentifierSystem.NHS_NUMBER, "9990000018"),),
    ),
    relatives=("rowan",),
)
ROWAN = Child(
    "rowan",
    Traits(
        names=(Name("Rowan", "Quillfeather"),),
        date_of_birth=date(2016, 11, 2),
        sex="MALE",
        postcodes=("BK7 7QQ",),
        address="7 Canary Row",
        identifiers=((IdentifierSystem.NHS_NUMBER, "9990000026"),),
    ),
    sources=("social-care", "education", "health"),
)
HIDDEN = Child(
    "hidden",
    Traits(
        names=(Name("Sorrel", "Nettlebed"),),
        date_of_birth=date(2014, 8, 9),
        sex="FEMALE",
        postcodes=("BK9 9ZZ",),
        address="Refuge House",
        identifiers=((IdentifierSystem.NHS_NUMBER, "9990000034"),),
    ),
    sources=("social-care", "health"),
    record_labels=frozenset({Label.CONFIDENTIAL_ADDRESS}),
)
SEALED = Child(
    "sealed",
    Traits(
        names=(Name("Formerly", "Somebody"),),
        date_of_birth=date(2019, 1, 30),
        postcodes=("BK1 1AA",),
        identifiers=((IdentifierSystem.NHS_NUMBER, "9990000042"),),
    ),
    sources=("social-care",),
    labels=frozenset({Label.ADOPTION}),
)
CHILDREN = {c.key: c for c in (MAYA, ROWAN, HIDDEN, SEALED)}


def records_of(child: Child, source: str) -> list[Held]:
    """Give everything one source holds of one person, every governed field filled."""
    service, tag = Service(SERVICES[source]), f"{source}-{child.key}"
    t = child.traits
    professional = Professional(
        id=f"p-{tag}",
        name=f"Pro {tag}",
        role=f"Role {tag}",
        team=f"Proteam {tag}",
        phone=f"Phone {tag}",
        email=f"pro-{tag}@canary.example.org",
        status=Status.CURRENT,
    )
    desk = DutyDesk(id=f"d-{tag}", team=f"Desk {tag}", phone=f"Deskphone {tag}", email=f"desk-{tag}@canary.example.org")
    desk.hours = f"Hours {tag}"
    plan = Plan(
        id=f"pl-{tag}",
        type=PlanType.OTHER,
        start=date(2021, 2, 3),
        end=None,
        review_due=date(2026, 6, 7),
        category=f"Category {tag}",
        goals=[f"Goal {tag}"],
        needs=[f"Need {tag}"],
    )
    address = Address(
        id=f"a-{tag}",
        lines=f"{t.address} {source}",
        postcode=t.postcodes[0],
        uprn=f"10009{len(tag):07}",
        use=Use.CURRENT,
        start=date(2018, 1, 1),
        labels=child.record_labels,
    )
    return [
        PersonName(id=f"n-{tag}", given=t.names[0].given, family=t.names[0].family, use=Use.CURRENT),
        Birth(id=f"b-{tag}", date_of_birth=t.date_of_birth, sex=Sex[t.sex or "UNKNOWN"], ethnicity=f"Eth {tag}"),
        address,
        *(Identifier(id=f"i-{tag}", system=s, value=v, valid_from=date(2015, 1, 1)) for s, v in t.identifiers),
        *(
            Relationship(
                id=f"r-{tag}-{other}",
                type=RelationshipType.SIBLING,
                name=f"Sibling {tag}",
                same_household=True,
                local_id=CHILDREN[other].local_id(source),
            )
            for other in child.relatives
            if source in CHILDREN[other].sources
        ),
        Flag(id=f"f-{tag}", code=f"Flag {tag}", text=f"Flagtext {tag}", start=date(2022, 2, 2)),
        Involvement(
            id=f"v-{tag}",
            service=service,
            status=Status.CURRENT,
            sub_service=f"Sub {tag}",
            organisation=f"Org {tag}",
            team=f"Team {tag}",
            threshold=Threshold.CHILD_IN_NEED,
            start=date(2020, 4, 5),
            last_interaction=date(2026, 2, 1),
            reason=f"Reason {tag}",
            notes=f"Notes {tag}",
            professionals=[professional],
            duty_desk=desk,
            plan=plan,
        ),
        *(
            ChronologyEvent(
                id=f"e{n}-{tag}",
                date=date(2020 + n, 4, 5),
                service=service,
                kind=EventKind.CONTACT,
                title=f"Title {n} {tag}",
                summary=f"Summary {n} {tag}",
                needs=[f"Eventneed {n} {tag}"],
                strengths=[f"Strength {n} {tag}"],
                outcome=f"Outcome {n} {tag}",
            )
            for n in range(3)
        ),
    ]


def only(records: Iterable[Held], asked: frozenset[FieldId]) -> tuple[Held, ...]:
    """Keep, of records, only the fields asked; a record of which nothing was asked is left out."""
    return tuple(kept for r in records if (kept := _only(r, asked)) is not None)


def _only(record: Any, asked: frozenset[FieldId]) -> Any:
    kept: dict[str, Any] = {}
    any_asked = False
    for f in fields(record):
        value = getattr(record, f.name)
        if FieldId(f"{type(record).__name__}.{f.name}") in asked:
            kept[f.name], any_asked = value, True
        elif f.metadata.get("part") and value is not None:
            inner = [i for v in (value if isinstance(value, list) else [value]) if (i := _only(v, asked))]
            kept[f.name] = inner if isinstance(value, list) else (inner[0] if inner else None)
            any_asked = any_asked or bool(inner)
        elif f.name in {"id", "labels", "local_id"}:
            kept[f.name] = value
    return type(record)(**kept) if any_asked else None


def canaries() -> frozenset[str]:
    """Give every telling value of the cast's records: none may ever be in a log, an error, a span or a metric."""
    found: set[str] = set()
    for child in CHILDREN.values():
        traits = child.traits
        found |= {name.family for name in traits.names} | {value for _, value in traits.identifiers}
        found |= {*traits.postcodes, traits.address or traits.postcodes[0]}
        for source in child.sources:
            for record in records_of(child, source):
                found |= {text for text in _texts(record) if f"{source}-{child.key}" in text}
    return frozenset(found)


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a record, however deep."""
    if is_dataclass(value):
        for f in fields(value):
            if f.name not in {"id", "labels", "provenance", "person"}:
                yield from _texts(getattr(value, f.name))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


@dataclass(repr=False)
class CastConnector:
    """A source of the cast: answers from memory, keeps what it was asked, and misbehaves when told to."""

    source: str
    feeds: bool = True
    asks: list[Ask] = field(default_factory=list)
    traced: list[Traits] = field(default_factory=list)
    misbehave: Callable[[Ask], Any] | None = None
    cancelled: int = 0
    batch: int = 50
    rows: bool = False
    """Whether records are given as rows of tables, as from a mapping."""

    @property
    def capabilities(self) -> Capabilities:
        """Answer every field there is."""
        return Capabilities(frozenset(CATALOGUE), feeds_index=self.feeds, batch_size=self.batch)

    def _children(self) -> list[Child]:
        return [c for c in CHILDREN.values() if self.source in c.sources]

    async def locate(self, traits: Traits) -> Located:
        """Find a person by an exact name and date of birth."""
        self.traced.append(traits)
        for child in self._children():
            if child.traits.date_of_birth == traits.date_of_birth and set(child.traits.names) & set(traits.names):
                return Matched(child.local_id(self.source))
        return Unknown()

    async def fetch(self, ask: Ask) -> Reply:
        """Answer for those asked, only the asked fields."""
        self.asks.append(ask)
        if self.misbehave is not None:
            try:
                said = self.misbehave(ask)
                if asyncio.iscoroutine(said):
                    said = await said
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
            if said is not None:
                return said
        reply = self.reply(ask)
        return replace(reply, records={p: tabled(held) for p, held in reply.records.items()}) if self.rows else reply

    def reply(self, ask: Ask) -> Reply:
        """Give the right answer."""
        known = {c.local_id(self.source): c for c in self._children()}
        return Reply(
            {i: only(records_of(known[i], self.source), ask.fields) for i in ask.people if i in known}, as_of=SYNCED
        )

    async def identities(self, since: datetime | None) -> AsyncIterator[Identity]:
        """Feed the index with everybody."""
        if self.feeds and since is None:
            for child in self._children():
                yield Identity(child.local_id(self.source), child.traits, SYNCED, child.labels)

    async def health(self) -> Health:
        """Be well."""
        return Health(ok=True, as_of=SYNCED)

    async def close(self) -> None:
        """Have nothing to release."""
