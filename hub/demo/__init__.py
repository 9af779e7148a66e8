"""A synthetic place: families, agencies, staff. Nothing in it is real."""
