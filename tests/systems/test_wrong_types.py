"""Every HTTP system, its answers twisted at random: one of the four errors or a well-typed reply, nothing else."""

import copy
import json
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from connectors.conformance.promises import THE_FOUR
from connectors.conformance.walking import misfits
from connectors.contract import Ask, LocalId, Name, Traits
from connectors.registry import connect
from schema.records import IdentifierSystem
from tests.serving import Handler, serving
from tests.sources import demo_source
from tests.systems.custodian.test_custodian import Police
from tests.systems.oneroster.test_oneroster import School
from tests.systems.plain_rest.test_plain_rest import Housing, youth_justice
from tests.systems.uk_core.test_uk_core import Trust

Path_ = tuple[Any, ...]
TODAY = date(2026, 11, 21)
ODD: list[Any] = [5, "x", [], {}, None, True, [5], {"a": 1}, 1.5, "", "\u202e", ["x"], [[]], 10**18, "2020-13-45"]
SYSTEMS: list[tuple[str, str, type[Any] | Handler, str]] = [
    ("education", "/ims/oneroster/v1p1", School, "stu-ada"),
    ("police", "", Police, "p-7f3c"),
    ("youth-justice", "", youth_justice, "YJ1"),
    ("housing", "", Housing, "HP1"),
    ("health", "/fhir", Trust, "pat-ada"),
]


def places(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in inner:
        yield from places(held, (*path, key))


def put(value: Any, path: Path_, odd: Any) -> Any:
    if not path:
        return odd
    changed = copy.copy(value)
    changed[path[0]] = put(value[path[0]], path[1:], odd)
    return changed


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("name", "base_path", "service", "person"), SYSTEMS, ids=[s[0] for s in SYSTEMS])
async def test_a_twisted_answer_is_typed_or_broken(
    tmp_path: Path, name: str, base_path: str, service: Any, person: str, seed: int
) -> None:
    """A value of another type anywhere in an answer never becomes another error or a wrongly typed record."""
    chance = random.Random(seed)  # noqa: S311 -- seeded, so that a failure comes again
    honest: Handler = service() if isinstance(service, type) else service

    async def twisted(request: web.BaseRequest) -> web.Response:
        said = await honest(request)
        assert isinstance(said, web.Response)
        value = json.loads(said.text or "")
        if chance.random() < 0.4:
            value = put(value, chance.choice(list(places(value))), chance.choice(ODD))
        kept = {k: v for k, v in said.headers.items() if k == "Link"}
        return web.Response(text=json.dumps(value), status=said.status, content_type="application/json", headers=kept)

    numbers = ((IdentifierSystem.NHS_NUMBER, "9990000018"), (IdentifierSystem.UPN, "A801"))
    traits = Traits((Name("Ada", "Marchbanks"),), date(2012, 3, 9), identifiers=numbers)
    asked = LocalId(person)
    async with serving(twisted) as base:
        connector = connect(demo_source(name, base + base_path, tmp_path))
        for _ in range(25):
            try:
                reply = await connector.fetch(Ask((asked,), connector.capabilities.fields, TODAY))
                assert not list(misfits(reply))
                assert set(reply.records) <= {asked}
                await connector.locate(traits)
                _ = [i async for i in connector.identities(None)]
            except THE_FOUR:
                continue
        await connector.close()
