"""Judging emergency accesses that are over."""
