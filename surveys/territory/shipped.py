"""The tables that come with the program."""

import csv
from datetime import date
from pathlib import Path

DATA = Path(__file__).parent / "data"
REFORM = date(2025, 7, 1)
LISTED_FROM = date(2025, 1, 1)  # the lists vouch for nothing before it
BATCH = 1000

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
