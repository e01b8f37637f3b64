"""`manage.py areas …`: the shipped units, doubtful pairs, conversion, and boundaries."""

import argparse
import os
from pathlib import Path
from typing import Any, TypeAlias

from django.core.management.base import BaseCommand, CommandError

from surveys.collection.refusal import Refused
from surveys.fieldwork.area_conversion import convert_table
from surveys.fieldwork.area_files import VILLAGE
from surveys.fieldwork.area_links import COLUMNS, decide_all
from surveys.fieldwork.area_population import COLUMNS as POPULATION_COLUMNS
from surveys.fieldwork.area_population import load_population
from surveys.fieldwork.area_tables import AreaTable, read_table
from surveys.fieldwork.area_titles import COLUMNS as TITLE_COLUMNS
from surveys.fieldwork.area_titles import apply_titles
from surveys.fieldwork.area_villages import COLUMNS as VILLAGE_COLUMNS
from surveys.fieldwork.area_villages import apply_villages
from surveys.results import boundary_command, map_arguments, print_file
from surveys.results.area_days import day
from surveys.results.area_patterns import find_patterns, write_patterns
from surveys.results.area_patterns import read_figures as read_values
from surveys.results.map_files import map_file
from surveys.results.place_points import index_for, place_file
from surveys.territory.links import disputed
from surveys.territory.units import UnknownCommuneError, load_units

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class Command(BaseCommand):
    help = (
        "Administrative units: load, titles, disputed, decide, villages, population; figures on "
        "other boundaries: convert, series; boundaries and maps: import, place (GPS points), "
        "patterns (are neighbours alike), map, print. areas ACTION --help says more."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        _add_units(actions)
        _add_conversions(actions)
        _add_maps(actions)

    def handle(self, *_args: Any, **options: Any) -> None:
        actions = {
            "load": self._load,
            "titles": self._titles,
            "disputed": self._disputed,
            "decide": self._decide,
            "convert": self._convert,
            "series": self._series,
            "villages": self._villages,
            "population": self._population,
            "patterns": self._patterns,
            "place": self._place,
            "map": self._map,
            "print": self._print,
            "import": self._import,
        }
        _check_target(options)
        _require_paths(options.get("file"), options.get("to"))
        try:
            actions[options["action"]](options)
        except Refused as refusal:
            raise CommandError(f"{refusal.vi}\n{refusal.en}") from refusal
        except UnknownCommuneError as error:
            raise CommandError(f"{error.message_vi}\n{error.message_en}") from error

    def _load(self, options: dict[str, Any]) -> None:
        loaded = load_units()
        if options.get("corrections"):
            self._decide({"file": options["corrections"]})
        self.stdout.write(
            f"Đã thêm {loaded.units} đơn vị, {loaded.links} liên kết / "
            f"Added {loaded.units} units, {loaded.links} links"
        )

    def _titles(self, options: dict[str, Any]) -> None:
        n = apply_titles(None, options["file"])
        self.stdout.write(f"Đã ghi {n} tên mới / {n} titles stored")

    def _disputed(self, _options: dict[str, Any]) -> None:
        for link in disputed():
            self.stdout.write(
                f"{link.old.code} {link.old.full_name} → {link.new.code} {link.new.full_name}: "
                f"{link.verdict} ({link.source})"
            )

    def _decide(self, options: dict[str, Any]) -> None:
        n = decide_all(None, options["file"])
        self.stdout.write(f"Đã ghi {n} cặp / {n} pairs decided")

    def _convert(self, options: dict[str, Any]) -> None:
        table = read_table(options["file"])
        if options["was"] is None and VILLAGE not in table.columns:
            raise CommandError("Thiếu --was: ngày của mã trong tệp / --was is missing")
        n = self._written(table, options)
        self.stdout.write(f"Đã ghi {n} xã vào {options['to']} / {n} communes written")

    def _series(self, options: dict[str, Any]) -> None:
        table = read_table(options["file"])
        if "date" not in table.columns:
            raise Refused(400.142)
        n = self._written(table, options)
        self.stdout.write(f"Đã ghi {n} số liệu vào {options['to']} / {n} figures written")

    def _written(self, table: AreaTable, options: dict[str, Any]) -> int:
        was, people = options.get("was"), options["people"]
        found = convert_table(table, on=options["on"], was=was, people=people)
        for village in found.unplaced:
            self.stderr.write(f"Không rõ xã của thôn / commune unknown: {village}")
        options["to"].write_bytes(found.as_csv())
        return len(found.figures)

    def _villages(self, options: dict[str, Any]) -> None:
        done = apply_villages(None, options["file"])
        self.stdout.write(
            f"Thêm {done.added} thôn, chuyển {done.moved}, kết thúc {done.ended} / "
            f"{done.added} villages added, {done.moved} moved, {done.ended} ended"
        )

    def _map(self, options: dict[str, Any]) -> None:
        chosen = map_arguments.wanted(options)
        n = map_file(options["file"], options["to"], chosen, beside=options["beside"])
        self.stdout.write(f"Đã vẽ {n} xã vào {options['to']} / {n} communes drawn")

    def _population(self, options: dict[str, Any]) -> None:
        accepted = [code.strip().zfill(5) for code in options["accept"].split(",") if code.strip()]
        read = load_population(None, options["file"], accepted=accepted)
        for each in read.questions:
            self.stdout.write(f"- {each.vi}\n  {each.en}")
        if not read.stored and read.questions:
            codes = ",".join(sorted({each.row.unit.code for each in read.questions}))
            raise CommandError(
                "Chưa ghi gì. Kiểm tra các số trên; số nào đúng thì thêm mã vào --accept.\n"
                f"Nothing is stored. Check these counts; of those that are right: --accept {codes}"
            )
        self.stdout.write(f"Đã ghi {read.stored} số dân / {read.stored} populations stored")

    def _patterns(self, options: dict[str, Any]) -> None:
        figures = read_values(options["file"], on=options["on"])
        found = find_patterns(figures, seed=options["seed"])
        write_patterns(options["to"], figures, found)
        whole = found.overall
        self.stdout.write(
            f"I = {whole.i:.3f} (ngẫu nhiên: {whole.expected:.3f}), p = {whole.p:.4f}, n = "
            f"{whole.n} / Moran's I, two-sided p of permutations"
        )
        if found.sampling is None:
            self.stdout.write("Không có se: chưa biết phần do sai số mẫu / no standard errors")
        else:
            self.stdout.write(
                f"Phần phương sai do sai số mẫu / variance due to sampling: {found.sampling:.0%}"
            )
        if found.is_mostly_error:
            self.stderr.write(
                "CẢNH BÁO: chênh lệch giữa các xã phần lớn là sai số mẫu; đừng đọc bản đồ này như "
                "mẫu hình thật / WARNING: differences between communes are mostly sampling error"
            )
        for unit in found.isolates:
            self.stdout.write(f"Không giáp xã nào có số liệu / no neighbour with a figure: {unit}")

    def _place(self, options: dict[str, Any]) -> None:
        n = place_file(options["file"], options["to"], index_for(options["on"]))
        self.stdout.write(f"Đã ghi {n} điểm vào {options['to']} / {n} points written")

    def _print(self, options: dict[str, Any]) -> None:
        n = print_file.print_file(options["file"], options["to"], print_file.wanted(options))
        self.stdout.write(f"Đã vẽ {n} xã vào {options['to']} / {n} communes drawn")

    def _import(self, options: dict[str, Any]) -> None:
        boundary_command.run(options, self.stdout)


def _add_units(actions: Actions) -> None:
    loaded = actions.add_parser("load", help="store the shipped list; may be run again")
    loaded.add_argument(
        "--corrections", type=Path, help=f"pairs to decide after it: {', '.join(COLUMNS)}"
    )
    titles = actions.add_parser("titles", help="later changes of type or name of units")
    titles.add_argument("file", type=Path, help=f"table with {', '.join(TITLE_COLUMNS)}")
    actions.add_parser("disputed", help="pairs of old and new units that lists disagree on")
    decided = actions.add_parser("decide", help="accept or reject pairs, give shares: a CSV")
    decided.add_argument("file", type=Path, help=f"CSV with {', '.join(COLUMNS)}")
    villages = actions.add_parser("villages", help="moves, mergers and names of villages")
    villages.add_argument("file", type=Path, help=f"CSV with {', '.join(VILLAGE_COLUMNS)}")
    people = actions.add_parser("population", help="populations of communes: a CSV")
    people.add_argument("file", type=Path, help=f"CSV with {', '.join(POPULATION_COLUMNS)}")
    people.add_argument(
        "--accept",
        default="",
        help="codes whose odd counts are right: 16228,16234",
    )


def _add_conversions(actions: Actions) -> None:
    converted = actions.add_parser("convert", help="counts or rates on other boundaries")
    converted.add_argument(
        "file", type=Path, help="CSV with code and count, or code, numerator and denominator"
    )
    converted.add_argument(
        "--was", type=day, help="day of the codes in the file; none for villages"
    )
    converted.add_argument("--on", type=day, required=True, help="day of the boundaries wanted")
    converted.add_argument(
        "--people", type=Path, help="CSV with code and count: people of the older communes"
    )
    converted.add_argument("--to", type=Path, required=True, help="CSV to write")
    series = actions.add_parser("series", help="a series of years on the boundaries of one day")
    series.add_argument(
        "file", type=Path, help="CSV with code, date, and count or numerator and denominator"
    )
    series.add_argument("--on", type=day, required=True, help="day wanted")
    series.add_argument(
        "--people", type=Path, help="CSV with code and count: people of the older communes"
    )
    series.add_argument("--to", type=Path, required=True, help="CSV to write")


def _add_maps(actions: Actions) -> None:
    patterns = actions.add_parser("patterns", help="are neighbours alike, and where: a CSV")
    patterns.add_argument("file", type=Path, help="CSV with code, value and, if known, se")
    patterns.add_argument("--on", type=day, help="day of the codes")
    patterns.add_argument("--seed", type=int, default=1, help="of the permutations")
    patterns.add_argument("--to", type=Path, required=True, help="CSV to write")
    placed = actions.add_parser("place", help="in which commune GPS points lie: a CSV")
    placed.add_argument("file", type=Path, help="CSV with lat, lon and accuracy, code if known")
    placed.add_argument("--on", type=day, help="day of the boundaries wanted")
    placed.add_argument("--to", type=Path, required=True, help="CSV to write")
    map_arguments.add_arguments(actions.add_parser("map", help="figures of a CSV as a web map"))
    print_file.add_arguments(
        actions.add_parser("print", help="figures by commune as a printed map or as data")
    )
    boundary_command.add_arguments(actions.add_parser("import", help="store boundaries"))


def _check_target(options: dict[str, Any]) -> None:
    """Before any work: what `--to` names can be written and is none of the files that are read."""
    target: Path | None = options.get("to")
    if target is None:
        return
    if target.is_dir() or not target.parent.is_dir():
        raise CommandError(
            f"Không ghi được vào {target}: thư mục phải có sẵn, và --to phải là tên tệp.\n"
            f"{target} cannot be written: --to is a file in a folder that exists."
        )
    read = [options.get(name) for name in ("file", "beside", "people")]
    if options["action"] == "place":  # adds columns to the file itself, if it is asked to
        return
    if target.resolve() in {path.resolve() for path in read if path is not None}:
        raise CommandError(
            f"--to {target} là tệp đang đọc và sẽ bị ghi đè. Hãy chọn tên khác.\n"
            f"--to {target} is read too and would be overwritten. Choose another name."
        )


def _require_paths(source: Path | None, target: Path | None) -> None:
    """Said before the work, and of the right file."""
    if source is not None and not source.exists():
        raise CommandError(
            f"Không có tệp {source}. Hãy kiểm tra đường dẫn.\n"
            f"{source} is not there. Check the path."
        )
    if target is not None and (target.is_dir() or not os.access(target.parent, os.W_OK)):
        raise CommandError(
            f"Không ghi được {target}: thư mục không có hoặc không có quyền ghi.\n"
            f"{target} cannot be written: the folder is missing or read-only."
        )
