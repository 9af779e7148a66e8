"""``python -m tests.benchmarks [name …]``: run the benchmarks named, or all, and print their tables."""

import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> int:
    """Run each benchmark in a process of its own."""
    known = sorted(p.stem.removeprefix("bench_") for p in HERE.glob("bench_*.py"))
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.stderr.write(f"no benchmark is called {', '.join(unknown)}: choose from {', '.join(known)}\n")
        return 2
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    for name in names or known:
        print(f"## {name}\n", flush=True)
        done = subprocess.run([sys.executable, "-m", f"tests.benchmarks.bench_{name}"], check=False)
        if done.returncode:
            return done.returncode
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
