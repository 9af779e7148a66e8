"""Who looked at a child."""
