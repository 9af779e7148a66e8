"""What a partner's system does not do, whoever uses it: it is bound to questions, and no key is two persons."""

from dataclasses import replace
from typing import Any

from hub.identity.requester import Bound, Requester
from schema.purposes import Purpose
from tests.cast import requester
from tests.house import House
from tests.rooms.governing.desk import COLLEAGUE, do, names, run

EVERYTHING = Bound(frozenset(Purpose), frozenset(), frozenset({"social-care"}))
SYSTEM = replace(COLLEAGUE, subject="partner:cms", client="cms", bound=EVERYTHING, lately=False)
USER = replace(SYSTEM, subject="partner:cms:jdoe")
AGREE = "agreeAsSecondPerson(person: $p, worker: $w, minutes: 5) { id problem { code } }"
REJECT = (
    'rejectSamePerson(person: $p, other: $o, reason: "Two.", context: {purpose: CHILD_PROTECTION, reference: "R 1"})'
    " { id problem { code } }"
)


async def agreed(home: House, who: Requester) -> Any:
    given: dict[str, Any] = {"p": ("ID!", home.ids["maya"]), "w": ("String!", "partner:cms:somebody-else")}
    return await do(home, who, AGREE, **given)


async def test_a_system_is_nobodys_second_person(home: House) -> None:
    """Its one key vouches for all who use it, so two of them are no more than one; a colleague's sign-in counts."""
    refused = await agreed(home, USER)
    assert refused == {"id": None, "problem": {"code": "not-for-this-system"}}
    assert "second-person-agreed" not in await names(home)
    assert (await agreed(home, COLLEAGUE))["id"]


async def test_a_system_that_names_nobody_decides_nothing(home: House) -> None:
    """Who is who is for a person to say: without one it is FORBIDDEN; with one it is decided like anybody's."""
    mutation = f"mutation ($p: ID!, $o: ID!) {{ {REJECT} }}"
    given = {"p": home.ids["maya"], "o": home.ids["maya"]}
    refused = await run(home, SYSTEM, mutation, **given)
    assert refused.errors[0].extensions["code"] == "FORBIDDEN"
    named = await run(home, USER, mutation, **given)
    assert not named.errors


async def test_a_system_is_not_told_who_else_looked(home: House) -> None:
    """Others' looks are of no agreement it is bound to, though its user opened the record."""
    opener = requester("front-door")
    await home.person()
    last = "query ($id: ID!) { lastAccesses(id: $id) { organisation } }"
    told = await run(home, opener, last, id=home.ids["maya"])
    assert told.data["lastAccesses"]
    assert (await run(home, replace(opener, bound=EVERYTHING), last, id=home.ids["maya"])).data == {
        "lastAccesses": None
    }
