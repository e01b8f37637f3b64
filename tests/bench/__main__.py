"""`make bench`: every bench of the house, one after the other; or the ones that are named.

python -m tests.bench [NAME ...]      python -m tests.bench NAME --option ...
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from itertools import takewhile

BENCHES = (
    "intake",
    "exports",
    "coverage",
    "small_areas",
    "synthetic_rounds",
    "intervals",
    "estimation",
    "points",
    "maps",
)


def main() -> None:
    names = list(takewhile(lambda word: not word.startswith("-"), sys.argv[1:]))
    options = sys.argv[1 + len(names) :]
    if options and len(names) != 1:
        sys.exit("name the one bench that the options are for")
    for name in names or BENCHES:
        if find_spec(f"tests.bench.{name}") is None:
            sys.exit(f"there is no bench {name}; choose from {', '.join(BENCHES)}")
        print(f"# {name}", flush=True)
        import_module(f"tests.bench.{name}").main(options)


if __name__ == "__main__":
    main()
