"""The records information governance officers own: consent, agreements, policy versions."""
