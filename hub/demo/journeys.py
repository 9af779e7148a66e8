"""Journeys through services that the cast and everybody else share: each writes one stretch of a life into a diary."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hub.demo.agencies import Source
from hub.demo.lives import Diary
from hub.demo.people import years_after
from hub.demo.workforce import CENTRES, PRIMARY_SCHOOLS, SECONDARY_SCHOOLS, worker_of

PRIMARY_AGE, SECONDARY_AGE, LEAVING_AGE = 4.6, 11.4, 18.0
SEPTEMBER = 9
MISSED = 0.2
"""How many appointments are missed."""
WORRIES = (
    ("6", "N1", "3B", 'Neighbour heard shouting; mother said "it was only a row".'),
    ("2A", "N1", "16A", "School worried about lateness, hunger and unwashed clothes."),
    ("3A", "N3", "4B", "GP reports that mother's low mood is affecting routines."),
    ("1C", "N5", "1C", "Grandmother worried about drinking at weekends.\nShe asked not to be named."),
    ("3F", "N4", "15A", "Attended A&E after self-harm; discharged to mother."),
    ("4", "N7", "7A", "Housing officer saw child caring for younger siblings."),
)
"""Who was worried (source code), the need, the factor and what was written."""


@dataclass(frozen=True, slots=True)
class Worry:
    """Why somebody got in touch with social care."""

    source: str
    need: str
    factor: str
    text: str


def worry(rng: Random) -> Worry:
    """Pick a worry."""
    return Worry(*rng.choice(WORRIES))


@dataclass(frozen=True, slots=True)
class SocialCareJourney:
    """How far and how long a referral went: ``depth`` is contact, referral, assessment, cin or cp."""

    start: date
    depth: str
    months: int = 6
    close: str = "RC7"
    category: str = "NEG"


DEPTHS = ("contact", "referral", "assessment", "cin", "cp")


def social_care(diary: Diary, rng: Random, journey: SocialCareJourney, why: Worry) -> None:
    """Write one journey through social care: contact, referral, assessment, and child in need or protection."""
    depth, start = DEPTHS.index(journey.depth), journey.start
    source, past = Source.SOCIAL_CARE, years_after(start, 0) < diary.today - timedelta(days=900)
    referred = "NEW_REFERRAL" if depth else rng.choice(("NFA", "INFORMATION_ADVICE", "EARLY_HELP"))
    diary.event(source, "contact", start, code=f"{why.source} {referred}", text=why.text)
    if not depth:
        return
    assessor = worker_of(rng, "assessment", past=past)
    closed = start + timedelta(days=(9, 47, journey.months * 30, journey.months * 30)[depth - 1])
    onward = "SINGLE_ASSESSMENT" if depth > 1 else "NFA"
    diary.spell(
        source,
        "referral",
        start + timedelta(days=1),
        closed,
        code=f"{why.source} {why.need} {journey.close} {onward}",
        text=why.text,
        worker=assessor,
    )
    diary.spell(source, "worker", start + timedelta(days=2), min(closed, start + timedelta(days=44)), worker=assessor)
    if depth > 1:
        finding = {"assessment": "NFA", "cin": "CIN_PLAN", "cp": "STRATEGY_DISCUSSION"}[journey.depth]
        diary.spell(
            source,
            "assessment",
            start + timedelta(days=3),
            start + timedelta(days=42),
            code=f"{finding} {why.factor}",
            text=f"Assessment completed. {why.text}",
            worker=assessor,
        )
    if journey.depth == "cin":
        plan_worker = worker_of(rng, "safeguarding", past=past)
        diary.spell(source, "cin", start + timedelta(days=44), closed, worker=plan_worker)
        diary.spell(source, "worker", start + timedelta(days=44), closed, worker=plan_worker)
    if journey.depth == "cp":
        protection(diary, rng, journey, closed)


def protection(diary: Diary, rng: Random, journey: SocialCareJourney, closed: date) -> None:
    """Write the child protection part of a journey: enquiry, conference, plan, then child in need until closure."""
    source, start = Source.SOCIAL_CARE, journey.start
    lead, chair = worker_of(rng, "safeguarding"), worker_of(rng, "reviewing")
    enquiry, conference = start + timedelta(days=5), start + timedelta(days=19)
    plan_end = start + timedelta(days=round((closed - start).days * 0.7))
    diary.spell(source, "s47", enquiry, enquiry + timedelta(days=8), code="CP_CONFERENCE", worker=lead)
    diary.event(source, "icpc", conference, code="CP_PLAN", text="Conference agreed a plan.", worker=chair)
    diary.spell(source, "cp", conference, plan_end, code=journey.category, worker=lead)
    diary.spell(source, "cin", plan_end, closed, worker=lead)
    diary.spell(source, "worker", enquiry, closed, worker=lead)
    diary.spell(source, "chair", conference, plan_end, worker=chair)


def early_help(diary: Diary, rng: Random, start: date, months: int, reason: str, ended: str) -> None:
    """Write an early help episode with its lead practitioner."""
    over = start + timedelta(days=months * 30)
    team = rng.choice(("family-help", "parenting"))
    worker = worker_of(rng, team)
    diary.spell(
        Source.EARLY_HELP, "episode", start, over, code=ended, text=reason, worker=worker, place="Family Help Central"
    )


def september(born: date, age: float) -> date:
    """Give the first school day after reaching an age."""
    day = years_after(born, age)
    return date(day.year if day.month < SEPTEMBER else day.year + 1, SEPTEMBER, 4)


def schooling(diary: Diary, rng: Random, primary: str = "", secondary: str = "") -> None:
    """Write a child's time at primary and secondary school."""
    into, onward = september(diary.born, PRIMARY_AGE - 0.6), september(diary.born, SECONDARY_AGE - 0.6)
    last = september(diary.born, LEAVING_AGE - 0.4) - timedelta(days=40)
    first = primary or rng.choice(PRIMARY_SCHOOLS)
    second = secondary or rng.choice(SECONDARY_SCHOOLS)
    diary.spell(
        Source.EDUCATION, "school", into, onward - timedelta(days=45), code="Transfer", worker=f"{first}-1", place=first
    )
    diary.spell(Source.EDUCATION, "school", onward, last, code="End of education", worker=f"{second}-3", place=second)


def childrens_centre(diary: Diary, rng: Random, start: date, centre: str = "") -> None:
    """Write a registration at a children's centre, and sessions until the child starts school."""
    where = centre or rng.choice(CENTRES)
    over = years_after(diary.born, PRIMARY_AGE)
    worker = worker_of(rng, where)
    diary.spell(Source.UNIVERSAL, "centre", start, over, code="Started school", worker=worker, place=where)
    for _ in range(rng.randint(1, 4)):
        day = start + timedelta(days=rng.randint(3, 500))
        session = rng.choice(("Stay and play", "Baby massage", "Rhyme time", "Weaning group"))
        if day < over:
            diary.event(Source.UNIVERSAL, "session", day, code=session, text="Joined in well.", worker=worker)


def childhood_health(diary: Diary, rng: Random) -> None:
    """Write what nearly every child has with the health service: surgery, health visitor, school nurse."""
    born, source = diary.born, Source.HEALTH
    diary.spell(source, "episode", born + timedelta(days=9), None, code="General practice", worker="practice-1")
    diary.spell(
        source,
        "episode",
        born + timedelta(days=11),
        years_after(born, 5),
        code="Health visiting",
        worker=worker_of(rng, "health-visiting"),
    )
    for days, what in (
        (11, "New birth visit"),
        (50, "Six week review"),
        (300, "One year review"),
        (800, "Two year review"),
    ):
        diary.event(source, "encounter", born + timedelta(days=days), code="HH Health visiting", text=what)
    diary.spell(
        source, "episode", years_after(born, 5), None, code="School nursing", worker=worker_of(rng, "school-nursing")
    )


def health_episode(diary: Diary, rng: Random, what: str, team: str, start: date, months: int) -> None:
    """Write an episode with a health team, and its appointments, one of which may be missed."""
    over = start + timedelta(days=months * 30)
    diary.spell(Source.HEALTH, "episode", start, over, code=what, worker=worker_of(rng, team))
    for n in range(min(months, 5)):
        day, missed = start + timedelta(days=14 + n * 28), rng.random() < MISSED
        said = "Did not attend" if missed else "Appointment attended"
        diary.event(Source.HEALTH, "encounter", day, code=f"{'DNA' if missed else 'AMB'} {what}", text=said)
