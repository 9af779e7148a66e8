"""The connected systems."""
