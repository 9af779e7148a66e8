"""Unusual use."""
