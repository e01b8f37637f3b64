"""Any figures by commune, from a CSV, as a printed map or as data: `manage.py areas print`."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from maps.data_files import figures_table, geojson
from maps.data_files_geopackage import geopackage
from maps.print_files import Format, print_map
from maps.print_sheet import Orientation, Paper, Sheet
from surveys.collection.refusal import Refused
from surveys.collection.spreadsheets import as_text
from surveys.results import map_arguments, map_files
from surveys.results.map_files import FileMaps, read_maps

DATA: Final = ("gpkg", "geojson", "csv")
SUFFIXES: Final = (*(each.value for each in Format), *DATA)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the map says, and on which paper."""

    said: map_files.Wanted
    sheet: Sheet = field(default_factory=Sheet)
    view: str = "policy"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `areas print`."""
    map_arguments.add_common(parser)
    parser.add_argument("--to", type=Path, required=True, help=f"one of .{', .'.join(SUFFIXES)}")
    parser.add_argument("--paper", choices=[each.value for each in Paper], default="A4")
    parser.add_argument(
        "--orientation", choices=[each.value for each in Orientation], default="portrait"
    )
    parser.add_argument("--grey", action="store_true", help="paints as a grey printer shows them")
    parser.add_argument(
        "--view",
        default="policy",
        help="how to colour: policy, quantile, jenks, margin, against or target (default: policy)",
    )


def wanted(options: Mapping[str, Any]) -> Wanted:
    """What the arguments ask for."""
    return Wanted(
        said=map_arguments.wanted(options),
        sheet=Sheet(
            Paper(options["paper"]), Orientation(options["orientation"]), is_grey=options["grey"]
        ),
        view=options["view"],
    )


def print_file(source: Path, target: Path, asked: Wanted) -> int:
    """Draw the figures of `source`; gives how many communes.

    Raises
    ------
    Refused : a file, a line, a view or an ending that cannot be used; nothing is written then.
    UnknownCommuneError : a code that nobody carries on the day.
    """
    suffix = target.suffix.lower().removeprefix(".")
    if suffix not in SUFFIXES:
        said = f"--to {target.name} (.{', .'.join(SUFFIXES)})"
        raise Refused(400.187, said=said)
    if target.resolve() == source.resolve():
        raise Refused(400.187, said=f"--to {target.name}")
    read = read_maps([source], asked.said)
    content = _content(suffix, read, asked)
    target.write_bytes(content)
    return len(read.specs[0].areas)


def _content(suffix: str, read: FileMaps, asked: Wanted) -> bytes:
    spec, shapes = read.specs[0], read.shapes.collection
    if suffix == "gpkg":
        return geopackage(spec, shapes)
    if suffix == "geojson":
        return geojson(spec, shapes)
    if suffix == "csv":
        return figures_table(spec, as_text)
    lang = asked.said.language
    try:
        return print_map(
            spec, shapes, Format(suffix), lang=lang, sheet=asked.sheet, view=asked.view
        )
    except ValueError as error:
        raise Refused(400.187, said=str(error)) from error
