"""The kinds of data: separate rights, from least to most intrusive."""

from schema.described import Described, closed_list


@closed_list
class Kind(Described):
    """A kind of data about a child. Each is a separate right."""

    IDENTITY = (
        "IDENTITY",
        "Who the person is: names, dates, addresses, identifiers and family.",
    )
    EXISTENCE = "EXISTENCE", "That a service knows the child at all."
    CONTACT = "CONTACT", "Basic data on contact with a service: dates, team, status."
    PROFESSIONAL = "PROFESSIONAL", "Who works with the child and how to reach them."
    DETAIL = "DETAIL", "Plan details, needs, strengths, flags and other case notes."
