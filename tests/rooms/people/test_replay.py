"""What was decided can be decided again from what is stored, to the byte, and says by which rule and version (L8)."""

import msgspec
from sqlalchemy import select

from connectors.contract import Name
from hub.keys import Keyring
from hub.people.compare import compare
from hub.people.entries import unseal
from hub.people.index import PersonIndex
from hub.people.profile import profile
from hub.people.rules import VERSION, Rule, judge
from hub.people.sealing import Place, Sealer
from hub.people.weights import shipped
from hub.store.database import Database
from hub.store.tables.people import AGENCY_LINK, PERSON_SOURCE
from tests.rooms.people.making import NHS, SOCIAL_CARE, made, take


# A stored link's evidence is what comparing its entries gives again, byte for byte, by the rule it names.
async def test_a_stored_decision_is_reproduced(index: PersonIndex, database: Database, keyring: Keyring) -> None:
    await take(index, "health", made(nhs=(NHS,), former=(Name("Amelia", "Nowak"),)))
    await take(index, "sc", made("7", given="Millie", family="Nowak", nhs=(NHS,)), service=SOCIAL_CARE)
    sealer = Sealer(keyring.kek)
    async with database.read() as connection:
        entries = {r.source_id: unseal(sealer, r) for r in await connection.execute(select(PERSON_SOURCE))}
        links = {r.entry_id: r for r in await connection.execute(select(AGENCY_LINK))}
    link = links[entries["sc"].id]
    key = sealer.unwrap(Place("agency_link", link.id, 1), link.key_ct)
    again = compare(profile((entries["sc"].traits,)), profile((entries["health"].traits,)), shipped())
    assert key.open("evidence_ct", link.evidence_ct) == msgspec.json.encode(again)
    assert judge(again).rule is Rule.R1
    assert (link.rule, link.rule_version) == (Rule.R1.value, f"{VERSION}/{shipped().version}")
