"""How something was decided."""
