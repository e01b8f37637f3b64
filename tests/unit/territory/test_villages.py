"""Villages in time: moves, mergers, splits, new names; and their figures by commune of any day."""

from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from surveys.collection.models import AuditEvent, Project
from surveys.collection.refusal import Refused
from surveys.fieldwork.area_villages import Applied, apply_villages
from surveys.fieldwork.sample_import import ImportRefused, import_villages
from surveys.territory.models import AdminUnit, Village, VillageLink, VillageMembership
from surveys.territory.units import communes, load_units
from surveys.territory.village_totals import convert_villages
from surveys.territory.villages import VillageTimeError, add, end, move, unit_of
from tests.cast import make_cast
from tests.unit.fieldwork.test_sample_import import SECOND, VILLAGE, csv_of
from tests.unit.fieldwork.world import make_round

pytestmark = pytest.mark.django_db
BEFORE, AFTER, LATER = date(2025, 6, 30), date(2025, 7, 1), date(2026, 3, 1)
SAID = "quyết định của xã"
Kind = VillageLink.Kind


@pytest.fixture(scope="module", autouse=True)
def _units(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests here; each test's own changes are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_units()
        yield
        transaction.set_rollback(True)


def unit(code: str, on: date = AFTER) -> AdminUnit:
    return communes([code], on=on)[0]


def made(name: str, code: str, *, legacy: str = "", since: date | None = None) -> Village:
    village = Village(id=name, name=f"Thôn {name}", unit=unit(code), legacy_area=legacy)
    add([village], SAID, since=since)
    return village


def code_of(village: str, on: date) -> str | None:
    found = unit_of([village], on)[village]
    return f"{found.code} {found.valid_from.year}" if found else None


def test_a_village_moved_twice_is_in_three_communes() -> None:
    village = made("a", "16228", legacy="Yên Thọ")
    assert move(village, unit("16264"), since=LATER, source=SAID)
    days = (BEFORE, AFTER, date(2026, 2, 28), LATER, date(2026, 11, 1))
    found = [unit_of(["a"], day)["a"] for day in days]
    assert [each and each.code for each in found] == ["16264", "16228", "16228", "16264", "16264"]
    assert found[0] != found[3]  # the number is the same, the territory is not
    village.refresh_from_db()
    assert village.unit == found[3]


def test_moves_may_be_told_in_any_order() -> None:
    village = made("a", "16228")
    assert move(village, unit("16264"), since=date(2026, 5, 1), source=SAID)
    assert move(village, unit("16258"), since=LATER, source=SAID)
    assert [code_of("a", day) for day in (AFTER, LATER, date(2026, 5, 1))] == [
        "16228 2025", "16258 2025", "16264 2025"
    ]  # fmt: skip
    village.refresh_from_db()
    assert village.unit.code == "16264"
    spans = village.memberships.order_by("valid_from").values_list("valid_from", "valid_to")
    assert [end for _, end in spans] == [start for start, _ in spans[1:]] + [None]


def test_the_same_move_twice_is_once_and_another_of_that_day_is_refused() -> None:
    village = made("a", "16228")
    assert move(village, unit("16264"), since=LATER, source=SAID)
    assert not move(village, unit("16264"), since=LATER, source=SAID)
    with pytest.raises(VillageTimeError, match="16264"):
        move(village, unit("16258"), since=LATER, source=SAID)
    with pytest.raises(VillageTimeError, match="not in force"):
        move(village, unit("16264", BEFORE), since=date(2026, 4, 1), source=SAID)
    with pytest.raises(VillageTimeError, match="has not come"):
        move(village, unit("16258"), since=date(2999, 1, 1), source=SAID)


def test_before_its_first_day_a_commune_that_kept_its_territory_is_known_and_a_merged_not() -> None:
    made("whole", "16258")
    made("merged", "16228")
    assert code_of("whole", BEFORE) == "16258 " + str(unit("16258", BEFORE).valid_from.year)
    assert code_of("merged", BEFORE) is None


def test_villages_that_merged_are_where_their_successor_is() -> None:
    for name in ("a", "b", "c"):
        made(name, "16228")
    a, b, c = (Village.objects.get(pk=name) for name in ("a", "b", "c"))
    assert end(a, b, Kind.MERGED, day=date(2026, 1, 1), source=SAID)
    assert not end(a, b, Kind.MERGED, day=date(2026, 1, 1), source=SAID)
    assert end(b, c, Kind.MERGED, day=LATER, source=SAID)
    move(c, unit("16264"), since=date(2026, 5, 1), source=SAID)
    assert [code_of("a", day) for day in (AFTER, LATER, date(2026, 6, 1))] == [
        "16228 2025", "16228 2025", "16264 2025"
    ]  # fmt: skip
    with pytest.raises(VillageTimeError, match="itself"):
        end(c, a, Kind.MERGED, day=date(2026, 7, 1), source=SAID)
    with pytest.raises(VillageTimeError, match="no more"):
        move(Village.objects.get(pk="a"), unit("16258"), since=LATER, source=SAID)


def test_a_split_over_two_communes_is_not_guessed_and_one_within_a_commune_is_known() -> None:
    old, near, far = made("old", "16228"), made("near", "16228", since=LATER), None
    far = made("far", "16264", since=LATER)
    end(old, near, Kind.SPLIT, day=LATER, source=SAID)
    assert code_of("old", LATER) == "16228 2025"
    end(old, far, Kind.SPLIT, day=LATER, source=SAID)
    assert code_of("old", AFTER) == "16228 2025"
    assert code_of("old", LATER) is None
    assert code_of("near", date(2026, 1, 1)) == "16228 2025"  # it was part of the old one


def test_a_new_number_leads_both_ways() -> None:
    old, new = made("old", "16264"), made("new", "16264", since=LATER)
    end(old, new, Kind.RENAMED, day=LATER, source=SAID)
    assert code_of("new", AFTER) == code_of("old", AFTER) == "16264 2025"
    assert code_of("old", date(2026, 9, 1)) == "16264 2025"
    move(new, unit("16258"), since=date(2026, 9, 1), source=SAID)
    assert code_of("old", date(2026, 9, 1)) == "16258 2025"


def test_a_thousand_villages_cost_as_many_queries_as_ten() -> None:
    add([Village(id=f"v{n}", name=f"Thôn {n}", unit=unit("16228")) for n in range(900)], SAID)
    costs = []
    for n in (10, 900):
        with CaptureQueriesContext(connection) as asked:
            found = unit_of([f"v{each}" for each in range(n)], LATER)
        assert None not in found.values()
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 6


def test_unknown_villages_are_unplaced_and_sums_are_exact() -> None:
    made("a", "16228", legacy="Yên Thọ")
    made("b", "16228", legacy="Bến Sung")
    made("c", "16264", legacy="Yên Thọ")
    counts, base = {"a": 3.0, "b": 5.0, "c": 7.0, "?": 1.0}, dict.fromkeys("abc?", 10.0)
    now = convert_villages(counts, on=AFTER, of=base)
    assert [(row.unit.code, row.numerator, row.value) for row in now.rows] == [
        ("16228", 8.0, 0.4), ("16264", 7.0, 0.7)
    ]  # fmt: skip
    assert now.unplaced == ("?",)
    then = convert_villages(counts, on=BEFORE)
    assert {row.unit.name: row.value for row in then.rows} == {"Yên Thọ": 10.0, "Bến Sung": 5.0}
    with pytest.raises(ValueError, match="a"):
        convert_villages({"a": 1.0}, on=AFTER, of={})


def written(folder: Path, *lines: str, head: str = "village_id,commune,from,source") -> Path:
    path = folder / "thon.csv"
    path.write_text("\n".join((head, *lines)), encoding="utf-8")
    return path


def test_a_file_moves_merges_and_adds_and_twice_is_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made("a", "16228")
    head = "village_id,commune,from,source,became,how,name"
    path = written(
        tmp_path,
        "b,,2026-05-01,NQ 2,a,merged,",
        "a,16264,2026-03-01,NQ 1,,,",
        "b,16228,2025-07-01,NQ 0,,,Thôn mới",
        head=head,
    )
    call_command("areas", "villages", str(path))
    assert "1 villages added, 1 moved, 1 ended" in capsys.readouterr().out
    assert [code_of("b", day) for day in (AFTER, date(2026, 5, 1))] == ["16228 2025", "16264 2025"]
    assert apply_villages(None, path) == Applied(0, 0, 0)
    assert AuditEvent.objects.filter(action="area.villages").count() == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a,16231,2026-03-01,x", "Thị trấn|bearers|Bearers"),
        ("a,99999,2026-03-01,x", "99999"),
        ("a,16264,01/03/2026,x", "no day"),
        ("a,16264,2026-03-01,", "source is missing"),
        (",16264,2026-03-01,x", "village_id"),
        ("a,,2026-03-01,x", "one of commune"),
        ("new,16264,2026-03-01,x", "no village"),
        ("a,16258,2025-07-01,x", "same day"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_changed(tmp_path: Path, line: str, words: str) -> None:
    made("a", "16228")
    before = list(VillageMembership.objects.values_list())
    path = written(tmp_path, "a,16264,2026-01-01,tốt", line)
    with pytest.raises(Refused) as refused:
        apply_villages(None, path)
    assert any(word in refused.value.en for word in words.split("|"))
    assert "3" in refused.value.vi
    assert list(VillageMembership.objects.values_list()) == before


def test_figures_of_villages_are_written_by_commune_of_the_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made("a", "16228")
    figures = tmp_path / "phieu.csv"
    figures.write_text("village_id,count\na,2\na,3\nlạ,1\n", encoding="utf-8")
    target = tmp_path / "xa.csv"
    call_command("areas", "convert", str(figures), "--on", "2026-01-01", "--to", str(target))
    said = capsys.readouterr()
    assert "lạ" in said.err
    assert "16228,xã Như Thanh,2026-01-01,5.0,exact" in target.read_text(encoding="utf-8-sig")
    codes = tmp_path / "ma.csv"
    codes.write_text("code,count\n16228,1\n", encoding="utf-8")
    with pytest.raises(CommandError, match="--was"):
        call_command("areas", "convert", str(codes), "--on", "2026-01-01", "--to", str(target))


def test_villages_stored_before_memberships_get_theirs() -> None:
    migration = import_module("surveys.territory.migrations.0003_villages_in_time")
    Village.objects.create(id="old", name="Thôn cũ", unit=unit("16228"))
    assert code_of("old", LATER) is None
    migration.open_memberships(apps, None)
    assert code_of("old", LATER) == "16228 2025"


def test_a_sample_says_where_its_villages_lay_and_never_moves_one() -> None:
    boss = make_cast().admin.actor
    named = VILLAGE | {"village_id": "thon-bai", "legacy_commune": "Yên Thọ"}
    first, other = (make_round(Project.objects.create(name=name)) for name in "PQ")
    import_villages(boss, first, csv_of(named, SECOND | {"village_id": "", "legacy_commune": ""}))
    assert [code_of("thon-bai", day) for day in (BEFORE, LATER)] == ["16264 2025", "16228 2025"]
    found = unit_of(["thon-bai"], BEFORE)["thon-bai"]
    assert found is not None
    assert found.valid_to == AFTER
    with pytest.raises(ImportRefused) as refused:
        import_villages(boss, other, csv_of(named | {"commune_code": "16264"}))
    assert (2, "village_id") in [(each.row, each.column) for each in refused.value.problems]
    assert Village.objects.get(pk="thon-bai").unit == unit("16228")


def test_a_list_says_how_many_households_live_in_each_village(tmp_path: Path) -> None:
    made("a", "16228")
    path = tmp_path / "villages.csv"
    head = "village_id,commune,from,source,name,households\n"
    path.write_text(f"{head}a,16228,2025-07-01,{SAID},,180\nb,16228,2025-07-01,{SAID},Thôn b,95\n")
    apply_villages(None, path)
    assert dict(Village.objects.values_list("pk", "households")) == {"a": 180, "b": 95}
    path.write_text(f"{head}a,16228,2025-07-01,{SAID},,nhiều\n")
    with pytest.raises(Refused) as refused:
        apply_villages(None, path)
    assert refused.value.code == 400.164
