"""The ledger: what was asked, decided and released, append-only and verifiable."""

ORIGIN = "childrens-services-hub"
"""The hub's name as a log; a replica's log is ``ORIGIN/replica``."""
