"""A whole question under agreements and consents about some fields: those are shown, and no others asked for."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from hub.answer.facts import FactsOf
from hub.answer.parts import DividedMask, parts_of
from hub.answer.question import Question, Wanted
from hub.governance.agreements import Agreement, Agreements, Status
from hub.governance.consent import Consent
from hub.governance.data_items import EVERY, EVERYTHING, DataItem
from hub.governance.givers import Capacity, GiverRelationship
from hub.governance.not_sharing import NotSharing, NotSharingReason
from hub.governance.ordered_rules import Mode
from hub.governance.standing import Standing
from policies.facts import ConsentState
from policies.service_mask import ServiceMask
from policies.verdicts import Verdict
from policies.vocabulary import EXISTENCE, Effect
from schema.fields import CATALOGUE, FieldId
from schema.kinds import Kind
from schema.labels import Label
from schema.purposes import Purpose
from tests.cast import NOW, SERVICES, agency, requester, source_config
from tests.house import House, house

EVERYDAY = frozenset({"EXISTENCE", "PROFESSIONAL", "IDENTITY"})


def signed(provider: str, items: tuple[DataItem, ...], consumer: str = "social-care") -> Agreement:
    return Agreement(
        f"{provider}>{consumer}",
        "Cast agreement",
        agency(provider),
        frozenset({agency(consumer)}),
        frozenset(Purpose),
        date(2020, 1, 1),
        date(2029, 1, 1),
        date(2030, 1, 1),
        items,
        Status.SIGNED,
    )


async def answered(home: House, *agreements: Agreement, **how: str) -> dict[str, Any]:
    await home.register.record_agreements(agreements)
    return await home.person(**how)


def withheld(person: dict[str, Any], source: str) -> dict[str, str]:
    return {w["path"]: w["code"].value for w in person["withheld"] if w["source"] == source}


def outcome(person: dict[str, Any], source: str) -> str:
    return next(s["outcome"].value for s in person["sources"] if s["source"] == source)


def kinds_asked(home: House, source: str) -> set[Kind]:
    return {CATALOGUE[f].kind for ask in home.connectors[source].asks for f in ask.fields}


async def test_only_fields_that_an_agreement_names_are_asked_for(tmp_path: Path) -> None:
    """The rest are withheld for want of an agreement; the worker still learns who is involved and whom to ring."""
    items = (DataItem(EVERY, EVERYDAY, EVERY), DataItem(EVERY, EVERY, frozenset({"DutyDesk.phone"}), Effect.DENY))
    async with house(tmp_path, agreements=False) as home:
        person = await answered(home, signed("housing", items))
        assert outcome(person, "housing") == "RECORDS"
        assert kinds_asked(home, "housing") == {Kind(k) for k in EVERYDAY}
        gaps = withheld(person, "housing")
        assert gaps["involvements.start"] == "NO_AGREEMENT"
        assert gaps["involvements.dutyDesk.phone"] == "NO_AGREEMENT"
        assert "involvements.professionals.phone" not in gaps
        (involvement,) = [i for i in person["involvements"] if i["service"] == "HOUSING"]
        assert involvement["professionals"][0]["phone"]
        assert (involvement["start"], involvement["dutyDesk"]) == (None, None)


async def test_without_existence_nothing_is_shown_and_nobody_is_asked(tmp_path: Path) -> None:
    """An agreement that names everything but that a service knows the child opens nothing of it."""
    kinds = frozenset(k.value for k in Mode.CONTENT.kinds)
    async with house(tmp_path, agreements=False) as home:
        person = await answered(home, signed("housing", (DataItem(EVERY, kinds, EVERY),)))
        assert outcome(person, "housing") == "WITHHELD"
        assert home.connectors["housing"].asks == []


async def test_an_agreement_for_one_service_is_none_for_another(tmp_path: Path) -> None:
    """What an agency agreed to of its health records it did not agree to of housing's."""
    item = DataItem(frozenset({"HEALTH"}), EVERY, EVERY)
    async with house(tmp_path, agreements=False) as home:
        person = await answered(home, signed("housing", (item,)))
        assert set(withheld(person, "housing").values()) == {"NO_AGREEMENT"}


async def test_consent_to_some_kinds_is_consent_to_those(tmp_path: Path) -> None:
    """The family agreed that it be known who helps them, and no more: the next kind waits for their word."""
    async with house(tmp_path, agreements=False) as home:
        consent = Consent(
            home.ids["maya"],
            "mother",
            ConsentState.GIVEN,
            frozenset(),
            frozenset({Purpose.EARLY_HELP}),
            frozenset(),
            "form",
            "worker",
            NOW,
            kinds=frozenset({Kind.EXISTENCE, Kind.PROFESSIONAL}),
            relationship=GiverRelationship.MOTHER,
            capacity=Capacity.PARENTAL_RESPONSIBILITY,
        )
        await home.register.record_consent(consent)
        others = [signed(s, (EVERYTHING,), "early-help") for s in SERVICES if s != "early-help"]
        person = await answered(home, *others, who="early-help", purpose="EARLY_HELP")
        asked = {kind for source in SERVICES if source != "early-help" for kind in kinds_asked(home, source)}
        assert asked == {Kind.EXISTENCE, Kind.PROFESSIONAL}
        assert "CONSENT_NOT_GIVEN" in withheld(person, "education").values()
        every = replace(consent, kinds=frozenset(), state=ConsentState.REFUSED, giver="father")
        await home.register.record_consent(every)
        home.connectors["education"].asks.clear()
        again = await home.person(who="early-help", purpose="EARLY_HELP")
        assert home.connectors["education"].asks == []
        assert set(withheld(again, "education").values()) == {"CONSENT_REFUSED"}


ALL = frozenset(CATALOGUE)
PHONE = FieldId("Professional.phone")


def test_a_field_of_no_part_is_refused() -> None:
    """Nothing that nobody thought of is shown, nor what is on no list."""
    mask = DividedMask(ALL, None, None, ())
    assert mask.permitted == frozenset()
    for field in (PHONE, EXISTENCE, FieldId("Nobody.nothing")):
        assert mask.decide(field).verdict is Verdict.WITHHOLD
    nothing = ServiceMask(ALL, None)
    asked_less = DividedMask(frozenset(), None, None, ((ALL, nothing),))
    assert asked_less.decide(PHONE, frozenset({Label.ORDINARY})).verdict is Verdict.WITHHOLD
    assert asked_less.existence.verdict is Verdict.WITHHOLD


def test_parts_come_in_one_order() -> None:
    """Which facts the ledger tells of a divided source is no matter of chance: existence's, then field by field."""
    mother = Consent(
        "a",
        "mother",
        ConsentState.GIVEN,
        frozenset(),
        frozenset({Purpose.EARLY_HELP}),
        frozenset(),
        "form",
        "worker",
        NOW,
        kinds=frozenset({Kind.DETAIL, Kind.IDENTITY}),
        relationship=GiverRelationship.MOTHER,
        capacity=Capacity.PARENTAL_RESPONSIBILITY,
    )
    father = replace(mother, giver="father", state=ConsentState.REFUSED, kinds=frozenset({Kind.IDENTITY}))
    unshared = NotSharing(
        "1",
        "a",
        agency("housing"),
        frozenset(),
        frozenset({Kind.PROFESSIONAL, Kind.DETAIL}),
        next(iter(NotSharingReason)),
        NOW.date(),
        NOW.date(),
        "x",
    )
    items = (DataItem(EVERY, EVERY, frozenset(sorted(ALL)[::2])),)
    asked = Question("r", requester("early-help"), Purpose.EARLY_HELP, "R", ("a",), Wanted(fields=ALL), NOW, 8.0)
    agreements = Agreements((signed("housing", items, "early-help"),))
    standing = Standing(1, "", agreements, (mother, father), (unshared,), now=int(NOW.timestamp()))
    facts, ids = FactsOf(frozenset("a"), frozenset(), asked, standing).at(source_config("housing")), frozenset("a")
    parts = parts_of(source_config("housing"), ids, facts, asked, standing)
    assert len(parts) > 4  # as many as there are, no two orders of them are likely to be the same by chance
    assert frozenset().union(*(fields for fields, _ in parts)) == ALL
    assert EXISTENCE in parts[0][0]
    firsts = [min(fields) for fields, _ in parts[1:]]
    assert firsts == sorted(firsts)


async def test_one_part_decides_as_no_parts_did(tmp_path: Path) -> None:
    """An agreement about everything, and one about everything by kind, are answered alike."""
    answers, provider = [], "housing"
    for n, items in enumerate(((EVERYTHING,), tuple(DataItem(EVERY, frozenset({k.value}), EVERY) for k in Kind))):
        async with house(tmp_path / str(n), agreements=False) as home:
            person = await answered(home, signed(provider, items))
            answers.append([(outcome(person, provider), withheld(person, provider))])
    assert answers[0] == answers[1]
