"""What chance brings to the children of a made family: which services, when, for how long."""

from datetime import date, timedelta
from random import Random

from hub.demo import journeys
from hub.demo.agencies import Source
from hub.demo.journeys import SocialCareJourney
from hub.demo.lives import Diary, Life
from hub.demo.people import Family, Person, age_on, years_after
from hub.demo.workforce import worker_of

SOCIAL_CARE_FAMILIES = 0.34
EARLY_HELP_FAMILIES = 0.28
HOMELESS_TENANTS = 0.2
REGISTERED_AT_CENTRE = 0.6
SEND_CHILDREN = 0.17
POLICE_CHILDREN = 0.14
YOUTH_JUSTICE_CHILDREN = 0.09
CAMHS_CHILDREN = 0.12
SEXUAL_HEALTH_CHILDREN = 0.05
SPEECH_CHILDREN = 0.1
"""How often a family, tenant household or child (of the age for it) meets a service."""

CRIMINAL_AGE = 10
CAMHS_AGE = 7
CLINIC_AGE = 14
SCHOOL_AGE = 5
NEET_AGE = 16


def lives_of(family: Family, rng: Random, today: date) -> dict[str, Life]:
    """Give the lives of everybody in a family, by person key."""
    known = rng.random() < SOCIAL_CARE_FAMILIES
    helped = rng.random() < EARLY_HELP_FAMILIES
    homeless = family.tenants and rng.random() < HOMELESS_TENANTS
    lives: dict[str, Life] = {}
    for person in family.members:
        assert person.born is not None  # noqa: S101 -- chance makes no unborn children
        diary = Diary(today, person.born)
        if person.is_child:
            _childhood(diary, rng, known=known, helped=helped)
        if family.tenants:
            housed(diary, person, family, homeless=homeless)
        lives[person.key] = diary.life()
    return lives


def _childhood(diary: Diary, rng: Random, *, known: bool, helped: bool) -> None:
    journeys.childhood_health(diary, rng)
    journeys.schooling(diary, rng)
    if rng.random() < REGISTERED_AT_CENTRE:
        journeys.childrens_centre(diary, rng, diary.born + timedelta(days=rng.randint(20, 500)))
    if known:
        for _ in range(rng.choice((1, 1, 2, 3))):
            _meet_social_care(diary, rng)
    if helped:
        start = _some_day(diary, rng)
        reason = rng.choice(("Parenting support", "School attendance", "Housing and money", "Emotional wellbeing"))
        journeys.early_help(diary, rng, start, rng.randint(3, 14), reason, rng.choice(("Needs met", "Disengaged")))
    _special_needs(diary, rng)
    _police(diary, rng)
    _youth_justice(diary, rng)
    _clinics(diary, rng)


def _some_day(diary: Diary, rng: Random, age: float = 0) -> date:
    first = years_after(diary.born, age)
    return first + timedelta(days=rng.randint(0, max((diary.today - first).days, 0)))


def _meet_social_care(diary: Diary, rng: Random) -> None:
    depth = rng.choices(journeys.DEPTHS, (30, 15, 25, 20, 10))[0]
    journey = SocialCareJourney(
        _some_day(diary, rng),
        depth,
        rng.randint(5, 18),
        "RC8" if depth == "assessment" else rng.choice(("RC7", "RC9")),
        rng.choice(("NEG", "EMO", "PHY")),
    )
    journeys.social_care(diary, rng, journey, journeys.worry(rng))


def _special_needs(diary: Diary, rng: Random) -> None:
    if age_on(diary.born, diary.today) >= SCHOOL_AGE and rng.random() < SEND_CHILDREN:
        need, start = rng.choice(("SLCN", "SEMH", "ASD", "MLD", "SPLD")), _some_day(diary, rng, SCHOOL_AGE)
        diary.spell(Source.SEND_NEET, "need", start, None, code=f"{need} K")
        if rng.random() < 0.5:  # noqa: PLR2004 -- half of them go on to ask for a plan
            diary.spell(
                Source.SEND_NEET,
                "ehcp",
                start + timedelta(days=90),
                None,
                code=f"{need} Agreed",
                worker=worker_of(rng, "sen"),
            )
    if age_on(diary.born, diary.today) >= NEET_AGE and rng.random() < SEND_CHILDREN:
        start = _some_day(diary, rng, NEET_AGE)
        diary.spell(Source.SEND_NEET, "activity", start, None, code="540", worker=worker_of(rng, "participation"))


def _police(diary: Diary, rng: Random) -> None:
    if rng.random() >= POLICE_CHILDREN:
        return
    day = _some_day(diary, rng)
    diary.event(
        Source.POLICE,
        "notice",
        day,
        code=f"{rng.choice(('RED', 'AMBER', 'GREEN'))} Domestic incident",
        text="Children upstairs during an argument.",
        worker=worker_of(rng, "protection"),
    )
    if rng.random() < 0.4:  # noqa: PLR2004 -- some come to notice again
        diary.event(
            Source.POLICE,
            "incident",
            day + timedelta(days=rng.randint(10, 300)),
            code=f"{rng.choice(('VICTIM', 'WITNESS'))} Common assault",
            text="Statement taken.",
            worker=worker_of(rng, "neighbourhood"),
        )


def _youth_justice(diary: Diary, rng: Random) -> None:
    if age_on(diary.born, diary.today) <= CRIMINAL_AGE or rng.random() >= YOUTH_JUSTICE_CHILDREN:
        return
    day = _some_day(diary, rng, CRIMINAL_AGE)
    kind = rng.choice(("YC", "CR", "RO", "PREV"))
    diary.event(Source.YOUTH_JUSTICE, "offence", day, code=f"{rng.choice('1479')} {rng.randint(2, 5)} {kind}")
    diary.spell(
        Source.YOUTH_JUSTICE,
        "order",
        day + timedelta(days=20),
        day + timedelta(days=200),
        code=kind,
        worker=worker_of(rng, "yjs"),
    )


def _clinics(diary: Diary, rng: Random) -> None:
    age = age_on(diary.born, diary.today)
    for chance, oldest, what, team in (
        (CAMHS_CHILDREN, CAMHS_AGE, "CAMHS", "camhs"),
        (SEXUAL_HEALTH_CHILDREN, CLINIC_AGE, "Sexual health", "sexual-health"),
        (SPEECH_CHILDREN, 2, "Speech and language therapy", "speech"),
    ):
        if age >= oldest and rng.random() < chance:
            journeys.health_episode(diary, rng, what, team, _some_day(diary, rng, oldest), rng.randint(2, 12))
    if rng.random() < CAMHS_CHILDREN:
        diary.event(
            Source.HEALTH, "encounter", _some_day(diary, rng), code="EMER Emergency department", text="Head injury"
        )


def housed(diary: Diary, person: Person, family: Family, *, homeless: bool = False) -> None:
    """Write a tenant household's tenancies, one for each home, and maybe a homelessness case before the present one."""
    for home in person.homes:
        if home.kind == "HOME":
            officer = f"{'housing-north' if home.town < 'H' else 'housing-south'}-1"
            diary.spell(Source.HOUSING, "tenancy", home.start, home.end, code="SEC", worker=officer, text=home.uprn)
    if homeless and (mother := family.members[0]).homes:
        begun = mother.homes[0].start
        ended = begun + timedelta(days=80)
        diary.spell(Source.HOUSING, "homelessness", begun, ended, code="R OV", worker="homelessness-1")
