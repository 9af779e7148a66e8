"""One cell of the glance, field by field."""
