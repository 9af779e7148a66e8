"""The words: what may be asked about a child. Imports nothing of ours."""
