"""Who is involved with a child."""
