"""What users think of the hub."""
