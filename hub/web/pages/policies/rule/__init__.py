"""One rule, and changing it."""
