"""Ways to reach a system: each knows a protocol and no agency."""
