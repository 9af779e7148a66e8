"""Whether what may not be told of can be told by the clock. Run by ``python -m tests.timing``; it prints a table."""
