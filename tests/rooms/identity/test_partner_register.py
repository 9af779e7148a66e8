"""The register of clients on both databases: what an officer may register, and assertions used up once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from hub.audit.ledger import Ledger
from hub.audit.pseudonyms import Pseudonyms
from hub.governance.acting import Acting, CannotBeDone
from hub.governance.agreements import Agreement
from hub.identity.partners import register as room
from hub.identity.partners.client import LONGEST, Method
from hub.identity.partners.limiting import LATELY, MOST, OF_ADDRESS, OF_ONE, WINDOW, Failures
from hub.identity.partners.register import PartnerRegister
from hub.identity.partners.registering import Wanted, register, registered, registered_at, revoke, rotate
from hub.identity.partners.secret import PREFIX, hashed, matches, new_secret
from hub.identity.partners.signing import SETTLED, PartnerKeys, make_keys
from hub.identity.requester import Bound
from hub.keys import KeysError, create_keys, read_keys
from hub.people.sealing import Sealer
from hub.store.database import Database
from hub.store.seconds import Now
from schema.purposes import Purpose
from tests.rooms.audit.conftest import postgresql  # noqa: F401 -- a fixture is found by its name here
from tests.rooms.identity.partners import OFFICER, client_of, key, published
from tests.rooms.store.databases import upgraded_database, upgraded_file

PEPPER = bytes(32)
AGREEMENT = Agreement(
    "dsa-1",
    "t",
    "brookshire-nhs",
    frozenset({"made-up-homes"}),
    frozenset(Purpose),
    date(2020, 1, 1),
    date(2098, 1, 1),
    date(2099, 1, 1),
)


@pytest.fixture(params=["sqlite", "postgresql"])
async def acting(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Acting]:
    """Act on a database of each kind in turn."""
    if request.param == "sqlite":
        url = await upgraded_file(tmp_path / "hub.db")
    else:
        url = await upgraded_database(str(request.getfixturevalue("postgresql")))
    create_keys(tmp_path / "keys")
    keyring = read_keys(tmp_path / "keys")
    database = Database(url)
    clock = lambda: datetime.now(UTC)  # noqa: E731 -- a clock
    ledger = await Ledger.open(database, keyring, replica="test-1", clock=clock)
    yield Acting(database, ledger, Pseudonyms(keyring), Sealer(keyring.kek), clock)
    await ledger.close()
    await database.close()


async def test_a_client_lives_and_is_revoked(acting: Acting) -> None:
    """What was registered is what is read, until it is revoked; its id is never given again."""
    found, own = PartnerRegister(acting.database), key()
    bound = Bound(frozenset({Purpose.EARLY_HELP}), frozenset({"dsa-1"}), frozenset({"housing", "gp"}))
    wanted = client_of("cms", own, bound=bound, method=Method.SECRET, on_behalf_of=True, certificate="x")
    secret = await register(acting, OFFICER, Wanted(wanted, published([own])), PEPPER, [AGREEMENT], frozenset())
    assert secret is not None
    assert secret.startswith(PREFIX)
    read = await found.client("cms")
    assert read is not None
    assert replace(read, secrets=(), keys={}) == replace(wanted, keys={})
    assert (list(read.keys), read.secrets) == ([own.kid], (hashed(PEPPER, "cms", secret),))
    by, _, secrets = await registered_at(acting, "cms")
    assert (by, secrets) == (OFFICER.subject, 1)
    await rotate(acting, OFFICER, await registered(acting, "cms"), PEPPER, None, 1)
    assert len((await found.clients())[0].secrets) == 2
    await revoke(acting, OFFICER, "cms")
    read = await found.client("cms")
    assert read is not None
    assert (read.revoked, read.secrets) == (True, ())
    for name, code in (("cms", "client-revoked"), ("nobody", "no-such-client"), ("' OR 1", "no-such-client")):
        with pytest.raises(CannotBeDone) as refused:
            await registered(acting, name)
        assert refused.value.code == code
    with pytest.raises(CannotBeDone, match="already"):
        await register(acting, OFFICER, Wanted(client_of("cms")), PEPPER, [], frozenset())
    assert await found.client("nobody") is None


async def test_of_a_hundred_at_once_one_uses_an_assertion(acting: Acting) -> None:
    """However many replicas are shown it at one moment; what is over is cleared away."""
    one, other = PartnerRegister(acting.database), PartnerRegister(Database(acting.database.url))
    used = await asyncio.gather(*((one, other)[n % 2].use("cms", "the-same", 60) for n in range(20)))
    assert sum(used) == 1
    assert await one.use("another", "the-same", -5)
    assert await one.use("cms", "x\ud800", 60)
    async with acting.database.read() as connection:
        count = (await connection.execute(select(func.count()).select_from(room.ASSERTION))).scalar_one()
        over = select(func.count()).where(room.ASSERTION.c.until < Now())
        assert (count, (await connection.execute(over)).scalar_one()) == (2, 0)
    await other._database.close()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": "Bad Id"}, "small letters"),
        ({"name": " "}, "--name"),
        ({"organisation": "Not One"}, "agency's id"),
        ({"role": "director"}, "--role"),
        ({"role": "ig-officer"}, "no system is"),
        ({"id": "web"}, "the hub itself"),
        ({"bound": Bound(frozenset(), frozenset(), frozenset({"x"}))}, "--purpose"),
        ({"bound": Bound(frozenset(Purpose), frozenset(), frozenset())}, "--source"),
        ({"bound": Bound(frozenset(Purpose), frozenset({"dsa-2"}), frozenset({"x"}))}, "no agreement dsa-2"),
        ({"bound": Bound(frozenset(Purpose), frozenset({"dsa-1"}), frozenset({"x"})), "organisation": "b"}, "consumes"),
        ({"lifetime": LONGEST + 1}, "--lifetime"),
        ({"method": Method.KEY}, "--jwks"),
        ({"on_behalf_of": True}, "vouched"),
        ({"method": Method.CERTIFICATE}, "--certificate"),
    ],
    ids=range(14),
)
async def test_what_could_not_be_held_to_is_not_registered(acting: Acting, changed: dict[str, Any], said: str) -> None:
    """Each is said in words that name the option, and nothing is written."""
    with pytest.raises(CannotBeDone, match=said):
        await register(acting, OFFICER, Wanted(client_of("cms", **changed)), PEPPER, [AGREEMENT], frozenset())
    assert await PartnerRegister(acting.database).clients() == []


async def test_a_client_without_a_secret_is_given_none(acting: Acting) -> None:
    """Its keys rotate and no secret comes about."""
    own = key()
    assert (
        await register(acting, OFFICER, Wanted(client_of("cms", own), published([own])), PEPPER, [], frozenset())
        is None
    )
    with pytest.raises(CannotBeDone, match="--jwks"):
        await rotate(acting, OFFICER, await registered(acting, "cms"), PEPPER, None, 24)


def test_a_secret_is_of_its_client_and_its_hub() -> None:
    """A hash is no other client's, and of no use with another key."""
    secret = new_secret()
    assert matches(PEPPER, "cms", secret, ("x", hashed(PEPPER, "cms", secret)))
    for pepper, client in ((PEPPER, "other"), (b"1" * 32, "cms")):
        assert not matches(pepper, client, secret, (hashed(PEPPER, "cms", secret),))
    assert not matches(PEPPER, "cms", secret, ())


def test_failures_are_forgotten_and_bounded() -> None:
    """A minute later the client may try again; an hour later it is no longer at home; memory has an end."""
    now = [0.0]
    failures = Failures(lambda: now[0])
    failures.succeeded("home", "here")
    told = [failures.failed("cms", "here") for _ in range(OF_ADDRESS)]
    assert (told.index(True), sum(told)) == (OF_ONE - 1, 2)
    assert [failures.barred(*p) for p in (("cms", "here"), ("x", "here"), ("home", "here"), ("cms", "there"))] == [
        True,
        True,
        False,
        False,
    ]
    now[0] = WINDOW
    assert not failures.barred("cms", "here")
    now[0] = LATELY
    for n in range(OF_ADDRESS):
        failures.failed(str(n), "here")
    assert failures.barred("home", "here")
    for n in range(MOST + 5):
        failures.failed("", str(n))
    assert len(failures._failed) <= MOST


async def test_keys_that_sign_are_whole_or_refused(tmp_path: Path) -> None:
    """The newest of two signs once it is settled, a broken file stops the start and not a hub that runs."""
    now = [1_000.0]
    with pytest.raises(KeysError, match="no signing key"):
        PartnerKeys(tmp_path)
    first = make_keys(tmp_path, now[0])
    keys = PartnerKeys(tmp_path, lambda: now[0])
    assert keys.signer.kid == first
    made = [make_keys(tmp_path, now[0]) for _ in range(2)]
    assert (await keys.key(made[1])) is None
    now[0] += 5
    assert (await keys.key(made[1])) is not None
    assert [one["kid"] for one in keys.published] == made
    assert keys.signer.kid == made[0]
    now[0] += SETTLED
    assert keys.signer.kid == made[1]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}  # noqa: ASYNC240 -- a few files
    broken = tmp_path / "signing-0004.json"
    for text in ("{}", '{"made": 1, "key": {}}', published([key()])):
        broken.write_text(text)
        with pytest.raises(KeysError, match="signing-0004"):
            PartnerKeys(tmp_path)
    now[0] += 5
    assert keys.signer.kid == made[1]
    broken.unlink()
    (tmp_path / "secrets.key").write_text("short")
    with pytest.raises(KeysError, match=r"secrets\.key"):
        PartnerKeys(tmp_path)
