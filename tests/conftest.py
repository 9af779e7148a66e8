"""What every test needs before any other is run."""

import os

# Imported now, not at the end of the run: on Python 3.11 parsing a module after greenlets have run (SQLAlchemy's)
# can raise a spurious SystemError, and pytest parses what it imports.
import hypothesis

hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")
