"""The agencies' systems: how each is asked. Imports the words and nothing else of ours."""
