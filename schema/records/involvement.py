"""Involvements: which service, which people, since when. The core answer."""

from datetime import date

import strawberry

from schema.described import Described, closed_list
from schema.fields import held, part, record
from schema.kinds import Kind
from schema.labels import Label
from schema.records.provenance import Record
from schema.services import Service


@closed_list
class Status(Described):
    """Whether the service is involved now."""

    CURRENT = "CURRENT", "Involved now."
    HISTORIC = "HISTORIC", "Involved in the past."
    UNKNOWN = "UNKNOWN", "The source does not say."


@closed_list
class Threshold(Described):
    """The level of help, as in Working Together to Safeguard Children 2023."""

    UNIVERSAL = "UNIVERSAL", "Services open to every child."
    EARLY_HELP = "EARLY_HELP", "Early or family help, by agreement."
    CHILD_IN_NEED = "CHILD_IN_NEED", "Child in need (section 17)."
    CHILD_PROTECTION = (
        "CHILD_PROTECTION",
        "Child protection (section 47, child protection plan).",
    )
    LOOKED_AFTER = "LOOKED_AFTER", "Looked after by the local authority."
    CARE_LEAVER = "CARE_LEAVER", "Care leaver."


@closed_list
class PlanType(Described):
    """What kind of plan it is."""

    EARLY_HELP = "EARLY_HELP", "Early help plan."
    CHILD_IN_NEED = "CHILD_IN_NEED", "Child in need plan."
    CHILD_PROTECTION = "CHILD_PROTECTION", "Child protection plan."
    CARE = "CARE", "Care plan of a looked-after child."
    EHC = "EHC", "Education, health and care plan."
    YOUTH_JUSTICE = "YOUTH_JUSTICE", "Youth justice intervention plan."
    HOUSING = "HOUSING", "Personal housing plan."
    HEALTH = "HEALTH", "Health care plan."
    OTHER = "OTHER", "Another plan."


@record
@strawberry.type(description="A professional working, or who worked, with the child.")
class Professional(Record):
    """A professional and how to reach them."""

    name: str | None = held(kind=Kind.PROFESSIONAL, means="The professional's name.")
    role: str | None = held(
        kind=Kind.PROFESSIONAL,
        means="What they do for this child, in the service's own words.",
    )
    team: str | None = held(kind=Kind.PROFESSIONAL, means="Their team.")
    phone: str | None = held(kind=Kind.PROFESSIONAL, means="Work telephone number.")
    email: str | None = held(kind=Kind.PROFESSIONAL, means="Work e-mail address.")
    status: Status | None = held(kind=Kind.PROFESSIONAL, means="Whether they are working with the child now.")


@record
@strawberry.type(description="The team to ring when the professional cannot be reached.")
class DutyDesk(Record):
    """A team's duty desk."""

    team: str | None = held(kind=Kind.PROFESSIONAL, means="The team.")
    phone: str | None = held(kind=Kind.PROFESSIONAL, means="The duty desk's telephone number.")
    email: str | None = held(kind=Kind.PROFESSIONAL, means="The duty desk's e-mail address.")
    hours: str | None = held(kind=Kind.PROFESSIONAL, means="When it is staffed.")


@record
@strawberry.type(description="A plan the service has for the child.")
class Plan(Record):
    """A plan: that there is one, and what is in it."""

    type: PlanType | None = held(kind=Kind.CONTACT, means="What kind of plan it is.")
    start: date | None = held(kind=Kind.CONTACT, means="First day of the plan.")
    end: date | None = held(kind=Kind.CONTACT, means="Last day of the plan; none while it runs.")
    review_due: date | None = held(kind=Kind.DETAIL, means="When it is next to be reviewed.")
    category: str | None = held(
        kind=Kind.DETAIL,
        label=Label.SPECIAL_CATEGORY,
        means="The plan's category, such as neglect.",
    )
    goals: list[str] | None = held(kind=Kind.DETAIL, label=Label.SPECIAL_CATEGORY, means="What the plan aims at.")
    needs: list[str] | None = held(kind=Kind.DETAIL, label=Label.SPECIAL_CATEGORY, means="Needs the plan answers.")


@record
@strawberry.type(description="One service's involvement with the child.")
class Involvement(Record):
    """One service's involvement with the child."""

    service: Service | None = held(kind=Kind.EXISTENCE, means="Which service is involved.")
    status: Status | None = held(kind=Kind.EXISTENCE, means="Whether it is involved now.")
    sub_service: str | None = held(kind=Kind.CONTACT, means="Which part of the service, in its own words.")
    organisation: str | None = held(kind=Kind.CONTACT, means="The organisation, such as the school or trust.")
    team: str | None = held(kind=Kind.CONTACT, means="The team the child is with.")
    threshold: Threshold | None = held(kind=Kind.CONTACT, means="The level of help.")
    start: date | None = held(kind=Kind.CONTACT, means="First day of involvement.")
    end: date | None = held(kind=Kind.CONTACT, means="Last day of involvement; none while it is open.")
    last_interaction: date | None = held(kind=Kind.CONTACT, means="When the service last had contact with the child.")
    reason: str | None = held(
        kind=Kind.DETAIL,
        label=Label.SPECIAL_CATEGORY,
        means="Why the service is involved, in its own words.",
    )
    notes: str | None = held(
        kind=Kind.DETAIL,
        label=Label.SPECIAL_CATEGORY,
        means="Case notes given with the record.",
    )
    professionals: list[Professional] | None = part(means="Who works with the child, current first.", size=3)
    duty_desk: DutyDesk | None = part(means="Whom to ring when the professional cannot be reached.")
    plan: Plan | None = part(means="The plan the service has for the child.")
