"""Trusted documents: what a partner's client may run, where an officer registered that for it."""
