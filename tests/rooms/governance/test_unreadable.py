"""Rows that nobody can understand: they close what depends on them, of one person or agreement, and nothing else."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.governance.acting import Acting, CannotBeDone
from hub.governance.agreeing import agreements_in, set_status
from hub.governance.agreements import Agreement, Status
from hub.governance.allocating import allocate
from hub.governance.allocations import Allocation
from hub.governance.break_glass import GlassReason
from hub.governance.breaking_glass import Asked, break_glass
from hub.governance.commencement import commence
from hub.governance.consenting import consents_of, record_consent
from hub.governance.counting import Counting
from hub.governance.data_items import EVERYTHING
from hub.governance.givers import GiverRelationship
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.objecting import receive
from hub.governance.objections import Objection
from hub.governance.register import Register
from hub.governance.standing import Standing
from hub.governance.versions.watching import Watch
from hub.governance.withholding import decide_not_to_share
from hub.joined import open_hub
from hub.observing import Observer
from hub.settings import read_settings
from policies.facts import AgreementState, ConsentState, NotToShare, ObjectionState, RelationshipState
from schema.kinds import Kind
from schema.lawful_bases import LawfulBasis
from schema.purposes import Purpose
from tests.cast import agency
from tests.house import house
from tests.rooms.governance.desk import CONSENT, HEALTH, HEALTH_OFFICER, MAYA, OFFICER, ONE, TODAY, WORKER

OTHER = "0d" * 16
HELP = Purpose.EARLY_HELP


async def spoil(acting: Acting, sql: str) -> None:
    async with acting.database.begin() as connection:
        await connection.execute(text(sql))
        await connection.execute(text("UPDATE governance_epoch SET value = value + 1"))


async def standing(acting: Acting) -> Standing:
    return await Register(acting.database).standing((MAYA, OTHER))


@pytest.mark.parametrize(
    "wrong", ["services='TAROT'", "kinds='ALL'", "state='GIVE'", "capacity='OWN'", "recorded_at='x'", "expires='x'"]
)
async def test_an_unreadable_consent_is_not_known_of_its_person_alone(sqlite: Acting, wrong: str) -> None:
    """Neither given nor refused: unavailable, in every kind and in what is told of it; another child's is as it was."""
    await record_consent(sqlite, CONSENT, OFFICER)
    await record_consent(sqlite, replace(CONSENT, person_id=OTHER), OFFICER)
    await spoil(sqlite, f"UPDATE consent SET {wrong} WHERE person_id = '{MAYA}'")  # noqa: S608 -- words of this test
    now, asked = await standing(sqlite), (HEALTH, HELP, "county-council", TODAY)
    assert now.consent(ONE, *asked) is ConsentState.UNAVAILABLE
    assert set(now.consent_by_kind(ONE, *asked).values()) == {ConsentState.UNAVAILABLE}
    assert now.consent_summary(ONE, *asked).state is ConsentState.UNAVAILABLE
    assert now.consent(frozenset({OTHER}), *asked) is ConsentState.GIVEN
    with pytest.raises(CannotBeDone) as refused:
        await consents_of(sqlite.database, ONE)
    assert refused.value.code == "unreadable"


async def test_an_unreadable_objection_or_decision_is_not_known_of_its_person_alone(sqlite: Acting) -> None:
    """Whether it restricts cannot be said: unavailable, at every agency, for this person."""
    decision = NotSharing(
        "", MAYA, "nhs-trust", frozenset(), frozenset(), NotSharingReason.CONFIDENCE, TODAY, TODAY, "lead"
    )
    await decide_not_to_share(sqlite, decision, "words", HEALTH_OFFICER)
    await receive(sqlite, Objection("", MAYA, "police", frozenset(), GiverRelationship.SELF, TODAY), "words", OFFICER)
    assert (await standing(sqlite)).not_to_share(ONE) is NotToShare.NONE
    await spoil(sqlite, "UPDATE objection SET state = 'MAYBE'")
    await spoil(sqlite, "UPDATE not_sharing SET kinds = 'SOME'")
    now = await standing(sqlite)
    assert now.objection(ONE, "police", HEALTH) is ObjectionState.UNAVAILABLE
    assert now.not_to_share(ONE) is NotToShare.UNAVAILABLE
    assert now.objection(frozenset({OTHER}), "police", HEALTH) is ObjectionState.NONE
    assert now.not_to_share(frozenset({OTHER})) is NotToShare.NONE


async def test_an_unreadable_grant_or_allocation_opens_nothing(sqlite: Acting) -> None:
    """What would open something counts for nothing where it cannot be understood."""
    asked = Asked(MAYA, frozenset({"nhs-trust"}), GlassReason.MISSING_CHILD, "words", "CASE 1")
    await break_glass(sqlite, asked, WORKER)
    await allocate(sqlite, Allocation("", MAYA, "county-council", "worker-1", "", TODAY), OFFICER)
    for wrong in (
        "break_glass_grant SET reason = 'WHY'",
        "break_glass_grant SET until = until - 0.5, reason = 'MISSING_CHILD'",
    ):
        await spoil(sqlite, f"UPDATE {wrong}")
        assert (await standing(sqlite)).grants == ()
    await spoil(sqlite, "UPDATE allocation SET start = 'then'")
    now = await standing(sqlite)
    assert now.allocated(ONE, "worker-1", None, "county-council", TODAY) is RelationshipState.NONE


KEPT = [
    Agreement(
        name,
        "Made up",
        name,
        frozenset({"county-council"}),
        frozenset({HELP}),
        TODAY - timedelta(days=9),
        TODAY + timedelta(days=9),
        TODAY + timedelta(days=9),
        (EVERYTHING,),
        Status.SIGNED,
    )
    for name in ("nhs-trust", "police")
]


@pytest.mark.parametrize(
    "wrong", ["status='SIGNED'", "signatories='['", "rules='{}'", "expiry='soon'", "items='['", "purposes='FUN'"]
)
async def test_an_unreadable_agreement_shares_nothing_and_hinders_no_other(sqlite: Acting, wrong: str) -> None:
    """It is counted, listed as what it is, and can be ended; every other agreement stands."""
    await Register(sqlite.database).record_agreements(KEPT)
    await spoil(sqlite, f"UPDATE agreement SET {wrong} WHERE id = 'nhs-trust'")  # noqa: S608 -- words of this test
    now = await standing(sqlite)
    worth = {a.id: now.agreements.state(a.id, "county-council", HELP, TODAY) for a in KEPT}
    assert worth == {"nhs-trust": AgreementState.NONE, "police": AgreementState.IN_FORCE}
    assert now.faults == {"agreement-unreadable": 1}
    assert [a.readable for a in await agreements_in(sqlite.database)] == [False, True]
    await set_status(sqlite, "nhs-trust", Status.ENDED, HEALTH_OFFICER)


async def test_an_unreadable_commencement_has_not_begun(sqlite: Acting) -> None:
    """A basis on no list, or a day that is none: counted, not relied on; the others are."""
    await commence(sqlite, LawfulBasis.CHILDREN_ACT_2004_S16LA, TODAY, OFFICER)
    await spoil(sqlite, "INSERT INTO basis_commencement VALUES ('NO_SUCH', '2020-01-01', 'x')")
    now = await standing(sqlite)
    assert now.commenced == {LawfulBasis.CHILDREN_ACT_2004_S16LA: TODAY}
    assert now.faults == {"commencement-unreadable": 1}
    await spoil(sqlite, "UPDATE basis_commencement SET start = 'soon'")
    assert (await standing(sqlite)).commenced == {}
    assert (await standing(sqlite)).faults == {"commencement-unreadable": 2}


async def test_what_cannot_be_read_is_told_in_log_and_metrics_once_per_change(tmp_path: Path) -> None:
    """By the watch of a running hub, as a code and a count: not with each look, and mended it is none."""
    async with open_hub(read_settings(None, env="development", data=tmp_path, sources=_no_sources(tmp_path))) as hub:
        stream = io.StringIO()
        observer = Observer(stream)
        watch = Watch(hub.policies, lambda _: None, Counting(hub.register, observer.unreadable).look)
        await hub.register.record_agreements(KEPT)
        await watch.look()
        assert stream.getvalue() == ""
        async with hub.database.begin() as connection:
            await connection.execute(text("UPDATE agreement SET status = 'Quillfeather' WHERE id = 'nhs-trust'"))
            await connection.execute(text("UPDATE governance_epoch SET value = value + 1"))
        for _ in range(3):
            assert await watch.look() == ""
        (line,) = map(json.loads, stream.getvalue().splitlines())
        assert (line["event"], line["code"], line["records"]) == ("records-unreadable", "agreement-unreadable", 1)
        assert b'hub_unreadable_records{code="agreement-unreadable"} 1.0' in observer.metrics()
        await hub.register.record_agreements(KEPT)
        await watch.look()
        assert json.loads(stream.getvalue().splitlines()[-1])["records"] == 0
        assert b'hub_unreadable_records{code="agreement-unreadable"} 0.0' in observer.metrics()
        assert "Quillfeather" not in stream.getvalue()


def _no_sources(folder: Path) -> Path:
    (folder / "sources").mkdir()
    return folder / "sources"


@pytest.mark.parametrize("child", ["maya", "rowan"])
async def test_what_does_not_rest_on_consent_is_answered(tmp_path: Path, child: str) -> None:
    """A section 47 question is answered though the child's consent cannot be read; early help is withheld, and why."""
    async with house(tmp_path) as home:
        said = replace(
            CONSENT, person_id=home.ids["maya"], services=frozenset(), recipients=frozenset(), kinds=frozenset(Kind)
        )
        await record_consent(home.acting, said, replace(OFFICER, organisation=agency("social-care")))
        await spoil(home.acting, "UPDATE consent SET services = 'TAROT'")
        sources = {s["source"]: s for s in (await home.person(child))["sources"]}
        assert sources["social-care"]["outcome"].value == "RECORDS"
        helped = (await home.person(who="early-help", purpose="EARLY_HELP"))["sources"]
        assert {s["reason"].value for s in helped if s["outcome"].value == "WITHHELD"} >= {"CONSENT_UNAVAILABLE"}
