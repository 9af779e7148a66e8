"""Returns: statutory and standard files of a fixed layout, dropped whole in a folder and read whole.

A system says which files there are and how one set of them becomes rows; what every return promises is kept here,
once: the last good set stays and is marked stale, what is missing is said by its place, and nothing is copied to disk.
"""
