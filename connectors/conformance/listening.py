"""Listening to everything a connector writes: log records at every level, standard output and standard error."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout


class Heard:
    """What was written while listening."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.stream = io.StringIO()

    def says(self, value: str) -> bool:
        """Whether a value was written anywhere."""
        return value in self.stream.getvalue()


class _Ear(logging.Handler):
    def __init__(self, heard: Heard) -> None:
        super().__init__(logging.DEBUG)
        self._heard = heard
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.stream.write(self.format(record) + "\n")
        self._heard.stream.write(f"{ {k: v for k, v in vars(record).items() if k != 'exc_info'} }\n")


@contextmanager
def listening() -> Iterator[Heard]:
    """Listen at the root logger, at every level, and put everything back afterwards."""
    heard = Heard()
    root, ear = logging.getLogger(), _Ear(heard)
    before = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(heard.stream), redirect_stderr(heard.stream):
            yield heard
    finally:
        root.removeHandler(ear)
        root.setLevel(before)
