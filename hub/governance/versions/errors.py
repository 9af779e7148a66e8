"""Errors of versions, named by what is done next. They name versions, rules and columns, never a person's record."""


class VersionRefused(Exception):
    """Tell whoever asked: the step is not allowed, or what was given is not a version. Nothing was changed."""


class VersionDamaged(Exception):
    """Alarm: what the database holds of a version is not what was stored. It decides nothing."""
