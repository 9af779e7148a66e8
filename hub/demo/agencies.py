"""The agencies of Brookshire, an invented place: their ids, names, sources and duty desks.

Phones are in the ranges kept for drama (01632 960xxx, 07700 900xxx), e-mail at ``example.org``: nobody can be rung.
"""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """The ids of the nine sources of the demo place."""

    SOCIAL_CARE = "social-care"
    EARLY_HELP = "early-help"
    EDUCATION = "education"
    SEND_NEET = "send-neet"
    YOUTH_JUSTICE = "youth-justice"
    UNIVERSAL = "universal"
    HOUSING = "housing"
    POLICE = "police"
    HEALTH = "health"


STAFF_DIRECTORY = "staff-directory"
"""The tenth system: it knows staff, no children, and serves the two social care databases."""

AS_OF_HOUR = 2
"""Every system of the demo was last brought up to date at two in the morning of the demo's today."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A duty desk: whom to ring at a team."""

    team: str
    phone: str
    email: str
    hours: str = "Mon-Fri 8.30-17.00"


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency that provides or asks: ``id`` is what agreements and credentials name."""

    id: str
    name: str
    source: Source
    domain: str
    desk: Desk


def _agency(source: Source, agency: str, name: str, domain: str, team: str, phone: int, hours: str = "") -> Agency:
    desk = Desk(team, f"01632 960{phone:03}", f"duty@{domain}", hours or "Mon-Fri 8.30-17.00")
    return Agency(agency, name, source, domain, desk)


AGENCIES: dict[Source, Agency] = {
    a.source: a
    for a in (
        _agency(
            Source.SOCIAL_CARE,
            "brookshire-social-care",
            "Brookshire Council Children's Social Care",
            "social-care.brookshire.example.org",
            "Front Door",
            1,
            "Every day, all hours",
        ),
        _agency(
            Source.EARLY_HELP,
            "brookshire-early-help",
            "Brookshire Council Early Help",
            "early-help.brookshire.example.org",
            "Early Help Hub",
            2,
        ),
        _agency(
            Source.EDUCATION,
            "brookshire-learning-trust",
            "Brookshire Learning Trust",
            "schools.brookshire.example.org",
            "Trust Safeguarding Office",
            3,
            "Term time, Mon-Fri 8.00-16.30",
        ),
        _agency(
            Source.SEND_NEET,
            "brookshire-send",
            "Brookshire Council SEND and Participation",
            "send.brookshire.example.org",
            "SEND Duty",
            4,
        ),
        _agency(
            Source.YOUTH_JUSTICE,
            "brookshire-youth-justice",
            "Brookshire Youth Justice Service",
            "yjs.brookshire.example.org",
            "Youth Justice Duty",
            5,
        ),
        _agency(
            Source.UNIVERSAL,
            "brookshire-childrens-centres",
            "Brookshire Children's Centres",
            "centres.brookshire.example.org",
            "Family Information Desk",
            6,
        ),
        _agency(
            Source.HOUSING,
            "brook-valley-homes",
            "Brook Valley Homes",
            "brook-valley-homes.example.org",
            "Tenancy Duty",
            7,
        ),
        _agency(
            Source.POLICE,
            "brookshire-police",
            "Brookshire Police",
            "brookshire-police.example.org",
            "Multi-agency Safeguarding Desk",
            8,
            "Every day, 7.00-23.00",
        ),
        _agency(
            Source.HEALTH,
            "brookshire-nhs-trust",
            "Brookshire Community Health NHS Trust",
            "brookshire-health.example.org",
            "Safeguarding Children Team",
            9,
        ),
    )
}
"""Every agency, by the source it owns."""
