"""A file of figures becomes a web map by command; what is withheld in it stays out."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from surveys.results.report.maps import detail
from surveys.territory.boundaries import ImportedSet, store
from surveys.territory.models import Boundary
from surveys.territory.units import communes, load_units
from tests.unit.maps.examples import HOSTILE

pytestmark = pytest.mark.django_db
HEAD = "code,value,low,high,n,status,reason_vi,reason_en,url,differs\n"


@pytest.fixture(autouse=True)
def units() -> None:
    load_units({"38"})


def drawn(folder: Path, lines: str, *options: str, head: str = HEAD) -> str:
    source, target = folder / "figures.csv", folder / "map.html"
    source.write_text(head + lines, encoding="utf-8")
    call_command(
        "areas", "map", str(source), "--to", str(target), "--title", "Tỷ lệ hài lòng", *options
    )
    return target.read_text(encoding="utf-8")


def row(document: str, code: str) -> str:
    found = re.search(rf"<tr data-code={code}.*", document)
    assert found is not None
    return found[0]


def test_figures_intervals_and_verdicts_of_a_file_are_drawn(tmp_path: Path) -> None:
    lines = "16228,0.864,0.83,0.9,312,,,,/communes/16228/,higher\n16234,0.7,0.6,0.8,100,,,,,\n"
    document = drawn(tmp_path, lines, "--goal", "0.8", "--period", "2026")
    for said in (
        "86,4\u00a0%",
        "83,0–90,0\u00a0%",
        "312",
        'href="/communes/16228/"',
        "xã Như Thanh",
        "có: cao hơn mức chung",
        "Đạt mục tiêu? đạt",
    ):
        assert said in row(document, "16228")
    assert "chưa đủ căn cứ kết luận" in row(document, "16234")
    assert "Sơ đồ" in document  # no boundaries are stored


def test_a_withheld_figure_in_the_file_is_not_in_the_document(tmp_path: Path) -> None:
    lines = "16228,0.123456,0.11,0.13,7,unpublished,Ít người,Few,,higher\n16234,0.5,,,,,,,,\n"
    document = drawn(tmp_path, lines)
    assert "12,3" not in document
    assert "0.123" not in document
    assert "Ít người" in row(document, "16228")


def test_a_commune_without_a_figure_has_none(tmp_path: Path) -> None:
    document = drawn(tmp_path, "16228,\n16234,0.5\n", head="code,value\n")
    assert "Không có số liệu" in row(document, "16228")
    assert "<small>" not in row(document, "16234").partition("<td")[2]  # no interval was given


def test_counts_have_classes_of_their_own(tmp_path: Path) -> None:
    document = drawn(
        tmp_path, "16228,1234\n16234,90000\n", "--unit", "count", "--breaks", "1000,5000",
        head="code,value\n",
    )  # fmt: skip
    assert "1.234" in row(document, "16228")
    assert "từ 5.000 trở lên" in document


def test_two_files_stand_side_by_side(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("code,value\n16234,0.6\n", encoding="utf-8")
    document = drawn(tmp_path, "16228,0.5\n", "--beside", str(other), head="code,value\n")
    assert 'id="map-1"' in document
    assert "Không có số liệu" in row(document, "16234")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("16228,abc\n", "Line 2.*value"),
        ("16228,0.5\n16228,0.6\n", "Line 3.*earlier"),
        ("16228,86\n", "cannot be drawn"),
        ("99999,0.5\n", "99999"),
    ],
)
def test_a_line_that_cannot_be_drawn_is_named(tmp_path: Path, lines: str, said: str) -> None:
    with pytest.raises(CommandError, match=f"(?s){said}"):
        drawn(tmp_path, lines, head="code,value\n")
    assert not (tmp_path / "map.html").exists()


@pytest.mark.parametrize(
    "line",
    ["16228,0.5,0.6,0.7,,,,,,", "16228,0.5,,,,shown,,,,", "16228,0.5,,,,,,,,maybe",
     "16228,0.5,,,,,,,javascript:alert(1),", "16228,0.5,nan,,,,,,,"],
)  # fmt: skip
def test_contradictions_and_unsafe_addresses_are_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(CommandError, match="Line 2"):
        drawn(tmp_path, line + "\n")


def test_a_file_without_codes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="code and value"):
        drawn(tmp_path, "16228,0.5\n", head="mã,số\n")


def test_a_hostile_reason_stays_text(tmp_path: Path) -> None:
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    document = drawn(tmp_path, f"16228,,,,,unpublished,{quoted},{quoted},,\n")
    assert "<img" not in document
    assert "${window" not in document


def test_stored_boundaries_are_drawn_at_the_level_that_fits(tmp_path: Path) -> None:
    (unit,) = communes(["16228"])
    ring = "[[[105,19],[105.1,19],[105.1,19.1],[105,19]]]"
    shape = f'{{"type":"Polygon","coordinates":{ring}}}'
    store(
        ImportedSet(
            name="thử", source="Bản đồ thử", licence="CC0", valid_from=date(2025, 7, 1),
            quality="third_party", sha256="thử",
            shapes={level: {"16228": shape} for level in Boundary.Detail.values},
        ),
        {"16228": unit},
    )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        document = drawn(tmp_path, "16228,0.5\n", head="code,value\n")
    assert "Bản đồ thử" in document
    assert "Sơ đồ" not in document
    assert len(asked) < 20
    assert [detail(n) for n in (166, 700, 3321)] == ["100", "300", "800"]
