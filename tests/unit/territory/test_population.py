"""Populations from a file: checked, asked about, stored; and what a run makes of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from surveys.collection.models import AuditEvent
from surveys.collection.refusal import Refused
from surveys.fieldwork.area_population import load_population
from surveys.results.models import Run
from surveys.results.reading.population import populations
from surveys.territory.models import AdminUnit, Population
from surveys.territory.units import in_force, load_units

pytestmark = pytest.mark.django_db
HEAD = "code,group,count,definition,source,date"
TAIL = "registered,Công an tỉnh,2026-01-01"


@pytest.fixture(scope="module", autouse=True)
def _units(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests here; each test's own changes are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_units()
        yield
        transaction.set_rollback(True)


def communes_of(province: str, type_: str = "Xã") -> list[AdminUnit]:
    found = in_force().filter(parent__code=province, type=type_, area_km2__gt=0)
    return list(found.order_by("code"))


def written(folder: Path, *lines: str, head: str = HEAD) -> Path:
    path = folder / "dan.csv"
    path.write_text("\n".join((head, *lines)), encoding="utf-8")
    return path


def usual(units: list[AdminUnit], density: float = 200) -> list[str]:
    return [f"{each.code},18+,{round(density * (each.area_km2 or 1))},{TAIL}" for each in units]


def test_a_file_is_stored_once_and_corrected_by_its_own_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = usual(communes_of("38")[:20])
    path = written(tmp_path, *lines)
    call_command("areas", "population", str(path))
    assert "20 populations stored" in capsys.readouterr().out
    load_population(None, path)
    assert Population.objects.count() == 20
    code, group, count, *_ = lines[0].split(",")
    load_population(None, written(tmp_path, f"{code},{group},{int(count) + 7},{TAIL}"))
    assert Population.objects.get(unit__code=code).count == int(count) + 7
    assert AuditEvent.objects.filter(action="area.population").count() == 3


def test_a_commune_ten_times_the_others_is_asked_about_and_stored_when_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    units = communes_of("15")
    odd = next(each for each in units if each.name == "Yên Bình")
    lines = [
        line.replace(",18+,", ",18+,") if not line.startswith(odd.code)
        else f"{odd.code},18+,{round(3900 * (odd.area_km2 or 1))},{TAIL}"
        for line in usual(units, 100)
    ]  # fmt: skip
    path = written(tmp_path, *lines)
    with pytest.raises(CommandError, match=f"--accept {odd.code}$"):
        call_command("areas", "population", str(path))
    assert "39 times as dense" in capsys.readouterr().out
    assert not Population.objects.exists()
    assert not AuditEvent.objects.filter(action="area.population").exists()
    call_command("areas", "population", str(path), "--accept", odd.code)
    assert Population.objects.count() == len(units)
    assert AuditEvent.objects.get(action="area.population").details["communes"] == [odd.code]


def test_a_tenth_is_asked_about_too_and_a_town_is_compared_with_towns(tmp_path: Path) -> None:
    villages, wards = communes_of("38"), communes_of("38", "Phường")
    low = f"{villages[0].code},18+,1,{TAIL}"
    path = written(tmp_path, low, *usual(villages[1:]), *usual(wards, 2000))
    assert [each.row.unit for each in load_population(None, path).questions] == [villages[0]]


def test_what_is_stored_is_what_a_single_line_is_compared_with(tmp_path: Path) -> None:
    units = communes_of("38")
    load_population(None, written(tmp_path, *usual(units[1:])))
    (alone,) = usual(units[:1], 2000)
    assert load_population(None, written(tmp_path, alone)).questions
    assert not load_population(
        None, written(tmp_path, alone.replace("18+", "households"))
    ).questions


def test_a_count_alone_is_asked_about_if_no_commune_can_have_it_or_nobody_counted_yet(
    tmp_path: Path,
) -> None:
    many = f"16228,18+,100000000,{TAIL}"
    early = "16234,18+,9000,registered,Công an tỉnh,2999-01-01"
    asked = load_population(None, written(tmp_path, many, early)).questions
    assert [each.row.unit.code for each in asked] == ["16228", "16234"]
    assert "more than 300000" in asked[0].en
    assert "yet to come" in asked[1].en
    assert not Population.objects.exists()
    accepted = ("16228", "16234")
    assert load_population(None, written(tmp_path, many, early), accepted=accepted).stored == 2


def test_two_communes_of_one_name_with_one_count_are_asked_about(tmp_path: Path) -> None:
    first, second = in_force().filter(name="Nghĩa Lộ").order_by("code")
    path = written(tmp_path, f"{first.code},all,73556,{TAIL}", f"{second.code},all,73556,{TAIL}")
    assert [each.row.unit for each in load_population(None, path).questions] == [first, second]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((f"16231,18+,5,{TAIL}",), "16231 → xã"),
        ((f"99999,18+,5,{TAIL}",), "99999 → ?"),
        ((f"16228,nhiều,5,{TAIL}",), "group"),
        ((f"16228,18+,1.234,{TAIL}",), "no count"),
        ((f"16228,18+,-4,{TAIL}",), "no count"),
        (("16228,18+,5,đếm,x,2026-01-01",), "registered or usual"),
        (("16228,18+,5,usual,,2026-01-01",), "source is missing"),
        (("16228,18+,5,usual,x,01/01/2026",), "no day"),
        ((f"16228,18+,5,{TAIL}", f"16228,18+,6,{TAIL}"), "earlier line"),
        ((f"16228,18+,50,{TAIL}", f"16228,15+,40,{TAIL}"), "is more than 15"),
        ((f"16228,18+,{'9' * 400},{TAIL}", f"16228,15+,40,{TAIL}"), "is more than 15"),
    ],
)
def test_a_bad_line_is_refused_in_words_and_nothing_is_stored(
    tmp_path: Path, lines: tuple[str, ...], words: str
) -> None:
    with pytest.raises(Refused) as refused:
        load_population(None, written(tmp_path, f"16234,18+,9000,{TAIL}", *lines))
    assert words in refused.value.en
    assert not Population.objects.exists()


def run_of(*codes: str, definition: str = "registered") -> Run:
    rows = {code: {"15+": 100, "18+": 90} for code in ("", *codes)}
    stored = {"rows": rows, "is_raked": True}
    areas = [{"code": code, "valid_from": "2025-07-01"} for code in codes]
    said = {"populations": stored, "benchmark_definition": definition, "areas": areas}
    return Run(report=said)


def test_a_run_takes_a_register_only_if_every_commune_has_one_of_one_definition(
    tmp_path: Path,
) -> None:
    other = "usual,Tổng điều tra,2026-02-01"
    load_population(None, written(tmp_path, f"16228,18+,9000,{TAIL}", f"16234,18+,7000,{other}"))
    run = run_of("16228", "16234")
    assert populations(run).of("18+", "16228").count == 90  # the sample's own
    load_population(None, written(tmp_path, f"16234,18+,7004,{TAIL}"))
    known = populations(run)
    assert [known.of("18+", code).count for code in ("16228", "16234", "")] == [9000, 7000, 16000]
    assert "Công an tỉnh, 01/01/2026" in known.of("18+", "16228").definition.en
    assert known.of("15+", "16228").count == 100
    load_population(None, written(tmp_path, f"16228,18+,8000,{other}"))
    assert populations(run).of("18+", "16228").count == 9000
    usual_run = run_of("16228", "16234", definition="usual_resident")
    assert populations(usual_run).of("18+", "16228").count == 8000
