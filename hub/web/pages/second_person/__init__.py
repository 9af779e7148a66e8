"""A second person agrees to a colleague's look."""
