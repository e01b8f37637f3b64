"""A series over 1 July 2025 for the old district Như Thanh, on the boundaries of either side."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from surveys.fieldwork.area_links import Decision, decide
from surveys.territory.links import in_use
from surveys.territory.models import AdminLink, AdminUnit, Level
from surveys.territory.units import load_units

pytestmark = pytest.mark.django_db
OLD, NEW = "2025-06-30", "2025-07-01"


@pytest.fixture(scope="module", autouse=True)
def _units(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests here; each test's own changes are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_units()
        yield
        transaction.set_rollback(True)


def olds() -> list[AdminUnit]:
    """The 14 communes of the old district."""
    district = AdminUnit.objects.get(level=Level.DISTRICT, name="Như Thanh")
    return list(district.children.order_by("code"))


def news() -> list[str]:
    links = in_use().filter(old__in=olds()).order_by("new__code")
    return list(links.values_list("new__code", flat=True).distinct())


def written(folder: Path, head: str, rows: list[str]) -> Path:
    path = folder / "chuoi.csv"
    path.write_text("\n".join((head, *rows)), encoding="utf-8")
    return path


def series(folder: Path, path: Path, on: str, *more: str) -> dict[tuple[str, str], dict[str, str]]:
    target = folder / "ra.csv"
    call_command("areas", "series", str(path), "--on", on, "--to", str(target), *more)
    with target.open(encoding="utf-8-sig", newline="") as handle:
        return {(row["code"], row["date"]): row for row in csv.DictReader(handle)}


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    """100 in every old commune in 2024 and early 2025, 300 in every new one in 2026."""
    rows = [f"{unit.code},{day},100" for day in ("2024-12-31", OLD) for unit in olds()]
    rows += [f"{code},2026-06-30,300" for code in news()]
    return written(tmp_path, "code,date,count", rows)


def test_old_nhu_thanh_from_2024_to_2026_on_the_new_boundaries(
    tmp_path: Path, counts: Path
) -> None:
    assert len(olds()) == 14
    found = series(tmp_path, counts, NEW)
    assert {code for code, _ in found} == set(news()) == {
        "16228", "16234", "16249", "16258", "16264", "16273", "16369"
    }  # fmt: skip
    how = {code: found[code, "2024-12-31"]["how"] for code in news()}
    assert how == {
        "16228": "impossible", "16234": "aggregated", "16249": "aggregated", "16258": "exact",
        "16264": "impossible", "16273": "impossible", "16369": "impossible",
    }  # fmt: skip
    assert found["16234", "2024-12-31"]["value"] == "300.0"
    assert "as listed on 2025-01-01" in found["16234", "2024-12-31"]["note"]
    assert found["16234", OLD]["note"] == ""
    assert found["16228", "2024-12-31"]["note"].startswith("no share of 16264")
    assert "no figure for" in found["16369", "2024-12-31"]["note"]  # it reaches out of the district
    assert {found[code, "2026-06-30"]["how"] for code in news()} == {"exact"}


def test_with_a_counted_share_the_divided_commune_is_apportioned(
    tmp_path: Path, counts: Path
) -> None:
    old = next(unit for unit in olds() if unit.code == "16264")
    for link, share in zip(
        in_use().filter(old=old).order_by("new__code"), (0.25, 0.75), strict=True
    ):
        decide(None, old, link.new, Decision(AdminLink.Verdict.AGREED, share, "đếm thôn"))
    found = series(tmp_path, counts, NEW)["16228", "2024-12-31"]
    assert found["how"] == "apportioned"
    assert float(found["value"]) == pytest.approx(325)


def test_old_nhu_thanh_from_2024_to_2026_on_the_old_boundaries(
    tmp_path: Path, counts: Path
) -> None:
    found = series(tmp_path, counts, OLD)
    codes = [unit.code for unit in olds()]
    assert {found[code, "2024-12-31"]["how"] for code in codes} == {"exact"}
    (kept,) = [unit.code for unit in olds() if unit.name == "Xuân Thái"]
    assert found[kept, "2026-06-30"]["how"] == "exact"
    assert {found[code, "2026-06-30"]["how"] for code in codes if code != kept} == {"impossible"}
    people = tmp_path / "dan.csv"
    people.write_text(
        "code,count\n" + "\n".join(f"{code},{n * 1000}" for n, code in enumerate(codes, 1)),
        encoding="utf-8",
    )
    shared = series(tmp_path, counts, OLD, "--people", str(people))
    parts = [code for code in codes if shared[code, "2026-06-30"]["how"] == "apportioned"]
    group = list(in_use().filter(new__code="16234").values_list("old__code", flat=True))
    assert set(group) <= set(parts)
    assert sum(float(shared[code, "2026-06-30"]["value"]) for code in group) == pytest.approx(300)


def test_rates_are_made_of_converted_counts(tmp_path: Path) -> None:
    group = list(in_use().filter(new__code="16234").values_list("old__code", flat=True))
    rows = [f"{code},2024-12-31,{n},{n * 100}" for n, code in enumerate(group, 1)]
    path = written(tmp_path, "code,date,numerator,denominator", [*rows, "16234,2026-06-30,2,50"])
    found = series(tmp_path, path, NEW)
    assert float(found["16234", "2024-12-31"]["value"]) == pytest.approx(0.01)
    assert float(found["16234", "2026-06-30"]["value"]) == pytest.approx(0.04)


def test_codes_of_2024_in_a_line_of_2026_are_stopped_with_candidates(tmp_path: Path) -> None:
    gone = next(
        unit.code
        for unit in olds()
        if not AdminUnit.objects.filter(level="commune", code=unit.code, valid_to=None).exists()
    )
    path = written(tmp_path, "code,date,count", [f"{gone},2026-06-30,5"])
    with pytest.raises(CommandError) as refused:
        series(tmp_path, path, NEW)
    (first, *_) = in_use().filter(old__code=gone).select_related("new")
    assert str(first.new) in str(refused.value)


@pytest.mark.parametrize(
    ("head", "row", "words"),
    [
        ("code,count", "16228,1", "date"),
        ("code,date,count", "16228,2026,1", "no day"),
        ("code,date,count", "16228,2026-01-01,many", "no count"),
        ("code,date,count", "16228,2026-01-01,1.234", "write 1234 or 1.2340"),
        ("code,date,count", "16228,2026-01-01,1\n16228,2026-01-01,2", "earlier line"),
    ],
)
def test_a_bad_file_is_refused_in_words(tmp_path: Path, head: str, row: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        series(tmp_path, written(tmp_path, head, [row]), NEW)
