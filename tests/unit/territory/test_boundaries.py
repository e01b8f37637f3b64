"""Stored boundaries, and the command that stores them."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command

from maps.boundaries import CleanBoundaries, clean_boundaries
from maps.boundary_report import BoundaryFileError
from surveys.collection.models import AuditEvent
from surveys.results import boundary_command, boundary_import
from surveys.territory.boundaries import ImportedSet, geometry_for, store
from surveys.territory.models import AdminUnit, Boundary, BoundarySet
from surveys.territory.units import communes, in_force, load_units

pytestmark = pytest.mark.django_db
CODES = ("16228", "16264")


@pytest.fixture(autouse=True)
def _thanh_hoa(monkeypatch: pytest.MonkeyPatch) -> None:
    load_units({"38"})
    monkeypatch.setattr(boundary_command, "load_units", lambda: None)


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


def test_a_trial_says_what_would_be_mended_and_keeps_nothing(tmp_path: Path) -> None:
    said = run("import", boundary_file(tmp_path), "--dry-run")
    assert "không có hình" in said
    assert "2 communes usable, nothing stored" in said
    assert not BoundarySet.objects.exists()
    assert not AuditEvent.objects.exists()


def test_two_imports_at_once_are_one_set_and_one_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second began before the first had stored anything."""
    path = boundary_file(tmp_path)

    def overtaken(*given: Any, **named: Any) -> CleanBoundaries:
        monkeypatch.setattr(boundary_import, "clean_boundaries", clean_boundaries)
        run("import", path)
        return clean_boundaries(*given, **named)

    monkeypatch.setattr(boundary_import, "clean_boundaries", overtaken)
    assert "imported before" in run("import", path)
    assert BoundarySet.objects.count() == AuditEvent.objects.count() == 1
    assert Boundary.objects.count() == 8


def test_a_storing_that_breaks_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boundary_import, "record", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run("import", boundary_file(tmp_path))
    assert not BoundarySet.objects.exists()
    assert not Boundary.objects.exists()


def drawn(folder: Path, codes: list[str]) -> Path:
    path = folder / "x.geojson"
    ring = [[105, 20], [105.1, 20], [105.1, 20.1], [105, 20]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    features = [{"type": "Feature", "properties": {"ma": c}, "geometry": shape} for c in codes]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_communes_of_today_are_no_communes_of_2024_with_the_same_numbers(tmp_path: Path) -> None:
    """Nearly all codes in force are old numbers, so that no code is unknown."""
    day = date(2025, 1, 1)
    district = AdminUnit.objects.create(
        code="403", level="district", name="Như Thanh", type="Huyện", valid_from=day
    )
    new = list(in_force(date(2025, 7, 1)).values_list("code", flat=True))
    numbers = [*new, *(f"9{n:04}" for n in range(3 * len(new)))]  # a third lives on
    AdminUnit.objects.bulk_create(
        AdminUnit(
            code=code, level="commune", name="x", type="Xã", parent=district, valid_from=day,
            valid_to=date(2025, 7, 1),
        )
        for code in numbers
    )  # fmt: skip
    side = 12
    path = tmp_path / "x.geojson"
    features = []
    for n, code in enumerate(new):
        x, y = 104 + n % side * 0.1, 18 + n // side * 0.1
        ring = [[x, y], [x + 0.1, y], [x + 0.1, y + 0.1], [x, y + 0.1], [x, y]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"ma": code}, "geometry": shape})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    file = boundary_import.BoundaryFile(path, date(2025, 6, 30), "", "", "third_party")
    with pytest.raises(BoundaryFileError, match="--valid-from 2025-07-01"):
        boundary_import.import_boundaries(file)
    assert not BoundarySet.objects.exists()


def test_outlines_of_something_else_are_refused(tmp_path: Path) -> None:
    path = drawn(tmp_path, ["16228", "90001", "90002", "90003"])
    with pytest.raises(CommandError, match="draw provinces"):
        run("import", path, "--code-field", "ma")
    assert not BoundarySet.objects.exists()


def test_the_list_loads_by_command() -> None:
    assert "Added 13982 units, 10628 links" in run("load")


def test_a_day_before_the_lists_is_refused_as_such(tmp_path: Path) -> None:
    (tmp_path / "x.geojson").write_text("{}", encoding="utf-8")
    day = ("--valid-from", "2024-01-01")
    with pytest.raises(CommandError, match="lists begin on 2025-01-01"):
        call_command("areas", "import", str(tmp_path / "x.geojson"), *day)
