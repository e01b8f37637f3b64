"""A file of points is placed by command, on stored boundaries only."""

import csv
from datetime import date
from pathlib import Path

import pytest
import shapely
from django.core.management import CommandError, call_command

from surveys.territory.boundaries import ImportedSet, store
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


def test_a_file_without_coordinates_is_refused(tmp_path: Path) -> None:
    keep("legal")
    source = tmp_path / "points.csv"
    source.write_text("vĩ độ,kinh độ\n19.05,105.05\n", encoding="utf-8")
    with pytest.raises(CommandError, match="lat and lon"):
        call_command("areas", "place", str(source), "--to", str(tmp_path / "out.csv"))
