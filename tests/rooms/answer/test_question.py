"""Step 1: a selection becomes exactly the governed fields it names."""

from hub.answer.question import EXISTENCE, MARKERS, PATHS, wanted_of
from hub.answer.selection import Selection
from schema.fields import CATALOGUE, FieldId, RecordName
from schema.services import Service


def select(key: str, *children: Selection, **arguments: object) -> Selection:
    return Selection(key, key, arguments, children)


def test_a_list_asks_for_its_leaves_and_those_of_the_records_inside() -> None:
    wanted = wanted_of(
        [
            select(
                "person",
                select("involvements", select("start"), select("professionals", select("phone")), select("id")),
                select("dob_alias"),
            )
        ]
    )
    assert wanted.fields == {FieldId("Involvement.start"), FieldId("Professional.phone")}
    assert wanted.lists == {"involvements"}
    assert wanted.ids


def test_summary_fields_ask_for_what_they_are_drawn_from() -> None:
    wanted = wanted_of([select("person", select("age"), select("sex"))])
    assert wanted.fields == {FieldId("Birth.date_of_birth"), FieldId("Birth.sex")}
    assert wanted.lists == frozenset()
    assert wanted.services is None


def test_selecting_only_the_envelope_asks_for_the_records_first_field() -> None:
    """Nothing more is fetched than what shows that the record is there."""
    for part, record in (("names", "PersonName"), ("flags", "Flag"), ("involvements", "Involvement")):
        wanted = wanted_of([select("person", select(part, select("id")))])
        assert wanted.fields == {MARKERS[RecordName(record)]}


def test_asking_only_what_became_of_the_sources_asks_whether_they_know_the_person() -> None:
    assert wanted_of([select("person", select("sources", select("outcome")))]).fields == {EXISTENCE}
    assert wanted_of([select("person", select("id"))]).fields == frozenset()


def test_services_narrow_the_question_only_where_every_list_says_so() -> None:
    police, housing = Service("POLICE"), Service("HOUSING")
    narrowed = select("involvements", select("start"), services=[police])
    other = select("chronology", select("date"), services=[housing])
    assert wanted_of([select("person", narrowed, other)]).services == {police, housing}
    assert wanted_of([select("person", narrowed, select("names", select("given")))]).services is None
    assert wanted_of([select("person", narrowed, select("age"))]).services is None
    assert wanted_of([select("person", narrowed, select("chronology", select("date")))]).services is None


def test_relatives_carry_a_question_of_their_own() -> None:
    inner = select("person", select("involvements", select("status")))
    wanted = wanted_of([select("person", select("relationships", select("type"), inner))])
    assert wanted.fields == {FieldId("Relationship.type")}
    assert wanted.relatives is not None
    assert wanted.relatives.fields == {FieldId("Involvement.status")}
    assert wanted.relatives.relatives is None


def test_aliases_of_one_person_are_asked_together() -> None:
    first = select("person", select("names", select("given")))
    second = select("person", select("names", select("family")))
    assert wanted_of([first, second]).fields == {FieldId("PersonName.given"), FieldId("PersonName.family")}


def test_every_governed_field_has_the_path_a_query_writes() -> None:
    assert set(PATHS) == set(CATALOGUE)
    assert PATHS[FieldId("Professional.phone")] == "involvements.professionals.phone"
    assert PATHS[FieldId("Birth.date_of_birth")] == "births.dateOfBirth"
