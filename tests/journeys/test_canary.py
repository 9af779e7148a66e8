"""After everything a user can do, right or wrong, no value of anybody's record is anywhere but in an answer."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hub.audit.access_rows import HEAD, row
from hub.audit.accesses import MOST, Which, accesses
from hub.audit.csv_writing import as_csv
from hub.audit.export import export_ledger
from hub.audit.fhir_events import bundle
from hub.audit.left_out import MAY_BE_LEFT_OUT, told_to_family
from hub.audit.pseudonyms import Pseudonyms
from hub.audit.stream import lines
from hub.audit.unusual import unusual
from hub.commands.audit.family import _letter, _line
from hub.demo.cast import CAST_KEYS
from hub.demo.faults import DATABASES, FOLDERS, Fault, FaultKind
from hub.keys import read_keys
from hub.store.database import Database
from tests.journeys.canaries import found_in, found_in_bytes
from tests.journeys.town import SEARCH, SOURCES, WHO, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTEXT = {"purpose": "CHILD_PROTECTION", "reference": "REF 1"}
VALUE = "Kowalczyk"
NUMBER = "9990000336"
POSTCODE = "BK8 9FA"
"""Values of Maya's that careless clients put where they do not belong."""

PERSON = "{ person(id: %s, context: {purpose: %s, reference: %s}) { id } }"
QUOTED = f'"{VALUE}"'

CARELESS: tuple[tuple[str, dict[str, Any]], ...] = (
    (PERSON % (QUOTED, "CHILD_PROTECTION", QUOTED), {}),
    (PERSON % (f"[{QUOTED}]", QUOTED, VALUE), {}),
    (PERSON % (NUMBER, VALUE, NUMBER), {}),
    (PERSON % (VALUE, NUMBER, f"{{of: {QUOTED}}}"), {}),
    (f'{{ me {{ name(of: "{POSTCODE}") }} }}', {}),
    (f'{{ me {{ name @include(if: "{VALUE}") }} }}', {}),
    (f"{{ me @skip(if: {VALUE}) {{ name }} }}", {}),
    (f'{{ searchPeople(input: {{familyName: "{VALUE}", dateOfBirth: "{NUMBER}"}}) {{ outcome }} }}', {}),
    (f'{{ me {{ nome }} }} # "{VALUE}', {}),
    (f'{{ me {{ name "{VALUE}', {}),
    (f"query {VALUE} {{ nothing }}", {}),
    (f'query ($p: Int = "{VALUE}") {{ me {{ name(of: $p) }} }}', {}),
    (f'mutation {{ change(of: "{NUMBER}") {{ id }} }}', {}),
    (WHO, {"id": VALUE, "context": CONTEXT}),
    (WHO, {"id": NUMBER, "context": {"purpose": VALUE, "reference": NUMBER}}),
    (WHO, {"id": POSTCODE, "context": CONTEXT | {"reference": f"{VALUE}, {POSTCODE}!"}}),
    (WHO, {"id": {"name": VALUE}, "context": [POSTCODE]}),
    (WHO, {VALUE: NUMBER}),
    (SEARCH, {"input": {"familyName": VALUE}, "context": CONTEXT}),
    (SEARCH, {"input": {"familyName": VALUE, "givenName": "Maya", "dateOfBirth": f"{VALUE}"}, "context": CONTEXT}),
    (SEARCH, {"input": {"familyName": VALUE, "bornFrom": "2012-03-09"}, "context": CONTEXT}),
    (SEARCH, {"input": {"identifier": {"system": "NHS_NUMBER", "value": VALUE}}, "context": CONTEXT}),
    (SEARCH, {"input": {"identifier": {"system": VALUE, "value": NUMBER}}, "context": CONTEXT}),
    (SEARCH, {"input": {"surname": VALUE, "postcode": POSTCODE}, "context": CONTEXT}),
    (SEARCH, {"input": [VALUE, NUMBER], "context": CONTEXT}),
)
"""Queries that fail, with values of a record in literals, comments and variables."""

MISSPELT = (f"{{ {VALUE} }}", f"query ($a: {VALUE}) {{ me {{ name }} }}", f"query (${VALUE}: Int) {{ me {{ name }} }}")
"""Queries whose mistake is a name of the client's own, which only that client is told again; no log is."""


async def everything(town: Town) -> list[httpx2.Response]:
    """Do all that can be done with the hub; give every response that holds errors."""
    for key in CAST_KEYS:
        await town.ask(key)
        member = town.place.truth.cast_member(key)
        if member.born:
            await town.search(familyName=member.surname, givenName=member.given, dateOfBirth=str(member.born))
    for kind in (k for k in FaultKind if k not in {FaultKind.OK, FaultKind.SLOW}):
        can = [s for s in SOURCES if s not in FOLDERS | DATABASES] if kind is not FaultKind.GARBAGE else list(SOURCES)
        async with town.wrong({s: Fault(kind) for s in can}):
            await town.ask()
    failed = [await town.send(query, variables) for query, variables in CARELESS]
    failed += [await town.send(query, variables, "analyst") for query, variables in CARELESS]
    for query in MISSPELT:
        assert (await town.send(query, {})).json()["errors"]
    return failed + [await _unauthorised(town, n) for n in range(6)]


async def _unauthorised(town: Town, number: int) -> httpx2.Response:
    body = {"query": WHO, "variables": {"id": VALUE, "context": CONTEXT}}
    token = town.token("front-door")
    head, _, tail = token.rpartition(".")
    headers = ({}, {"Authorization": f"Basic {VALUE}"}, {"Authorization": f"Bearer {VALUE}"})
    match number:
        case 0 | 1 | 2:
            return await town.http.post("/graphql", json=body, headers=headers[number])
        case 3:
            return await town.http.post("/graphql", json=body, headers={"Authorization": f"Bearer {head}.{tail[::-1]}"})
        case 4:
            return await town.http.get("/graphql", params={"query": VALUE, "variables": json.dumps({"id": NUMBER})})
        case _:
            asked = f'{{"query": "{VALUE}", '.encode()
            sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            return await town.http.post("/graphql", content=asked, headers=sent)


async def read(file: Path) -> bytes:
    """Read a database file in another process: a process that closes one lets go of the locks SQLite holds in it."""
    reading = await asyncio.create_subprocess_exec("cat", str(file), stdout=asyncio.subprocess.PIPE)
    content, _ = await reading.communicate()
    assert reading.returncode == 0
    return content


async def test_no_value_is_anywhere_but_in_an_answer(
    town: Town, town_canaries: frozenset[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Not in the log, the metrics, the other pages, an error, the hub's database files or the ledger's export."""
    assert {VALUE, NUMBER, POSTCODE} <= town_canaries
    assert len(town_canaries) > 800
    failed = await everything(town)
    for response in failed:
        body = response.json()
        assert body.get("errors"), body
        assert not body.get("data") or not any(body["data"].values())
    assert not found_in(town.log.getvalue(), town_canaries)
    for page in ("/metrics", "/version", "/readyz", "/healthz", f"/{VALUE}"):
        assert not found_in((await town.http.get(page)).text, town_canaries), page
    errors = "\n".join(json.dumps(r.json(), ensure_ascii=False) for r in failed)
    assert not found_in(errors, town_canaries)
    await town.hub.ledger.checkpoint()
    for file in sorted(town.settings.data.glob("hub.db*")):
        assert not found_in_bytes(await read(file), town_canaries), file.name
    exported = tmp_path_factory.mktemp("export") / "ledger"
    database = Database(town.settings.database)
    await export_ledger(database, read_keys(town.settings.keys_folder).ledger.public_key(), exported)
    for name, report in (await reports(database, town)).items():
        assert len(report) > 2_000, name
        assert not found_in(report, town_canaries), name
    await database.close()
    content = await asyncio.to_thread(exported.read_bytes)
    assert len(content) > 10_000
    assert not found_in_bytes(content, town_canaries)


async def reports(database: Database, town: Town) -> dict[str, str]:
    """Give every other form in which the ledger leaves the hub: for officers, families and security teams."""
    found = await accesses(database, Which(), limit=MOST)
    names = Pseudonyms(read_keys(town.settings.keys_folder))
    looks = await told_to_family(database, [names.subject(town.people[key]) for key in CAST_KEYS])
    signs = unusual(found)
    return {
        "accesses": as_csv(HEAD, [row(one) for one in found]),
        "audit events": json.dumps(bundle(found, "hub")),
        "the family's list": _letter(looks) + json.dumps([_line(look) for look in looks]),
        "signs": json.dumps([str(sign) for sign in signs]) + MAY_BE_LEFT_OUT * 10,
        "stream": "".join([line.decode() async for line in lines(database, {})]),
    }


async def test_the_search_for_canaries_can_see_one(town: Town, town_canaries: frozenset[str]) -> None:
    """Planted among true text and among bytes, in another case or as JSON writes it, a value is found."""
    log, database = town.log.getvalue()[:9999], (await read(town.settings.data / "hub.db"))[:9999]
    for planted in (VALUE, VALUE.upper(), NUMBER, POSTCODE.lower()):
        assert found_in(f"{log}{planted}{log}", town_canaries)
        assert found_in_bytes(database + planted.encode() + database, town_canaries)
    assert found_in(json.dumps("Łucja Wójcik"), town_canaries)
    answer = json.dumps(await town.ask())
    assert len(found_in(answer, town_canaries)) > 100


async def test_every_system_has_its_canaries(town: Town, town_canaries: frozenset[str]) -> None:
    """What is looked for comes from all ten systems: each one's records hold many."""
    for folder in sorted((town.place.folder / "systems").iterdir()):
        seen = {c for file in folder.iterdir() for c in found_in_bytes(_text(file), town_canaries)}
        assert len(seen) > 15, folder.name


def _text(file: Any) -> bytes:
    content: bytes = file.read_bytes()
    return json.dumps(json.loads(content), ensure_ascii=False).encode() if file.suffix == ".json" else content
