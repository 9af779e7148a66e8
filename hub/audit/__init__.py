"""The ledger: what was asked, decided and released, append-only and verifiable."""
