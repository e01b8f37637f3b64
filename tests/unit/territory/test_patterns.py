"""Patterns among communes through the command, on stored boundaries."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker
from shapely import box, to_geojson

from maps.neighbours import shared_borders
from surveys.territory.boundaries import ImportedSet, store
from surveys.territory.models import AdminUnit
from surveys.territory.shipped import REFORM
from surveys.territory.units import in_force, load_units

pytestmark = pytest.mark.django_db
SIDE = 12


@pytest.fixture(scope="module", autouse=True)
def _units(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests here; each test's own changes are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_units()
        yield
        transaction.set_rollback(True)


def drawn(quality: str = "third_party") -> list[AdminUnit]:
    """145 communes as squares of a board, the last far away."""
    units = list(in_force().filter(parent__code="38").order_by("code")[: SIDE * SIDE + 1])
    shapes = {
        each.code: to_geojson(box(n % SIDE, n // SIDE, n % SIDE + 1, n // SIDE + 1))
        for n, each in enumerate(units[:-1])
    }
    shapes[units[-1].code] = to_geojson(box(50, 50, 51, 51))
    levels = {"full": shapes, "100": shapes}
    store(
        ImportedSet("bảng", "x", "x", REFORM, quality, quality, levels),
        {each.code: each for each in units},
    )
    return units


def written(folder: Path, units: list[AdminUnit], se: float | None) -> Path:
    """High in one corner."""
    path = folder / "so-lieu.csv"
    lines = ["code,value,se"]
    for n, each in enumerate(units):
        is_high = n % SIDE < 4 and n // SIDE < 4
        value = (0.8 if is_high else 0.3) + (n * 7 % 5) / 100
        lines.append(f"{each.code},{value},{'' if se is None else se}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_corner_is_found_and_the_lonely_commune_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    units = drawn()
    target = tmp_path / "ra.csv"
    call_command("areas", "patterns", str(written(tmp_path, units, 0.02)), "--to", str(target))
    said = capsys.readouterr()
    assert f"no neighbour with a figure: {units[-1]}" in said.out
    assert "WARNING" not in said.err
    with target.open(encoding="utf-8-sig", newline="") as handle:
        rows = {row["code"]: row for row in csv.DictReader(handle)}
    assert rows[units[SIDE + 1].code]["pattern"] == "high_among_high"
    assert rows[units[-2].code]["pattern"] != "high_among_high"
    assert rows[units[-1].code]["pattern_vi"] == "không giáp xã nào"
    assert rows[units[-1].code]["p"] == ""


def test_it_warns_where_sampling_errors_dominate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, drawn(), 0.25)
    call_command("areas", "patterns", str(path), "--to", str(tmp_path / "ra.csv"))
    assert "WARNING" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("code,count\n16228,1", "value"),
        ("code,value\n16228,cao", "no number"),
        ("code,value\n16228,0.1\n16228,0.2", "earlier line"),
        ("code,value\n99999,0.1", "99999"),
        ("code,value\n16228,0.1", "real boundaries"),
    ],
)
def test_a_bad_file_is_refused_in_words(tmp_path: Path, lines: str, words: str) -> None:
    path = tmp_path / "so-lieu.csv"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(CommandError, match=words):
        call_command("areas", "patterns", str(path), "--to", str(tmp_path / "ra.csv"))


def test_sketches_have_no_neighbours(tmp_path: Path) -> None:
    path = written(tmp_path, drawn("schematic"), None)
    with pytest.raises(CommandError, match="real boundaries"):
        call_command("areas", "patterns", str(path), "--to", str(tmp_path / "ra.csv"))


def test_areas_that_meet_in_a_point_are_no_neighbours_and_one_inside_another_is() -> None:
    shapes = {"a": box(0, 0, 1, 1), "b": box(1, 1, 2, 2), "c": box(1, 0, 2, 1)}
    assert shared_borders(shapes) == [("a", "c"), ("b", "c")]
    inner = box(0.25, 0.25, 0.5, 0.5)
    assert shared_borders({"ring": box(0, 0, 1, 1) - inner, "in": inner}) == [("in", "ring")]
