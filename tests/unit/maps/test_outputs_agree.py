"""One specification, every output: the same figures, classes and statuses, nothing withheld."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import geopandas
import pyogrio
import pytest

from maps.data_files import COLUMNS, figures_table, geojson
from maps.data_files_geopackage import LAYER, geopackage
from maps.data_files_qgis import paint_key, qml
from maps.numbers import figure, interval
from maps.print_files import Format, print_map
from maps.specification import Language, MapSpec, Status
from maps.webmap import render_html
from tests.unit.maps.examples import AREAS, HOSTILE, TILES, hostile_spec, spec
from tests.unit.maps.test_print_map import words

STATUSES = {each.value[0]: each.value for each in Status}


@dataclass(frozen=True, slots=True)
class Told:
    """What an output tells of an area; None where it does not tell."""

    status: str
    class_no: int
    estimate: float | None = None


EXPECTED = {
    "16228": Told("published", 5, 0.9012),
    "16234": Told("published", 4, 0.864),
    "16249": Told("caution", 3, 0.744),
    "16258": Told("unpublished", 0),
    "16264": Told("published", 6, 0.958),
    "16273": Told("missing", 0),
}


def as_given(text: str) -> str:
    return text


def web(made: MapSpec) -> dict[str, Told]:
    document = render_html(made, TILES)
    found = re.search(r'<script type="application/json" id="marks">(.*?)</script>', document)
    assert found is not None
    marks = {code: layers[0] for code, layers in json.loads(found[1]).items()}
    return {
        code: Told(STATUSES[mark[0]], int(mark[1]) + 1 if len(mark) > 1 else 0)
        for code, mark in marks.items()
    }


def svg(made: MapSpec) -> dict[str, Told]:
    ids = re.findall(r'id="area-(\w+)-(\w+)-(\d)"', print_map(made, TILES, Format.SVG).decode())
    return {code: Told(status, int(number)) for code, status, number in ids}


def package(made: MapSpec, path: Path) -> dict[str, Told]:
    path.write_bytes(geopackage(made, TILES))
    frame = geopandas.read_file(path, layer="khaosat_map")
    assert frame.geometry.is_valid.all()
    return {
        row.code: Told(
            row.status, int(row.class_no), None if row.estimate != row.estimate else row.estimate
        )
        for row in frame.itertuples()
    }


def json_file(made: MapSpec) -> dict[str, Told]:
    features = json.loads(geojson(made, TILES))["features"]
    facts = [feature["properties"] for feature in features]
    return {f["code"]: Told(f["status"], f["class_no"], f["estimate"]) for f in facts}


def table(made: MapSpec) -> dict[str, Told]:
    content = figures_table(made, as_given).decode("utf-8-sig")
    return {
        row["code"]: Told(
            row["status"],
            int(row["class_no"]),
            float(row["estimate"]) if row["estimate"] else None,
        )
        for row in csv.DictReader(io.StringIO(content))
    }


@pytest.mark.parametrize("read", [json_file, table])
def test_data_files_hold_the_very_figures(read: Callable[[MapSpec], dict[str, Told]]) -> None:
    assert read(spec()) == EXPECTED


def test_the_geopackage_holds_the_very_figures(tmp_path: Path) -> None:
    assert package(spec(), tmp_path / "map.gpkg") == EXPECTED


@pytest.mark.parametrize("read", [web, svg])
def test_pictures_paint_the_same_classes(read: Callable[[MapSpec], dict[str, Told]]) -> None:
    plain = {code: Told(told.status, told.class_no) for code, told in EXPECTED.items()}
    assert read(spec()) == plain


@pytest.mark.parametrize("lang", list(Language))
def test_the_table_of_the_web_map_and_the_pdf_print_the_same_words(lang: Language) -> None:
    made = spec()
    printed = words(print_map(made, TILES, Format.PDF, lang=lang.value)).replace("\u00a0", " ")
    document = render_html(made, TILES, lang.value).replace("\u00a0", " ")
    for area in AREAS:
        if area.estimate is None or area.lower is None or area.upper is None:
            continue
        shown = figure(area.estimate, made.unit, lang).replace("\u00a0", " ")
        between = interval(area.lower, area.upper, made.unit, lang).replace("\u00a0", " ")
        assert f"{area.code} {area.name} {shown} {between}" in printed
        row = document[document.index(f"<tr data-code={area.code}") :].partition("</tr")[0]
        assert shown in row
        assert between in row


def test_data_files_carry_source_and_quality_of_the_shapes(tmp_path: Path) -> None:
    made, path = spec(), tmp_path / "map.gpkg"
    told = json.loads(geojson(made, TILES))["khaosat"]
    assert (told["boundary_quality"], told["boundary_licence"]) == ("schematic", "MIT")
    first = next(csv.DictReader(io.StringIO(figures_table(made, as_given).decode("utf-8-sig"))))
    assert first["boundary_quality"] == "schematic"
    assert first["boundary_source"] == "vietnamadminunits 1.0.4"
    path.write_bytes(geopackage(made, TILES))
    kept = pyogrio.read_info(path, layer="khaosat_map")["layer_metadata"]
    assert kept["boundary_quality"] == "schematic"
    with closing(sqlite3.connect(path)) as db:
        about = dict(db.execute("SELECT what, value FROM khaosat_about"))
    assert about["boundary_source"] == "vietnamadminunits 1.0.4"


def test_every_area_of_the_package_has_a_symbol_in_its_style(tmp_path: Path) -> None:
    path = tmp_path / "map.gpkg"
    path.write_bytes(geopackage(spec(), TILES))
    with closing(sqlite3.connect(path)) as db:
        rows = list(db.execute("SELECT f_table_name, useAsDefault, styleQML FROM layer_styles"))
        paints = {paint for (paint,) in db.execute("SELECT paint FROM khaosat_map")}
    assert [row[:2] for row in rows] == [("khaosat_map", 1)]
    style = ElementTree.fromstring(rows[0][2])
    renderer = style.find("renderer-v2")
    assert renderer is not None
    assert renderer.get("attr") == "paint"
    symbols = {each.get("name") for each in renderer.iterfind("symbols/symbol")}
    categories = {c.get("value"): c.get("symbol") for c in renderer.iterfind("categories/category")}
    assert paints <= set(categories)
    assert set(categories.values()) == symbols
    assert paint_key(Status.CAUTION, 3) in paints


def test_equal_maps_give_equal_packages(tmp_path: Path) -> None:
    first, second = (contents(geopackage(spec(), TILES), tmp_path / name) for name in "ab")
    assert any(LAYER in line for line in first)
    assert first == second


def contents(package: bytes, path: Path) -> list[str]:
    """Everything that a package says; where its pages lie in the file is SQLite's business."""
    path.write_bytes(package)
    with closing(sqlite3.connect(path)) as opened:
        tables = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [
            f"{name}: {row!r}"
            for (name,) in tables.fetchall()
            if not name.startswith("rtree_")
            for row in opened.execute(f'SELECT * FROM "{name}"')
        ]


def test_hostile_texts_are_data_in_every_file(tmp_path: Path) -> None:
    made, path = hostile_spec(), tmp_path / "map.gpkg"
    written = geojson(made, TILES)
    assert b"<" not in written
    assert json.loads(written)["features"][0]["properties"]["name"] == HOSTILE
    path.write_bytes(geopackage(made, TILES))
    assert set(geopandas.read_file(path, layer="khaosat_map")["name"]) == {HOSTILE}
    style = qml(made)
    assert "<img" not in style
    assert "</script" not in style
    ElementTree.fromstring(style)


def test_csv_cells_go_through_the_guard_of_spreadsheets() -> None:
    made = spec(AREAS[:1], period="=1+1")
    cells = figures_table(made, lambda text: f"'{text}" if text.startswith("=") else text)
    assert b",'=1+1," in cells
    assert b",=1+1," not in cells


def test_an_area_without_a_shape_is_in_the_data_all_the_same(tmp_path: Path) -> None:
    nothing = {"type": "FeatureCollection", "features": []}
    features = json.loads(geojson(spec(), nothing))["features"]
    assert [each["geometry"] for each in features] == [None] * len(AREAS)
    path = tmp_path / "map.gpkg"
    path.write_bytes(geopackage(spec(), nothing))
    assert set(COLUMNS) <= set(geopandas.read_file(path, layer="khaosat_map").columns)
