"""What a family is told."""
