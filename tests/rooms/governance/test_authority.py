"""Who may record or change what: a role or an agency that is not named may not, and nothing is written for it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from hub.governance.acting import Acting, By, CannotBeDone, Note
from hub.governance.agreeing import agreement_by_id, agreements_in, import_agreement, set_status
from hub.governance.agreements import Agreement, Status
from hub.governance.allocating import allocate, allocations, end_allocation
from hub.governance.allocations import Allocation
from hub.governance.authority import RECORDS_CONSENT
from hub.governance.consenting import consents_of, record_consent, withdraw
from hub.governance.data_items import EVERYTHING
from hub.governance.givers import ConsentReason, GiverRelationship
from hub.governance.objecting import receive
from hub.governance.objections import Objection
from hub.governance.register import AGREEMENT, Register
from hub.governance.second_person import agree
from hub.governance.standing_read import OBJECTION
from policies.vocabulary import Role
from schema.purposes import Purpose
from tests.rooms.governance.desk import (
    CONSENT,
    HEALTH_OFFICER,
    MAYA,
    OFFICER,
    ONE,
    TODAY,
    WORKER,
    events,
    everything_stored,
)

SUSPENDED = Agreement(
    "nhs-trust:health-2026",
    "Made up",
    "nhs-trust",
    frozenset({"county-council"}),
    frozenset({Purpose.EARLY_HELP}),
    date(2020, 1, 1),
    date(2029, 1, 1),
    date(2030, 1, 1),
    (),
    Status.SUSPENDED,
)
STRANGERS = [WORKER, OFFICER, replace(HEALTH_OFFICER, role="health-practitioner"), replace(OFFICER, organisation="x")]


@pytest.mark.parametrize("by", STRANGERS)
async def test_only_the_providers_officer_changes_an_agreement(sqlite: Acting, by: By) -> None:
    """Nobody else widens it, revives it, ends it, or takes its id for one of their own; it stays as it was."""
    await import_agreement(sqlite, SUSPENDED, HEALTH_OFFICER)
    wider = replace(SUSPENDED, items=(EVERYTHING,), status=Status.SIGNED)
    with pytest.raises(CannotBeDone):
        await import_agreement(sqlite, wider, by)
    told = []
    for name in ("nhs-trust:health-2026", "nhs-trust:nobodys", "nobodys"):
        with pytest.raises(CannotBeDone) as refused:
            await import_agreement(sqlite, replace(wider, id=name, provider=by.organisation), by)
        told.append((refused.value.code, str(refused.value)))
        if by.organisation == "x":
            with pytest.raises(CannotBeDone, match="no agreement of that id"):
                await set_status(sqlite, name, Status.ENDED, by)
    assert told == told[:1] * 3, "an id that is another's and one that is nobody's are alike"
    with pytest.raises(CannotBeDone):
        await set_status(sqlite, "nhs-trust:health-2026", Status.SIGNED, by)
    if by != OFFICER:  # the consumer's: any party may stop it
        with pytest.raises(CannotBeDone):
            await set_status(sqlite, "nhs-trust:health-2026", Status.ENDED, by)
    assert await agreements_in(sqlite.database) == (SUSPENDED,)
    assert await events(sqlite) == [("agreement-imported", "nhs-trust:health-2026")]
    await set_status(sqlite, "nhs-trust:health-2026", Status.SIGNED, HEALTH_OFFICER)
    assert (await agreement_by_id(sqlite.database, "nhs-trust:health-2026")).status is Status.SIGNED


async def test_an_agreement_of_before_keeps_its_id(sqlite: Acting) -> None:
    """Its provider brings it in anew under it; to anybody else it is no id, like one that is nobody's."""
    before = replace(SUSPENDED, id="health-2025")
    await Register(sqlite.database).record_agreements([before])
    await import_agreement(sqlite, replace(before, title="Anew"), HEALTH_OFFICER)
    assert [a.title for a in await agreements_in(sqlite.database)] == ["Anew"]
    with pytest.raises(CannotBeDone, match=r"begins with its provider's, such as county-council:health-2026"):
        await import_agreement(sqlite, replace(before, provider="county-council"), OFFICER)


async def test_words_are_no_id_of_an_agreement(sqlite: Acting) -> None:
    """The ledger keeps ids for ever: one that is a sentence is refused, in a note of anything as well."""
    for words in ("about Maya Marchbanks", "a" * 81, ""):
        with pytest.raises(CannotBeDone) as refused:
            await import_agreement(sqlite, replace(SUSPENDED, id=words), HEALTH_OFFICER)
        assert refused.value.code == "no-code"
        with pytest.raises(CannotBeDone):
            Note("agreement-imported", words)
    assert b"Marchbanks" not in await everything_stored(sqlite.database)
    assert await events(sqlite) == []


async def test_an_agreement_kept_under_words_can_still_be_suspended(sqlite: Acting) -> None:
    """Such a one came before ids were codes: it is named in the ledger by a digest."""
    await Register(sqlite.database).record_agreements([replace(SUSPENDED, id="all > all")])
    await set_status(sqlite, "all > all", Status.ENDED, HEALTH_OFFICER)
    assert (await agreement_by_id(sqlite.database, "all > all")).status is Status.ENDED
    ((name, about),) = await events(sqlite)
    assert name == "agreement-ended"
    assert about.startswith("agreement:")


@pytest.mark.parametrize("role", Role)
async def test_who_records_what_families_said(sqlite: Acting, role: Role) -> None:
    """The roles that work with families, and officers; nobody else records or takes back."""
    by = By("somebody", role.value, "county-council")
    if role in RECORDS_CONSENT:
        await record_consent(sqlite, CONSENT, by)
        await withdraw(sqlite, ONE, "mother", by, reason=ConsentReason.NOT_GIVEN, said=TODAY)
        return
    assert role in {Role.ANALYST, Role.POLICE_OFFICER}
    with pytest.raises(CannotBeDone) as refused:
        await record_consent(sqlite, CONSENT, by)
    assert refused.value.code == "role-not-entitled"
    assert await consents_of(sqlite.database, ONE) == ()


async def test_an_end_only_brings_the_day_nearer(acting: Acting) -> None:
    """Nobody prolongs what was allocated, opens it again, or ends or allocates what is their own."""
    before = Allocation("", MAYA, "county-council", "worker-1", "", TODAY - timedelta(days=60), TODAY)
    made = await allocate(acting, before, OFFICER)
    for by, last, code in (
        (OFFICER, date(2099, 1, 1), "ends-already"),
        (WORKER, TODAY - timedelta(days=1), "not-an-officer"),
        (replace(OFFICER, subject="worker-1"), TODAY - timedelta(days=1), "oneself"),
    ):
        with pytest.raises(CannotBeDone) as refused:
            await end_allocation(acting, made.id, last, by)
        assert refused.value.code == code
    assert [a.ending for a in (await allocations(acting)).found] == [TODAY]
    await end_allocation(acting, made.id, TODAY - timedelta(days=9), OFFICER)
    assert [a.ending for a in (await allocations(acting)).found] == [TODAY - timedelta(days=9)]


@pytest.mark.parametrize("agency", ["NHS-trust ", "nobody", "", "*"])
async def test_an_objection_is_to_an_agency_that_there_is(sqlite: Acting, agency: str) -> None:
    """One to nobody would restrict nothing, and whoever objected would be told that it was received."""
    objection = Objection("", MAYA, agency, frozenset(), GiverRelationship.MOTHER, TODAY)
    with pytest.raises(CannotBeDone) as refused:
        await receive(sqlite, objection, "words", OFFICER)
    assert refused.value.code == "no-agency"
    async with sqlite.database.read() as connection:
        assert (await connection.execute(select(OBJECTION))).all() == []


async def test_where_nobody_said_which_agencies_there_are_the_providers_are(sqlite: Acting) -> None:
    """The agreements say who there is; where there is none either, the spelling alone is looked at."""
    unsaid = replace(sqlite, agencies=frozenset())
    objection = Objection("", MAYA, "police", frozenset(), GiverRelationship.MOTHER, TODAY)
    await receive(unsaid, objection, "words", OFFICER)
    await import_agreement(sqlite, SUSPENDED, HEALTH_OFFICER)
    with pytest.raises(CannotBeDone):
        await receive(unsaid, objection, "words", OFFICER)
    await receive(unsaid, replace(objection, provider="nhs-trust"), "words", OFFICER)


@pytest.mark.parametrize("requester", [" worker-1", "worker-1 ", "", "worker\u200b1", "x" * 256])
async def test_a_second_person_agrees_for_a_worker_spelt_as_sign_in_does(sqlite: Acting, requester: str) -> None:
    """What looks like a worker's id and is none is refused, one's own with a space before it as well."""
    with pytest.raises(CannotBeDone) as refused:
        await agree(sqlite, MAYA, requester, 5, WORKER)
    assert refused.value.code == "no-worker"


async def test_an_agreement_taken_meanwhile_is_not_replaced(sqlite: Acting) -> None:
    """Between looking and writing another provider took the id: theirs stays."""
    real = sqlite.ledger.append

    async def taken(*entries: object) -> object:
        async with sqlite.database.begin() as connection:
            await connection.execute(update(AGREEMENT).values(provider="police"))
        return await real(*entries)  # type: ignore[arg-type] # entries of the ledger's own

    await import_agreement(sqlite, SUSPENDED, HEALTH_OFFICER)
    sqlite.ledger.append = taken  # type: ignore[method-assign,assignment] # another acts at this moment
    with pytest.raises(CannotBeDone):
        await set_status(sqlite, "nhs-trust:health-2026", Status.SIGNED, HEALTH_OFFICER)
    async with sqlite.database.begin() as connection:
        await connection.execute(update(AGREEMENT).values(provider="nhs-trust"))
    with pytest.raises(CannotBeDone):
        await import_agreement(sqlite, replace(SUSPENDED, title="Other"), HEALTH_OFFICER)
    assert (await agreement_by_id(sqlite.database, "nhs-trust:health-2026")).title == "Made up"
