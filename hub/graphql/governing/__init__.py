"""Governing over GraphQL: what the command line does, for officers and workers entitled, by the same rooms."""
