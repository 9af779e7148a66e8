"""The hub over the benchmark's nine agencies, served as ``hub serve`` serves it: one worker, everything on."""

import os
import sys
from pathlib import Path

from hub.commands.serve import listening, server
from hub.settings import read_settings
from tests.benchmarks.gateway.hub_sources import write_sources


def main() -> None:
    """Serve, and print the port."""
    folder = Path(os.environ["BENCH_FOLDER"])
    write_sources(folder, map(int, os.environ["BENCH_PORTS"].split()))
    settings = read_settings(env="development", data=folder, port=0, proxies="127.0.0.1")
    door = listening(settings)
    sys.stdout.write(f"{door.getsockname()[1]}\n")
    sys.stdout.flush()
    server(settings).run(sockets=[door])


if __name__ == "__main__":
    main()
