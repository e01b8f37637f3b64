"""A file of points is placed by command, on stored boundaries only."""

import csv
import math
from datetime import date
from pathlib import Path

import pytest
import shapely
from django.core.management import CommandError, call_command

from surveys.results.coordinates import degrees
from surveys.territory.boundaries import ImportedSet, store
from surveys.territory.models import AdminUnit
from surveys.territory.units import communes, load_units

pytestmark = pytest.mark.django_db


def keep(quality: str) -> None:
    load_units({"38"})
    (unit,) = communes(["16228"])
    shape = shapely.to_geojson(shapely.box(105.0, 19.0, 105.1, 19.1))
    store(
        ImportedSet(
            name="thử",
            source="thử",
            licence="CC0",
            valid_from=date(2025, 7, 1),
            quality=quality,
            sha256=quality,
            shapes={"full": {"16228": shape}},
        ),
        {"16228": unit},
    )


def test_points_get_their_commune_and_how_sure_it_is(tmp_path: Path) -> None:
    keep("third_party")
    source, target = tmp_path / "points.csv", tmp_path / "placed.csv"
    source.write_text(
        "id,lat,lon,accuracy,code\n1,19.05,105.05,8,16228\n2,19.05,105.2,8,16228\n3,,,,\n"
        "4,105.05,19.05,8,16228\n",
        encoding="utf-8",
    )
    call_command("areas", "place", str(source), "--to", str(target))
    rows = list(csv.DictReader(target.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["state"] for row in rows] == ["inside", "outside", "unknown", "unknown"]
    assert [row["oddity"] for row in rows] == ["", "", "missing", "swapped"]
    assert rows[0]["commune"] == "16228"
    assert 10_000 < float(rows[1]["distance_m"]) < 11_000
    assert rows[3]["oddity_vi"] == "đổi chỗ vĩ độ và kinh độ"


def test_a_sketch_or_no_boundaries_at_all_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "points.csv"
    source.write_text("lat,lon\n19.05,105.05\n", encoding="utf-8")
    for quality in (None, "schematic"):
        if quality:
            keep(quality)
        with pytest.raises(CommandError, match="No real boundaries"):
            call_command("areas", "place", str(source), "--to", str(tmp_path / "out.csv"))


def test_points_are_not_placed_on_communes_of_another_day(tmp_path: Path) -> None:
    """16228 of today is four old communes, and one of them had its number."""
    keep("third_party")
    AdminUnit.objects.filter(code="16228").update(valid_to=date(2026, 1, 1))
    source, target = tmp_path / "points.csv", tmp_path / "placed.csv"
    source.write_text("lat,lon\n19.05,105.05\n", encoding="utf-8")
    for day in ([], ["--on", "2026-02-01"]):
        with pytest.raises(CommandError, match="No real boundaries"):
            call_command("areas", "place", str(source), "--to", str(target), *day)
    call_command("areas", "place", str(source), "--to", str(target), "--on", "2025-12-31")
    assert "16228" in target.read_text(encoding="utf-8-sig")


def test_what_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    keep("third_party")
    source, target = tmp_path / "points.csv", tmp_path / "no folder" / "placed.csv"
    source.write_text("lat,lon\n19.05,105.05\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"no folder.* cannot be written"):
        call_command("areas", "place", str(source), "--to", str(target))
    with pytest.raises(CommandError, match=r"no such\.csv is not there"):
        call_command("areas", "convert", "no such.csv", "--on", "2025-07-01", "--to", "x.csv")
    with pytest.raises(CommandError, match="31/02/2026"):
        call_command("areas", "place", str(source), "--to", "x.csv", "--on", "31/02/2026")


def test_a_file_without_coordinates_is_refused(tmp_path: Path) -> None:
    keep("legal")
    source = tmp_path / "points.csv"
    source.write_text("vĩ độ,kinh độ\n19.05,105.05\n", encoding="utf-8")
    with pytest.raises(CommandError, match="lat and lon"):
        call_command("areas", "place", str(source), "--to", str(tmp_path / "out.csv"))


def placed(folder: Path, text: str) -> list[dict[str, str]]:
    keep("legal")
    source = folder / "p.csv"
    source.write_text(text, encoding="utf-8-sig")
    call_command("areas", "place", str(source), "--to", str(source))  # onto itself
    assert [each.name for each in folder.glob("*p.csv*")] == ["p.csv"]
    return list(csv.DictReader(source.read_text(encoding="utf-8-sig").splitlines()))


def test_points_as_people_write_them(tmp_path: Path) -> None:
    rows = placed(
        tmp_path,
        "Latitude;Longitude;accuracy;code;ghi chú\n"
        "19,05;105,05;8;16228.0;=1+1\n"
        "19°03'00\"B;105°03'00\"Đ;8;'16228;-5\n"
        "N 19 3.0;E 105 3.0;8,0; 16 228 ;@x\n"
        "19.05;105.05;8;99999;\n"
        "mười chín;105.05;8;16228;\n"
        "0;0;8;16228;\n"
        "105.05;19.05;8;16228;\n"
        "2107654.3;541234.5;8;16228;\n"
        "19.05;105.05;tốt;16228;\n"
        "19.05;105.05;-3;16228\n",
    )
    assert [row["state"] for row in rows] == ["inside"] * 3 + ["unknown"] * 7
    assert [row["oddity"] for row in rows] == [
        "repeated", "repeated", "repeated", "code_unknown", "unreadable",
        "zero", "swapped", "abroad", "repeated", "repeated",
    ]  # fmt: skip
    assert [row["ghi chú"] for row in rows[:3]] == ["'=1+1", "-5", "'@x"]


def test_a_commune_that_is_not_stored_has_no_border_to_be_near_to(tmp_path: Path) -> None:
    (row,) = placed(tmp_path, "lat,lon,accuracy,code\n19.05,105.05,8,16231\n")
    assert (row["commune"], row["state"], row["oddity"]) == ("16228", "unknown", "code_unknown")
    assert row["distance_m"] == ""


@pytest.mark.parametrize(
    "text",
    ["", "nan", "inf", "1_9", "19°61'", "19°03'61\"", "19 3 0 0", "°", "N", "19.05.1", "1,234,5"],
)
def test_what_is_no_angle_is_none(text: str) -> None:
    assert not math.isfinite(degrees(text))


def test_south_and_west_are_negative() -> None:
    assert [degrees(each) for each in ("19.5S", "W 105°30'", "-19 30 00", "105.5T")] == [
        -19.5, -105.5, -19.5, -105.5,
    ]  # fmt: skip
