"""A chronology that a worker drew up and keeps: opened again as the rules are now."""
