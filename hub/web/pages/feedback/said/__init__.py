"""What users said, for officers."""
