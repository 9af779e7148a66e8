"""Bringing in an agreement."""
