"""The hub's own store: linkage keys, consent, agreements, policy versions and the audit ledger; no agency record."""
