"""CSV, Parquet, GeoJSON, GeoPackage and the archive with attachments, as others read them."""

import csv
import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyogrio
import pytest

from forms.values import VIETNAM
from surveys.collection import blobs
from surveys.collection.jobs import JobRefused
from surveys.results.exports import parquet
from tests.export_world import LONG_TEXT, PHOTO, ExportWorld, unpacked, write_file


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_holds_each_table_and_its_codebook(world: ExportWorld, tmp_path: Path) -> None:
    folder = unpacked(write_file(world, tmp_path, "csv"))
    assert {each.name for each in folder.iterdir()} == {
        "records.csv",
        "nguoi.csv",
        "nguoi.mon.csv",
        "notes.csv",
        "about.csv",
        "codebook.csv",
        "choices.csv",
    }
    first, odd, empty = read_csv(folder / "records.csv")
    assert (first["ten"], first["tuoi"], first["xem"]) == ('Nguyễn Thị "Lan", <A>', "34", "tv web")
    assert first["luc"] == "2026-10-05 07:30:00"
    assert odd["ghi_chu"] == LONG_TEXT
    assert empty["tuoi"] == ""


def test_a_workbook_that_opens_the_csv_meets_no_formula(world: ExportWorld, tmp_path: Path) -> None:
    folder = unpacked(write_file(world, tmp_path, "csv"))
    for file in folder.glob("*.csv"):
        for row in read_csv(file):
            assert not any((value or "").startswith(tuple("=+@\t\r")) for value in row.values())
    assert read_csv(folder / "records.csv")[1]["nhom/ghi_chu"] == "'-1+2"


def test_parquet_has_types_and_tells_what_columns_mean(
    world: ExportWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "GROUP_CELLS", 1)
    monkeypatch.setattr(parquet, "SHORTEST_GROUP", 1)
    folder = unpacked(write_file(world, tmp_path, "parquet"))
    file = pq.ParquetFile(folder / "records.parquet")
    assert file.num_row_groups == 3
    first = file.read().to_pylist()[0]
    assert (first["tuoi"], first["dien_tich"], first["co_mang"]) == (34, 0.125, "yes")
    assert (first["ngay"], first["gio"]) == (date(2026, 10, 5), time(7, 30))
    assert first["luc"] == datetime(2026, 10, 5, 7, 30, tzinfo=VIETNAM)
    told = file.schema_arrow.field("co_mang").metadata
    assert told[b"label:en"].decode() == "Internet?"
    assert json.loads(told[b"choices"])["no"] == {"vi": "Không", "en": "No"}


def test_geojson_has_a_feature_a_place_with_the_answers_beside(
    world: ExportWorld, tmp_path: Path
) -> None:
    found = json.loads(write_file(world, tmp_path, "geojson").read_text(encoding="utf-8"))
    kinds = {each["properties"]["question"]: each["geometry"] for each in found["features"]}
    assert kinds["vi_tri"] == {"type": "Point", "coordinates": [105.25, 19.5, 12.5]}
    assert kinds["thua"]["coordinates"][0][0] == [105.0, 19.0, 0.0]
    assert kinds["duong"]["type"] == "LineString"
    assert found["features"][0]["properties"]["tuoi"] == 34


def test_geopackage_opens_in_gdal_with_layers_and_tables(
    world: ExportWorld, tmp_path: Path
) -> None:
    path = write_file(world, tmp_path, "gpkg")
    layers = {name: kind for name, kind in pyogrio.list_layers(path).tolist()}  # noqa: C416 - pairs
    assert (layers["vi_tri"], layers["thua"], layers["records"]) == ("Point", "Polygon", None)
    places = pyogrio.read_dataframe(path, layer="vi_tri")
    assert places.crs.to_epsg() == 4326
    assert places.geometry[0].wkt == "POINT (105.25 19.5)"
    assert places.luc[0].isoformat() == "2026-10-05T00:30:00+00:00"
    assert len(pyogrio.read_dataframe(path, layer="records", read_geometry=False)) == 3


def test_a_map_of_personal_places_is_refused_and_says_what_to_do(
    world: ExportWorld, tmp_path: Path
) -> None:
    world.form.privacy = {f"/data/{name}": "P2" for name in ("vi_tri", "thua", "duong")}
    world.form.save(update_fields=["privacy"])
    with pytest.raises(JobRefused) as refusal:
        write_file(world, tmp_path, "gpkg", personal=False)
    assert "dữ liệu cá nhân" in refusal.value.errors[0]["remedy_vi"]
    assert write_file(world, tmp_path, "gpkg", personal=True).suffix == ".gpkg"


def test_attachments_lie_beside_their_record(world: ExportWorld, tmp_path: Path) -> None:
    folder = unpacked(write_file(world, tmp_path, "xlsx", attachments=True))
    assert (folder / "media" / "uuid_1" / "ảnh 1.jpg").read_bytes() == PHOTO
    assert len(list(folder.glob("*.xlsx"))) == 1


def test_a_lost_file_does_not_cost_the_others(world: ExportWorld, tmp_path: Path) -> None:
    attachment: Any = world.submissions[0].versions.get().attachments.get()
    blobs.path(attachment.blob_id).unlink()
    folder = unpacked(write_file(world, tmp_path, "csv", attachments=True))
    assert not (folder / "media").exists()
    assert (folder / "records.csv").exists()
