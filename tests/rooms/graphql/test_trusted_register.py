"""The register of trusted documents on both databases."""

from hub.governance.acting import Acting
from hub.graphql.persisted import digest_of
from hub.graphql.schema import build_schema, core_of
from hub.graphql.trusted.document import TrustedDocument
from hub.graphql.trusted.manifests import Listed
from hub.graphql.trusted.register import Standing, TrustedRegister
from hub.graphql.trusted.registering import register, revoke
from schema.purposes import Purpose
from tests.rooms.audit.conftest import postgresql  # noqa: F401 -- a fixture is found by its name here
from tests.rooms.identity.partners import OFFICER, client_of
from tests.rooms.identity.test_partner_register import acting  # noqa: F401 -- the same

ME = "query Mine { me { name } }"


async def test_a_document_is_found_by_its_id_or_its_text_until_it_is_revoked(acting: Acting) -> None:  # noqa: F811 -- a fixture
    """And a client that ever had one is held to what it has, though that be nothing."""
    reads, client = TrustedRegister(acting.database), client_of("homes")
    assert await reads.find("homes", document="mine") is Standing.FREE
    listed = [Listed("mine", ME), Listed("other", "query Other { me { role } }")]
    await register(acting, OFFICER, core_of(build_schema()), client, listed, Purpose.SAFEGUARDING_TRIAGE, "")
    mine = TrustedDocument("homes", "mine", digest_of(ME), ME, Purpose.SAFEGUARDING_TRIAGE, "")
    assert await reads.find("homes", document="mine") == mine
    assert await reads.find("homes", digest=digest_of(ME)) == mine
    assert await reads.find("homes", document="third") is Standing.HELD
    assert await reads.find("homes") is Standing.HELD
    assert await reads.find("elsewhere", document="mine") is Standing.FREE
    await revoke(acting, OFFICER, "homes", [])
    assert await reads.find("homes", document="mine") is Standing.HELD
    assert [(one.id, one.revoked) for one in await reads.documents()] == [("mine", True), ("other", True)]
