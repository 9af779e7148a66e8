"""Simulate: what a version of the rules means, before it counts. Pure: rulebooks and facts in, findings out."""
