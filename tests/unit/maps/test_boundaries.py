"""Boundary files as people have them, made small here: four square communes around one corner.

Each commune is 0.1 degree wide; the seats lie in the middle. Nothing here is a real border.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import box, shape

from maps.boundaries import CleanBoundaries, clean_boundaries
from maps.boundary_codes import code_text
from maps.boundary_names import name_key
from maps.boundary_placing import KnownUnit
from maps.boundary_report import BoundaryFileError, Kind
from maps.specification import Language

CORNERS = {
    "00011": (105.0, 20.0),
    "00012": (105.1, 20.0),
    "00013": (105.0, 20.1),
    "00014": (105.1, 20.1),
}
KNOWN = {
    code: KnownUnit(f"Hoà Bình {code[-1]}", "01", (lat + 0.05, lon + 0.05), 115.6)
    for code, (lon, lat) in CORNERS.items()
}


def squares(**changes: Any) -> gpd.GeoDataFrame:
    """The four communes as a good file has them."""
    columns: dict[str, Any] = {
        "ma": list(CORNERS),
        "ten": [f"Xã Hòa Bình {code[-1]}" for code in CORNERS],
        "geometry": [box(x, y, x + 0.1, y + 0.1) for x, y in CORNERS.values()],
    }
    return gpd.GeoDataFrame({**columns, **changes}, crs="EPSG:4326")


def written(frame: gpd.GeoDataFrame, path: Path) -> Path:
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".zip":
        folder = path.with_suffix("")
        folder.mkdir()
        frame.to_file(folder / "xa.shp", encoding="UTF-8")
        with zipfile.ZipFile(path, "w") as archive:
            for part in folder.iterdir():
                archive.write(part, f"ranh gioi/{part.name}")
    else:
        frame.to_file(path)
    return path


def cleaned(
    frame: gpd.GeoDataFrame, folder: Path, name: str = "x.gpkg", **k: Any
) -> CleanBoundaries:
    return clean_boundaries(written(frame, folder / name), KNOWN, **k)


def kinds(result: CleanBoundaries) -> set[Kind]:
    return {found.kind for found in result.report.findings}


@pytest.mark.parametrize("name", ["x.geojson", "x.gpkg", "x.parquet", "x.zip"])
def test_every_format_gives_four_levels_of_every_commune(name: str, tmp_path: Path) -> None:
    result = cleaned(squares(), tmp_path, name)
    assert {level: sorted(shapes) for level, shapes in result.shapes.items()} == dict.fromkeys(
        ("full", "100", "300", "800"), sorted(CORNERS)
    )
    square = shape(json.loads(result.shapes["full"]["00011"]))
    assert square.symmetric_difference(box(105.0, 20.0, 105.1, 20.1)).area < 1e-7
    assert kinds(result) == set()
    assert result.report.lines(Language.VI)[0].startswith("4 dòng, 4 xã")


def test_codes_that_lost_their_zeros_in_a_spreadsheet_get_them_back(tmp_path: Path) -> None:
    result = cleaned(squares(ma=[11.0, 12.0, 13.0, 14.0]), tmp_path)
    assert sorted(result.shapes["full"]) == sorted(CORNERS)
    assert kinds(result) == {Kind.CODES_PADDED}


@pytest.mark.parametrize(
    ("value", "text"), [(6970, "6970"), (6970.0, "6970"), (" 06970 ", "06970"), (None, "")]
)
def test_a_code_loses_only_its_dress(value: object, text: str) -> None:
    assert code_text(value) == text


def test_an_alias_code_is_understood(tmp_path: Path) -> None:
    frame = squares(ma=["00099", "00012", "00013", "00014"])
    result = cleaned(frame, tmp_path, aliases={"00099": "00011"})
    assert sorted(result.shapes["full"]) == sorted(CORNERS)
    assert kinds(result) == {Kind.CODES_ALIASED}


def test_unknown_empty_and_absent_codes_are_reported_and_left_out(tmp_path: Path) -> None:
    result = cleaned(squares(ma=["99999", None, "00013", "00014"]), tmp_path)
    assert sorted(result.shapes["full"]) == ["00013", "00014"]
    assert kinds(result) == {Kind.CODES_UNKNOWN, Kind.CODES_EMPTY, Kind.CODES_ABSENT}
    assert any("00011, 00012" in line for line in result.report.lines(Language.EN))


@pytest.mark.parametrize("system", ["EPSG:3406", "EPSG:9210", "EPSG:32649"])
def test_metres_without_a_named_system_are_recognised_by_the_seats(
    system: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.shp"
    squares().to_crs(system).to_file(path)
    path.with_suffix(".prj").unlink()
    result = clean_boundaries(path, KNOWN)
    assert Kind.CRS_ASSUMED in kinds(result)
    middle = shape(json.loads(result.shapes["full"]["00011"])).centroid
    assert middle.distance(shapely.Point(105.05, 20.05)) < 0.005  # datum shift of some 200 m


def test_a_named_vn_2000_is_moved_to_wgs_84(tmp_path: Path) -> None:
    result = cleaned(squares().to_crs("EPSG:3405"), tmp_path)
    square = shape(json.loads(result.shapes["full"]["00011"]))
    assert square.symmetric_difference(box(105.0, 20.0, 105.1, 20.1)).area < 1e-6


def test_swapped_axes_are_put_right(tmp_path: Path) -> None:
    frame = squares()
    frame["geometry"] = shapely.transform(frame.geometry.array, lambda xy: xy[:, ::-1])
    result = cleaned(frame, tmp_path)
    assert kinds(result) == {Kind.AXES_SWAPPED}


def test_a_ring_that_crosses_itself_is_mended(tmp_path: Path) -> None:
    bow = shapely.Polygon([(105.0, 20.0), (105.1, 20.1), (105.1, 20.0), (105.0, 20.1)])
    rest = list(squares().geometry[1:])
    result = cleaned(squares(geometry=[bow, *rest]), tmp_path)
    assert Kind.RINGS_MENDED in kinds(result)
    assert shape(json.loads(result.shapes["full"]["00011"])).is_valid


def test_overlaps_are_cut_so_that_no_land_is_counted_twice(tmp_path: Path) -> None:
    wide = box(105.0, 20.0, 105.102, 20.1)
    result = cleaned(squares(geometry=[wide, *squares().geometry[1:]]), tmp_path)
    assert Kind.OVERLAPS in kinds(result)
    shapes = [shape(json.loads(text)) for text in result.shapes["full"].values()]
    assert shapely.union_all(shapes).area == pytest.approx(sum(s.area for s in shapes), rel=1e-9)


def test_several_rows_of_one_commune_become_one_shape(tmp_path: Path) -> None:
    halves = [box(105, 20, 105.05, 20.1), box(105.05, 20, 105.1, 20.1)]
    frame = squares(
        ma=["00011", "00011", "00013", "00014"], geometry=[*halves, *squares().geometry[2:]]
    )
    result = cleaned(frame, tmp_path)
    assert Kind.PARTS_JOINED in kinds(result)
    assert shape(json.loads(result.shapes["full"]["00011"])).area == pytest.approx(0.01, rel=1e-3)


def test_an_island_commune_keeps_all_its_parts(tmp_path: Path) -> None:
    islands = shapely.MultiPolygon([box(105.0, 20.0, 105.1, 20.1), box(105.3, 20.0, 105.32, 20.02)])
    result = cleaned(squares(geometry=[islands, *squares().geometry[1:]]), tmp_path)
    kept = shape(json.loads(result.shapes["full"]["00011"]))
    assert len(shapely.get_parts(kept)) == 2


def test_neighbours_share_their_border_at_every_level(tmp_path: Path) -> None:
    angles = np.linspace(0, 1, 200)
    wave = np.column_stack([105.1 + 0.004 * np.sin(40 * angles), 20.0 + 0.1 * angles])
    left = shapely.Polygon([(105.0, 20.0), *wave, (105.0, 20.1)])
    right = shapely.Polygon([(105.2, 20.0), (105.2, 20.1), *wave[::-1]])
    frame = squares(geometry=[left, right, *squares().geometry[2:]])
    result = cleaned(frame, tmp_path)
    for level in ("full", "100", "300", "800"):
        shapes = [shape(json.loads(result.shapes[level][code])) for code in ("00011", "00012")]
        assert shapes[0].intersection(shapes[1]).area < 1e-12
        assert shapely.union_all(shapes).geom_type == "Polygon"
    sizes = [len(result.shapes[level]["00011"]) for level in ("full", "100", "800")]
    assert sizes == sorted(sizes, reverse=True)


def test_names_match_whatever_the_tone_mark_stands_on() -> None:
    assert name_key("Xã Hoà Bình") == name_key("xã Hòa  Bình")
    assert name_key("M’Drắk") == name_key("M'Đrắk")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.xlsx", b"PK", "GeoJSON, GPKG"),
        ("x.geojson", b"", "empty"),
        ("x.geojson", b"{not json", "damaged"),
        ("x.gpkg", b"garbage", "damaged"),
        ("x.parquet", b"garbage", "damaged"),
        ("x.zip", b"garbage", "no zip file"),
        ("x.geojson", b'{"type":"FeatureCollection","features":[]}', "shapes"),
        (
            "x.geojson",
            b'{"type":"FeatureCollection","features":'
            b'[{"type":"Feature","properties":{"ma":"00011"},"geometry":null}]}',
            "shapes",
        ),
    ],
)
def test_an_unusable_file_is_refused_with_what_to_do(
    name: str, content: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BoundaryFileError, match=says) as caught:
        clean_boundaries(path, KNOWN)
    assert caught.value.message_vi


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BoundaryFileError, match="Check the path"):
        clean_boundaries(tmp_path / "x.gpkg", KNOWN)


def test_a_file_without_a_code_column_names_its_columns(tmp_path: Path) -> None:
    frame = squares().rename(columns={"ma": "stt"}).assign(stt=["a", "b", "c", "d"])
    with pytest.raises(BoundaryFileError, match=r"--code-field.*stt, ten"):
        cleaned(frame, tmp_path)


def test_a_file_of_other_units_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BoundaryFileError, match="--valid-from"):
        cleaned(squares(ma=["1", "2", "3", "4"]), tmp_path, code_field="ma")


def test_shapes_of_another_country_are_refused(tmp_path: Path) -> None:
    frame = squares()
    frame["geometry"] = frame.geometry.translate(-100, 30)
    with pytest.raises(BoundaryFileError, match="outside Vietnam"):
        cleaned(frame, tmp_path)


def test_several_layers_ask_for_a_choice(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    squares().to_file(path, layer="xa")
    squares().to_file(path, layer="huyen")
    with pytest.raises(BoundaryFileError, match="--layer"):
        clean_boundaries(path, KNOWN)
    assert clean_boundaries(path, KNOWN, layer="xa").report.communes == 4


def test_a_system_that_does_not_exist_is_refused_with_an_example(tmp_path: Path) -> None:
    with pytest.raises(BoundaryFileError, match="EPSG:3405"):
        cleaned(squares(), tmp_path, crs="EPSG:nowhere")


def test_a_wrongly_named_system_can_be_overridden(tmp_path: Path) -> None:
    frame = squares().to_crs("EPSG:3405").set_crs("EPSG:4326", allow_override=True)
    result = cleaned(frame, tmp_path, crs="EPSG:3405")
    middle = shape(json.loads(result.shapes["full"]["00011"])).centroid
    assert middle.distance(shapely.Point(105.05, 20.05)) < 1e-4


def test_names_in_an_old_single_byte_encoding_do_not_stop_the_import(tmp_path: Path) -> None:
    path = tmp_path / "x.shp"
    names = ["Xã Hòa Bình 1"] * 4
    squares(ten=names).to_file(path, encoding="ISO-8859-1")
    path.with_suffix(".cpg").unlink()
    assert b"H\xf2a" in path.with_suffix(".dbf").read_bytes()
    assert clean_boundaries(path, KNOWN).report.communes == 4
