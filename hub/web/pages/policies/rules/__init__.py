"""The rules of a version."""
