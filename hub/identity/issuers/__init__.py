"""Issuers that people sign in at: what is configured of each, and how each is asked and believed."""
