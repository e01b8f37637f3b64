"""The arguments of `manage.py areas map` and `areas print`, and what they ask for."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maps.specification import Language, Unit
from surveys.results.area_days import day
from surveys.results.map_files import COLUMNS, PRESETS, Wanted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of `areas map`."""
    add_common(parser)
    parser.add_argument("--to", type=Path, required=True, help="HTML to write")
    parser.add_argument("--beside", type=Path, help="a second CSV for a second panel")


def add_common(parser: argparse.ArgumentParser) -> None:
    """Those that say what the figures of a file are."""
    parser.add_argument("file", type=Path, help=f"CSV with {', '.join(COLUMNS)} (first two needed)")
    parser.add_argument("--title", required=True, help="what the figures are, in Vietnamese")
    parser.add_argument("--title-en", default="", help="the same in English")
    parser.add_argument("--unit", choices=[each.value for each in Unit], default=Unit.SHARE.value)
    parser.add_argument(
        "--breaks",
        type=_breaks,
        default=PRESETS["satisfaction"],
        help="satisfaction, readiness, or the inner bounds of the classes: 0.2,0.4,0.6",
    )
    parser.add_argument("--goal", type=float, help="target to judge each area's interval by")
    parser.add_argument("--period", default="", help="when the figures were collected")
    parser.add_argument("--source", default="", help="where the figures come from")
    parser.add_argument("--on", type=day, help="day of the codes in the file")
    parser.add_argument("--base", default="", help="whom the figures are about")
    parser.add_argument("--kind", default="", help="kind of figure: direct estimate, model, count")
    parser.add_argument("--lang", choices=[each.value for each in Language], default="vi")


def wanted(options: Mapping[str, Any]) -> Wanted:
    """What was asked for."""
    breaks, unit = options["breaks"], Unit(options["unit"])
    if unit is Unit.SCORE and max(breaks) <= 1:  # the policy bounds, on a scale of 0 to 100
        breaks = tuple(round(100 * each, 6) for each in breaks)
    return Wanted(
        title_vi=options["title"],
        title_en=options["title_en"],
        unit=unit,
        breaks=breaks,
        period=options["period"],
        source=options["source"],
        goal=options["goal"],
        on=options["on"],
        language=options["lang"],
        base=options["base"],
        kind=options["kind"],
    )


def _breaks(said: str) -> tuple[float, ...]:
    if said in PRESETS:
        return PRESETS[said]
    try:
        return tuple(float(part) for part in said.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{said!r} are no numbers such as 0.2,0.4") from error
