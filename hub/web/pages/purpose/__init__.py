"""Choosing why one asks: the purpose and the case, remembered for the session."""
