"""What happened to the cast: each story written out by hand, on days counted from the demo's today."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from hub.demo import journeys
from hub.demo.agencies import Source
from hub.demo.chances import housed
from hub.demo.journeys import SocialCareJourney, Worry
from hub.demo.lives import Diary, Life
from hub.demo.people import Family, years_after

VIOLENCE = Worry("6", "N1", "3B", 'Police notice: step-father had "grabbed" mother; Maya rang 999.')
LATENESS = Worry("2A", "N1", "16A", "School worried about hunger and lateness.\nMaya often minds her brother.")
DRINKING = Worry("3B", "N5", "1C", "Health visitor reports drinking in the home.")


def lives_of(family: Family, today: date) -> dict[str, Life]:
    """Give the lives of everybody in a family of the cast, by person key."""
    lives: dict[str, Life] = {}
    for person in family.members:
        diary = Diary(today, person.born or today - timedelta(days=250))
        rng = Random(f"cast/{person.key}")
        if story := STORIES.get(person.key):
            story(diary, rng)
        if family.tenants:
            housed(diary, person, family)
        lives[person.key] = diary.life()
    return lives


def _main(diary: Diary, rng: Random) -> None:
    at = _aged(diary)
    journeys.childhood_health(diary, rng)
    journeys.childrens_centre(diary, rng, at(0.3), "plover-centre")
    journeys.schooling(diary, rng, "alder-primary", "brook-academy")
    journeys.social_care(diary, rng, SocialCareJourney(at(2.0), "contact"), DRINKING)
    journeys.social_care(diary, rng, SocialCareJourney(at(4.1), "assessment", 2, "RC8"), DRINKING)
    journeys.early_help(diary, rng, at(4.4), 11, "Parenting support", "Needs met")
    journeys.social_care(diary, rng, SocialCareJourney(at(8.7), "cin", 9, "RC9"), LATENESS)
    journeys.early_help(diary, rng, at(9.5), 8, "Step-down from social care", "Needs met")
    journeys.social_care(diary, rng, SocialCareJourney(diary.today - timedelta(days=200), "cp", 14), VIOLENCE)
    diary.spell(Source.SOCIAL_CARE, "missing", _ago(diary, 61), _ago(diary, 60), code="M Y N")
    journeys.early_help(diary, rng, _ago(diary, 250), 24, "Family conflict", "")
    _main_school(diary)
    _main_justice(diary)
    _main_police(diary)
    _main_health(diary, rng)
    diary.spell(Source.HOUSING, "homelessness", at(7.7), at(8.0), code="P EV", worker="homelessness-1")


def _aged(diary: Diary) -> Callable[[float], date]:
    return lambda years: years_after(diary.born, years)


def _ago(diary: Diary, days: int) -> date:
    return diary.today - timedelta(days=days)


def _main_school(diary: Diary) -> None:
    diary.event(Source.EDUCATION, "suspension", _ago(diary, 340), code="2", text="Persistent disruptive behaviour")
    diary.event(Source.EDUCATION, "suspension", _ago(diary, 95), code="1", text="Verbal abuse")
    diary.spell(
        Source.SEND_NEET, "need", years_after(diary.born, 7.2), None, code="SEMH K", text="Alder Primary School"
    )
    diary.spell(Source.SEND_NEET, "ehcp", _ago(diary, 420), None, code="SEMH Agreed", worker="sen-2")


def _main_justice(diary: Diary) -> None:
    diary.event(Source.YOUTH_JUSTICE, "offence", _ago(diary, 310), code="7 2 CR", text="Broken shop window")
    diary.event(Source.YOUTH_JUSTICE, "offence", _ago(diary, 88), code="4 3 YC", text="Shop theft")
    diary.spell(Source.YOUTH_JUSTICE, "order", _ago(diary, 300), _ago(diary, 210), code="CR", worker="yjs-2")
    diary.spell(Source.YOUTH_JUSTICE, "order", _ago(diary, 70), None, code="PREV", worker="yjs-prevention-1")


def _main_police(diary: Diary) -> None:
    source = Source.POLICE
    for days, code, text in (
        (2100, "AMBER Domestic incident", "Argument between adults; children asleep."),
        (201, "RED Domestic incident", "Mother assaulted; Maya rang 999."),
        (60, "AMBER Missing child found", "Found at a friend's; worried about going home."),
    ):
        diary.event(source, "notice", _ago(diary, days), code=code, text=text, worker="protection-1")
    diary.event(
        source, "incident", _ago(diary, 201), code="WITNESS Assault", text="Gave an account.", worker="protection-1"
    )
    diary.event(
        source, "incident", _ago(diary, 88), code="SUSPECT Shop theft", text="Youth caution.", worker="neighbourhood-2"
    )
    diary.event(
        source,
        "incident",
        _ago(diary, 45),
        code="WITNESS Intelligence report INTELLIGENCE",
        text="Named by a source.",
        worker="protection-2",
    )
    diary.spell(
        source,
        "missing",
        _ago(diary, 61),
        _ago(diary, 60),
        code="MEDIUM",
        text="Did not return from school.",
        worker="missing-1",
    )


def _main_health(diary: Diary, rng: Random) -> None:
    at = _aged(diary)
    journeys.health_episode(diary, rng, "Speech and language therapy", "speech", at(3.1), 8)
    journeys.health_episode(diary, rng, "CAMHS", "camhs", _ago(diary, 260), 40)
    journeys.health_episode(diary, rng, "Sexual health", "sexual-health", _ago(diary, 50), 12)
    for years, why in ((3.6, "Fall from height"), (9.1, "Burn to hand"), (13.2, "Self-harm")):
        diary.event(Source.HEALTH, "encounter", at(years), code="EMER Emergency department", text=why)
    diary.spell(
        Source.HEALTH, "flag", _ago(diary, 180), None, code="Safeguarding", text="Child protection plan in place"
    )


def _usual(diary: Diary, rng: Random) -> None:
    journeys.childhood_health(diary, rng)
    journeys.schooling(diary, rng)


def _brother(diary: Diary, rng: Random) -> None:
    _usual(diary, rng)
    journeys.social_care(diary, rng, SocialCareJourney(_ago(diary, 200), "cp", 14), VIOLENCE)


def _twin(diary: Diary, rng: Random) -> None:
    journeys.childhood_health(diary, rng)
    journeys.schooling(diary, rng, "ferry-primary")
    journeys.childrens_centre(diary, rng, diary.born + timedelta(days=90), "quarry-centre")
    journeys.early_help(diary, rng, _ago(diary, 600), 9, "Housing and money", "Needs met")
    journeys.social_care(diary, rng, SocialCareJourney(_ago(diary, 900), "referral"), LATENESS)


def _adopted_before(diary: Diary, rng: Random) -> None:
    source, taken, ordered = Source.SOCIAL_CARE, diary.born + timedelta(days=200), _ago(diary, 500)
    journeys.childrens_centre(diary, rng, diary.born + timedelta(days=40), "plover-centre")
    diary.spell(
        Source.HEALTH,
        "episode",
        diary.born + timedelta(days=9),
        ordered,
        code="Health visiting",
        worker="health-visiting-1",
    )
    journeys.social_care(diary, rng, SocialCareJourney(diary.born + timedelta(days=60), "cp", 5, "RC1"), DRINKING)
    diary.spell(source, "cla", taken, ordered, code="N1 E11", worker="looked-after-2")
    diary.spell(source, "legal", taken, ordered, code="C2")
    diary.spell(source, "placement", taken, years_after(taken, 1), code="U6 PR1 CARPL", place="BK7 2AB")
    diary.spell(source, "placement", years_after(taken, 1), ordered, code="A3 PR1 CARPL", place="BK8 4LN")
    diary.spell(source, "permanence", years_after(taken, 0.6), ordered, code="AO")
    diary.spell(source, "worker", taken, ordered, worker="adoption-1")


def _adopted_after(diary: Diary, rng: Random) -> None:
    ordered = _ago(diary, 500)
    diary.spell(Source.HEALTH, "episode", ordered, None, code="General practice", worker="practice-2")
    diary.spell(Source.HEALTH, "episode", ordered, None, code="School nursing", worker="school-nursing-1")
    diary.spell(
        Source.EDUCATION,
        "school",
        max(journeys.september(diary.born, 4.0), ordered),
        None,
        worker="saltergate-primary-1",
        place="saltergate-primary",
    )
    diary.event(
        Source.SOCIAL_CARE,
        "contact",
        _ago(diary, 30),
        code="2A INFORMATION_ADVICE",
        text="School asked for advice on life-story work.",
    )
    journeys.early_help(diary, rng, _ago(diary, 25), 12, "Parenting support", "")


def _refuge(diary: Diary, rng: Random) -> None:
    _usual(diary, rng)
    journeys.social_care(
        diary, rng, SocialCareJourney(_ago(diary, 125), "cin", 12), Worry("6", "N1", "3B", "Mother fled with Siân.")
    )
    diary.event(
        Source.POLICE,
        "notice",
        _ago(diary, 126),
        code="RED Domestic incident",
        text="Mother injured.",
        worker="protection-2",
    )
    diary.spell(Source.HEALTH, "restricted", _ago(diary, 118), None, code="R")


def _looked_after(diary: Diary, rng: Random) -> None:
    _usual(diary, rng)
    source, taken = Source.SOCIAL_CARE, _ago(diary, 1300)
    journeys.social_care(diary, rng, SocialCareJourney(_ago(diary, 1500), "cp", 72), LATENESS)
    diary.spell(source, "cla", taken, None, code="N1 S", worker="looked-after-3")
    diary.spell(source, "legal", taken, _ago(diary, 1100), code="C1")
    diary.spell(source, "legal", _ago(diary, 1100), None, code="C2")
    for start, end, code, where in (
        (1300, 1000, "U6 PR1 CREQB", "BK6 3DH"),
        (1000, 400, "U6 PR4 CHILD", "BK9 1PW"),
        (400, None, "K2 PR4 ", "BK5 8TR"),
    ):
        diary.spell(source, "placement", _ago(diary, start), _ago(diary, end) if end else None, code=code, place=where)
    diary.spell(source, "worker", taken, None, worker="looked-after-3")
    diary.spell(source, "chair", taken, None, worker="reviewing-2")
    for days in (330, 150, 20):
        diary.spell(source, "missing", _ago(diary, days), _ago(diary, days - 1), code="M Y Y")
        diary.spell(
            Source.POLICE,
            "missing",
            _ago(diary, days),
            _ago(diary, days - 1),
            code="HIGH",
            text="Left placement.",
            worker="missing-1",
        )
    journeys.health_episode(diary, rng, "CAMHS", "camhs", _ago(diary, 700), 36)
    diary.spell(Source.SEND_NEET, "ehcp", _ago(diary, 800), None, code="SEMH Agreed", worker="sen-1")
    diary.event(Source.YOUTH_JUSTICE, "offence", _ago(diary, 160), code="1 4 RO", text="Assault")
    diary.spell(Source.YOUTH_JUSTICE, "order", _ago(diary, 130), None, code="RO", worker="yjs-3")


def _step_down(diary: Diary, rng: Random) -> None:
    _usual(diary, rng)
    journeys.social_care(diary, rng, SocialCareJourney(_ago(diary, 420), "cin", 8, "RC9"), LATENESS)
    # The mother agreed to early help at the step-down, and withdrew her consent forty days ago.
    diary.spell(
        Source.EARLY_HELP,
        "episode",
        _ago(diary, 178),
        _ago(diary, 40),
        code="Consent withdrawn",
        text="Step-down from social care",
        worker="family-help-3",
        place="Family Help Central",
    )


def _unborn(diary: Diary, rng: Random) -> None:
    why = Worry("3E", "N5", "1C", "Midwife worried about an unborn baby; late booking.")
    journeys.social_care(diary, rng, SocialCareJourney(_ago(diary, 50), "cin", 10), why)


def _universal_only(diary: Diary, rng: Random) -> None:
    journeys.childrens_centre(diary, rng, diary.born + timedelta(days=120), "quarry-centre")


def _stranger(diary: Diary, rng: Random) -> None:
    _usual(diary, rng)
    journeys.social_care(diary, rng, SocialCareJourney(_ago(diary, 500), "assessment", 2, "RC8"), LATENESS)
    diary.event(
        Source.POLICE,
        "notice",
        _ago(diary, 505),
        code="GREEN Neighbour dispute",
        text="Words given.",
        worker="neighbourhood-1",
    )


STORIES: dict[str, Callable[[Diary, Random], None]] = {
    "cast-main": _main,
    "cast-main-brother": _brother,
    "cast-twin-a": _twin,
    "cast-twin-b": _twin,
    "cast-adopted-before": _adopted_before,
    "cast-adopted-after": _adopted_after,
    "cast-refuge": _refuge,
    "cast-looked-after": _looked_after,
    "cast-step-down": _step_down,
    "cast-unborn": _unborn,
    "cast-universal-only": _universal_only,
    "cast-stranger-a": _stranger,
    "cast-stranger-b": _stranger,
}
"""The stories by person key; adults have none of their own."""
