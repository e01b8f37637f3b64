"""Figures before and after 1 July 2025: what is exact, added up, shared out or impossible."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from surveys.collection.models import AuditEvent
from surveys.collection.refusal import Refused
from surveys.fieldwork.area_links import Decision, decide
from surveys.territory.conversion import (
    Converted,
    Kind,
    UnlikeTerritoriesError,
    convert_counts,
    convert_rates,
    require_same_territory,
)
from surveys.territory.links import disputed, in_use
from surveys.territory.models import AdminLink, AdminUnit
from surveys.territory.units import Loaded, UnknownCommuneError, communes, load_units, title_on

pytestmark = pytest.mark.django_db
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture(scope="module", autouse=True)
def _units(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once for all tests here; each test's own changes are rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_units()
        yield
        transaction.set_rollback(True)


def by_code(found: tuple[Converted, ...]) -> dict[str, Converted]:
    return {each.unit.code: each for each in found}


def members(code: str, kind: AdminLink.Kind | None = None) -> list[str]:
    """Old communes that went into one of today's."""
    links = in_use().filter(new__code=code)
    if kind is not None:
        links = links.filter(kind=kind)
    return list(links.order_by("old__code").values_list("old__code", flat=True))


def test_the_divided_communes_are_those_of_the_two_lists() -> None:
    every, agreed = defaultdict(set), defaultdict(set)
    for link in AdminLink.objects.select_related("old"):
        every[link.old_id].add(link.new_id)
        if link.verdict == AdminLink.Verdict.AGREED:
            agreed[link.old_id].add(link.new_id)
    assert sum(len(found) > 1 for found in every.values()) == 494
    assert sum(len(found) > 1 for found in agreed.values()) == 443
    assert not AdminUnit.objects.filter(successors=None, valid_to=AFTER, level="commune").exists()


def test_a_commune_that_only_changed_its_number_or_nothing_is_exact() -> None:
    (code,) = members("16258")
    (found,) = convert_counts({code: 12}, was=BEFORE, on=AFTER)
    assert (found.unit.code, found.value, found.kind) == ("16258", 12, Kind.EXACT)


def test_whole_communes_add_up() -> None:
    counts = {code: float(n) for n, code in enumerate(members("16234"), 1)}
    assert len(counts) == 3
    (found,) = convert_counts(counts, was=BEFORE, on=AFTER)
    assert (found.unit.code, found.value, found.kind) == ("16234", 6, Kind.AGGREGATED)


def test_a_divided_commune_without_shares_leaves_bounds_only() -> None:
    counts = dict.fromkeys({*members("16228"), *members("16264")}, 10.0)
    found = by_code(convert_counts(counts, was=BEFORE, on=AFTER))
    whole = len(members("16228", AdminLink.Kind.WHOLE))
    assert found["16228"].kind is Kind.IMPOSSIBLE
    assert found["16228"].value is None
    assert (found["16228"].low, found["16228"].high) == (10.0 * whole, 10.0 * whole + 10)
    assert [unit.code for unit in found["16228"].unshared] == ["16264"]


def test_with_shares_it_is_apportioned_and_nothing_is_lost() -> None:
    old = communes(["16264"], on=BEFORE)[0]
    for new, share in (("16228", 0.25), ("16264", 0.75)):
        unit = communes([new], on=AFTER)[0]
        decide(None, old, unit, Decision(AdminLink.Verdict.AGREED, share, "khảo sát thôn 2025"))
    counts = dict.fromkeys({*members("16228"), *members("16264")}, 100.0)
    found = by_code(convert_counts(counts, was=BEFORE, on=AFTER))
    assert found["16228"].kind is found["16264"].kind is Kind.APPORTIONED
    assert found["16228"].value == 100 * len(members("16228", AdminLink.Kind.WHOLE)) + 25
    assert sum(each.value or 0 for each in found.values()) == pytest.approx(100 * len(counts))


def test_a_source_without_a_figure_is_named() -> None:
    first, *rest = members("16234")
    (found,) = convert_counts({first: 5}, was=BEFORE, on=AFTER)
    assert found.kind is Kind.IMPOSSIBLE
    assert [unit.code for unit in found.missing] == rest
    assert found.value is found.low is None


def test_rates_come_from_their_converted_counts() -> None:
    codes = members("16234")
    numerators = dict(zip(codes, [10.0, 0.0, 30.0], strict=True))
    denominators = dict(zip(codes, [100.0, 300.0, 100.0], strict=True))
    (found,) = convert_rates(numerators, denominators, was=BEFORE, on=AFTER)
    assert found.value == pytest.approx(40 / 500)  # the mean of the three rates would be 0.133
    with pytest.raises(ValueError, match=codes[0]):
        convert_rates({codes[0]: 1}, {}, was=BEFORE, on=AFTER)


def test_back_over_a_merger_people_are_needed() -> None:
    codes = members("16234")
    back = by_code(convert_counts({"16234": 60.0}, was=AFTER, on=BEFORE))
    assert {each.kind for each in back.values()} == {Kind.IMPOSSIBLE}
    weights = dict(zip(codes, [1000.0, 2000.0, 3000.0], strict=True))
    shared = by_code(convert_counts({"16234": 60.0}, was=AFTER, on=BEFORE, weights=weights))
    assert [shared[code].value for code in codes] == [10, 20, 30]
    assert {each.kind for each in shared.values()} == {Kind.APPORTIONED}
    (old,) = members("16258")
    assert convert_counts({"16258": 9}, was=AFTER, on=BEFORE)[0].kind is Kind.EXACT, old


def test_one_number_over_two_territories_is_not_compared() -> None:
    (then,), (now,) = communes(["16228"], on=BEFORE), communes(["16228"])
    with pytest.raises(UnlikeTerritoriesError, match="16228"):
        require_same_territory(then, now)
    (old,) = members("16258")
    require_same_territory(communes([old], on=BEFORE)[0], communes(["16258"])[0])
    require_same_territory(now, now)


def test_a_code_of_no_commune_that_day_is_refused() -> None:
    with pytest.raises(UnknownCommuneError, match="99999"):
        convert_counts({"99999": 1}, was=BEFORE, on=AFTER)


def test_a_later_title_is_the_same_commune() -> None:
    (unit,) = communes(["26368"])
    assert unit.full_name == "phường Long Thành"
    assert title_on(unit, date(2026, 4, 29)) == "xã Long Thành"
    assert title_on(unit, date(2026, 4, 30)) == "phường Long Thành"
    assert unit.parent is not None
    assert unit.parent.full_name == "thành phố Đồng Nai"
    load_units()
    assert unit.titles.count() == 2


def test_decisions_are_noted_and_refused_where_they_make_no_sense() -> None:
    old, new = communes(["16264"], on=BEFORE)[0], communes(["16228"])[0]
    verdict = AdminLink.Verdict
    decide(None, old, new, Decision(verdict.REJECTED, None, "đã kiểm tra tại xã"))
    assert AuditEvent.objects.get(action="area.link").details["verdict"] == "rejected"
    left = in_use().get(old=old)
    assert (left.kind, left.share) == (AdminLink.Kind.WHOLE, 1.0)
    with pytest.raises(Refused, match=r"409\.121"):
        decide(None, old, left.new, Decision(verdict.REJECTED, None, "nhầm"))
    with pytest.raises(Refused, match=r"400\.121"):
        decide(None, old, new, Decision(verdict.ACCEPTED, None, " "))
    decide(None, old, new, Decision(verdict.ACCEPTED, 0.6, "điều tra"))
    with pytest.raises(Refused, match=r"409\.122"):
        decide(None, old, left.new, Decision(verdict.ACCEPTED, 0.6, "điều tra"))


def test_a_list_loaded_before_the_corrections_gets_them_and_keeps_what_people_decided() -> None:
    old = communes(["14770"], on=BEFORE)[0]
    wrong = AdminLink.objects.get(old=old, new__code="16624")
    kept = disputed().exclude(old=old).first()
    assert kept is not None
    AdminLink.objects.filter(pk=wrong.pk).update(
        verdict=AdminLink.Verdict.AGREED, source="vietnamadminunits 1.0.4", kind="part"
    )
    AdminLink.objects.filter(pk=kept.pk).update(source="xã trả lời", verdict="accepted")
    load_units()
    wrong.refresh_from_db()
    kept.refresh_from_db()
    assert (wrong.verdict, kept.verdict) == ("rejected", "accepted")
    assert in_use().get(old=old).kind == AdminLink.Kind.WHOLE


def test_a_file_is_converted_by_command(tmp_path: Path) -> None:
    source, target, shares = (tmp_path / name for name in ("counts.csv", "new.csv", "shares.csv"))
    lines = [f"{code},10" for code in {*members("16228"), *members("16264")}]
    source.write_text("\n".join(["code,count", *lines]), encoding="utf-8")
    shares.write_text(
        "old,new,verdict,share,source\n16264,16228,,0.25,UBND xã\n16264,16264,,0.75,UBND xã\n",
        encoding="utf-8",
    )
    said = StringIO()
    days = ("--was", "2025-06-30", "--on", "2025-07-01")
    call_command("areas", "decide", str(shares), stdout=said)
    call_command("areas", "convert", str(source), *days, "--to", str(target), stdout=said)
    written = target.read_text(encoding="utf-8-sig").splitlines()
    rows = {row["code"]: row for row in csv.DictReader(written)}
    assert rows["16228"]["how"] == "apportioned"
    assert float(rows["16228"]["value"]) == 10 * len(members("16228")) - 7.5
    assert "16264 × 0.25" in rows["16228"]["from"]
    call_command("areas", "disputed", stdout=said)
    assert "14770" in said.getvalue()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mã,số\n1,2", "code"),
        ("code,count\n16228,-1", "-1"),
        ("code,count\n16228,một", "một"),
        ("code,count\n16228,1\n16228,2", "16228"),
        ("code,count\n99999,1", "99999"),
    ],
)
def test_a_file_that_cannot_be_converted_says_why(text: str, says: str, tmp_path: Path) -> None:
    source = tmp_path / "counts.csv"
    source.write_text(text, encoding="utf-8")
    days = ("--was", "2025-06-30", "--on", "2025-07-01")
    with pytest.raises(CommandError, match=says):
        call_command("areas", "convert", str(source), *days, "--to", str(tmp_path / "out.csv"))
    assert not (tmp_path / "out.csv").exists()


def test_a_later_title_comes_from_a_file_and_the_former_one_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "ten.csv"
    head = "code,level,type,name,valid_from,source\n"
    path.write_text(f"{head}16228,commune,Phường,Như Thanh,2026-06-01,Nghị quyết 9\n", "utf-8")
    said = StringIO()
    call_command("areas", "titles", str(path), stdout=said)
    call_command("areas", "titles", str(path), stdout=said)
    assert "1 titles stored" in said.getvalue()
    assert "0 titles stored" in said.getvalue()
    (now,) = communes(["16228"])
    days = (AFTER, date(2026, 6, 1))
    assert [title_on(now, day) for day in days] == ["xã Như Thanh", "phường Như Thanh"]
    for line, words in (
        ("16228,commune,Xã,Khác,2026-06-01,x", "stored as Phường Như Thanh"),
        ("16231,commune,Xã,Khác,2026-06-01,x", "16231"),
        ("16228,làng,Xã,Khác,2026-06-01,x", "level is"),
        ("16228,commune,Xã,Khác,hôm nay,x", "no day"),
        ("16228,commune,Xã,Khác,2026-07-01,", "source is missing"),
    ):
        path.write_text(head + line, "utf-8")
        with pytest.raises(CommandError, match=words):
            call_command("areas", "titles", str(path))
    assert now.titles.count() == 2


def test_corrections_are_given_with_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = "surveys.results.management.commands.areas.load_units"
    monkeypatch.setattr(command, lambda: Loaded(0, 0))  # it is there
    path = tmp_path / "sua.csv"
    path.write_text("old,new,verdict,share,source\n16264,16228,,0.25,UBND xã\n", "utf-8")
    call_command("areas", "load", "--corrections", str(path), stdout=StringIO())
    link = AdminLink.objects.get(old__code="16264", new__code="16228")
    assert (link.share, link.share_source) == (0.25, "UBND xã")


def test_a_file_that_cannot_be_written_is_named_before_any_work(tmp_path: Path) -> None:
    source = tmp_path / "counts.csv"
    source.write_text("code,count\n16228,1\n")
    days = ["--was", "2025-06-30", "--on", "2025-07-01"]
    for target in (tmp_path / "no" / "such.csv", tmp_path):
        with pytest.raises(CommandError, match="in a folder that exists"):
            call_command("areas", "convert", str(source), *days, "--to", str(target))


def test_a_file_that_is_read_is_never_overwritten(tmp_path: Path) -> None:
    source, beside = tmp_path / "counts.csv", tmp_path / "beside.csv"
    for path in (source, beside):
        path.write_text("code,value\n16228,0.5\n")
    days = ["--was", "2025-06-30", "--on", "2025-07-01"]
    with pytest.raises(CommandError, match="would be overwritten"):
        call_command("areas", "convert", str(source), *days, "--to", str(source))
    with pytest.raises(CommandError, match="would be overwritten"):
        call_command(
            "areas",
            "map",
            str(source),
            "--beside",
            str(beside),
            "--to",
            str(beside),
            "--title",
            "x",
        )
    assert source.read_text() == beside.read_text() == "code,value\n16228,0.5\n"
