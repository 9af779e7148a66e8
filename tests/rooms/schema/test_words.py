"""The words: nothing governed goes undeclared, everything says what it means, and the committed one is true."""

import shutil
import subprocess
import sys
from dataclasses import fields
from enum import EnumMeta
from pathlib import Path

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    ObjectTypeDefinitionNode,
    build_schema,
    parse,
)
from graphql.language import EnumValueNode

from hub.graphql.profiles import Profile, definition
from hub.graphql.schema import build_schema as build_hub
from policies.vocabulary import Mask, OnDeny, Role
from schema.described import Described
from schema.fields import CATALOGUE, RECORDS, FieldId, UndeclaredFieldError, held, record
from schema.kinds import Kind
from schema.labels import Label, Tier
from schema.lawful_bases import LawfulBasis
from schema.person import DERIVED, PARTS, Person, age_on, in_order, most_held
from schema.purposes import Purpose
from schema.reasons import Reason
from schema.records import Address, ChronologyEvent, Involvement, Record
from schema.relative import FROM
from schema.services import SERVICES, Service

ROOT = Path(__file__).parents[3]
SDL = definition(build_hub(), Profile.SERVED)
SCHEMA = build_schema(SDL)
OURS = {name: t for name, t in SCHEMA.type_map.items() if not name.startswith("__")}
BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def test_a_record_with_a_field_nobody_declared_does_not_load() -> None:
    """A field without kind, label and meaning is refused when the record is declared, before anything can hold it."""
    before = (set(CATALOGUE), set(RECORDS))
    with pytest.raises(UndeclaredFieldError, match=r"Careless\.phone"):

        @record
        @strawberry.type
        class Careless(Record):
            name: str | None = held(kind=Kind.CONTACT, means="A name.")
            phone: str | None = None

    CATALOGUE.pop(FieldId("Careless.name"))
    assert (set(CATALOGUE), set(RECORDS)) == before


def test_every_governed_field_declares_kind_label_and_meaning() -> None:
    """What the rules decide on is complete: a sentence for each field, and the records' fields and no others."""
    for fid, field in CATALOGUE.items():
        assert fid == f"{field.record}.{field.name}"
        assert isinstance(field.kind, Kind)
        assert isinstance(field.label, Label)
        assert field.means.endswith("."), fid
    declared = {f"{n}.{f.name}" for n, cls in RECORDS.items() for f in fields(cls) if "held" in f.metadata}
    assert set(CATALOGUE) == declared


def declared_in_sdl() -> dict[str, tuple[str, str, str]]:
    """Read every ``@held`` of the schema's text: its kind, its label and the description beside it."""
    found = {}
    for node in parse(SDL).definitions:
        for field in node.fields or () if isinstance(node, ObjectTypeDefinitionNode) else ():
            for directive in field.directives or ():
                if directive.name.value == "held":
                    given = {a.name.value: a.value for a in directive.arguments or ()}
                    assert isinstance(given["kind"], EnumValueNode)
                    assert isinstance(given["label"], EnumValueNode)
                    assert field.description
                    means = field.description.value
                    place = f"{node.name.value}.{field.name.value}"
                    found[place] = (given["kind"].value, given["label"].value, means)
    return found


def test_every_governed_field_shows_its_declaration_in_the_schema() -> None:
    """Whoever reads the schema sees what each field is, how sensitive, and what it means; summaries too."""
    seen = declared_in_sdl()
    expected = {f"{f.record}.{camel(f.name)}": (f.kind.value, f.label.value, f.means) for f in CATALOGUE.values()}
    assert {place: seen.get(place) for place in expected} == expected
    summaries = {f"Person.{camel(name)}": CATALOGUE[fid] for name, fid in DERIVED.items()}
    summaries |= {f"Relative.{camel(name)}": CATALOGUE[fids[0]] for name, fids in FROM.items()}
    for place, field in summaries.items():
        assert seen[place][:2] == (field.kind.value, field.label.value)
    assert set(seen) == set(expected) | set(summaries)


def test_governed_fields_may_be_null() -> None:
    """A field that may be withheld must be able to be null without taking its record with it."""
    for place in declared_in_sdl():
        kind, name = place.split(".")
        object_type = SCHEMA.type_map[kind]
        assert isinstance(object_type, GraphQLObjectType)
        assert not str(object_type.fields[name].type).endswith("!"), place


def test_the_committed_schema_is_the_schema() -> None:
    """A difference is a change of the contract: ``make schema`` writes it, and a reviewer sees it."""
    assert (ROOT / "schema" / "hub.graphql").read_text("utf-8") == SDL


def test_everything_in_the_schema_is_described() -> None:
    """Every type, field, argument, input field, enum value and directive says what it is."""
    silent = [name for name, t in OURS.items() if name not in BUILT_IN and not t.description]
    for name, kind in OURS.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                silent += [] if field.description else [f"{name}.{field_name}"]
                arguments = getattr(field, "args", {})
                silent += [f"{name}.{field_name}({a})" for a, arg in arguments.items() if not arg.description]
        elif isinstance(kind, GraphQLEnumType):
            silent += [f"{name}.{value}" for value, v in kind.values.items() if not v.description]
    assert silent == []


def lists() -> list[type[Described]]:
    """Give every closed list there is."""
    found: list[type[Described]] = []
    waiting = [Described]
    while waiting:
        inner = waiting.pop().__subclasses__()
        waiting += inner
        found += [cls for cls in inner if len(cls)]
    return found


@pytest.mark.parametrize("closed", lists(), ids=lambda c: c.__name__)
def test_every_member_of_a_closed_list_has_a_meaning(closed: EnumMeta) -> None:
    """A word without a meaning cannot be decided on."""
    for member in closed:
        assert isinstance(member, Described)
        assert member.means.strip().endswith((".", ")")), member


def test_the_closed_lists_are_there() -> None:
    """The walk above finds them, those of the rules included."""
    assert {Kind, Label, LawfulBasis, Purpose, Reason, Role, Mask, OnDeny} <= set(lists())


def test_the_nine_services_are_described_and_in_order() -> None:
    """One file a service, each with a label and a meaning."""
    orders = [s.order for s in SERVICES.values()]
    assert len(SERVICES) >= 9
    assert orders == sorted(orders)
    assert all(s.label and s.means.endswith(".") for s in SERVICES.values())


def test_a_service_is_added_by_one_file(tmp_path: Path) -> None:
    """Adult social care needs its file and nothing else: the enum, its meaning and its place follow."""
    shutil.copytree(ROOT / "schema", tmp_path / "schema", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "schema" / "services" / "adult_social_care.toml").write_text(
        'code = "ADULT_SOCIAL_CARE"\norder = 10\nlabel = "Adult social care"\nmeans = "Care and support of adults."\n',
        "utf-8",
    )
    script = """
import schema, strawberry
from pathlib import Path
from schema.services import SERVICES, Service
from schema.person import Person
assert Path(schema.__file__).is_relative_to(Path.cwd()), schema.__file__

@strawberry.type
class Query:
    person: Person
print(list(SERVICES)[-1], len(SERVICES))
print("Care and support of adults." in strawberry.Schema(Query).as_str())
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": "."},
    )
    assert done.stdout.split() == ["ADULT_SOCIAL_CARE", str(len(SERVICES) + 1), "True"]


def test_tiers_purposes_bases_and_reasons_answer_what_is_asked_of_them() -> None:
    """A label nobody placed is protected; consent is its own basis; each reason has a remedy."""
    assert Label.SEXUAL_HEALTH.tier is Tier.PROTECTED
    assert Label.ADOPTION.tier is Tier.SEALED
    assert LawfulBasis.CONSENT.needs_consent
    assert not LawfulBasis.PUBLIC_TASK.needs_consent
    assert Purpose.CHILD_PROTECTION.needs_reference
    assert not Purpose.ANALYSIS.needs_reference
    assert all(reason.remedy.endswith(".") for reason in Reason)


def test_lists_of_a_person_are_narrowed_and_ordered() -> None:
    """What is current comes first; events come oldest first; one without a date or service is never lost."""
    from datetime import date

    from schema.records import EventKind, Provenance, Status, Use

    health, police = Service("HEALTH"), Service("POLICE")
    now = __import__("datetime").datetime(2026, 3, 2, tzinfo=__import__("datetime").UTC)

    def at(service: Service) -> Provenance:
        return Provenance(source="s", service=service, name="S", as_of=None, retrieved_at=now)

    current = Involvement(status=Status.CURRENT, start=date(2020, 1, 1), provenance=at(police))
    newer = Involvement(status=Status.CURRENT, start=date(2021, 1, 1), provenance=at(police))
    past = Involvement(status=Status.HISTORIC, provenance=at(health))
    unplaced = Involvement(status=Status.UNKNOWN)
    ordered = in_order("involvements", [past, unplaced, current, newer])
    assert ordered == [newer, current, unplaced, past]
    person = Person(id=strawberry.ID("p"))
    assert (person.involvements(), person.chronology(), person.age()) == (None, None, None)
    person.hold("involvements", ordered)
    assert person.involvements(services=[health]) == [unplaced, past]
    assert person.involvements(status=Status.CURRENT) == [newer, current]
    old = ChronologyEvent(date=date(2020, 1, 1), kind=EventKind.CONTACT, provenance=at(health))
    new = ChronologyEvent(date=date(2024, 1, 1), kind=EventKind.CONTACT, provenance=at(police))
    undated = ChronologyEvent()
    person.hold("chronology", in_order("chronology", [undated, new, old]))
    assert person.chronology() == [old, new, undated]
    assert person.chronology(since=date(2021, 1, 1)) == [new, undated]
    assert person.chronology(until=date(2021, 1, 1)) == [old, undated]
    assert person.chronology(services=[police]) == [new, undated]
    homes = [Address(use=Use.FORMER), Address(use=Use.CURRENT, start=date(2020, 1, 1)), Address()]
    assert [a.use for a in in_order("addresses", homes)] == [Use.CURRENT, None, Use.FORMER]
    assert set(PARTS) >= {"involvements", "chronology"}


def test_ages_and_most_held_values() -> None:
    """An age is in whole years and none before birth; of several values the most held, then the first, counts."""
    from datetime import date

    born = date(2012, 2, 29)
    assert age_on(born, date(2026, 2, 28)) == 13
    assert age_on(born, date(2026, 3, 1)) == 14
    assert age_on(born, date(2012, 2, 28)) is None
    assert age_on(None, born) is None
    assert most_held(["a", None, "b", "b"]) == "b"
    assert most_held(["a", "b"]) == "a"
    assert most_held([None]) is None
