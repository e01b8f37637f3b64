"""Views and files of a run, made from hand-made rows: nothing unpublished leaves."""

import io
import re
import zipfile
from datetime import date
from typing import Any

import docx
import pytest
from openpyxl import load_workbook

from analysis.indicators.table import TABLE
from maps.specification import Language
from surveys.results.artefacts import make_artefacts
from surveys.results.models import Estimate, Run
from surveys.results.reading import (
    ladder_page,
    reader,
    readiness_page,
    satisfaction_page,
    technical_page,
)
from surveys.results.reading.population import Count
from surveys.results.reading.satisfaction import ItemLine
from surveys.results.report import sentences
from surveys.results.report.words import Speaker
from surveys.results.report.workbook import SheetWriter, Value, new_book
from tests.unit.results import fabric

pytestmark = pytest.mark.django_db

SECRET = 0.87654321  # a value that must be found nowhere


def row(run: Run, indicator: str, domain: str = "", **values: Any) -> Estimate:
    unit = TABLE[indicator].unit.value
    half = {"share": 0.05, "score": 4.0, "points": 0.2}[unit]
    estimate = values.pop("estimate", {"share": 0.6, "score": 70.0, "points": 3.9}[unit])
    facts = {"n": 200, "n_psu": 12, "n_eff": 120.0, "publication": "publish", **values}
    return Estimate(
        run=run,
        indicator=indicator,
        domain_type="commune" if domain else "round",
        domain=domain,
        estimate=estimate,
        lower=estimate - half,
        upper=estimate + half,
        se=half / 2,
        low=estimate,
        high=estimate,
        **facts,
    )


def hidden(run: Run, indicator: str, domain: str, **values: Any) -> Estimate:
    reasons = {"reason_vi": "Chỉ có 3 thôn.", "reason_en": "Only 3 villages."}
    scale = 100 if TABLE[indicator].unit.value == "score" else 1
    chosen = {"publication": "none", "estimate": SECRET * scale, **reasons, **values}
    return row(run, indicator, domain, **chosen)


@pytest.fixture
def run(db: None) -> Run:
    made = fabric.make_round(villages=2, households=1)
    made.round.sponsor = "=cmd|'/c calc'!A1"
    report = {
        "is_raked": True,
        "areas": [
            {"code": f"1622{n}", "valid_from": "2025-07-01", "name": f"xã Thử {n + 1}"}
            for n in range(2)
        ],
        "definitions": {each.id: each.to_json() for each in TABLE.values()},
        "pooled_deff": {"equipped": 1.8},
        "missing": {"equipped": 0.02},
        "response_rates": {
            "A": [
                {
                    "domain_type": "round",
                    "domain": "",
                    "is_weighted": False,
                    "households": 320,
                    "counts": {"I": 290.0},
                    **dict.fromkeys(("rr1", "rr2", "rr3", "coop1", "ref1", "con1"), 0.9),
                }
            ]
        },
        "weights": {},
        "misfits": {},
        "populations": {
            "is_raked": True,
            "rows": {"": {"15+": 24000.0, "18+": 20003.0}, "16220": {"15+": 9000, "18+": 8000}},
        },
        "benchmark_definition": "registered",
        "items": {"f2_4": {"steps": [0.1, 0.2, 0.3, 0.3, 0.1], "na": 0.25}},
        "warnings": [{"vi": "Số dân đối chiếu là dân đăng ký.", "en": "Registered residents."}],
        "round": {
            "name_vi": "Đợt thử",
            "name_en": "Trial",
            "sponsor": made.round.sponsor,
            "decision_number": "123/QĐ-UBND",
            "field_agency": "Trung tâm thử",
            "is_synthetic": True,
            "starts_on": "2026-04-01",
            "ends_on": "2026-05-01",
            "frame_date": date(2026, 1, 1).isoformat(),
        },
    }
    return Run.objects.create(round=made.round, report=report, inputs_sha256="a" * 64)


@pytest.fixture
def rows(run: Run) -> list[Estimate]:
    whole = [row(run, each) for each in TABLE if TABLE[each].kind.value != "categories"]
    for gap in ("phone", "internet"):
        share = {"phone": 0.3, "internet": 0.2}[gap]
        whole.append(row(run, "first_gap", category=gap, estimate=share))
    for indicator in ("sat_users", "sat_overall", "equipped", "smartphone_own", "first_gap"):
        extra = {"category": "phone"} if indicator == "first_gap" else {}
        whole.append(row(run, indicator, "16220", **extra))
        whole.append(hidden(run, indicator, "16221", **extra))
    return whole


def test_an_unpublished_figure_leaves_as_nothing_with_its_reason(
    run: Run, rows: list[Estimate]
) -> None:
    figure = reader(run, rows).figure("equipped", "commune", "16221")
    assert not figure.is_shown
    numbers = (figure.estimate, figure.lower, figure.upper, figure.se, figure.low, figure.high)
    assert numbers == (None,) * 6
    assert figure.reason.vi == "Chỉ có 3 thôn."
    assert figure.n == 200


def test_a_confidential_cell_does_not_even_tell_its_number_of_answers(run: Run) -> None:
    secret = hidden(run, "equipped", "16221", n=3, flags=["confidential"])
    figure = reader(run, [secret]).figure("equipped", "commune", "16221")
    assert (figure.n, figure.n_eff, figure.n_psu) == (None, None, None)


def test_a_withheld_figure_does_not_tell_by_its_flags_that_all_said_the_same(run: Run) -> None:
    row_ = hidden(run, "equipped", "16221", flags=["all_or_none", "few_df"])
    assert reader(run, [row_]).figure("equipped", "commune", "16221").flags == ("few_df",)


@pytest.mark.parametrize(
    ("estimate", "half", "said"),
    [
        (-0.034, 0.148, "Không phân biệt được với 0"),
        (0.05, 0.12, "Không phân biệt được với 0"),
        (0.09, 0.08, "rộng hơn chính con số"),
        (0.20, 0.05, ""),
    ],
)
def test_the_list_question_says_how_its_figure_is_to_be_read(
    run: Run, estimate: float, half: float, said: str
) -> None:
    answer = row(run, "extra_paid_list", estimate=estimate)
    answer.lower, answer.upper = estimate - half, estimate + half
    figure = reader(run, [answer]).figure("extra_paid_list")
    assert said in figure.note.vi
    assert bool(figure.note.en) == bool(said)


def test_the_workbook_explains_a_difference_below_zero(run: Run, rows: list[Estimate]) -> None:
    others = [each for each in rows if each.indicator != "extra_paid_list"]
    below = row(run, "extra_paid_list", estimate=-0.03)
    assert "Không phân biệt được với 0" in _text("x.xlsx", made(run, [*others, below], ".xlsx"))


def test_a_cell_that_was_not_computed_is_unpublished_with_a_reason(run: Run) -> None:
    figure = reader(run, []).figure("voice_handled", "commune", "16220")
    assert figure.publication == "none"
    assert "cả đợt" in figure.reason.vi


def test_no_view_and_no_file_holds_an_unpublished_value(run: Run, rows: list[Estimate]) -> None:
    found = reader(run, rows)
    views = [
        satisfaction_page(run, found),
        readiness_page(run, found),
        ladder_page(run, found),
        technical_page(run, found),
    ]
    secrets = ("876543", "87.65", "87,65", "87,7", "87.7", "0.8765")
    for view in views:
        assert not any(secret in repr(view) for secret in secrets)
    for made in make_artefacts(run, rows):
        text = _text(made.name, made.content)
        assert not any(secret in text for secret in secrets), made.name


def _text(name: str, content: bytes) -> str:
    if name.endswith(".xlsx"):
        book = load_workbook(io.BytesIO(content))
        cells = (cell.value for sheet in book for line in sheet.iter_rows() for cell in line)
        return "\n".join(str(value) for value in cells)
    if name.endswith(".docx"):
        return _words(content)
    page = content.decode()
    if name.endswith((".csv", ".json")):
        return page
    return re.sub(r"<script.*?</script>", "", page[page.index("<body") :], flags=re.DOTALL)


def _words(content: bytes) -> str:
    paper = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for line in table.rows for cell in line.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


def made(run: Run, rows: list[Estimate], suffix: str, language: str = "vi") -> bytes:
    return next(
        each.content
        for each in make_artefacts(run, rows)
        if each.name.endswith(suffix) and each.language == language
    )


def test_persons_not_ready_come_with_their_margin(run: Run, rows: list[Estimate]) -> None:
    page = readiness_page(run, reader(run, rows))
    assert page.whole.persons_18.count == 20000
    assert page.whole.not_ready == Count(8000, 7000, 9000)
    assert page.whole.not_ready.margin == 1000
    assert "dân đăng ký" in page.whole.persons_18.definition.vi
    by_code = {line.domain: line for line in page.communes}
    assert by_code["16220"].not_ready == Count(3200, 2800, 3600)
    assert by_code["16221"].not_ready is None
    assert page.communes[-1].domain == "16221"


def test_the_ladder_names_the_step_that_most_people_lack_first(
    run: Run, rows: list[Estimate]
) -> None:
    page = ladder_page(run, reader(run, rows))
    assert page.whole.largest_gap is not None
    assert page.whole.largest_gap.category == "phone"
    assert page.whole.largest_gap.persons == Count(6000, 5000, 7000)


def test_the_sentence_on_the_first_missing_step_keeps_the_capitals_of_vneid(
    run: Run, rows: list[Estimate]
) -> None:
    kept = [each for each in rows if each.indicator != "first_gap"]
    reading = reader(run, [*kept, row(run, "first_gap", category="vneid", estimate=0.17)])
    page, ladder = readiness_page(run, reading), ladder_page(run, reading)
    assert "hay gặp nhất: chưa có VNeID mức 2" in sentences.readiness(
        page, ladder, Speaker(Language.VI)
    )


def test_the_ladder_names_the_barriers_and_the_place_of_help(
    run: Run, rows: list[Estimate]
) -> None:
    named = {"hard": 0.3, "trust": 0.2, "nothing": 0.5, "cost": 0.1, "habit": 0.25}
    barriers = [row(run, "barrier", category=c, estimate=e) for c, e in named.items()]
    barriers.append(row(run, "barrier", category="eyes", estimate=0.9, publication="none"))
    places = [row(run, "help_place", category=c, estimate=e) for c, e in (("hall", 0.6),)]
    page = ladder_page(run, reader(run, [*rows, *barriers, *places]))
    assert [each.figure.category for each in page.whole.barriers] == ["hard", "habit", "trust"]
    assert page.whole.place is not None
    assert page.whole.place.title.vi == "Nhà văn hoá thôn"
    words = _text("x.xlsx", made(run, [*rows, *barriers, *places], ".xlsx"))
    assert "Điều cản trở hay được nêu: Khó dùng" in words


def test_the_page_says_what_is_low(run: Run, rows: list[Estimate]) -> None:
    low = [row(run, "factor_staff", estimate=51.2), row(run, "item_sat_f2_4", estimate=0.31)]
    kept = [each for each in rows if each.indicator not in ("factor_staff", "item_sat_f2_4")]
    page = satisfaction_page(run, reader(run, [*kept, *low]))
    text = sentences.what_is_low(page, Speaker(Language.VI))
    assert "“Người tiếp nhận hồ sơ”: 51,2 điểm" in text
    assert text.index("Mức phí phải trả – 31,0") < len(text)
    assert "Staff" in sentences.what_is_low(page, Speaker(Language.EN))


def test_an_item_shows_its_steps_only_where_its_figure_is_published(
    run: Run, rows: list[Estimate]
) -> None:
    def fee(found: list[Estimate]) -> ItemLine:
        items = satisfaction_page(run, reader(run, found)).factors[1].items
        return next(each for each in items if each.figure.indicator == "item_sat_f2_4")

    assert fee(rows).steps == (0.1, 0.2, 0.3, 0.3, 0.1)
    assert fee(rows).not_applicable == 0.25
    kept = [each for each in rows if each.indicator != "item_sat_f2_4"]
    hidden_fee = fee([*kept, row(run, "item_sat_f2_4", publication="none")])
    assert (hidden_fee.steps, hidden_fee.not_applicable) == ((), None)


def test_the_workbook_holds_numbers_as_numbers_and_reasons_beside_the_dots(
    run: Run, rows: list[Estimate]
) -> None:
    book = load_workbook(io.BytesIO(made(run, rows, ".xlsx")))
    assert book.sheetnames == [
        "Chỉ số hài lòng",
        "Hài lòng theo xã, nhóm",
        "Từng câu hỏi",
        "Sẵn sàng số theo xã",
        "Bước còn thiếu",
        "Xã - các cách tính",
        "Cách làm",
        "Chỉ tiêu",
    ]
    lines = [list(line) for line in book["Sẵn sàng số theo xã"].iter_rows()]
    by_name = {line[0].value: line for line in lines}
    shown, unshown = by_name["xã Thử 1"], by_name["xã Thử 2"]
    assert (shown[1].value, shown[1].number_format) == (0.6, "0.0%")
    assert unshown[1].value == ".."
    assert "Chỉ có 3 thôn." in [cell.value for cell in unshown]
    assert by_name["Cả đợt khảo sát"][19].value is not None


def test_long_words_of_a_sheet_keep_to_the_page() -> None:
    book = new_book()
    writer = SheetWriter(book, "A")
    writer.text("Một câu dài về kết quả. " * 12, is_bold=True)
    writer.text("Ngắn")
    writer.row(["xã A", Value(0.5), "Không phân biệt được với 0. " * 9])
    writer.finish({3: 60})
    sheet = book["A"]
    assert [str(each) for each in sheet.merged_cells.ranges] == ["A1:C1"]
    assert (sheet.row_dimensions[1].height or 0) >= 45
    assert sheet["C3"].alignment.wrap_text  # else paper is made as narrow as its longest note
    assert not sheet["A2"].alignment.wrap_text


def test_no_cell_of_the_workbook_is_a_formula(run: Run, rows: list[Estimate]) -> None:
    book = load_workbook(io.BytesIO(made(run, rows, ".xlsx")))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_document_names_who_asked_whom_and_never_the_official_index(
    run: Run, rows: list[Estimate], language: str
) -> None:
    words = _words(made(run, rows, ".docx", language))
    for fact in ("=cmd", "123/QĐ-UBND", "Trung tâm thử", "01/04/2026–01/05/2026", "01/07/2025"):
        assert fact in words
    synthetic = {"vi": "SỐ LIỆU GIẢ LẬP", "en": "SYNTHETIC DATA"}[language]
    assert synthetic in words
    assert "SIPAS" not in words.upper()


@pytest.mark.parametrize("suffix", [".xlsx", ".docx", "map-equipped-vi.html"])
def test_every_output_says_that_benchmarks_count_registered_people(
    run: Run, rows: list[Estimate], suffix: str
) -> None:
    assert "dân đăng ký, khác cách đếm" in _text(suffix, made(run, rows, suffix))


def test_the_document_can_be_pasted_into_a_report(run: Run, rows: list[Estimate]) -> None:
    words = _words(made(run, rows, ".docx"))
    assert "Chỉ số hài lòng của người tự đi làm giấy tờ trong 12 tháng qua là 70,0 điểm" in words
    assert "(khoảng tin cậy 95 %: 66,0–74,0)" in words
    assert "Không công bố chỉ số riêng cho: xã Thử 2. Chỉ có 3 thôn." in words
    assert "khoảng 8.000 (± 1.000) người chưa sẵn sàng" in words
    assert "dân đăng ký" in words


def test_files_of_equal_rows_have_equal_bytes(run: Run, rows: list[Estimate]) -> None:
    first = {each.name: each.content for each in make_artefacts(run, rows)}
    second = {each.name: each.content for each in make_artefacts(run, rows)}
    differing = [name for name in first if first[name] != second[name]]
    assert differing == []


@pytest.mark.parametrize("suffix", [".xlsx", ".docx"])
def test_office_files_hold_no_clock(run: Run, rows: list[Estimate], suffix: str) -> None:
    with zipfile.ZipFile(io.BytesIO(made(run, rows, suffix))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", core)) == {"2000-01-01T"}


def test_the_map_hatches_what_is_not_published(run: Run, rows: list[Estimate]) -> None:
    page = made(run, rows, "map-equipped-vi.html").decode()
    assert "xã Thử 2" in page
    assert "Chỉ có 3 thôn." in page
    assert "giả lập" in page
