"""The professionals of every agency: who they are, their teams, and how to reach them. The same at every seed."""

from dataclasses import dataclass
from functools import cache
from random import Random

from hub.demo.agencies import AGENCIES, Source
from hub.demo.names import given_name, pick_heritage
from hub.demo.numbers import drama_mobile, drama_phone


@dataclass(frozen=True, slots=True)
class Team:
    """A team of an agency, a school or a children's centre."""

    key: str
    source: Source
    name: str
    job: str
    size: int
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Worker:
    """A professional. ``left`` says that they have gone: the directory then gives no phone or e-mail."""

    key: str
    source: Source
    team: Team
    given: str
    family: str
    job: str
    phone: str
    mobile: str
    email: str
    registration: str
    left: bool

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}"


TEAM_PLAN: tuple[tuple[str, Source, str, str, int], ...] = (
    ("front-door", Source.SOCIAL_CARE, "Front Door", "Social Worker", 4),
    ("assessment", Source.SOCIAL_CARE, "Assessment North", "Social Worker", 7),
    ("safeguarding", Source.SOCIAL_CARE, "Safeguarding East", "Social Worker", 7),
    ("looked-after", Source.SOCIAL_CARE, "Children Looked After", "Social Worker", 5),
    ("reviewing", Source.SOCIAL_CARE, "Reviewing and Conference Service", "Independent Reviewing Officer", 4),
    ("adoption", Source.SOCIAL_CARE, "Adoption and Permanence", "Adoption Social Worker", 3),
    ("family-help", Source.EARLY_HELP, "Family Help Central", "Lead Practitioner", 6),
    ("parenting", Source.EARLY_HELP, "Parenting Team", "Parenting Practitioner", 4),
    ("alder-primary", Source.EDUCATION, "Alder Primary School", "Designated Safeguarding Lead", 4),
    ("ferry-primary", Source.EDUCATION, "Ferry Road Primary School", "Designated Safeguarding Lead", 4),
    ("saltergate-primary", Source.EDUCATION, "Saltergate Primary School", "Designated Safeguarding Lead", 4),
    ("brook-academy", Source.EDUCATION, "Brookminster Academy", "Designated Safeguarding Lead", 4),
    ("harrow-high", Source.EDUCATION, "Harrowbeck High School", "Designated Safeguarding Lead", 4),
    ("granary-special", Source.EDUCATION, "Granary School", "Designated Safeguarding Lead", 4),
    ("sen", Source.SEND_NEET, "SEN Casework Team", "SEN Caseworker", 4),
    ("participation", Source.SEND_NEET, "Participation Team", "Personal Adviser", 3),
    ("yjs", Source.YOUTH_JUSTICE, "Youth Justice Casework", "Case manager", 5),
    ("yjs-prevention", Source.YOUTH_JUSTICE, "Turnaround", "Prevention worker", 3),
    ("plover-centre", Source.UNIVERSAL, "Plover Children's Centre", "Family Worker", 3),
    ("quarry-centre", Source.UNIVERSAL, "Quarry Children's Centre", "Family Worker", 3),
    ("housing-north", Source.HOUSING, "North Patch", "Housing Officer", 3),
    ("housing-south", Source.HOUSING, "South Patch", "Housing Officer", 3),
    ("homelessness", Source.HOUSING, "Housing Options", "Homelessness Officer", 2),
    ("neighbourhood", Source.POLICE, "Neighbourhood Policing", "Constable", 5),
    ("protection", Source.POLICE, "Child Protection Investigation", "Detective Constable", 4),
    ("missing", Source.POLICE, "Missing Persons Unit", "Sergeant", 2),
    ("practice", Source.HEALTH, "Millrace Surgery", "General Practitioner", 3),
    ("health-visiting", Source.HEALTH, "Health Visiting Brookminster", "Health Visitor", 4),
    ("school-nursing", Source.HEALTH, "School Nursing", "School Nurse", 3),
    ("camhs", Source.HEALTH, "CAMHS Brookshire", "CAMHS Practitioner", 3),
    ("sexual-health", Source.HEALTH, "Young People's Sexual Health Clinic", "Sexual Health Nurse", 2),
    ("paediatrics", Source.HEALTH, "Community Paediatrics", "Consultant Paediatrician", 2),
    ("speech", Source.HEALTH, "Speech and Language Therapy", "Speech and Language Therapist", 2),
    ("substance", Source.HEALTH, "Young People's Substance Service", "Substance Misuse Worker", 2),
    ("midwifery", Source.HEALTH, "Community Midwifery", "Midwife", 2),
)
"""Key, source, name, usual job and number of workers of every team."""

SCHOOL_JOBS = ("Designated Safeguarding Lead", "Headteacher", "Head of Year", "Attendance Officer")
"""The four staff a school has in the demo, in order."""

PRIMARY_SCHOOLS = ("alder-primary", "ferry-primary", "saltergate-primary")
SECONDARY_SCHOOLS = ("brook-academy", "harrow-high")
SPECIAL_SCHOOL = "granary-special"
CENTRES = ("plover-centre", "quarry-centre")

LEAVERS = 6
"""One worker in so many has left; the last of each team never has."""


@cache
def teams() -> dict[str, Team]:
    """Give every team by key."""
    made: dict[str, Team] = {}
    for serial, (key, source, name, job, size) in enumerate(TEAM_PLAN):
        domain = AGENCIES[source].domain
        made[key] = Team(key, source, name, job, size, f"01632 960{20 + serial:03}", f"{key}@{domain}")
    return made


@cache
def workers() -> dict[str, Worker]:
    """Give every worker by key (``<team>-<n>``, from 1)."""
    rng = Random("workforce")
    made: dict[str, Worker] = {}
    for team in teams().values():
        for n in range(1, team.size + 1):
            made[f"{team.key}-{n}"] = _worker(rng, team, n, serial=len(made))
    return made


def _worker(rng: Random, team: Team, n: int, serial: int) -> Worker:
    heritage = pick_heritage(rng)
    given, family = given_name(rng, heritage, rng.choice("FM")), rng.choice(heritage.families)
    school = team.source is Source.EDUCATION
    job = SCHOOL_JOBS[(n - 1) % len(SCHOOL_JOBS)] if school else team.job
    return Worker(
        key=f"{team.key}-{n}",
        source=team.source,
        team=team,
        given=given,
        family=family,
        job=job,
        phone=drama_phone(serial),
        mobile=drama_mobile(serial),
        email=f"worker{serial + 1}@{AGENCIES[team.source].domain}",
        registration=f"SW{700000 + serial * 37}" if "Social Work" in job or "Reviewing" in job else "",
        left=not school and n % LEAVERS == 1 and n < team.size and team.size >= LEAVERS,
    )


def worker_of(rng: Random, team: str, *, past: bool = False) -> str:
    """Pick a worker of a team; only past work may be a leaver's."""
    choice = [w.key for w in workers().values() if w.team.key == team and (past or not w.left)]
    return rng.choice(choice)
