"""Decisions while the rules are switched and consent is withdrawn: ``python -m tests.rooms.versions.load [decisions]``.

Two replicas on one PostgreSQL answer questions without a pause. Meanwhile the rules are switched as fast as they go,
and consent is given and withdrawn. What holds is written down with its times, as is every answer: an answer must be,
source by source, what one version says that counted at some moment between the question and the answer. A question
that began after a change was acknowledged, and before the next began, has one right answer alone.
"""
