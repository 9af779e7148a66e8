"""The path of one question, one file a step."""
