"""Changing a rule, or writing one."""
