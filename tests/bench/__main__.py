"""`make bench`: every bench of the house, one after the other; or the ones that are named."""

import sys
from importlib import import_module
from importlib.util import find_spec

BENCHES = ("intake", "coverage")


def main() -> None:
    for name in sys.argv[1:] or BENCHES:
        if find_spec(f"tests.bench.{name}") is None:
            sys.exit(f"there is no bench {name}; choose from {', '.join(BENCHES)}")
        print(f"# {name}", flush=True)
        import_module(f"tests.bench.{name}").main([])


if __name__ == "__main__":
    main()
