"""Makes units.csv and links.csv from the installed vietnamadminunits package (a dev tool).

    .venv/bin/python -m surveys.territory.data.build

Only facts are taken: codes, names, types, which unit lies in which, what became of the old units,
declared areas, and the seats of the units in force. The package's centres of the old units look
like output of a commercial geocoder and stay behind. The result is committed, so neither setup
nor a test needs the package. README.md beside this file tells source, licence and known doubts.
"""

import csv
import importlib.util
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
REFORM = "2025-07-01"
OLD_LIST = "2025-01-01"  # the last list before the reform vouches for its units from here on
# The package keeps the code of letter 1027/CTK-CSCL; the code list in force says otherwise.
CODE_IN_FORCE = {"06970": "06978"}
# The package gives these the seat of each other: Sơn Lương has that of the former district Lương
# Sơn, Lương Hòa Lạc (once Thanh Bình too) that of the town Thanh Bình, 80 and 90 km away.
SEATS_SWAPPED = (("04924", "08296"), ("10999", "11050"), ("28615", "30130"))
TYPES = ("Thành phố", "Tỉnh", "Quận", "Huyện", "Thị xã", "Phường", "Thị trấn", "Xã", "Đặc khu")
UNIT_COLUMNS = (
    "code level type name parent valid_from valid_to seat_lat seat_lon area_km2".split()  # noqa: SIM905  reads as the file's head
)
LINK_COLUMNS = ["old", "old_level", "new", "kind"]
Row = dict[str, object]


def package_data() -> Path:
    """The data folder of the package, found without importing it (it pulls geocoders)."""
    spec = importlib.util.find_spec("vietnamadminunits")
    if spec is None or spec.origin is None:
        sys.exit("vietnamadminunits is not installed: run `make test` once, it is a dev package")
    return Path(spec.origin).parent / "data"


def split_name(full: str) -> tuple[str, str]:
    """`Thành Phố Đồng Hới` is a `Thành phố` named `Đồng Hới`; the type column has slips."""
    for kind in TYPES:
        if full.lower().startswith(kind.lower() + " "):
            return kind, full[len(kind) + 1 :].strip()
    raise ValueError(f"no known type in {full!r}")


def unit(code: str, level: str, full: str, parent: str, **facts: object) -> Row:
    kind, name = split_name(full)
    return {"code": code, "level": level, "type": kind, "name": name, "parent": parent, **facts}


def new_units(db: sqlite3.Connection) -> Iterator[Row]:
    since: Row = {"valid_from": REFORM}
    provinces = "SELECT DISTINCT provinceCode, province, provinceLat, provinceLon FROM admin_units"
    for code, name, lat, lon in db.execute(provinces + " ORDER BY 1"):
        yield unit(code, "province", name, "", seat_lat=lat, seat_lon=lon, **since)
    communes = "SELECT wardCode, ward, provinceCode, wardLat, wardLon, wardAreaKm2 FROM admin_units"
    rows = [(CODE_IN_FORCE.get(code, code), *rest) for code, *rest in db.execute(communes)]
    seats = {code: (lat, lon) for code, _, _, lat, lon, _ in rows}
    for one, other in SEATS_SWAPPED:
        seats[one], seats[other] = seats[other], seats[one]
    for code, name, parent, _, _, area in sorted(rows):
        lat, lon = seats[code]
        facts = {"seat_lat": lat, "seat_lon": lon, "area_km2": area or None, **since}
        yield unit(code, "commune", name, parent, **facts)


def old_units(db: sqlite3.Connection) -> Iterator[Row]:
    span: Row = {"valid_from": OLD_LIST, "valid_to": REFORM}
    table = "FROM admin_units_legacy"
    for code, name in db.execute(f"SELECT DISTINCT provinceCode, province {table} ORDER BY 1"):
        yield unit(code, "province", name, "", **span)
    districts = f"SELECT DISTINCT districtCode, district, provinceCode {table} ORDER BY 1"
    for code, name, parent in db.execute(districts):
        yield unit(code, "district", name, parent, **span)
    communes = f"SELECT wardCode, ward, districtCode {table} WHERE wardCode <> '' ORDER BY 1"
    for code, name, parent in db.execute(communes):
        yield unit(code, "commune", name, parent, **span)


def links(
    db: sqlite3.Connection, converter: dict[str, dict[str, dict[str, list[object]]]]
) -> list[Row]:
    old = {}
    for province, district, ward, district_code, ward_code in db.execute(
        "SELECT provinceKey, districtKey, wardKey, districtCode, wardCode FROM admin_units_legacy"
    ):
        # five island districts had no communes and became special zones themselves
        found = (ward_code, "commune") if ward_code else (district_code, "district")
        old[f"{province}_{district}_{ward or ''}"] = found
    new = {
        (province, ward): CODE_IN_FORCE.get(code, code)
        for province, ward, code in db.execute(
            "SELECT provinceKey, wardKey, wardCode FROM admin_units"
        )
    }
    pairs = []
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, old_keys in wards.items():
            pairs += [(*old[str(key)], new[province, ward], "whole") for key in old_keys]
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, targets in divided.items():
            for target in targets:
                assert isinstance(target, dict)
                pairs.append((*old[key], new[province, target["newWardKey"]], "part"))
    return [dict(zip(LINK_COLUMNS, pair, strict=True)) for pair in sorted(pairs)]


def write(path: Path, columns: list[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    source = package_data()
    converter = json.loads((source / "converter_2025.json").read_text(encoding="utf-8"))
    with sqlite3.connect(f"file:{source / 'dataset.db'}?mode=ro", uri=True) as db:
        write(HERE / "units.csv", UNIT_COLUMNS, [*new_units(db), *old_units(db)])
        write(HERE / "links.csv", LINK_COLUMNS, links(db, converter))


if __name__ == "__main__":
    main()
