"""One version and its life."""
