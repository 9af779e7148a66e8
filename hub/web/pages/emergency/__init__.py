"""Emergency access to one child's records."""
