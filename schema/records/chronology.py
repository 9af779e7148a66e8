"""Chronology events: what happened, when, and what was done."""

import datetime as dt

import strawberry

from schema.described import Described, closed_list
from schema.fields import held, record
from schema.kinds import Kind
from schema.labels import Label
from schema.records.provenance import Record
from schema.services import Service


@closed_list
class EventKind(Described):
    """What kind of event it is; the order is that of events on the same day."""

    CONTACT = "CONTACT", "A contact with the service."
    REFERRAL = "REFERRAL", "A referral."
    EARLY_HELP_START = "EARLY_HELP_START", "Early help began."
    EARLY_HELP_END = "EARLY_HELP_END", "Early help ended."
    ASSESSMENT_START = "ASSESSMENT_START", "An assessment began."
    ASSESSMENT_END = "ASSESSMENT_END", "An assessment was authorised."
    SECTION_47 = "SECTION_47", "A section 47 enquiry."
    CONFERENCE = "CONFERENCE", "An initial child protection conference."
    CHILD_IN_NEED_START = "CHILD_IN_NEED_START", "A child in need plan began."
    CHILD_IN_NEED_END = "CHILD_IN_NEED_END", "A child in need plan ended."
    CHILD_PROTECTION_START = "CHILD_PROTECTION_START", "A child protection plan began."
    CHILD_PROTECTION_END = "CHILD_PROTECTION_END", "A child protection plan ended."
    LOOKED_AFTER_START = "LOOKED_AFTER_START", "The child became looked after."
    PLACEMENT = "PLACEMENT", "A placement began or changed."
    LOOKED_AFTER_END = "LOOKED_AFTER_END", "The child ceased to be looked after."
    SCHOOL_START = "SCHOOL_START", "The child joined a school."
    SCHOOL_END = "SCHOOL_END", "The child left a school."
    EXCLUSION = "EXCLUSION", "A suspension or exclusion."
    EHC = "EHC", "A step towards or in an education, health and care plan."
    NOT_IN_EDUCATION = "NOT_IN_EDUCATION", "Not in education, employment or training."
    YOUTH_JUSTICE = "YOUTH_JUSTICE", "A youth justice outcome or intervention."
    UNIVERSAL = "UNIVERSAL", "Contact with a universal service."
    TENANCY = "TENANCY", "A tenancy began or ended."
    HOMELESSNESS = "HOMELESSNESS", "A homelessness duty began or ended."
    POLICE_INCIDENT = "POLICE_INCIDENT", "A police incident or notice."
    MISSING = "MISSING", "A missing episode."
    HEALTH_CONTACT = "HEALTH_CONTACT", "A health contact or attendance."
    HEALTH_EPISODE = "HEALTH_EPISODE", "An episode of health care began or ended."
    OTHER = "OTHER", "Another event."


@closed_list
class Impact(Described):
    """How the source says the event bore on the child."""

    POSITIVE = "POSITIVE", "Good for the child."
    NEGATIVE = "NEGATIVE", "Harmful to the child."
    NEUTRAL = "NEUTRAL", "Neither."
    UNKNOWN = "UNKNOWN", "The source does not say."


@record
@strawberry.type(description="Something that happened, as one source holds it.")
class ChronologyEvent(Record):
    """Something that happened."""

    date: dt.date | None = held(kind=Kind.CONTACT, means="When it happened.")
    end_date: dt.date | None = held(kind=Kind.CONTACT, means="When it ended, where it lasted.")
    service: Service | None = held(kind=Kind.EXISTENCE, means="Which service recorded it.")
    kind: EventKind | None = held(kind=Kind.CONTACT, means="What kind of event it is.")
    title: str | None = held(kind=Kind.CONTACT, means="What happened, in a few plain words.")
    summary: str | None = held(
        kind=Kind.DETAIL,
        label=Label.SPECIAL_CATEGORY,
        means="What the source writes about it.",
    )
    impact: Impact | None = held(kind=Kind.DETAIL, means="How the source says it bore on the child.")
    needs: list[str] | None = held(kind=Kind.DETAIL, label=Label.SPECIAL_CATEGORY, means="Needs it shows.")
    strengths: list[str] | None = held(kind=Kind.DETAIL, means="Strengths it shows.")
    action_taken: str | None = held(kind=Kind.DETAIL, label=Label.SPECIAL_CATEGORY, means="What was done.")
    outcome: str | None = held(kind=Kind.DETAIL, label=Label.SPECIAL_CATEGORY, means="What came of it.")
