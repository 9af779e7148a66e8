"""``python -m tests.benchmarks [name …]``: run the benchmarks named, or all, and print their tables.

Numbers behind one name are handed to it: how many rounds, minutes or whatever it takes.
"""

import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(given: list[str]) -> int:
    """Run each benchmark in a process of its own."""
    names = [one for one in given if not one.replace(".", "", 1).isdigit()]
    numbers = given[len(names) :]
    if numbers and (len(names) != 1 or given[0] != names[0]):
        sys.stderr.write("numbers stand behind the name of one benchmark\n")
        return 2
    known = sorted(p.stem.removeprefix("bench_") for p in HERE.glob("bench_*.py"))
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.stderr.write(f"no benchmark is called {', '.join(unknown)}: choose from {', '.join(known)}\n")
        return 2
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    for name in names or known:
        print(f"## {name}\n", flush=True)
        done = subprocess.run([sys.executable, "-m", f"tests.benchmarks.bench_{name}", *numbers], check=False)
        if done.returncode:
            return done.returncode
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
