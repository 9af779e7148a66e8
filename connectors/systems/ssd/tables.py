"""SSD's tables by the column that says whom a row is about, and which part of the standard holds them.

Source: Standard Safeguarding Dataset v1.4.5. What their columns say is in episode_tables.py and event_tables.py.
"""

from dataclasses import dataclass
from enum import Enum

from connectors.systems.ssd.optional import KEYS, PERSONAL

PERSON = {
    "ssd_person": "pers_person_id",
    "ssd_linked_identifiers": "link_person_id",
    "ssd_family": "fami_person_id",
    "ssd_address": "addr_person_id",
    "ssd_contacts": "cont_person_id",
    "ssd_early_help_episodes": "earl_person_id",
    "ssd_cin_episodes": "cine_person_id",
    "ssd_cin_assessments": "cina_person_id",
    "ssd_cin_plans": "cinp_person_id",
    "ssd_s47_enquiry": "s47e_person_id",
    "ssd_initial_cp_conference": "icpc_person_id",
    "ssd_cp_plans": "cppl_person_id",
    "ssd_cla_episodes": "clae_person_id",
    "ssd_cla_placement": "clap_person_id",
    "ssd_missing": "miss_person_id",
    "ssd_permanence": "perm_person_id",
    "ssd_involvements": "invo_person_id",
    **{table: KEYS[table] for table in PERSONAL},
}

_EARLY_HELP = ("person", "linked_identifiers", "family", "address", "involvements", "early_help_episodes")
PARTS = {
    "social-care": (frozenset(PERSON) | frozenset(KEYS)) - {"ssd_early_help_episodes"},
    "early-help": frozenset(f"ssd_{t}" for t in _EARLY_HELP),
}


class Reference(Enum):
    """What a build fills a worker column with, whatever the foreign key says."""

    KEY = "professional id"
    STAFF = "staff id"
    WORDS = "description text"


@dataclass(frozen=True, slots=True)
class Worker:
    """A column that refers to a worker, and what they do for the child."""

    column: str
    reference: Reference
    role: str
