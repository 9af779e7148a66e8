"""What can go wrong at an agency's system, and over what the hub asks it."""

from enum import StrEnum


class Transport(StrEnum):
    """How an agency's system is asked."""

    SQL = "sql"
    REST = "rest"
    FHIR = "fhir"
    FILES = "files"
    GRAPHQL = "graphql"


class Fault(StrEnum):
    """What is wrong with it, in the words of the table."""

    NONE = "nothing"
    REFUSED = "connection refused"
    RESET = "reset mid-body"
    DRIP = "slow drip"
    HANG = "hang"
    ERROR = "500, an error inside"
    BUSY = "429, too many"
    REDIRECT = "redirect"
    TLS = "bad TLS"
    NOT_JSON = "invalid JSON"
    NOT_XML = "invalid XML"
    ENCODING = "wrong encoding"
    HUGE = "100 MB"
    BOMB = "gzip bomb"
    STRANGER = "wrong person"
    TWICE = "duplicate rows"
    DRIFT = "schema drift"
    CLOCK = "clock skew"


WEB = (Transport.REST, Transport.FHIR, Transport.GRAPHQL)

ASKED = "P1"
OWN = "North Quayside"
"""A value of the person asked about: in their records, and nowhere else."""
STRANGER = "P2"
SECRET = "Marchbanks 999 000 0018"
"""A value of somebody else, also in every error's text: nowhere at all. The number is from the range for tests."""
MEGABYTE = 1024 * 1024
HUGE = 100 * MEGABYTE
