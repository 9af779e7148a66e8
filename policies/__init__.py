"""The rules: who may see which word, for what purpose, and why. Imports the words and nothing else of ours."""
