"""Answers that arrive part by part: ``@defer`` and ``@stream``, so that fast agencies show first."""
