"""Codes of 2024 in files about 2026: every door stops them and names what may be meant."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from maps.boundary_report import BoundaryFileError
from surveys.collection.models import Project
from surveys.fieldwork.sample_import import ImportRefused, import_villages
from surveys.results.boundary_import import BoundaryFile, import_boundaries
from surveys.territory.models import AdminLink, AdminUnit, BoundarySet, Population, Village
from tests.cast import make_cast
from tests.unit.fieldwork.test_sample_import import VILLAGE, csv_of
from tests.unit.fieldwork.world import REFORM, commune, make_round, province

pytestmark = pytest.mark.django_db
MEANT = r"16231 → xã Như Thanh \(16228\)"


@pytest.fixture(autouse=True)
def _xuan_khang() -> None:
    """16231 ended on 1 July 2025 and went into 16228."""
    new = commune("16228", "Như Thanh", province())
    AdminUnit.objects.filter(pk=new.pk).update(seat_lat=19.65, seat_lon=105.54)
    old = AdminUnit.objects.create(
        code="16231", level="commune", name="Xuân Khang", type="Xã", valid_from="2025-01-01",
        valid_to=REFORM,
    )  # fmt: skip
    AdminLink.objects.create(old=old, new=new, kind="whole", share=1.0, source="test")


@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        ("code,count\n16231,5\n", ("convert", "FILE", "--was", "2026-01-01", "--on", "2025-06-30")),
        ("code,date,count\n16231,2026-01-01,5\n", ("series", "FILE", "--on", "2025-07-01")),
        ("code,value\n16231,0.5\n", ("map", "FILE", "--title", "x")),
        ("code,value\n16231,0.5\n", ("print", "FILE", "--title", "x")),
        ("code,value\n16231,0.5\n", ("patterns", "FILE")),
        (
            "code,group,count,definition,source,date\n16231,18+,9,usual,Xã,2026-01-01\n",
            ("population", "FILE"),
        ),
    ],
)
def test_a_file_of_figures(tmp_path: Path, content: str, arguments: tuple[str, ...]) -> None:
    source = tmp_path / "in.csv"
    source.write_text(content, encoding="utf-8")
    said = [str(source) if each == "FILE" else each for each in arguments]
    if arguments[0] != "population":
        said += ["--to", str(tmp_path / ("out.svg" if arguments[0] == "print" else "out.csv"))]
    with pytest.raises(CommandError, match=MEANT):
        call_command("areas", *said)
    assert not list(tmp_path.glob("out.*"))
    assert not Population.objects.exists()


def test_a_sample() -> None:
    round_ = make_round(Project.objects.create(name="P"), starts_on=date(2026, 3, 1))
    boss = make_cast().admin.actor
    for day in ("2024-12-01", "2025-07-01"):
        old = VILLAGE | {"commune_code": "16231", "admin_version": day}
        with pytest.raises(ImportRefused) as refused:
            import_villages(boss, round_, csv_of(old))
        told = [each for each in refused.value.problems if each.column == "commune_code"]
        assert "16228 xã Như Thanh" in told[0].remedy_en
    assert not Village.objects.exists()


def test_boundaries(tmp_path: Path) -> None:
    ring = [[105.5, 19.6], [105.6, 19.6], [105.6, 19.7], [105.5, 19.6]]
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {"type": "Polygon", "coordinates": [[[x + n, y] for x, y in ring]]},
        }
        for n, code in enumerate(("16228", "16231"))
    ]
    source = tmp_path / "xa.geojson"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    file = BoundaryFile(source, REFORM, source="Sở", licence="CC0", quality="third_party")
    with pytest.raises(BoundaryFileError, match=MEANT):
        import_boundaries(file)
    assert not BoundarySet.objects.exists()
