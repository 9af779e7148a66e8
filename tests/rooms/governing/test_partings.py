"""Partings over GraphQL: what was recorded of the one protects whoever was split off, until an officer has looked."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from hub.governance.acting import By, CannotBeDone
from hub.governance.consent import Consent
from hub.governance.givers import GiverRelationship
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.objecting import receive
from hub.governance.objections import Objection
from hub.governance.partings import partings, settle
from hub.governance.withholding import decide_not_to_share
from hub.people.parting import PARTING
from hub.store.tables.people import PERSON
from policies.facts import ConsentState
from schema.purposes import Purpose
from tests.cast import NOW, agency
from tests.house import House
from tests.rooms.governing.desk import COUNCIL, HEALTH, POLICE, ask, do, names
from tests.rooms.governing.test_matching import RECORDED, say, split

LIST = "partings { id person other source because says what reference }"


async def settled(home: House, who: Any, parting: str, *, stays: bool) -> Any:
    word = "true" if stays else "false"
    return await do(home, who, f"settleParting(id: $i, stays: {word}) {RECORDED}", i=("ID!", parting))


async def listed(home: House, who: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await ask(home, who, LIST))["partings"]
    return found


async def consent_of(home: House, person: str) -> ConsentState:
    """Give what counts of consent for early help."""
    known = (await home.index.followed([person]))[person]
    standing = await home.register.standing(sorted(known.aliases))
    of = (known.aliases, next(link.service for link in known.links), Purpose.EARLY_HELP, agency("social-care"))
    return standing.consent(*of, standing.today)


async def refused(home: House, person: str) -> None:
    """Record that a giver said no."""
    said = (frozenset[Any](), frozenset({Purpose.EARLY_HELP}), frozenset[str](), "spoken", "w", NOW)
    await home.register.record_consent(Consent(person, "mother", ConsentState.REFUSED, *said))


async def test_a_refusal_goes_with_whoever_is_split_off_until_an_officer_lifts_it(home: House) -> None:
    """From the next question on both are protected; lifted of one it stays of the other; both are written down."""
    maya = home.ids["maya"]
    assert (await say(home, "confirmSamePerson", "maya", "rowan"))["id"] == maya
    await refused(home, maya)
    apart = (await split(home, "maya", "social-care"))["id"]
    assert await consent_of(home, apart) is await consent_of(home, maya) is ConsentState.REFUSED
    (one,) = await listed(home, COUNCIL)
    assert (one["person"], one["what"], one["because"], one["source"]) == (apart, "CONSENT", "SPLIT", "social-care")
    assert one["other"] is None, "the council's own source holds nothing of her any more"
    assert await listed(home, POLICE) == []
    assert (await settled(home, POLICE, one["id"], stays=False))["problem"]["code"] == "no-such-parting"
    assert (await settled(home, COUNCIL, one["id"], stays=False))["problem"] is None
    assert await consent_of(home, apart) is ConsentState.NOT_RECORDED
    assert await consent_of(home, maya) is ConsentState.REFUSED
    assert await listed(home, COUNCIL) == []
    assert (await settled(home, COUNCIL, one["id"], stays=True))["problem"]["code"] == "no-such-parting"
    assert {"partings-read", "parting-settled"} <= set(await names(home))


async def test_an_agencys_own_decision_is_its_own_to_lift(home: House) -> None:
    """Another may say that it stays, and not that it does not."""
    maya = home.ids["maya"]
    await say(home, "confirmSamePerson", "maya", "rowan")
    objection = Objection("", maya, agency("health"), frozenset(), GiverRelationship.MOTHER, NOW.date())
    await receive(home.acting, objection, "words", By("o", "ig-officer", agency("health")))
    apart = (await split(home, "maya", "social-care"))["id"]
    (one,) = await listed(home, COUNCIL)
    assert one["what"] == "OBJECTION"
    assert (await settled(home, COUNCIL, one["id"], stays=False))["problem"]["code"] == "not-yours"
    (theirs,) = await listed(home, HEALTH)
    assert theirs["id"] == one["id"]
    assert (await settled(home, HEALTH, one["id"], stays=False))["problem"] is None
    standing = await home.register.standing([apart])
    assert standing.objections == ()


@pytest.mark.parametrize("stays", [True, False])
async def test_a_flag_is_lifted_from_whoever_was_split_off(home: House, *, stays: bool) -> None:
    """Until then it protects both; said to stay, it stays."""
    await say(home, "confirmSamePerson", "maya", "rowan")
    async with home.database.begin() as connection:
        carries = "UPDATE person_source SET labels = 'CONFIDENTIAL_ADDRESS' WHERE source_id = 'health'"
        await connection.exec_driver_sql(carries)
    flags = (await home.index.people([home.ids["maya"]]))[home.ids["maya"]].flags
    assert flags
    apart = (await split(home, "maya", "social-care"))["id"]
    assert (await home.index.people([apart]))[apart].flags == flags
    for one in await listed(home, COUNCIL):
        assert (await settled(home, COUNCIL, one["id"], stays=stays))["problem"] is None
    left = (await home.index.people([apart]))[apart].flags
    assert (left == flags) is stays


async def test_a_flag_stays_with_whom_it_was_carried_to_otherwise(home: House) -> None:
    """Lifted from somebody, it is lifted from whom they turned out to be, unless another parting left it to those."""
    maya, rowan = home.ids["maya"], home.ids["rowan"]
    row = {"other_id": "x", "source_id": "health", "because": "SPLIT", "what": "FLAG", "reference": "MAPPA", "at": 1}
    async with home.database.begin() as connection:
        await connection.execute(update(PERSON).where(PERSON.c.id.in_((maya, rowan))).values(labels="MAPPA"))
        await connection.execute(update(PERSON).where(PERSON.c.id == rowan).values(superseded_by=maya))
        await connection.execute(
            insert(PARTING), [{**row, "id": n, "person_id": p} for n, p in (("1", rowan), ("2", maya))]
        )
    by = By("o", "ig-officer", agency("health"))
    for one, left in zip(await partings(home.database), (("", "MAPPA"), ("", "")), strict=True):
        await settle(home.acting, one, by, stays=False)
        async with home.database.read() as connection:
            rows = {row.id: row.labels for row in await connection.execute(select(PERSON.c.id, PERSON.c.labels))}
        assert (rows[rowan], rows[maya]) == left


async def test_a_decision_not_to_share_is_lifted_once(home: House) -> None:
    """By whose it is; of whoever was split off it ends, of the other it stands, and nobody settles it again."""
    maya, council = home.ids["maya"], agency("social-care")
    await say(home, "confirmSamePerson", "maya", "rowan")
    days = (NOW.date(), NOW.date().replace(year=2090))
    decision = NotSharing("", maya, council, frozenset(), frozenset(), NotSharingReason.RISK_TO_CHILD, *days, "o")
    by = By("o", "ig-officer", council)
    await decide_not_to_share(home.acting, decision, "words", by)
    apart = (await split(home, "maya", "social-care"))["id"]
    (one,) = await partings(home.database)
    assert await settle(home.acting, one, by, stays=False) == one.id
    with pytest.raises(CannotBeDone, match="nothing of that id"):
        await settle(home.acting, one, by, stays=True)
    standing = await home.register.standing([apart, maya])
    assert {d.person_id for d in standing.not_sharing} == {maya}
