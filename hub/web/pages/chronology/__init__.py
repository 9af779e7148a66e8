"""What happened to a child, and when."""
