"""Watching: somebody is told when it changes who is involved with a child, by asking again every so often."""
