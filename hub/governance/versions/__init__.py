"""Versions of the rules: each kept whole and for ever, taken step by step from a draft to the one that counts."""
