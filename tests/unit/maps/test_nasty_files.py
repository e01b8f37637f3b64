"""Boundary files as they come, one habit each: mended with a word about it, or clearly refused.

The four square communes of `test_boundaries`; nothing here is a real border.
"""

import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPolygon,
    Point,
    Polygon,
    box,
    shape,
)

from maps.boundaries import CleanBoundaries, clean_boundaries
from maps.boundary_names import readable
from maps.boundary_placing import KnownUnit
from maps.boundary_report import TEXTS, BoundaryFileError, Finding, Kind
from maps.specification import Language
from tests.unit.maps.test_boundaries import CORNERS, KNOWN, cleaned, kinds, squares, written

ZONE = np.array([19e6, 0.0])
ONE_EAST = np.array([1.0, 0.0])
SQUARE = box(105.0, 20.0, 105.1, 20.1)  # of 00011


def moved(frame: gpd.GeoDataFrame, how: Callable[[Any], Any]) -> gpd.GeoDataFrame:
    return frame.assign(geometry=shapely.transform(frame.geometry.array, how))


def first(frame: gpd.GeoDataFrame, made: Any) -> gpd.GeoDataFrame:
    """The first commune drawn in another way."""
    return frame.assign(geometry=[made, *frame.geometry[1:]])


def off(result: CleanBoundaries) -> float:
    """How far the first commune is from where it is, in degrees."""
    return float(shape(json.loads(result.shapes["full"]["00011"])).hausdorff_distance(SQUARE))


def without_system(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    path = folder / "x.shp"
    frame.to_file(path, encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    return path


def zipped(folder: Path, frame: gpd.GeoDataFrame, *, lost: tuple[str, ...] = ()) -> Path:
    frame.to_file(folder / "xa.shp", encoding="UTF-8")
    path = folder / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.glob("xa.*")):
            if part.suffix not in lost:
                archive.write(part, f"../../a/{part.name}")
                archive.writestr(f"__MACOSX/._{part.name}", b"\0")
    return path


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (lambda xy: xy * 1e6, {Kind.CRS_ASSUMED, Kind.NUMBERS_SCALED}),
        (lambda xy: xy[:, ::-1], {Kind.CRS_ASSUMED, Kind.AXES_SWAPPED}),
        (lambda xy: xy, {Kind.CRS_ASSUMED}),
    ],
)
def test_degrees_without_a_system(
    how: Callable[[Any], Any], told: set[Kind], tmp_path: Path
) -> None:
    result = clean_boundaries(without_system(moved(squares(), how), tmp_path), KNOWN)
    assert off(result) < 1e-6
    assert kinds(result) == told


@pytest.mark.parametrize(
    "how",
    [
        lambda xy: xy,
        lambda xy: xy[:, ::-1],
        lambda xy: xy / 1000,
        lambda xy: xy + np.array([19e6, 0]),
    ],
)
def test_metres_without_a_system(how: Callable[[Any], Any], tmp_path: Path) -> None:
    """As they are, axes swapped, in kilometres, with the number of the zone before the easting."""
    frame = moved(squares().to_crs("EPSG:9218").set_crs(None, allow_override=True), how)
    result = clean_boundaries(without_system(frame.set_crs(9218), tmp_path), KNOWN)
    assert off(result) < 1e-6
    assert Kind.CRS_ASSUMED in kinds(result)


@pytest.mark.parametrize("system", ["EPSG:3405", "EPSG:5897", "EPSG:32648"])
def test_systems_that_seats_cannot_tell_apart_are_asked_about(system: str, tmp_path: Path) -> None:
    path = without_system(squares().to_crs(system), tmp_path)
    with pytest.raises(BoundaryFileError, match=r"EPSG:3405 .*EPSG:5897 .*\d{3} m.*--crs"):
        clean_boundaries(path, KNOWN)
    assert off(clean_boundaries(path, KNOWN, crs=system)) < 1e-6


def test_a_wrongly_named_system_is_replaced_by_the_one_that_fits(tmp_path: Path) -> None:
    frame = squares().to_crs("EPSG:9218").set_crs("EPSG:9205", allow_override=True)
    result = cleaned(frame, tmp_path)
    assert off(result) < 1e-6
    assert kinds(result) == {Kind.CRS_REPLACED}


def test_tm_3_that_forgets_vn_2000_is_not_200_m_off(tmp_path: Path) -> None:
    path = without_system(squares().to_crs("EPSG:9218"), tmp_path)
    said = "+proj=tmerc +lon_0=108.5 +k=0.9999 +x_0=500000 +ellps=WGS84 +units=m"
    path.with_suffix(".prj").write_text(gpd.GeoSeries(crs=said).crs.to_wkt("WKT1_ESRI"))
    result = clean_boundaries(path, KNOWN)
    assert off(result) < 1e-6
    assert kinds(result) == {Kind.DATUM_ASSUMED}


def test_a_system_without_places_on_earth_is_none(tmp_path: Path) -> None:
    path = without_system(squares(), tmp_path)
    path.with_suffix(".prj").write_text('LOCAL_CS["x",UNIT["metre",1]]')
    assert Kind.CRS_ASSUMED in kinds(clean_boundaries(path, KNOWN))
    with pytest.raises(BoundaryFileError, match="EPSG:5773"):
        clean_boundaries(path, KNOWN, crs="EPSG:5773")  # a system of heights


def test_a_single_shape_that_is_astray_or_broken_is_left_out_and_named(tmp_path: Path) -> None:
    east = moved(squares(ma=[f"1{code[1:]}" for code in CORNERS]), lambda xy: xy + ONE_EAST)
    others = {
        f"1{code[1:]}": KnownUnit("x", "01", (unit.seat[0], unit.seat[1] + 1))
        for code, unit in KNOWN.items()
        if unit.seat
    }
    many = {**KNOWN, **others}
    frame = pd.concat([squares(), east] * 2)
    broken = shapely.transform(SQUARE, lambda xy: np.where(np.arange(5)[:, None] == 2, np.nan, xy))
    for made, kind in ((box(5, 50, 6, 51), Kind.SHAPES_ABROAD), (broken, Kind.NUMBERS_BROKEN)):
        path = written(first(frame, made), tmp_path / f"{kind}.gpkg")
        found = clean_boundaries(path, many).report.findings
        assert [each.examples for each in found if each.kind is kind] == [("00011",)]


@pytest.mark.parametrize(
    "codes",
    [
        [" 00 011\u00a0", "00012", "'00013", "０００１４"],  # full-width digits
        ["0100011", "0100012", "0100013", "0100014"],
        ["01-00011", "VN00012", "01.00013", "01/001/00014"],
        ["1.1e+01", "12.0", "13", 14],
    ],
)
def test_codes_lose_their_dress(codes: list[Any], tmp_path: Path) -> None:
    result = cleaned(squares(ma=[str(code) for code in codes]), tmp_path)
    assert sorted(result.shapes["full"]) == sorted(CORNERS)


def test_of_two_columns_of_codes_the_one_under_which_seats_fit_is_used(tmp_path: Path) -> None:
    frame = squares()
    frame.insert(0, "ma_cu", ["00012", "00013", "00014", "00011"])
    result = cleaned(frame, tmp_path)
    assert off(result) < 1e-6
    assert Kind.COLUMN_CHOSEN in kinds(result)


def test_codes_moved_by_some_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BoundaryFileError, match=r"4 out of 4.*--code-field"):
        cleaned(squares(ma=["00012", "00013", "00014", "00011"], ten=[""] * 4), tmp_path)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("§¹i Tõ", "TCVN3 (ABC)"),
        ("Ñaïi Töø", "VNI"),
        ("Ä\x90áº¡i Tá»«", "UTF-8"),
        ("Ðaòi TýÌ", "CP1258"),
    ],
)
def test_names_of_other_times_are_read(name: str, encoding: str) -> None:
    names = readable([name], ["00011"], {"00011": KnownUnit("Đại Từ")})
    assert names.texts[0].title() == "Đại Từ"
    assert [each.detail for each in names.findings] == [encoding]


@pytest.mark.parametrize(
    "made",
    [
        GeometryCollection([GeometryCollection([SQUARE, LineString([(105, 20), (106, 21)])])]),
        Polygon(SQUARE.exterior.coords, [box(106, 21, 106.1, 21.1).exterior.coords]),
        Polygon([*SQUARE.exterior.coords[:2], (106, 20.1), *SQUARE.exterior.coords[1:]]),
        shapely.reverse(shapely.force_3d(SQUARE, 7.0)),
        MultiPolygon([box(105, 20, 105.05, 20.1), box(105.05, 20, 105.1, 20.1)]),
        Polygon([xy for xy in SQUARE.exterior.coords for _ in range(3)]),
    ],
)
def test_the_same_square_drawn_badly_is_the_same_square(made: Any, tmp_path: Path) -> None:
    """A collection; a hole outside; a spike; height and order; halves; corners said thrice."""
    assert off(cleaned(first(squares(), made), tmp_path, "x.geojson")) < 1e-6


def test_a_shape_drawn_twice_is_the_commune_whose_seat_it_holds(tmp_path: Path) -> None:
    frame = squares(geometry=[SQUARE, SQUARE, *squares().geometry[2:]])
    result = cleaned(frame, tmp_path)
    assert sorted(result.shapes["full"]) == ["00011", "00013", "00014"]
    assert Kind.SHAPE_REPEATED in kinds(result)


def test_nothing_but_one_shape_for_two_communes_is_no_map(tmp_path: Path) -> None:
    far = box(105.5, 20.0, 105.6, 20.1)
    with pytest.raises(BoundaryFileError, match="two communes at once"):
        cleaned(squares(geometry=[far, far, *squares().geometry[2:]]).iloc[:2], tmp_path)


def test_a_shape_over_its_neighbours_leaves_them_their_land(tmp_path: Path) -> None:
    frame = first(squares(), shapely.union(SQUARE, squares().geometry[2]))
    result = cleaned(frame, tmp_path)
    assert off(result) < 1e-6
    assert Kind.SHAPE_INSIDE in kinds(result)


def test_shapes_that_were_all_widened_are_no_borders(tmp_path: Path) -> None:
    frame = squares().assign(geometry=shapely.buffer(squares().geometry.array, 0.005))
    with pytest.raises(BoundaryFileError, match="two communes at once"):
        cleaned(frame, tmp_path)


def test_cracks_are_filled_lakes_stay_and_borders_apart_are_told(tmp_path: Path) -> None:
    crack = box(105.02, 20.09999, 105.08, 20.1)  # a metre high, between 00011 and 00013
    lake = box(105.09, 20.09, 105.11, 20.11)
    result = cleaned(
        squares(geometry=[each - crack - lake for each in squares().geometry]), tmp_path, "a.gpkg"
    )
    assert {Kind.GAPS_FILLED, Kind.GAPS_LEFT} <= kinds(result)
    shapes = [shape(json.loads(text)) for text in result.shapes["full"].values()]
    assert sum(each.intersection(lake).area for each in shapes) < 1e-9
    assert sum(each.intersection(crack).area for each in shapes) == pytest.approx(
        crack.area, rel=0.01
    )
    shrunk = squares().assign(geometry=shapely.buffer(squares().geometry.array, -0.0005))
    assert Kind.APART in kinds(cleaned(shrunk, tmp_path, "b.gpkg"))


def test_a_ring_in_a_tangle_is_left_out_before_it_eats_the_memory(tmp_path: Path) -> None:
    turns = np.linspace(0, 2 * np.pi * 400, 801)
    star = Polygon(np.column_stack([105.05 + 0.04 * np.cos(turns * 1.0007),
                                    20.05 + 0.04 * np.sin(turns * 1.0007)]))  # fmt: skip
    many = first(squares(), MultiPolygon([star]))
    assert Kind.RINGS_TANGLED in kinds(cleaned(many, tmp_path))


def test_every_level_is_valid_after_rounding(tmp_path: Path) -> None:
    neck = Polygon(
        [(105, 20), (105.04, 20), (105.04, 20.049999), (105.06, 20.049999), (105.06, 20),
         (105.1, 20), (105.1, 20.1), (105.06, 20.1), (105.06, 20.050001), (105.04, 20.050001),
         (105.04, 20.1), (105, 20.1)]
    )  # fmt: skip
    tiny = box(105.1, 20.0, 105.10001, 20.00001)
    frame = squares(geometry=[neck, tiny, *squares().geometry[2:]])
    for shapes in cleaned(frame, tmp_path).shapes.values():
        for text in shapes.values():
            assert shape(json.loads(text)).is_valid
            assert shape(json.loads(text)).area > 0


def test_a_zip_may_hold_any_names_but_one_whole_map(tmp_path: Path) -> None:
    assert off(clean_boundaries(zipped(tmp_path, squares(), lost=(".shx",)), KNOWN)) < 1e-6
    assert not (tmp_path.parent / "a").exists()
    for lost, says in (((".dbf",), ".dbf"), ((".shp", ".dbf"), "exactly one")):
        with pytest.raises(BoundaryFileError, match=says):
            clean_boundaries(zipped(tmp_path, squares(), lost=lost), KNOWN)
    (tmp_path / "ya.shp").write_bytes((tmp_path / "xa.shp").read_bytes())
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for part in ("xa.shp", "xa.dbf", "ya.shp"):
            archive.write(tmp_path / part, part)
    with pytest.raises(BoundaryFileError, match="2 shapefiles"):
        clean_boundaries(tmp_path / "x.zip", KNOWN)


def test_a_zip_with_a_password_cut_off_or_far_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = zipped(tmp_path, squares()).read_bytes()
    locked = bytearray(whole)
    for mark, flag in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = -1
        while (at := locked.find(mark, at + 1)) >= 0:
            locked[at + flag] |= 1
    for made, says in ((locked, "password"), (whole[:-200], "Zip it again")):
        (tmp_path / "y.zip").write_bytes(made)
        with pytest.raises(BoundaryFileError, match=says):
            clean_boundaries(tmp_path / "y.zip", KNOWN)
    monkeypatch.setattr("maps.boundary_container.LARGEST", 100)
    with pytest.raises(BoundaryFileError, match="unpacks to more"):
        clean_boundaries(tmp_path / "x.zip", KNOWN)


def test_parts_of_a_shapefile_that_do_not_belong_together(tmp_path: Path) -> None:
    path = tmp_path / "x.shp"
    squares().to_file(path)
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes()[:4] + struct.pack("<I", 3) + table.read_bytes()[8:])
    with pytest.raises(BoundaryFileError, match=r"4 shapes but its \.dbf has 3"):
        clean_boundaries(path, KNOWN)
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(BoundaryFileError, match="cut off"):
        clean_boundaries(path, KNOWN)


def test_the_layer_with_the_communes_is_found(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    squares().to_file(path, layer="xa")
    squares(ma=["a", "b", "c", "d"]).to_file(path, layer="huyen")
    squares().iloc[:0].to_file(path, layer="trong")
    squares().assign(geometry=shapely.centroid(squares().geometry.array)).to_file(
        path, layer="diem"
    )
    pyogrio.write_dataframe(pd.DataFrame({"a": [1]}), path, layer="bang")
    assert clean_boundaries(path, KNOWN).report.communes == 4


@pytest.mark.parametrize(
    ("name", "made", "says"),
    [
        ("x.json", '<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>', "no map data"),
        ("x.json", '{"type":"gdal_streamed_alg","command_line":"gdal vector info"}', "no map data"),
        ("x.json", "<OGRWFSDataSource><URL>http://127.0.0.1:1/</URL></OGRWFSDataSource>", "no map"),
        ("x.geojson", '{"type":"FeatureCollection","features":' + "[" * 9000, "damaged"),
        ("x.kml", "<?xml version='1.0'?><kml/>", "export a GeoPackage"),
        ("x.fgb", "fgb\3fgb\0", "export a GeoPackage"),
        ("x.gml", "<gml:a xmlns:gml='x'/>", "export a GeoPackage"),
    ],
)
def test_what_would_make_the_reader_read_elsewhere_never_reaches_it(
    name: str, made: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(made)
    with pytest.raises(BoundaryFileError, match=says) as refused:
        clean_boundaries(tmp_path / name, KNOWN)
    assert str(tmp_path) not in refused.value.message_vi


def test_other_refusals_say_what_to_do(tmp_path: Path) -> None:
    points = squares().assign(geometry=[Point(105.05, 20.05)] * 4)
    pd.DataFrame({"ma": list(CORNERS)}).to_parquet(tmp_path / "p.parquet")
    (tmp_path / "u.geojson").write_bytes(squares().to_json().encode("utf-16"))
    sqlite3.connect(tmp_path / "s.gpkg").execute("CREATE TABLE a (b)").connection.close()
    (tmp_path / "t.gpkg").write_bytes(written(squares(), tmp_path / "w.gpkg").read_bytes()[:40_000])
    (tmp_path / "d.gpkg").mkdir()
    written(points, tmp_path / "q.geojson")
    for name, says in {
        "p.parquet": "plain Parquet", "u.geojson": "UTF-8", "s.gpkg": "damaged",
        "t.gpkg": "damaged", "d.gpkg": "Check the path", "q.geojson": "points or lines only",
    }.items():  # fmt: skip
        with pytest.raises(BoundaryFileError, match=says):
            clean_boundaries(tmp_path / name, KNOWN)


def test_names_alone_are_no_codes(tmp_path: Path) -> None:
    with pytest.raises(BoundaryFileError, match="join the codes"):
        cleaned(squares().drop(columns="ma"), tmp_path)


def test_a_size_is_read_right_in_both_languages() -> None:
    found = Finding(Kind.OVERLAPS, 7, detail="10.468")
    assert "10,468 km²" in found.text(Language.VI)
    assert "10.468 km²" in found.text(Language.EN)


def test_every_finding_has_its_sentence_in_both_languages() -> None:
    assert set(TEXTS) == set(Kind)
    assert all(vi and en for vi, en in TEXTS.values())
