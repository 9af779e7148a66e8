"""What the social care half of SSD answers, on SQLite and on PostgreSQL alike."""

from datetime import UTC, date, datetime
from typing import TypeVar

from connectors.contract import Ambiguous, Ask, Connector, LocalId, Matched, Name, Reply, Traits, Unknown
from schema.fields import CATALOGUE, FieldId
from schema.labels import Label
from schema.records import (
    Address,
    Birth,
    ChronologyEvent,
    EventKind,
    Identifier,
    IdentifierSystem,
    Involvement,
    PersonName,
    PlanType,
    Relationship,
    RelationshipType,
    Status,
    Threshold,
)

T = TypeVar("T")
TODAY = date(2026, 11, 21)
P1 = LocalId("P1")


def fields(*prefixes: str) -> frozenset[FieldId]:
    return frozenset(f for f in CATALOGUE if f.startswith(prefixes))


async def ask(connector: Connector, *prefixes: str, people: tuple[str, ...] = ("P1",)) -> Reply:
    return await connector.fetch(Ask(tuple(LocalId(p) for p in people), fields(*prefixes), TODAY))


def of(reply: Reply, kind: type[T], person: str = "P1") -> list[T]:
    return [r for r in reply.records[LocalId(person)] if isinstance(r, kind)]


async def test_involvements(social_care: Connector) -> None:
    """Referral, child protection plan and period of care are three involvements, each with its own status."""
    reply = await ask(social_care, "Involvement.", "Professional.", "Plan.", "DutyDesk.")
    by_threshold = {i.threshold: i for i in of(reply, Involvement)}
    assert set(by_threshold) == {Threshold.CHILD_IN_NEED, Threshold.CHILD_PROTECTION, Threshold.LOOKED_AFTER}
    need = by_threshold[Threshold.CHILD_IN_NEED]
    assert (need.status, need.start, need.reason, need.notes) == (
        Status.CURRENT,
        date(2025, 2, 2),
        "Abuse or neglect",
        "a note",
    )
    assert need.team == "T1"
    assert need.last_interaction == date(2025, 3, 10)
    assert need.plan is not None
    assert need.plan.type is PlanType.CHILD_IN_NEED
    protection = by_threshold[Threshold.CHILD_PROTECTION]
    assert protection.status is Status.HISTORIC
    assert protection.plan is not None
    assert protection.plan.category == "Emotional abuse"
    assert protection.team == "Child Protection North"
    assert protection.duty_desk is not None
    assert protection.duty_desk.team == "Child Protection North"
    care = by_threshold[Threshold.LOOKED_AFTER]
    assert (care.start, care.end, care.status) == (date(2024, 1, 1), date(2025, 1, 1), Status.HISTORIC)
    assert reply.as_of == datetime(2026, 11, 21, 2, tzinfo=UTC)
    assert reply.complete


async def test_workers_are_resolved_by_key_first(social_care: Connector) -> None:
    """A staff id that equals somebody else's key never shows the wrong person; unresolved references show nobody."""
    reply = await ask(social_care, "Involvement.threshold", "Professional.")
    need = next(i for i in of(reply, Involvement) if i.threshold is Threshold.CHILD_IN_NEED)
    assert need.professionals is not None
    told = [(p.name, p.role, p.status) for p in need.professionals]
    assert told == [
        ("Jo Worker", "Allocated Social Worker", Status.CURRENT),
        ("Lee Leaver", "Social Worker", Status.HISTORIC),
    ]


async def test_description_text_is_a_name_and_a_log_in_is_not(social_care: Connector) -> None:
    """Only the column documented as text gives an unverified name, and only where it looks like one."""
    reply = await ask(social_care, "Involvement.start", "Professional.", people=("P5",))
    by_start = {i.start: i.professionals for i in of(reply, Involvement, "P5")}
    told = by_start[date(2020, 2, 2)]
    assert told is not None
    assert [(p.name, p.role) for p in told] == [("Pat Words", "Referral worker (name not verified)")]
    assert by_start[date(2019, 2, 2)] == []


async def test_only_asked_fields_are_set(social_care: Connector) -> None:
    """Existence alone gives the service and the status and nothing else."""
    reply = await ask(social_care, "Involvement.service", "Involvement.status")
    for involvement in of(reply, Involvement):
        assert involvement.service is not None
        assert involvement.status is not None
        assert (involvement.start, involvement.threshold, involvement.professionals, involvement.plan) == (None,) * 4
    assert {type(r) for r in reply.records[P1]} == {Involvement}


async def test_contacts_alone_are_an_involvement(social_care: Connector) -> None:
    """A child the service has only had contacts about is known, in the past."""
    (only,) = of(await ask(social_care, "Involvement.", people=("P2",)), Involvement, "P2")
    assert (only.sub_service, only.status, only.end) == ("Contact", Status.HISTORIC, date(2025, 3, 1))


async def test_events(social_care: Connector) -> None:
    """Free text in a broken outcome column becomes the summary, never a flag; a duplicate's contact is there."""
    events = of(await ask(social_care, "ChronologyEvent."), ChronologyEvent)
    by_kind = {e.kind: e for e in events}
    contacts = sorted(e.date for e in events if e.kind is EventKind.CONTACT and e.date)
    assert contacts == [date(2023, 5, 1), date(2025, 2, 1)]
    contact = next(e for e in events if e.date == date(2025, 2, 1))
    assert contact.outcome == "New referral"
    assert contact.summary is not None
    assert contact.summary.startswith('said "help"')
    assert by_kind[EventKind.ASSESSMENT_END].needs == ["Domestic abuse: child", "99Z"]
    assert by_kind[EventKind.PLACEMENT].summary == "Foster care, long term"
    assert len([e for e in events if e.kind is EventKind.LOOKED_AFTER_START]) == 1
    assert [e.date for e in events if e.kind is EventKind.LOOKED_AFTER_END] == [date(2025, 1, 1)]
    assert by_kind[EventKind.SECTION_47].outcome == "Child protection conference"
    assert by_kind[EventKind.MISSING].end_date == date(2024, 3, 2)
    assert FieldId("ChronologyEvent.end_date") in social_care.capabilities.fields
    assert "BK7" not in str(events)
    assert "SC123" not in str(events)


async def test_events_without_detail(social_care: Connector) -> None:
    """Where no detail is asked nothing anybody wrote is given."""
    events = of(await ask(social_care, "ChronologyEvent.date", "ChronologyEvent.title"), ChronologyEvent)
    assert events
    assert all((e.summary, e.outcome, e.needs, e.kind) == (None,) * 4 for e in events)


async def test_identity(social_care: Connector) -> None:
    """One name and one birth of two rows with one id; every address but a home is confidential."""
    reply = await ask(social_care, "PersonName.", "Birth.", "Identifier.", "Address.", people=("P1", "P5"))
    (name,) = of(reply, PersonName)
    assert (name.given, name.family) == ("Robin", "Example")
    (birth,) = of(reply, Birth)
    assert birth.date_of_birth == date(2014, 3, 2)
    numbers = {(i.system, i.value) for i in of(reply, Identifier)}
    assert (IdentifierSystem.NHS_NUMBER, "9990000018") in numbers
    assert (IdentifierSystem.NHS_NUMBER, "9990000026") in numbers
    superseded = next(i for i in of(reply, Identifier) if i.value == "9990000034")
    assert (superseded.valid_from, superseded.valid_to) == (date(2014, 3, 2), date(2015, 6, 30))
    home, placement = sorted(of(reply, Address), key=lambda a: a.start is not None)
    assert (home.lines, home.postcode, home.labels) == ("14 Alder Lane, Brookminster", "BK1 1AA", frozenset())
    assert placement.postcode is None
    assert placement.labels == {Label.CONFIDENTIAL_ADDRESS}
    (sealed,) = of(reply, Address, "P5")
    assert (sealed.lines, sealed.labels) == (None, {Label.CONFIDENTIAL_ADDRESS})


async def test_a_death_is_told(social_care: Connector) -> None:
    """Who has died is told by the day; who has not has no such day."""
    reply = await ask(social_care, "Birth.", people=("P1", "P6"))
    days = {p: of(reply, Birth, p)[0].date_of_death for p in ("P1", "P6")}
    assert days == {"P1": None, "P6": date(2024, 8, 9)}


async def test_family(social_care: Connector) -> None:
    """Mother, siblings of one mother, and others of the family; a sealed relative carries the seal."""
    related = {r.local_id: r for r in of(await ask(social_care, "Relationship."), Relationship)}
    assert set(related) == {"P2", "P3", "P4", "P5"}
    assert related["P3"].type is RelationshipType.MOTHER
    assert related["P3"].same_household is None
    assert related["P2"].type is RelationshipType.SIBLING
    assert related["P2"].same_household is True
    assert related["P4"].type is RelationshipType.SIBLING
    assert related["P5"].labels == {Label.ADOPTION}
    mother = {
        r.local_id: r.type for r in of(await ask(social_care, "Relationship.", people=("P3",)), Relationship, "P3")
    }
    assert mother["P1"] is RelationshipType.CHILD


async def test_a_batch_and_a_stranger(social_care: Connector) -> None:
    """People asked together each have an entry; somebody the database does not know has none."""
    reply = await ask(social_care, "Involvement.", people=("P1", "P2", "P4", "nobody"))
    assert set(reply.records) == {"P1", "P2", "P4"}
    assert reply.records[LocalId("P4")] == ()


async def test_feed(social_care: Connector) -> None:
    """Duplicates are left out, confidential homes too; the adopted child's identity carries its label."""
    everybody = {i.local_id: i async for i in social_care.identities(None)}
    assert set(everybody) == {"P1", "P2", "P3", "P4", "P5", "P6"}
    assert everybody[P1].traits.postcodes == ("BK1 1AA",)
    assert everybody[P1].traits.mother_local_id == "P3"
    assert everybody[P1].traits.address == "14 Alder Lane Brookminster"
    assert everybody[LocalId("P3")].traits.postcodes == ()
    assert everybody[LocalId("P4")].traits.expected_date_of_birth == date(2027, 2, 1)
    assert everybody[LocalId("P5")].labels == {Label.ADOPTION}
    assert everybody[LocalId("P5")].traits.postcodes == ()
    changed = [i.local_id async for i in social_care.identities(datetime(2026, 10, 1, tzinfo=UTC))]
    assert changed == ["P1"]
    assert [i async for i in social_care.identities(datetime(2026, 11, 2, tzinfo=UTC))] == []


async def test_locate(social_care: Connector) -> None:
    """Found by number, or by name, date of birth and postcode together; never by less."""
    robin = (Name("Robin", "EXAMPLE"),)
    born = date(2014, 3, 2)
    by_number = Traits(identifiers=((IdentifierSystem.NHS_NUMBER, "9990000018"),))
    assert await social_care.locate(by_number) == Matched(P1)
    assert await social_care.locate(Traits(robin, born, postcodes=("bk11aa",))) == Matched(P1)
    assert await social_care.locate(Traits(robin, born)) == Ambiguous(1)
    assert await social_care.locate(Traits(robin, date(2014, 3, 3), identifiers=by_number.identifiers)) == Ambiguous(1)
    both = Traits(identifiers=((IdentifierSystem.CASE_NUMBER, "L1"), (IdentifierSystem.CASE_NUMBER, "L2")))
    assert await social_care.locate(both) == Ambiguous(2)


async def test_health(social_care: Connector) -> None:
    """It can be asked, and says how old its data are."""
    assert (await social_care.health()).ok
    assert social_care.capabilities.feeds_index


async def test_early_help(early_help: Connector) -> None:
    """The early help half answers from its own tables alone."""
    reply = await ask(early_help, "Involvement.", "Professional.", "ChronologyEvent.", "Relationship.", "Address.")
    (helped,) = of(reply, Involvement)
    assert (helped.status, helped.organisation, helped.reason) == (Status.HISTORIC, "Family Hub", "Parenting support")
    assert helped.threshold is Threshold.EARLY_HELP
    assert [(p.name, p.role, p.team) for p in helped.professionals or []] == [("Jo Worker", "Lead practitioner", None)]
    kinds = {e.kind: e.summary for e in of(reply, ChronologyEvent)}
    assert kinds == {EventKind.EARLY_HELP_START: "Parenting support", EventKind.EARLY_HELP_END: "Needs met"}
    assert {i.local_id async for i in early_help.identities(None)} >= {"P1"}
    assert (await early_help.locate(Traits())) == Unknown()


async def test_who_works_with_a_family_in_early_help(early_help: Connector) -> None:
    """The worker of the same weeks comes with role, team and status, and the team's desk; the lead is not added."""
    reply = await ask(early_help, "Involvement.", "Professional.", "DutyDesk.", people=("P2",))
    (helped,) = of(reply, Involvement, "P2")
    assert helped.team == "Early Help East"
    told = [(p.name, p.role, p.team, p.status) for p in helped.professionals or []]
    assert told == [("Lee Leaver", "Family Support Worker", "Early Help East", Status.HISTORIC)]
    assert helped.duty_desk is not None
    assert helped.duty_desk.team == "Early Help East"


async def test_early_help_declares_no_end_of_an_event(early_help: Connector) -> None:
    """Its episodes begin and end in events of one day each, so the end of an event is not promised."""
    assert FieldId("ChronologyEvent.end_date") not in early_help.capabilities.fields
