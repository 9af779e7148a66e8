"""What is signed for another hub, what is written to it, and what is made of its answers, bad ones among them."""

import secrets
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from graphql import parse
from joserfc import jwt
from joserfc.jwk import ECKey

from connectors.contract import Ambiguous, Ask, LocalId, Matched, Name, TooLittle, Traits, Unknown
from connectors.errors import SourceBroken, SourceMisconfigured, SourceRefused, SourceUnavailable
from connectors.neighbour import QUESTION_ID, AskedFor, PartAsk, Sought
from connectors.registry import connect
from connectors.source import read_source
from connectors.systems.hub.asserting import HEADER, Asserting
from connectors.systems.hub.connector import HubConnector, _packed
from connectors.systems.hub.looking import ENTRIES, came_to, entries_of, packed
from connectors.systems.hub.reading import oldest_of, records_of, said_of
from connectors.systems.hub.writing import ROOTS, cost, document
from connectors.transports.credentials import ClientAuth, Statement
from hub.graphql.cost import costs_of
from hub.graphql.limits import check_values
from schema.fields import CATALOGUE, FieldId
from schema.outcomes import Outcome
from schema.purposes import Purpose
from schema.records import IdentifierSystem
from tests.house import SCHEMA
from tests.serving import Handler, answer, serving
from tests.systems.hub.northshire import OTHER_HUB, PART, ada

KEY = ECKey.generate_key("P-256")
HUB, OURS = "https://hub.north.example", "https://hub.south.example"
EVERYTHING = frozenset(CATALOGUE)


@pytest.fixture(scope="module")
def statement(tmp_path_factory: pytest.TempPathFactory) -> Statement:
    path = tmp_path_factory.mktemp("key") / "key.pem"
    path.write_bytes(KEY.as_pem(private=True))
    given: dict[str, Any] = {"private_key": {"file": path}, "algorithm": "ES256", "key_id": "k1"}
    return Statement(ClientAuth(kind="oauth2", token_url=f"{HUB}/oauth/token", client_id="south", **given), "test")


def asked_for(seconds: float = 3.0, *through: str) -> AskedFor:
    who = ("f" * 32, "social-worker", "south-council", Purpose.CHILD_PROTECTION, "R 1")
    return AskedFor(*who, secrets.token_hex(16), through, time.monotonic() + seconds)


def test_what_is_signed_says_who_asks_why_how_long_and_by_which_way(statement: Statement) -> None:
    """No name, no id of a child; less time than there is; each hub it came through; once and for a minute."""
    asserting = Asserting(statement, HUB, OURS, 0.25, 2)
    first, second = (asserting.headers(asked_for(3.0, "https://hub.west.example")) for _ in range(2))
    read = jwt.decode(first[HEADER], KEY, algorithms=["ES256"])
    claims = read.claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("south", "f" * 32, f"{HUB}/graphql")
    assert (claims["org"], claims["role"], claims["purpose"]) == ("south-council", "social-worker", "CHILD_PROTECTION")
    assert claims["act"] == {"sub": OURS, "act": {"sub": "https://hub.west.example"}}
    assert 2_000 < claims["remaining"] <= 2_750
    assert claims["traceparent"] == first["traceparent"]
    assert claims["exp"] - claims["iat"] <= 60
    assert claims["jti"] != jwt.decode(second[HEADER], KEY, algorithms=["ES256"]).claims["jti"]
    assert (
        "reference"
        not in jwt.decode(
            asserting.headers(replace(asked_for(), reference=None))[HEADER], KEY, algorithms=["ES256"]
        ).claims
    )


def test_a_question_that_has_been_there_is_not_asked_again(statement: Statement) -> None:
    """Nor one that has come far enough, nor one whose time is up."""
    asserting = Asserting(statement, HUB, OURS, 0.25, 2)
    for through in ((HUB,), (OURS,)):
        with pytest.raises(SourceRefused, match="circle"):
            asserting.headers(asked_for(3.0, *through))
    with pytest.raises(SourceRefused, match="too-many"):
        asserting.headers(asked_for(3.0, "https://1.example", "https://2.example"))
    with pytest.raises(SourceUnavailable, match="timed-out"):
        asserting.headers(asked_for(0.2))


def test_nobody_is_looked_for_by_too_little() -> None:
    """A name and the date of birth, and an identifier or a postcode: without them no rule would find anybody."""
    name, born = (Name("Ada", "Marchbanks"),), date(2012, 3, 9)
    for traits in (Traits(), Traits(name, born), Traits(name, postcodes=("N1",)), Traits((Name("", ""),), born)):
        assert entries_of(traits) == []
    numbers = ((IdentifierSystem.UPN, "A1"), (IdentifierSystem.NHS_NUMBER, "9"), (IdentifierSystem.NHS_NUMBER, "8"))
    (entry,) = entries_of(Traits(name, born, identifiers=numbers))
    assert isinstance(entry, dict)
    assert entry["identifier"] == {"system": "NHS_NUMBER", "value": "9"}
    assert [e["postcode"] for e in entries_of(ada())] == ["SO1 1AA", "NO3 4AB"]  # type: ignore[call-overload, index] # objects


def test_a_question_holds_no_more_than_the_other_hub_takes() -> None:
    """A hundred children with three postcodes each go in a few questions, every one within its limits, in order."""
    known = replace(ada(), identifiers=((IdentifierSystem.NHS_NUMBER, "9"),), postcodes=("N1 1AA", "N2 2BB", "N3 3CC"))
    entries = [entry for _ in range(100) for entry in entries_of(known)]
    parts = packed(entries)
    assert [entry for part in parts for entry in part] == entries
    assert len(parts) == 3
    for part in parts:
        check_values({"people": part, "sources": ["homes"] * 40, "context": {"purpose": "x", "reference": "y"}})
    few = packed([{"a": 1}] * (ENTRIES + 1))
    assert [len(part) for part in few] == [ENTRIES, 1]
    assert packed([]) == []


@pytest.mark.parametrize(
    ("outcomes", "comes_to"),
    [
        (["NO_MATCH", "MATCH:a1"], Matched(LocalId("a1"))),
        (["MATCH:a1", "MATCH:a1"], Matched(LocalId("a1"))),
        (["MATCH:a1", "MATCH:a2"], Ambiguous(2)),
        (["POSSIBLE", "NO_MATCH"], Ambiguous(2)),
        (["NO_MATCH", "TOO_MANY"], Unknown()),
        (["TOO_MANY"], TooLittle()),
    ],
)
def test_only_one_who_was_found_is_found(outcomes: list[str], comes_to: object) -> None:
    """Two are nobody; possible is not certain; no match by one postcode and one by another is a match."""
    answers = [{"outcome": o.partition(":")[0], "id": o.partition(":")[2] or None} for o in outcomes]
    assert came_to(answers) == comes_to  # type: ignore[arg-type] # JSON


@pytest.mark.parametrize("bad", [{"outcome": "PERHAPS"}, {"outcome": 1}, {"outcome": "MATCH", "id": None}])
def test_an_outcome_nobody_has_is_broken(bad: Any) -> None:
    """And so is a match with nobody."""
    with pytest.raises(SourceBroken):
        came_to([bad])


def test_what_is_written_is_what_the_other_hub_takes_and_costs_what_it_reckons() -> None:
    """Every field there is, as the schema has it; the cost it is packed by is no less than the other hub's."""
    text = document((EVERYTHING, frozenset({FieldId("Plan.goals")})))
    operation: Any = parse(text).definitions[0]
    roots = costs_of(SCHEMA._schema, operation, {})
    for root, fields in zip(roots, (EVERYTHING, {FieldId("Plan.goals")}), strict=True):
        assert root.each <= cost(frozenset(fields))


def test_people_and_sets_of_fields_are_packed_into_few_questions(tmp_path: Path) -> None:
    """So many root fields and so much cost in one; a source with nothing to be asked is not in it."""
    connector = connected(tmp_path, "http://127.0.0.1:9")
    people = tuple(LocalId(f"{n:02x}") for n in range(100))
    one = Ask(people, frozenset({FieldId("Involvement.team")}), date(2026, 1, 1))
    few = [PartAsk(s, one) for s in ("housing", "police")]
    assert [len(p) for p in _packed(connector._roots(few), 25_000)] == [1]
    fields = [frozenset({FieldId(f"Involvement.{name}")}) for name in ("team", "service", "start", "end", "status")]
    each = [PartAsk("housing", replace(one, people=people[:1], fields=asked)) for asked in fields]
    assert [len(p) for p in _packed(connector._roots(each), 25_000)] == [ROOTS, 1]
    whole = PartAsk("housing", replace(one, fields=EVERYTHING))
    packed = list(_packed(connector._roots([whole]), 25_000))
    assert len(packed) > 1
    assert [person for roots in packed for root in roots for person in root.people] == list(people)
    nobody = PartAsk("housing", replace(one, people=(LocalId("not an id"),)))
    assert list(connector._roots([nobody, PartAsk("police", replace(one, fields=frozenset()))])) == []


PERSON: dict[str, Any] = {
    "id": "a1",
    "involvements": [
        {"id": "r1", "provenance": {"source": "housing"}, "team": "North", "start": "2024-02-01", "service": "HOUSING"}
    ],
    "chronology": [{"id": "e1", "provenance": {"source": "housing"}, "needs": ["heat"]}],
    "sources": [{"source": "housing", "outcome": "RECORDS", "asOf": "2026-01-01T00:00:00", "complete": True}],
    "withheld": [],
}


def changed(**what: Any) -> dict[str, Any]:
    (record,) = PERSON["involvements"]
    return {**PERSON, "involvements": [{**record, **what}]}


def test_an_answer_is_read_into_the_schemas_own_records() -> None:
    """By source, each value of its type."""
    involvement, event = records_of(PERSON, frozenset({"housing"}))["housing"]
    assert (involvement.start, event.needs) == (date(2024, 2, 1), ["heat"])  # type: ignore[union-attr] # one of each


@pytest.mark.parametrize(
    "person",
    [
        changed(team=7),
        changed(start="yesterday"),
        changed(start=20240201),
        changed(service="LOBBY"),
        changed(professionals={"name": "x"}),
        changed(plan=[]),
        changed(provenance={"source": "somewhere-else"}),
        changed(provenance=None),
        {**PERSON, "involvements": "none"},
        {**PERSON, "chronology": [{"provenance": {"source": "housing"}, "needs": [1]}]},
    ],
)
def test_an_answer_that_is_not_in_these_words_is_broken(person: Any) -> None:
    """A value of another type, a word no list has, a record of a source nobody asked: nothing of it is shown."""
    with pytest.raises(SourceBroken):
        records_of(person, frozenset({"housing"}))


def test_what_it_says_of_a_source_is_read_with_suspicion() -> None:
    """Words of closed lists alone; a line of text that is too long or has controls in it, and a path, are left out."""
    told = {
        **PERSON["sources"][0],
        "reason": "NO_AGREEMENT",
        "coverage": {"start": "2020-01-01", "area": "x" * 500, "youngest": 3, "oldest": True},
        "contact": {"team": "Duty", "phone": "01632\u0000", "email": None, "hours": 9},
    }
    gaps = [
        {"path": "involvements.notes", "source": "housing", "code": "PROTECTED", "masked": False, "decisionId": "d-1"},
        {"path": "involvements.team", "source": "housing", "code": "PROTECTED", "masked": True, "decisionId": "<b>"},
        {"path": "nowhere", "source": "housing", "code": "PROTECTED"},
    ]
    old = {"source": "police", "outcome": "STALE", "asOf": "?", "contact": {"team": ""}}
    said = said_of({"sources": [told, old], "withheld": gaps}, "North")
    housing, police = said["housing"], said["police"]
    assert housing.coverage is not None
    assert (housing.coverage.start, housing.coverage.area, housing.coverage.oldest) == (date(2020, 1, 1), None, None)
    assert housing.contact is not None
    assert (housing.contact.team, housing.contact.phone, housing.contact.hours) == ("Duty", None, None)
    assert {g.decision for g in housing.gaps.values()} == {"d-1", ""}
    assert (police.outcome, police.as_of, police.contact, police.coverage) == (Outcome.STALE, None, None, None)
    for bad in ({"outcome": "FINE"}, {"outcome": "RECORDS", "reason": "BECAUSE"}):
        with pytest.raises(SourceBroken):
            said_of({"sources": [{"source": "housing", **bad}], "withheld": []}, "North")
    assert oldest_of([housing.as_of, None]) is None


def connected(folder: Path, url: str) -> HubConnector:
    """Connect to a hub at an address, of its housing and its police."""
    (folder / "key.pem").write_bytes(KEY.as_pem(private=True))
    given = {"id": "north", "name": "North", "agency": "north", "deadline": 2, "url": url, "hub": HUB, "ours": OURS}
    text = OTHER_HUB.format(**given, client="south", key_file=folder / "key.pem", kid="k1")
    text = text.replace(
        'records = [\n  "PersonName.given"', 'records = [\n  "Involvement", "ChronologyEvent", "PersonName.given"'
    )
    path = folder / "north.toml"
    path.write_text(text + "".join(PART.format(theirs=t, name=t) for t in ("housing", "police")), "utf-8")
    made = connect(read_source(path))
    assert isinstance(made, HubConnector)
    return made


def naming(handler: Handler) -> Handler:
    """Say of each answer which question it answers, as a hub does."""

    async def named(request: web.BaseRequest) -> web.StreamResponse:
        response = await handler(request)
        response.headers[QUESTION_ID] = request.headers.get(QUESTION_ID, "")
        return response

    return named


ANSWERS: dict[str, Any] = {
    "as many as were asked": {"g0": []},
    "nothing of the kind": {"g0": 7},
    "somebody else": {"g0": [{**PERSON, "id": "b2"}]},
    "nobody's shape": {"g0": ["a1"]},
}


@pytest.mark.parametrize("data", [ANSWERS[name] for name in ANSWERS], ids=list(ANSWERS))
async def test_an_answer_about_anybody_else_is_broken(tmp_path: Path, data: Any) -> None:
    """Over HTTP, with a token of its own: a hub that answers about another child, or not about all, is alarmed of."""
    async with serving(naming(_answering(data))) as url:
        connector = connected(tmp_path, url)
        with pytest.raises(SourceBroken):
            await connector.fetch(Ask((LocalId("a1"),), EVERYTHING, date(2026, 1, 1)))
        with pytest.raises(SourceBroken):
            await connector.locate(ada())
        assert (await connector.health()).code == "no-such-source"
        await connector.close()


async def test_a_source_it_does_not_name_could_not_be_asked(tmp_path: Path) -> None:
    """Its housing answered and nothing was said of its police: that is not none held."""
    async with serving(naming(_answering({"g0": [PERSON]}))) as url:
        connector = connected(tmp_path, url)
        asks = [PartAsk(t, Ask((LocalId("a1"),), EVERYTHING, date(2026, 1, 1))) for t in ("housing", "police")]
        housing, police = await connector.ask_all(asks, asked_for())
        assert len(housing.reply.records[LocalId("a1")]) == 2
        assert police.said[LocalId("a1")].outcome is Outcome.UNAVAILABLE
        assert police.said[LocalId("a1")].hub == "North"
        assert not (await connector.fetch(asks[0].ask)).complete
        await connector.close()


async def test_each_is_looked_for_by_their_own_sources(tmp_path: Path) -> None:
    """Those sought at the same sources go in one question; each comes back in their own place."""
    asked: list[tuple[list[str], int]] = []

    async def handle(request: Any) -> Any:
        if request.path == "/oauth/token":
            return answer({"access_token": "t", "expires_in": 600})
        given = (await request.json())["variables"]
        asked.append((given["sources"], len(given["people"])))
        found = [{"outcome": "MATCH", "id": "-".join(["a", *map(str, given["sources"])])} for _ in given["people"]]
        said = [{"source": one, "outcome": "NONE_HELD"} for one in given["sources"]]
        return answer({"data": {"found": {"people": found, "sources": said}}})

    one, both = frozenset({"housing"}), frozenset({"housing", "police"})
    async with serving(naming(handle)) as url:
        connector = connected(tmp_path, url)
        looked = await connector.locate_all(
            [Sought(ada(), one), Sought(Traits(), both), Sought(ada(), both), Sought(ada(), one)], asked_for()
        )
        await connector.close()
    assert sorted(asked) == [(["housing"], 4), (["housing", "police"], 2)]
    first, nobody, second, third = looked.located
    assert (first, third) == (Matched(LocalId("a-housing")),) * 2
    assert (nobody, second) == (TooLittle(), Matched(LocalId("a-housing-police")))
    assert set(looked.said) == both


def _answering(data: Any) -> Any:
    async def handle(request: Any) -> Any:
        if request.path == "/oauth/token":
            return answer({"access_token": "t", "expires_in": 600})
        body = await request.json()
        found = {"found": {"people": [], "sources": []}, "sources": [{"id": "housing"}]} | data
        assert request.headers["Hub-Asked-By"]
        assert "Marchbanks" not in request.path_qs
        return answer({"data": found if "query" in body["query"] or "sources" in body["query"] else {}})

    return handle


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('ours = "https://hub.south', 'ours = "https://hub.north', "one hub"),
        ('theirs = "police"', 'theirs = "housing"', "twice"),
        ('"Involvement"', '"Gossip"', "neither a kind"),
        ('hub = "https://hub.north.example"', 'hub = "north"', "connection.hub"),
        ('id = "north"', 'id = "north-north-north-north-north-north"', "too long"),
        ("[connection.trial]", "[connection.trail]", "trial"),
        ('kind = "oauth2"', 'kind = "none"', "connection.auth"),
        ("private_key = {", "client_secret = {", "algorithm"),
    ],
)
def test_a_file_that_cannot_work_says_where(tmp_path: Path, old: str, new: str, said: str) -> None:
    """The file, the key and what is wrong with it, before anything is asked."""
    connected(tmp_path, "http://127.0.0.1:9")
    path = tmp_path / "north.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(SourceMisconfigured, match=r"north\.toml") as wrong:
        connect(read_source(path))
    assert said in str(wrong.value)


def test_it_takes_no_map_and_needs_a_key(tmp_path: Path) -> None:
    """It answers in these words already; and what goes along is signed."""
    connected(tmp_path, "http://127.0.0.1:9")
    source = read_source(tmp_path / "north.toml")
    with pytest.raises(SourceMisconfigured, match="no map"):
        connect(source.model_copy(update={"map": ({},)}))
    (tmp_path / "token").write_text("a-token", "utf-8")
    auth = {"kind": "bearer", "token": {"file": str(tmp_path / "token")}}
    with pytest.raises(SourceMisconfigured, match="signed"):
        connect(source.model_copy(update={"connection": {**source.connection, "auth": auth}}))
