"""The hub itself, everything on, over the benchmark's nine agencies as plain REST sources."""

import os
from pathlib import Path

from hub.app import create_app
from hub.settings import read_settings
from tests.benchmarks.gateway.hub_sources import write_sources

FOLDER = Path(os.environ["BENCH_FOLDER"])
PORTS = [int(p) for p in os.environ["BENCH_PORTS"].split()]

write_sources(FOLDER, PORTS)

app = create_app(read_settings({}, env="development", data=FOLDER))
