"""Who can see a field."""
