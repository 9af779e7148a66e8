"""Who is asked about: the index, matching and search."""
