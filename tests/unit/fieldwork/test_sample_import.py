"""Villages and households from CSV and XLSX: all or nothing, each fault with its remedy."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook

from surveys.collection import people
from surveys.collection.models import Actor, Project
from surveys.collection.rights import Forbidden
from surveys.fieldwork import sample_import
from surveys.fieldwork.models import Benchmark, Round, SampledHousehold, SampledVillage
from surveys.fieldwork.round_facts import RoundRefused
from surveys.fieldwork.sample_import import ImportRefused, Kind
from surveys.territory.models import AdminLink, AdminUnit, Village
from tests.unit.fieldwork.world import (
    REFORM,
    commune,
    make_round,
    make_user,
    make_world,
    province,
)

pytestmark = pytest.mark.django_db

VILLAGE = {
    "psu": "D1",
    "village": "Thôn Đồng",
    "commune_code": "16228",
    "admin_version": "2025-07-01",
    "stratum": "s1",
    "urban_rural": "rural",
    "frame_date": "2026-01-15",
    "mos_hh": "180",
    "pi_psu": "0.25",
    "n_psu_stratum": "2",
    "N_psu_stratum": "8",
    "selection_order": "1",
    "n_listed": "176",
    "n_selected": "2",
}
SECOND = VILLAGE | {"psu": "D2", "village": "Thôn Bãi", "selection_order": "2"}
HOUSEHOLDS = [
    {"psu": psu, "hh_seq": str(number), "pi_hh": "0.0114"}
    for psu in ("D1", "D2")
    for number in (1, 2)
]


@pytest.fixture
def boss() -> Actor:
    return people.system_actor()


@pytest.fixture
def trial() -> Round:
    """A round without a sample; Như Thanh under its old and its new meaning, Yên Lập (08290)."""
    above = province()
    new = commune("16228", "Như Thanh", above)
    commune("08290", "Yên Lập", above)
    old = AdminUnit.objects.create(
        code="16228",
        level="commune",
        name="Bến Sung",
        type="Thị trấn",
        valid_from="1990-01-01",
        valid_to=REFORM,
    )
    gone = AdminUnit.objects.create(
        code="16231",
        level="commune",
        name="Xuân Khang",
        type="Xã",
        valid_from="1990-01-01",
        valid_to=REFORM,
    )
    for former in (old, gone):
        AdminLink.objects.create(old=former, new=new, kind="whole", source="test")
    return make_round(Project.objects.create(name="P"))


def csv_of(*rows: dict[str, str], separator: str = ",") -> bytes:
    lines = [separator.join(rows[0])]
    lines += [separator.join(f'"{cell}"' for cell in row.values()) for row in rows]
    return "\n".join(lines).encode()


def xlsx_of(*rows: dict[str, Any]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def faults(act: Callable[[], object]) -> list[tuple[int, str]]:
    """(row, column) of what is wrong; each must say what and what to do, in both languages."""
    with pytest.raises(ImportRefused) as caught:
        act()
    for each in caught.value.problems:
        assert all((each.vi, each.en, each.remedy_vi, each.remedy_en))
    assert not SampledVillage.objects.filter(psu="D1").exists()
    return [(each.row, each.column) for each in caught.value.problems]


def test_villages_and_households_are_stored_with_the_frame_facts(trial: Round, boss: Actor) -> None:
    assert sample_import.import_villages(boss, trial, csv_of(VILLAGE, SECOND)).rows == 2
    assert sample_import.import_households(boss, trial, csv_of(*HOUSEHOLDS)).rows == 4
    village = SampledVillage.objects.get(psu="D1")
    assert village.village.unit.name == "Như Thanh"
    assert (village.pi_psu, village.stratum_psus_sampled, village.stratum_psus_total) == (
        0.25,
        2,
        8,
    )
    households = SampledHousehold.objects.filter(village=village)
    assert all(0 <= each.kish_u < 1 for each in households)
    assert {each.arm for each in households} == {"A", "B"}
    assert len({each.name for each in SampledHousehold.objects.all()}) == 4


def test_the_seed_gives_the_same_ids_numbers_and_arms_again(trial: Round, boss: Actor) -> None:
    sample_import.import_villages(boss, trial, csv_of(VILLAGE, SECOND))
    stored = []
    for rows in (HOUSEHOLDS, HOUSEHOLDS[::-1]):
        sample_import.import_households(boss, trial, csv_of(*rows))
        stored.append(
            sorted(SampledHousehold.objects.values_list("name", "hh_seq", "kish_u", "arm"))
        )
    assert stored[0] == stored[1]


def test_a_village_keeps_its_id_from_round_to_round(trial: Round, boss: Actor) -> None:
    sample_import.import_villages(boss, trial, csv_of(VILLAGE, SECOND))
    other = make_round(trial.project, name_vi="Đợt 2")
    sample_import.import_villages(boss, other, csv_of(VILLAGE, SECOND))
    assert Village.objects.count() == 2


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_separator_mark_and_decimal_comma_that_excel_writes_is_read(
    trial: Round, boss: Actor, separator: str, encoding: str
) -> None:
    text = csv_of(
        VILLAGE | {"pi_psu": "0,25"}, SECOND | {"frame_date": "15/01/2026"}, separator=separator
    ).decode()
    sample_import.import_villages(boss, trial, text.encode(encoding))
    assert SampledVillage.objects.get(psu="D1").pi_psu == 0.25
    assert SampledVillage.objects.get(psu="D1").village.name == "Thôn Đồng"


def test_a_workbook_with_numbers_and_dates_is_read(trial: Round, boss: Actor) -> None:
    typed = {"mos_hh": 180.0, "pi_psu": 0.25, "commune_code": 16228, "frame_date": REFORM}
    sample_import.import_villages(boss, trial, xlsx_of(VILLAGE | typed, SECOND))
    village = SampledVillage.objects.get(psu="D1")
    assert (village.mos_hh, village.frame_date) == (180, REFORM)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"pi_psu": "0"}, "pi_psu"),
        ({"pi_psu": "25"}, "pi_psu"),
        ({"pi_psu": "một phần tư"}, "pi_psu"),
        ({"pi_psu": "nan"}, "pi_psu"),
        ({"pi_psu": "1e999"}, "pi_psu"),
        ({"mos_hh": "1.800"}, "mos_hh"),
        ({"mos_hh": "-5"}, "mos_hh"),
        ({"mos_hh": "٣"}, "mos_hh"),
        ({"psu": "D 1"}, "psu"),
        ({"psu": ""}, "psu"),
        ({"village": "x" * 101}, "village"),
        ({"urban_rural": "thành phố"}, "urban_rural"),
        ({"frame_date": "32/01/2026"}, "frame_date"),
        ({"commune_code": "99999"}, "commune_code"),
        ({"commune_code": "8290"}, "commune_code"),
        ({"commune_code": "16231"}, "commune_code"),
        ({"admin_version": "2024-01-01"}, "commune_code"),
        ({"n_selected": "177"}, "n_selected"),
        ({"n_psu_stratum": "9"}, "n_psu_stratum"),
        ({"N_psu_stratum": "9"}, "n_psu_stratum"),
    ],
)
def test_a_wrong_village_is_named_by_row_and_column(
    trial: Round, boss: Actor, change: dict[str, str], column: str
) -> None:
    data = csv_of(SECOND, VILLAGE | change)
    found = faults(lambda: sample_import.import_villages(boss, trial, data))
    assert (3, column) in found or (2, column) in found


@pytest.mark.parametrize(
    ("extra", "column"),
    [
        ({"replaced_by": "D9"}, "replaced_by"),
        ({"minority_share": "30"}, "minority_share"),
        ({"lat": "105.5", "lon": "19.6"}, "lat"),
        ({"lat": "19.6", "lon": ""}, "lat"),
        ({"lat": "48.8", "lon": "2.3"}, "lat"),
    ],
)
def test_a_wrong_optional_value_is_named_too(
    trial: Round, boss: Actor, extra: dict[str, str], column: str
) -> None:
    blank = dict.fromkeys(extra, "")
    data = csv_of(SECOND | blank, VILLAGE | extra)
    assert (3, column) in faults(lambda: sample_import.import_villages(boss, trial, data))


def test_an_old_commune_code_is_answered_with_candidates(trial: Round, boss: Actor) -> None:
    data = csv_of(VILLAGE | {"admin_version": "2024-06-30"}, SECOND)
    with pytest.raises(ImportRefused) as caught:
        sample_import.import_villages(boss, trial, data)
    problem = caught.value.problems[0]
    assert "thị trấn Bến Sung" in problem.vi
    assert "16228 xã Như Thanh" in problem.remedy_vi


def test_a_code_that_lost_its_zero_is_shown_with_it(trial: Round, boss: Actor) -> None:
    with pytest.raises(ImportRefused) as caught:
        sample_import.import_villages(boss, trial, xlsx_of(VILLAGE | {"commune_code": 8290}))
    assert "08290" in caught.value.problems[0].remedy_vi


@pytest.mark.parametrize("column", ["psu", "village", "selection_order"])
def test_a_village_listed_twice_is_named(trial: Round, boss: Actor, column: str) -> None:
    data = csv_of(VILLAGE, SECOND | {column: VILLAGE[column]})
    assert (3, column) in faults(lambda: sample_import.import_villages(boss, trial, data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n\n",
        ",".join(VILLAGE).encode(),
        b"psu,village\nD1,x",
        b"PK\x03\x04 not a workbook",
        b"\xd0\xcf\x11\xe0 old excel",
        "psu;village\nD1;Thôn Bãi".encode("latin-1"),
        b"\x00\x01\x02",
        csv_of(VILLAGE).replace(b"psu,", b"psu,psu,", 1),
        b'"psu\n' + b"x" * 10,
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    trial: Round, boss: Actor, data: bytes
) -> None:
    assert faults(lambda: sample_import.import_villages(boss, trial, data))[0][0] == 0


def test_households_must_fit_their_villages(trial: Round, boss: Actor) -> None:
    sample_import.import_villages(boss, trial, csv_of(VILLAGE, SECOND))
    wrong = [
        ([*HOUSEHOLDS, HOUSEHOLDS[0]], (6, "hh_seq")),
        (HOUSEHOLDS[:3], (4, "psu")),
        ([*HOUSEHOLDS[:3], HOUSEHOLDS[3] | {"pi_hh": "0.02"}], (5, "pi_hh")),
        ([*HOUSEHOLDS[:3], HOUSEHOLDS[3] | {"psu": "D9"}], (5, "psu")),
        ([*HOUSEHOLDS[:3], HOUSEHOLDS[3] | {"hh_seq": "0"}], (5, "hh_seq")),
    ]
    for rows, place in wrong:
        with pytest.raises(ImportRefused) as caught:
            sample_import.import_households(boss, trial, csv_of(*rows))
        assert place in [(each.row, each.column) for each in caught.value.problems]
    assert not SampledHousehold.objects.exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [("id", "Nguyễn Văn A"), ("kish_u", "1"), ("kish_u", "-0.1"), ("arm", "C")],
)
def test_given_lots_are_checked(trial: Round, boss: Actor, column: str, value: str) -> None:
    sample_import.import_villages(boss, trial, csv_of(VILLAGE, SECOND))
    rows = [row | {column: value if not number else ""} for number, row in enumerate(HOUSEHOLDS)]
    with pytest.raises(ImportRefused) as caught:
        sample_import.import_households(boss, trial, csv_of(*rows))
    assert [(each.row, each.column) for each in caught.value.problems] == [(2, column)]


def test_an_id_of_another_round_is_refused(trial: Round, boss: Actor) -> None:
    world = make_world()
    sample_import.import_villages(boss, trial, csv_of(VILLAGE, SECOND))
    rows = [row | {"id": ""} for row in HOUSEHOLDS]
    rows[0]["id"] = world.households[0].name
    with pytest.raises(ImportRefused) as caught:
        sample_import.import_households(boss, trial, csv_of(*rows))
    assert caught.value.problems[0].column == "id"


def test_a_sample_that_was_visited_or_locked_stays(boss: Actor) -> None:
    world = make_world()
    data = csv_of(VILLAGE, SECOND)
    world.submit("A", world.households[0], "224", contact="none")
    with pytest.raises(RoundRefused) as caught:
        sample_import.import_villages(boss, world.round, data)
    assert caught.value.code == 409.14
    assert SampledHousehold.objects.count() == 4


def test_only_who_manages_rounds_may_import(trial: Round) -> None:
    with pytest.raises(Forbidden):
        sample_import.import_villages(make_user("bob@example.vn").actor, trial, csv_of(VILLAGE))


def test_a_given_kish_u_is_kept_to_six_decimals_and_below_one(trial: Round, boss: Actor) -> None:
    sample_import.import_villages(boss, trial, csv_of(VILLAGE, SECOND))
    given = ("0.29", "0,5", "0.9999999", "0")
    rows = [row | {"kish_u": kish_u} for row, kish_u in zip(HOUSEHOLDS, given, strict=True)]
    sample_import.import_households(boss, trial, csv_of(*rows))
    stored = SampledHousehold.objects.order_by("village__psu", "hh_seq")
    assert list(stored.values_list("kish_u", flat=True)) == [0.29, 0.5, 0.999999, 0.0]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
@pytest.mark.parametrize("broken", [b"<", b"", b"<worksheet>&bomb;</worksheet>"])
def test_a_workbook_with_a_broken_part_is_refused(
    trial: Round, boss: Actor, part: str, broken: bytes
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_of(VILLAGE))) as whole, zipfile.ZipFile(out, "w") as cut:
        for name in whole.namelist():
            cut.writestr(name, broken if name == part else whole.read(name))
    assert faults(lambda: sample_import.import_villages(boss, trial, out.getvalue()))


@pytest.mark.parametrize("kind", list(Kind))
def test_the_templates_are_read_back_as_empty(trial: Round, boss: Actor, kind: Kind) -> None:
    for data in (sample_import.template_csv(kind), sample_import.template_xlsx(kind)):
        with pytest.raises(ImportRefused) as caught:
            sample_import.import_file(boss, trial, kind, data)
        assert "không có dòng dữ liệu" in caught.value.problems[0].vi


def test_a_thousand_wrong_rows_are_counted_and_a_hundred_shown(trial: Round, boss: Actor) -> None:
    rows = [VILLAGE | {"psu": f"D{number}", "pi_psu": "2"} for number in range(1000)]
    with pytest.raises(ImportRefused) as caught:
        sample_import.import_villages(boss, trial, csv_of(*rows))
    assert len(caught.value.problems) == 100
    assert caught.value.count >= 1000


BENCHMARKS = [
    {
        "domain": "province",
        "sex": sex,
        "age_group": age,
        "count": "1000",
        "definition": "usual_resident",
        "source": "Thống kê",
        "date": "2025-12-31",
    }
    for sex in "mf"
    for age in ("18-29", "30-44", "45-59", "60+")
]


def test_benchmarks_are_stored_and_set_the_rounds_definition(trial: Round, boss: Actor) -> None:
    assert sample_import.import_benchmarks(boss, trial, csv_of(*BENCHMARKS)).rows == 8
    assert Benchmark.objects.count() == 8
    trial.refresh_from_db()
    assert trial.benchmark_definition == "usual_resident"


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        (BENCHMARKS[:7], "age_group"),
        ([*BENCHMARKS, BENCHMARKS[0]], "age_group"),
        ([BENCHMARKS[0] | {"age_group": "15-17"}, *BENCHMARKS], "age_group"),
        ([BENCHMARKS[0] | {"domain": "miền"}, *BENCHMARKS[1:]], "domain"),
        ([BENCHMARKS[0] | {"definition": "registered"}, *BENCHMARKS[1:]], "definition"),
        ([BENCHMARKS[0] | {"count": "1.000"}, *BENCHMARKS[1:]], "count"),
        ([BENCHMARKS[0] | {"sex": "x"}, *BENCHMARKS[1:]], "sex"),
    ],
)
def test_wrong_benchmarks_are_named(
    trial: Round, boss: Actor, rows: list[dict[str, str]], column: str
) -> None:
    with pytest.raises(ImportRefused) as caught:
        sample_import.import_benchmarks(boss, trial, csv_of(*rows))
    assert column in {each.column for each in caught.value.problems}
    assert not Benchmark.objects.exists()
