"""`make bench`: the benchmarks of one run, side by side, as a table and as JSON.

make bench                       everything, three repeats
make bench ARGS="B1 B3 --repeats 1"
"""

import argparse
import json
import os
import time
from pathlib import Path

from tests.benchmarks import b1_acknowledge, b2_overhead, b9_newcomer
from tests.benchmarks.rows import Row, table

SUITES = {"B1": b1_acknowledge.run, "B2": b2_overhead.run, "B9": b9_newcomer.run}
ALIASES = {"B3": "B2"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure B1, B2, B3 and B9.")
    parser.add_argument("which", nargs="*", default=list(SUITES), help="B1, B2 (with B3) or B9; all without a name")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path, default=Path("var/bench.json"), help="where to write the figures")
    chosen = parser.parse_args()
    rows: list[Row] = []
    for name in dict.fromkeys(ALIASES.get(one.upper(), one.upper()) for one in chosen.which):
        started = time.monotonic()
        rows += SUITES[name](chosen.repeats)
        print(f"{name} took {time.monotonic() - started:.0f} s", flush=True)
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n\n{table(rows)}")
    chosen.json.parent.mkdir(parents=True, exist_ok=True)
    chosen.json.write_text(json.dumps(rows, indent=2), encoding="utf-8")
    print(f"\nwritten to {chosen.json}")


if __name__ == "__main__":
    main()
