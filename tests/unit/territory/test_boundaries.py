"""Stored boundaries, and the command that stores them."""

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys.collection.models import AuditEvent
from surveys.territory.boundaries import ImportedSet, geometry_for, store
from surveys.territory.models import Boundary, BoundarySet
from surveys.territory.units import communes, in_force, load_units

pytestmark = pytest.mark.django_db
CODES = ("16228", "16264")


@pytest.fixture(autouse=True)
def _thanh_hoa() -> None:
    load_units({"38"})


def imported(quality: str, sha256: str, codes: tuple[str, ...] = CODES) -> BoundarySet:
    square = json.dumps({"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]})
    shapes = {level: dict.fromkeys(codes, square) for level in Boundary.Detail.values}
    found = ImportedSet(
        name=sha256,
        source="bản vẽ thử",
        licence="CC0",
        valid_from=date(2025, 7, 1),
        quality=quality,
        sha256=sha256,
        shapes=shapes,
    )
    return store(found, {unit.code: unit for unit in in_force()})


def test_a_geometry_names_the_set_it_came_from() -> None:
    kept = imported("third_party", "a")
    geometry = geometry_for(CODES)
    assert geometry is not None
    assert geometry.boundary_set == kept
    features = geometry.collection["features"]
    assert isinstance(features, list)
    assert [f["properties"]["code"] for f in features] == list(CODES)


def test_legal_boundaries_win_over_newer_ones_of_others() -> None:
    legal = imported("legal", "a")
    imported("third_party", "b")
    geometry = geometry_for(CODES)
    assert geometry is not None
    assert geometry.boundary_set == legal


def test_a_set_that_lacks_one_commune_is_no_map() -> None:
    imported("legal", "a", codes=("16228",))
    assert geometry_for(CODES) is None
    assert geometry_for(["16228"]) is not None


def test_without_any_set_or_any_commune_there_is_no_geometry() -> None:
    assert geometry_for(CODES) is None
    imported("legal", "a")
    assert geometry_for([]) is None


def test_the_same_file_is_stored_once() -> None:
    assert imported("legal", "a") == imported("legal", "a")
    assert Boundary.objects.count() == 8


def test_a_shape_of_an_unknown_code_is_left_out() -> None:
    imported("legal", "a", codes=("16228", "99999"))
    assert Boundary.objects.filter(level="full").count() == 1


def boundary_file(folder: Path) -> Path:
    features = []
    for unit in communes(CODES):
        assert unit.seat_lat is not None
        assert unit.seat_lon is not None
        x, y = unit.seat_lon, unit.seat_lat
        ring = [
            [x - 0.02, y - 0.02],
            [x + 0.02, y - 0.02],
            [x + 0.02, y + 0.02],
            [x - 0.02, y - 0.02],
        ]
        features.append(
            {
                "type": "Feature",
                "properties": {"ma_xa": int(unit.code), "ten_xa": unit.full_name},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    path = folder / "xa.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("areas", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_stores_a_file_with_report_and_audit(tmp_path: Path) -> None:
    said = run("import", boundary_file(tmp_path), "--source", "Sở NN&MT", "--licence", "CC0")
    kept = BoundarySet.objects.get()
    assert (kept.source, kept.licence, kept.quality) == ("Sở NN&MT", "CC0", "third_party")
    assert kept.boundaries.count() == 8
    assert f"Bộ ranh giới {kept.pk}: 2 xã" in said
    assert "không có hình" in said  # the other communes of the province
    assert AuditEvent.objects.get().action == "boundaries.import"
    assert geometry_for(CODES, level="800") is not None


def test_the_command_imports_a_file_once(tmp_path: Path) -> None:
    path = boundary_file(tmp_path)
    run("import", path)
    assert "imported before" in run("import", path)
    assert BoundarySet.objects.count() == AuditEvent.objects.count() == 1


def test_the_command_says_what_to_do_about_a_bad_file_and_keeps_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.geojson"
    path.write_text("{")
    with pytest.raises(CommandError, match=r"QGIS[\s\S]*QGIS"):
        run("import", path)
    assert not BoundarySet.objects.exists()


def test_the_list_loads_by_command() -> None:
    assert "Added 13982 units, 10628 links" in run("load")
