"""Simulated rounds against the truth: bias, variance and coverage of all that a round publishes.

    python -m tests.bench coverage [--rounds 500] [--processes 2] [--design 5x24] [--first 0]
                                   [--json FILE]

docs/coverage.md reads the figures.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import django

# each worker has one core; threads inside would only fight for it
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
# models are imported on the way to the recipe; no database is opened
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
NOTHING_KEPT = tempfile.TemporaryDirectory(prefix="khaosat-coverage-")
os.environ.setdefault("KHAOSAT_HOME", NOTHING_KEPT.name)
django.setup()

from tests.bench.coverage_rounds import tables  # noqa: E402 - models need the setup above
from tests.bench.coverage_rounds.simulation import DESIGNS, simulate  # noqa: E402 - as above
from tests.bench.coverage_rounds.summary import LEAST, Measured  # noqa: E402 - as above


def main(arguments: list[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    if asked.rounds < LEAST or asked.processes < 1 or asked.first < 0:
        sys.exit(f"ask for at least {LEAST} rounds from number 0 on, and one process")
    stray = set(asked.design or ()) - set(DESIGNS)
    if stray:
        sys.exit(f"there is no design {', '.join(stray)}; choose from {', '.join(DESIGNS)}")
    found = {}
    begun = time.monotonic()
    numbers = range(asked.first, asked.first + asked.rounds)
    for name, rounds in simulate(asked.design or list(DESIGNS), numbers, asked.processes):
        measured = Measured.of(rounds)
        found[name] = tables.as_json(measured)
        print(f"\n## {name}: {tables.words(name)}, {asked.rounds} rounds")
        for title, lines in (
            ("by level and class", tables.by_class(measured)),
            ("what is shown, by kind of interval", tables.by_interval(measured)),
            ("for comparison: by the width of the interval", tables.by_width(measured)),
            ("what is shown: coverage %, error/SE, variance ratio", tables.by_indicator(measured)),
            ("outside 93–97 % or biased by over 0.1 SE", tables.remarkable(measured)),
        ):
            print(f"\n{title}")
            print("\n".join(lines) or "nothing", flush=True)
    print(f"\n{time.monotonic() - begun:.0f} s")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests.bench coverage", description=__doc__)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--first", type=int, default=0, help="number of the first round")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--design", action="append", help="one design only; may be repeated")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    return parser


if __name__ == "__main__":
    main()
