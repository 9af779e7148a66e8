"""Measuring: how well people are told apart and found where the truth is known; none of it runs in the gateway."""
