"""The mapping: an agency's columns made into the schema's words."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Ambiguous, LocalId, Matched, Name, Rejected, Traits, Unknown
from connectors.mapping import Mapped, Mapper, PeopleIndex, locate
from connectors.source import SourceConfig
from schema.fields import FieldId
from schema.labels import Label
from schema.records import (
    Address,
    Birth,
    ChronologyEvent,
    Identifier,
    IdentifierSystem,
    Involvement,
    PersonName,
    PlanType,
    Relationship,
    Sex,
    Status,
    Threshold,
)
from schema.services import Service

TODAY = date(2026, 11, 21)
WHO = {"id": "housing", "name": "Housing", "owner": "Homes", "agency": "homes", "system": "plain"}


def mapper(text: str, *, tabular: bool = True) -> Mapper:
    return Mapper(
        SourceConfig(**WHO, service="HOUSING", path=Path("housing.toml"), **tomllib.loads(text)), tabular=tabular
    )


def read(made: Mapper, *rows: dict[str, Any], asked: set[str] | None = None) -> Mapped:
    fields = made.fields if asked is None else frozenset(FieldId(f) for f in asked)
    return made.records({"t": rows}, fields, TODAY)


def one(made: Mapper, row: dict[str, Any], asked: set[str] | None = None) -> Any:
    (record,) = read(made, {"p": "1", **row}, asked=asked).records[LocalId("1")]
    return record


HEAD = '[[map]]\nfrom = "t"\nperson = "p"\n'
INVOLVEMENT = HEAD + 'record = "Involvement"\nid = "r"\n'


def field(line: str, record: str = "Involvement") -> Mapper:
    return mapper(f'{HEAD}record = "{record}"\n[map.fields]\n{line}')


@pytest.mark.parametrize("null", ["", "NULL", "null", "#N/A", "Not found", "\u00a0", " ", None, float("nan")])
def test_texts_that_mean_nothing_are_null(null: Any) -> None:
    """What systems write for nothing is nothing."""
    assert one(field('team = "x"'), {"x": null}).team is None


@pytest.mark.parametrize(
    ("raw", "text"), [("Null", "Null"), ("00123", "00123"), (12.0, "12"), (1.5, "1.5"), (7, "7"), ("\u00a0A ", "A")]
)
def test_texts_are_kept_as_they_are(raw: Any, text: str) -> None:
    """Leading zeros stay, and Null is a surname."""
    assert one(field('team = "x"'), {"x": raw}).team == text


def test_a_block_may_name_more_nulls() -> None:
    """A system's own word for nothing is nothing."""
    made = mapper(f'{HEAD}record = "Involvement"\nnulls = ["-"]\n[map.fields]\nteam = "x"')
    assert one(made, {"x": "-"}).team is None


@pytest.mark.parametrize(
    ("form", "raw"),
    [
        ('"iso"', "2024-02-29"),
        ('"iso"', "2024-02-29T10:00:00Z"),
        ('"dd/mm/yyyy"', "29/02/2024"),
        ('"dd/mm/yyyy"', "29/2/2024 00:00"),
        ('"yyyymmdd"', "20240229"),
        ('"excel"', 45351),
        ('"excel"', "45351.5"),
        ('["iso", "excel", "dd/mm/yyyy"]', "29/02/2024"),
        ('["iso", "excel"]', datetime(2024, 2, 29, 3, tzinfo=UTC)),
        ('"iso"', date(2024, 2, 29)),
    ],
)
def test_dates_in_every_form(form: str, raw: Any) -> None:
    """The same day, however an agency writes it."""
    assert one(field(f'start = {{ path = "x", date = {form} }}'), {"x": raw}).start == date(2024, 2, 29)


@pytest.mark.parametrize("form", ["iso", "dd/mm/yyyy", "yyyymmdd", "excel"])
@pytest.mark.parametrize(
    "raw", ["30/02/2024", "2024-02-30", "20240230", "soon", "60", 99999999, "2024-01-01x", {}, True]
)
def test_a_day_that_is_none_is_rejected(form: str, raw: Any) -> None:
    """A value that cannot be read is null and reported by place and code."""
    made = field(f'start = {{ path = "x", date = "{form}" }}')
    mapped = read(made, {"p": "1", "x": raw})
    (record,) = mapped.records[LocalId("1")]
    assert isinstance(record, Involvement)
    assert record.start is None
    assert mapped.rejected == (Rejected("t.x", "not-a-date"),)


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.lists(st.text()) | st.dates())
def test_no_value_breaks_a_mapping(raw: Any) -> None:
    """Whatever a source holds, reading it never fails and never repeats it in a rejection."""
    made = field(
        'start = { path = "x", date = ["iso", "dd/mm/yyyy", "yyyymmdd", "excel"] }\nteam = "x"\n'
        'threshold = "x"\nreason = { path = "x", codes = { A = "a" } }\nstatus = { end = "x", cancelled = { path = "x", in = ["q"] } }'  # noqa: E501 -- TOML reads best whole
    )
    mapped = read(made, {"p": "1", "x": raw})
    assert {r.place for r in mapped.rejected} <= {"t.x"}


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"s": "01/01/2024"}, Status.CURRENT),
        ({"s": "01/01/2024", "e": "21/11/2026"}, Status.CURRENT),
        ({"s": "01/01/2024", "e": "20/11/2026"}, Status.HISTORIC),
        ({"s": "01/01/2027"}, Status.UNKNOWN),
        ({}, Status.UNKNOWN),
        ({"s": "01/01/2024", "e": "rubbish"}, Status.UNKNOWN),
        ({"s": "01/01/2024", "st": "x"}, Status.HISTORIC),
        ({"s": "01/01/2024", "st": "N"}, Status.UNKNOWN),
        ({"s": "01/01/2024", "st": "Not Specified"}, Status.UNKNOWN),
    ],
)
def test_status_is_derived_and_never_guessed_current(row: dict[str, Any], status: Status) -> None:
    """Current means no past end, begun, and neither planned nor cancelled."""
    made = field(
        'status = { start = "s", end = "e", date = "dd/mm/yyyy", cancelled = { path = "st", in = ["X"] }, '
        'planned = { path = "st", in = ["N"] }, unknown = { path = "st", in = ["Not Specified"] } }'
    )
    assert one(made, row).status is status


def test_status_by_end_alone() -> None:
    """Where a source has no start, an open end is current."""
    assert one(field('status = { end = { path = "e", date = "iso" } }'), {}).status is Status.CURRENT


def test_codes() -> None:
    """Codes in any case; an unknown one is null for a closed list and itself for a text."""
    made = field(
        'threshold = { path = "t", codes = { U = "UNIVERSAL" } }\nreason = { path = "r", codes = { "1" = "Eviction" } }'
    )
    first = one(made, {"t": "u", "r": 1})
    assert (first.threshold, first.reason) == (Threshold.UNIVERSAL, "Eviction")
    assert one(made, {"t": "U", "r": "1"}).reason == "Eviction"
    mapped = read(made, {"p": "1", "t": "Z", "r": "9"}, {"p": "1", "t": {}, "r": {}})
    records = [r for r in mapped.records[LocalId("1")] if isinstance(r, Involvement)]
    assert [(r.threshold, r.reason) for r in records] == [(None, "9"), (None, None)]
    assert set(mapped.rejected) == {Rejected("t.t", "unknown-code"), Rejected("t.r", "unknown-code")}
    assert one(field('threshold = "t"'), {"t": "early_help"}).threshold is Threshold.EARLY_HELP


def test_constants_joins_lists_and_booleans() -> None:
    """The other ways to fill a field."""
    made = mapper(
        INVOLVEMENT
        + '[map.fields]\nthreshold = { constant = "UNIVERSAL" }\nteam = { join = ["a", "b"], separator = ", " }\n'
        '[map.plan]\nneeds = { path = "n", split = ";" }\ntype = { constant = "HOUSING" }\ngoals = { constant = ["x"] }'
    )
    found = one(made, {"r": "7", "a": "North", "b": "Office", "n": "one; ;two"})
    assert (found.id, found.threshold, found.team, found.service) == (
        "7",
        Threshold.UNIVERSAL,
        "North, Office",
        Service("HOUSING"),
    )
    assert (found.plan.needs, found.plan.type, found.plan.goals) == (["one", "two"], PlanType.HOUSING, ["x"])
    kin = mapper(
        HEAD + 'record = "Relationship"\nlocal_id = "o"\n[map.fields]\nname = "n"\n'
        'parental_responsibility = "pr"\nsame_household = { path = "sh", codes = { H = true, A = false } }'
    )
    related = one(kin, {"n": "Ann", "o": "77", "pr": "Y", "sh": "h"})
    assert isinstance(related, Relationship)
    assert (related.local_id, related.parental_responsibility, related.same_household) == ("77", True, True)
    assert read(kin, {"p": "1", "n": "A", "pr": "maybe"}).rejected == (Rejected("t.pr", "not-a-boolean"),)


def test_lists() -> None:
    """Lists of JSON, lists with codes, and what is no list."""
    made = mapper(
        HEAD
        + 'record = "ChronologyEvent"\n[map.fields]\nneeds = { path = "n", codes = { A = "Alcohol" } }\ntitle = "t"',
        tabular=False,
    )
    event = one(made, {"n": ["A", "b", None, ""], "t": "x"})
    assert isinstance(event, ChronologyEvent)
    assert event.needs == ["Alcohol", "b"]
    assert one(made, {"n": "A"}).needs == ["Alcohol"]
    assert one(made, {}).needs is None
    rejected = read(made, {"p": "1", "n": {}}, {"p": "1", "n": [["x"]], "t": []}).rejected
    assert set(rejected) == {Rejected("t.n", "not-a-list"), Rejected("t.n", "not-text"), Rejected("t.t", "not-text")}


def test_only_asked_fields_are_made() -> None:
    """A record of which nothing is asked is not made; a professional only where one is asked for."""
    made = mapper(
        INVOLVEMENT
        + '[map.fields]\nteam = "t"\n[map.professionals]\nname = "w"\nphone = "ph"\n[map.duty_desk]\nteam = "t"'
    )
    row = {"r": "1", "t": "A", "w": "Jo", "ph": "1"}
    assert one(made, row, {"Involvement.team"}).professionals is None
    found = one(made, row, {"Professional.phone"})
    assert (found.team, found.service, found.duty_desk) == (None, None, None)
    assert [(p.name, p.phone) for p in found.professionals] == [(None, "1")]
    assert read(made, {"p": "1", **row}, asked={"Birth.sex"}).records == {}
    assert one(made, {"r": "1"}, {"Professional.name", "DutyDesk.team"}).professionals == []
    assert one(made, {"r": "1"}, {"DutyDesk.team"}).duty_desk is None
    assert one(made, {"w": "Jo"}, {"Professional.phone"}).professionals[0].phone is None


def test_what_an_ask_needs() -> None:
    """Only the resources and columns behind the asked fields, and never a detail nobody asked for."""
    made = mapper(
        INVOLVEMENT
        + '[map.fields]\nteam = "t"\nnotes = "n"\n[map.plan]\ntype = { constant = "OTHER" }\nstart = "ps"\ngoals = "g"\n'  # noqa: E501 -- TOML reads best whole
        + HEAD.replace('"t"', '"names"')
        + 'record = "PersonName"\n[map.fields]\ngiven = "g"'
    )
    assert made.needed(frozenset({FieldId("Involvement.team")})) == {"t": {"p", "r", "t"}}
    assert made.needed(frozenset({FieldId("Plan.type")})) == {"t": {"p", "r", "ps"}}
    assert made.needed(frozenset({FieldId("PersonName.given")})) == {"names": {"p", "g"}}
    assert made.resources == {"t", "names"}
    assert FieldId("Plan.goals") in made.fields
    assert set(made.every_path()) == {"t", "names"}


def test_conditions_and_several_blocks() -> None:
    """One row makes what its conditions let it make; a person whose rows make nothing is still known."""
    made = mapper(
        HEAD + 'record = "ChronologyEvent"\nwhen = [{ path = "s", present = true }, { path = "k", not_in = ["X"] }]\n'
        '[map.fields]\ndate = "s"\n'
        + HEAD
        + 'record = "ChronologyEvent"\nwhen = { path = "e", present = false }\n[map.fields]\ntitle = { constant = "Open" }'  # noqa: E501 -- TOML reads best whole
    )
    assert len(read(made, {"p": "1", "s": "2024-01-01", "e": None}).records[LocalId("1")]) == 2
    assert read(made, {"p": "1", "s": "2024-01-01", "k": "x", "e": "y"}, {"p": None}).records == {LocalId("1"): ()}


def test_a_name_without_a_name_is_none() -> None:
    """A row without a name, an address or a number makes none of them; a constant does not make one."""
    numbers = 'record = "Identifier"\n[map.fields]\nsystem = { constant = "NHS_NUMBER" }\nvalue = "n"\n'
    made = mapper(
        HEAD + numbers + HEAD + 'record = "PersonName"\n[map.fields]\ngiven = "g"\nuse = { constant = "CURRENT" }'
    )
    assert read(made, {"p": "1"}).records == {LocalId("1"): ()}
    kinds = [type(r) for r in read(made, {"p": "1", "n": "9", "g": "Jo"}).records[LocalId("1")]]
    assert kinds == [Identifier, PersonName]
    (only,) = read(made, {"p": "1", "n": "9", "g": "Jo"}, asked={"Identifier.system"}).records[LocalId("1")]
    assert isinstance(only, Identifier)
    assert (only.system, only.value) == (IdentifierSystem.NHS_NUMBER, None)


def test_labels() -> None:
    """A source's markers become labels; one nobody listed is not overlooked."""
    made = mapper(
        HEAD + 'record = "Address"\n[map.fields]\npostcode = "pc"\n[[map.labels]]\npath = "m"\n'
        'codes = { REF = "CONFIDENTIAL_ADDRESS" }\notherwise = "NATIONALLY_RESTRICTED"\n[[map.labels]]\nconstant = "STAFF_OR_RELATIVE"',  # noqa: E501 -- TOML reads best whole
        tabular=False,
    )
    found = one(made, {"pc": "BK1 1AA", "m": ["ref", "zz"]})
    assert isinstance(found, Address)
    assert found.labels == {Label.CONFIDENTIAL_ADDRESS, Label.NATIONALLY_RESTRICTED, Label.STAFF_OR_RELATIVE}
    assert one(made, {"pc": "BK1 1AA"}).labels == {Label.STAFF_OR_RELATIVE}


def test_json_paths_and_lists_inside_rows() -> None:
    """Keys, dotted paths, positions and JMESPath; each item of a list may be a record of its own."""
    made = mapper(
        HEAD.replace('person = "p"', 'person = "who.id"')
        + 'record = "Involvement"\nid = "ref"\neach = "items"\n[map.fields]\nteam = "a.b[0].c"\nreason = "join(\'-\', xs)"\n'  # noqa: E501 -- TOML reads best whole
        'organisation = "_parent.org"\n[[map.professionals]]\neach = "workers"\nname = "n"\nid = "n"\n'
        '[[map.professionals]]\nname = "_parent.manager"',
        tabular=False,
    )
    item = {"ref": "1", "a": {"b": [{"c": "T"}]}, "xs": ["p", "q"], "workers": [{"n": "Jo"}, {"n": None}, 3]}
    row = {"who": {"id": "1"}, "org": "O", "manager": "Max", "items": [item, "noise", {"ref": "2", "xs": []}]}
    mapped = made.records({"t": [row, {"who": {"id": "2"}}, {"who": 3}]}, made.fields, TODAY)
    first, second = (r for r in mapped.records[LocalId("1")] if isinstance(r, Involvement))
    assert (first.id, first.team, first.reason, first.organisation) == ("1", "T", "p-q", "O")
    assert [p.name for p in first.professionals or []] == ["Jo", "Max"]
    assert (second.team, second.id) == (None, "2")
    assert mapped.records[LocalId("2")] == ()
    assert made.person_of("t", row) == {LocalId("1")}


PEOPLE = """
[[map]]
record = "Identity"
from = "t"
person = "p"
names = [{ given = "g", family = "f" }, { given = "g", family = "old" }]
postcodes = ["pc", "was"]
[map.fields]
date_of_birth = { path = "dob", date = "dd/mm/yyyy" }
sex = { path = "sx", codes = { "1" = "MALE" } }
mother = "m"
changed = { path = "ch", date = ["iso", "dd/mm/yyyy"] }
ended = { end = "gone" }
[[map.labels]]
path = "mark"
codes = { A = "ADOPTION" }
[map.identifiers]
NHS_NUMBER = "nhs"
UPN = ["upn", "upn2"]
"""


def test_identities() -> None:
    """Rows of one person become one identity, current things first."""
    made = mapper(PEOPLE)
    jo = {
        "p": "1",
        "g": "Jo",
        "f": "New",
        "old": "Old",
        "pc": "BK1 1AA",
        "dob": "01/02/2014",
        "sx": "1",
        "nhs": "999 000 0018",
    }
    more = {
        "p": "1",
        "g": "Joe",
        "f": "New",
        "was": "BK2 2BB",
        "ch": "2026-01-02T03:04:05+01:00",
        "m": "9",
        "mark": "a",
    }
    rows = [
        jo,
        more,
        {"p": "2", "f": "Unborn", "ch": "03/01/2026", "gone": "2020-01-01"},
        {"p": None},
        {"p": "3", "ch": "eh"},
    ]
    identities, rejected = made.identities({"t": rows}, TODAY)
    first, second, third = identities
    assert [n.family for n in first.traits.names] == ["New", "Old", "New"]
    assert first.traits.postcodes == ("BK1 1AA", "BK2 2BB")
    assert (first.traits.sex, first.traits.mother_local_id, first.labels) == (Sex.MALE.name, "9", {Label.ADOPTION})
    assert first.traits.identifiers == ((IdentifierSystem.NHS_NUMBER, "9990000018"),)
    assert first.changed is not None
    assert (second.traits.names, second.changed, second.ended) == (
        (Name("", "Unborn"),),
        datetime(2026, 1, 3, tzinfo=UTC),
        True,
    )
    assert (third.changed, rejected) == (None, (Rejected("t.ch", "not-a-date"),))
    assert made.locates_by == {IdentifierSystem.NHS_NUMBER, IdentifierSystem.UPN}
    assert made.needed_for_people()["t"] >= {"p", "dob", "mark", "upn2"}


def test_finding_one_person() -> None:
    """By number, or by name, date of birth and postcode together; twins are told apart, nobody is guessed."""
    made = mapper(PEOPLE)
    twins = [
        {"p": n, "g": g, "f": "O'Neil-Smith", "dob": "01/02/2014", "pc": "BK1 1AA", "nhs": nhs}
        for n, g, nhs in (("1", "Zoë", "1"), ("2", "Zara", "2"), ("3", "Zara", ""))
    ]
    people = PeopleIndex(made.identities({"t": twins}, TODAY)[0])
    born = date(2014, 2, 1)
    assert people.locate(Traits((Name("zoe", "ONEIL SMITH"),), born, postcodes=("bk1 1aa",))) == Matched(LocalId("1"))
    assert people.locate(Traits((Name("Zara", "O'Neil-Smith"),), born, postcodes=("BK11AA",))) == Ambiguous(2)
    assert people.locate(Traits((Name("Zoe", "O'Neil-Smith"),), date(2001, 1, 1))) == Unknown()
    assert people.locate(Traits((Name("Zed", "O'Neil-Smith"),), born, postcodes=("BK1 1AA",))) == Unknown()
    number = ((IdentifierSystem.NHS_NUMBER, "2"),)
    assert people.locate(Traits(identifiers=number)) == Matched(LocalId("2"))
    assert locate(Traits(), people.identities) == Unknown()


@pytest.mark.parametrize(
    "wanted",
    [
        Traits((Name("Zoe", "Smith"),), date(2014, 2, 1), postcodes=("BK9 9ZZ",)),
        Traits((Name("Zoe", "Smith"),), date(2014, 2, 1)),
        Traits((Name("Zoe", "Smith"),)),
        Traits(date_of_birth=date(2014, 1, 2), identifiers=((IdentifierSystem.NHS_NUMBER, "1"),)),
        Traits((Name("Zed", "Other"),), date(2014, 1, 2), identifiers=((IdentifierSystem.NHS_NUMBER, "1"),)),
    ],
)
def test_who_may_be_meant_is_not_unknown(wanted: Traits) -> None:
    """A child who has moved, or whose birthday was mistyped, is not somebody whom the source says it does not know."""
    row = {"p": "1", "g": "Zoë", "f": "Smith", "dob": "01/02/2014", "pc": "BK1 1AA", "nhs": "1"}
    held = mapper(PEOPLE).identities({"t": [row]}, TODAY)[0]
    assert locate(wanted, held) == Ambiguous(1)
    elsewhere = mapper(PEOPLE).identities({"t": [{**row, "p": "2", "pc": "", "nhs": ""}]}, TODAY)[0]
    named = [wanted] if wanted.names and wanted.names[0].family == "Smith" else []
    assert [locate(each, elsewhere) for each in named] == [Ambiguous(1)] * len(named)


def test_plans_are_kept_and_bounded() -> None:
    """Asks are compiled once; a flood of different asks does not grow the memory without end."""
    made = field('team = "x"\nstart = "s"', "Involvement")
    for n in range(300):
        made.needed(frozenset({FieldId(f"Involvement.x{n}")}))
    assert len(made._plans) <= 256
    assert isinstance(one(field('date_of_birth = "d"', "Birth"), {"d": "2014-01-01"}), Birth)
