"""Statements anybody may read: accessibility, privacy, cookies, help, and what this is."""
