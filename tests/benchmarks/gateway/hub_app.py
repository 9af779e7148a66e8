"""The hub itself, everything on, over the benchmark's nine agencies as plain REST sources."""

import os
from pathlib import Path

from hub.app import create_app
from hub.settings import read_settings
from tests.benchmarks.gateway.hub_sources import write_sources

FOLDER = Path(os.environ["BENCH_FOLDER"])
PORTS = [int(p) for p in os.environ["BENCH_PORTS"].split()]

BUDGETS = """
[user]
people_hour = 1000000
people_day = 1000000
[client]
people_hour = 1000000
people_day = 1000000
[organisation]
people_hour = 1000000
people_day = 1000000
"""
"""A worker may not open a hundred children again and again; here they are counted like everybody, and not stopped."""

write_sources(FOLDER, PORTS)
(FOLDER / "budgets.toml").write_text(BUDGETS, "utf-8")

app = create_app(
    read_settings(
        {},
        env="development",
        data=FOLDER,
        budgets=FOLDER / "budgets.toml",
        answer_step=int(os.environ["BENCH_STEP"]) if "BENCH_STEP" in os.environ else None,
    )
)
