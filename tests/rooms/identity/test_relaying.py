"""Another hub's word on who asks, over real HTTP: believed as far as the register says, and not a step further."""

import base64
import json
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from joserfc.jwk import ECKey

from hub.identity.partners.registering import revoke
from hub.identity.requester import Speaks
from tests.rooms.identity.partners import ADDRESS, OFFICER, Served, acting_at, assertion_of, client_of, key
from tests.rooms.identity.partners import serving_partners as serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN, OTHER = key(), key()
THERE = "https://hub.southshire.example"
SPEAKS = Speaks(frozenset({"southshire-council", "made-up-homes"}), {"duty-worker": "front-door-worker"})
"""As an officer registered it before the hub had a source of Made-up Homes' own."""
WHO = {"query": "{ me { role organisation } }"}
WHY = {"purpose": "SAFEGUARDING_TRIAGE", "reference": "S 1"}
TOKENS: dict[str, str] = {}
MATCH = """query($c: RequestContext!, $p: [PersonSearchInput!]!) {
  matchPeople(people: $p, context: $c) { people { outcome id } } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """Serve a hub that knows another one, and a partner that is none."""
    async with serving(tmp_path_factory.mktemp("hub")) as served:
        await served.add(client_of("south-hub", OWN, speaks=SPEAKS), OWN)
        await served.add(client_of("east-hub", OTHER, speaks=SPEAKS), OTHER)
        await served.add(client_of("case-system", OWN), OWN)
        yield served


async def token(hub: Served, client: str = "south-hub", signer: ECKey = OWN) -> str:
    """Give a token of a client, the same one as before where it got one."""
    if client not in TOKENS:
        TOKENS[client] = str((await hub.asserted(assertion_of(client, signer))).json()["access_token"])
    return TOKENS[client]


def word(signer: ECKey = OWN, client: str = "south-hub", **changed: Any) -> str:
    """Sign who asks, as the other hub does."""
    trace = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    claims = {"sub": secrets.token_hex(16), "aud": f"{ADDRESS}/graphql", "org": "southshire-council"}
    claims |= {"role": "duty-worker", "purpose": "SAFEGUARDING_TRIAGE", "reference": "S 1", "remaining": 2500}
    return assertion_of(client, signer, **(claims | {"act": {"sub": THERE}, "traceparent": trace} | changed))


async def ask(hub: Served, said: str | None, body: Any = None, bearer: str = "") -> httpx2.Response:
    more = {} if said is None else {"hub_asked_by": said}
    return await hub.ask(bearer or await token(hub), body or WHO, **more)


async def test_a_user_of_another_hub_is_whom_the_register_lets_it_name(hub: Served) -> None:
    """The role is the one configured for theirs, the organisation one it may speak for, and the trace is logged."""
    trace = secrets.token_hex(16)
    answered = await ask(hub, word(traceparent=f"00-{trace}-{'1' * 16}-01"))
    assert answered.json()["data"]["me"] == {"role": "front-door-worker", "organisation": "southshire-council"}
    lines = [json.loads(line) for line in hub.log.getvalue().splitlines()]
    assert [line["source"] for line in lines if line.get("trace") == trace] == ["south-hub"]


def _cut(said: str) -> str:
    head, _, signature = said.split(".")
    raised = {"iss": "south-hub", "role": "ig-officer"}
    return f"{head}.{base64.urlsafe_b64encode(json.dumps(raised).encode()).decode().rstrip('=')}.{signature}"


NOW = int(time.time())
BAD: dict[str, Any] = {
    "nobody-named": lambda: None,
    "forged: another's key": lambda: word(ECKey.import_key(OTHER.as_dict(private=True) | {"kid": OWN.kid})),
    "forged: claims changed": lambda: _cut(word()),
    "forged: unsigned": lambda: word().rpartition(".")[0] + ".",
    "another hub's own": lambda: word(OTHER, "east-hub"),
    "expired": lambda: word(iat=NOW - 600, exp=NOW - 300),
    "not yet": lambda: word(nbf=int(time.time()) + 600, exp=int(time.time()) + 620),
    "good for too long": lambda: word(exp=NOW + 86_400),
    "no end": lambda: word(exp=None),
    "for another hub": lambda: word(aud="https://hub.eastshire.example/graphql"),
    "for the token endpoint": lambda: word(aud=f"{ADDRESS}/oauth/token"),
    "for two": lambda: word(aud=[f"{ADDRESS}/graphql", "https://hub.eastshire.example/graphql"]),
    "no id": lambda: word(jti=None),
    "organisation it may not speak for": lambda: word(org="eastshire-council"),
    "organisation with a source of its own here": lambda: word(org="made-up-homes"),
    "role raised to one of ours": lambda: word(role="front-door-worker"),
    "role raised to officer": lambda: word(role="ig-officer"),
    "no role": lambda: word(role=None),
    "a person's name for a pseudonym": lambda: word(sub="Ada Finch, team 4"),
    "the hub itself": lambda: word(sub="south-hub"),
    "no purpose": lambda: word(purpose=None),
    "a purpose nobody has": lambda: word(purpose="CURIOSITY"),
    "a reference that is none": lambda: word(reference="<b>"),
    "no time left": lambda: word(remaining=0),
    "time without end": lambda: word(remaining=10**9),
    "time that is no number": lambda: word(remaining=True),
    "no trace": lambda: word(traceparent=None),
    "a trace that is none": lambda: word(traceparent="00-x"),
    "through nobody": lambda: word(act=None),
    "through something": lambda: word(act={"sub": 1}),
    "in a circle": lambda: word(act={"sub": THERE, "act": {"sub": ADDRESS}}),
    "through too many": lambda: word(act={"sub": "1", "act": {"sub": "2", "act": {"sub": "3", "act": {"sub": "4"}}}}),
}


@pytest.mark.parametrize("what", BAD)
async def test_a_word_that_is_not_good_is_refused_like_every_other(hub: Served, what: str) -> None:
    """Forged, expired, for somebody else or claiming too much: the same 401 as for no token, and nothing else."""
    nobody = await hub.ask("nothing", WHO)
    refused = await ask(hub, BAD[what]())
    assert (refused.status_code, refused.json()["errors"][0]["message"]) == (401, nobody.json()["errors"][0]["message"])
    assert refused.json().keys() == nobody.json().keys()
    assert refused.headers["www-authenticate"] == nobody.headers["www-authenticate"]


async def test_a_word_is_good_once(hub: Served) -> None:
    """Whoever overhears a question cannot ask it again, nor can the hub itself; with two words neither is taken."""
    said = word()
    assert (await ask(hub, said)).status_code == 200
    assert (await ask(hub, said)).status_code == 401
    bearer = {"authorization": f"Bearer {await token(hub)}"}
    two = [("authorization", bearer["authorization"]), ("hub-asked-by", word()), ("hub-asked-by", word())]
    assert (await hub.http.post("/graphql", json=WHO, headers=two)).status_code == 401


async def test_a_word_is_for_the_graphql_endpoint_and_nothing_else(hub: Served) -> None:
    """The decision point answers nobody whom another hub names: what is signed is for one question, asked there."""
    asked = {"subject": {"type": "role", "id": "front-door-worker"}, "action": {"name": "view"}}
    headers = {"authorization": f"Bearer {await token(hub)}", "hub-asked-by": word()}
    assert (await hub.http.post("/access/v1/evaluation", json=asked, headers=headers)).status_code == 401


async def test_only_a_hub_speaks_for_others(hub: Served) -> None:
    """A partner's system that sends such a word is refused, though its key is good; without it, it is itself."""
    bearer = await token(hub, "case-system")
    assert (await ask(hub, word(client="case-system"), bearer=bearer)).status_code == 401
    assert (await ask(hub, None, bearer=bearer)).json()["data"]["me"]["organisation"] == "made-up-homes"
    refused = await ask(hub, None, {"query": MATCH, "variables": {"c": WHY, "p": []}}, bearer)
    assert refused.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_the_question_is_the_one_that_was_signed(hub: Served) -> None:
    """Another purpose or reference than in the word, or a reason that is not in it, is an error; so is a mutation."""
    others = (
        {"purpose": "CHILD_PROTECTION", "reference": "S 1"},
        {**WHY, "reference": "S 2"},
        {**WHY, "reason": "why"},
    )
    declared = {**WHY, "reason": "I know them", "iWorkWithThisChild": True}
    for why in (*others, declared):
        answered = await ask(hub, word(), {"query": MATCH, "variables": {"c": why, "p": []}})
        assert answered.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    changing = {"query": 'mutation { withdrawConsent(input: {person: "1"}) { __typename } }'}
    said = (await ask(hub, word(), changing)).json()["errors"][0]["extensions"]["code"]
    assert said in {"FORBIDDEN", "GRAPHQL_VALIDATION_FAILED"}


async def test_a_hub_that_was_revoked_speaks_for_nobody(hub: Served) -> None:
    """From the next question on, with the token and keys it had."""
    await hub.add(client_of("west-hub", OWN, speaks=SPEAKS), OWN)
    bearer = await token(hub, "west-hub")
    assert (await ask(hub, word(client="west-hub"), bearer=bearer)).status_code == 200
    await revoke(acting_at(hub.hub), OFFICER, "west-hub")
    assert (await ask(hub, word(client="west-hub"), bearer=bearer)).status_code == 401


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"speaks": Speaks(frozenset(), SPEAKS.roles)}, "--speaks-for"),
        ({"speaks": Speaks(SPEAKS.organisations, {})}, "--their-role"),
        ({"speaks": Speaks(SPEAKS.organisations, {"boss": "ig-officer"})}, "information governance"),
        ({"speaks": Speaks(SPEAKS.organisations, {"boss": "king"})}, "--their-role ends in"),
        ({"speaks": Speaks(frozenset({"?"}), SPEAKS.roles)}, "--speaks-for takes"),
        ({"speaks": SPEAKS, "on_behalf_of": True}, "leave out"),
    ],
)
async def test_a_hub_that_could_say_too_much_is_not_registered(hub: Served, changed: Any, said: str) -> None:
    """No officer's role, no role that is none here, nobody unnamed."""
    with pytest.raises(Exception, match=said):
        await hub.add(replace(client_of("north-hub", OWN), **changed), OWN)
